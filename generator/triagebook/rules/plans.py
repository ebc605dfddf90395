"""TB4xx: the parts of a plan must agree: options, commands, expectations, proofs, order and phases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Field, Level
from triagebook.model.affected import Affected
from triagebook.model.building_blocks import Command
from triagebook.model.document import Contradiction
from triagebook.model.suites import Expectation, Suite
from triagebook.text import counted, listed

from .base import Problem, Rule
from .parts import owns, suites_and_tests


class ChosenOptionArguedAgainst(Rule, code="TB431"):
    """The chosen option is argued against, or only another option is argued for."""

    kinds = (Contradiction.FIX_AND_CHANGE,)
    why = "Whoever applies the fix can't know whether the choice or the argument is the mistake."
    remedy = "correct `chosen`, or move the argument to the option it is about"
    bad = """
fix:
  options: {drop-await: {title: Remove the await}, make-async: {title: Make it async, why_not: Changes every caller}}
  chosen: make-async
"""
    good = bad.replace("chosen: make-async", "chosen: drop-await")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        fix = case.issue.fix
        chosen = fix.options.get(fix.chosen) if fix and fix.chosen else None
        if fix is None or chosen is None:
            return
        others = [name for name, option in fix.options.items() if option.why and option is not chosen]
        if chosen.why_not and not chosen.why:
            yield ("fix", "chosen"), f"`{fix.chosen}` is chosen, but only argued against"
        elif others and not chosen.why:
            yield ("fix", "chosen"), f"`{fix.chosen}` is chosen, but only {listed(others)} is argued for"


_TEST_FOLDER = re.compile(r"(?:[\w.-]+/)*tests?/(?:[\w.-]+/)*$")
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec|Test|Tests))\.\w+$")


class CommandOfAnotherSuite(Rule, code="TB432"):
    """The command of a suite, or of a step that runs a suite, names a test file outside that suite's path."""

    kinds = (Contradiction.FIX_AND_CHANGE,)
    why = "The result is recorded for one suite, but another one was run."
    remedy = "correct the path in the command, or the suite that the step names"
    bad = """
suites:
  unit: {category: unit, path: tests/test_chat.py, after: pass, command: pytest tests/test_talk.py, tests: {test_a: A}}
"""
    good = bad.replace("tests/test_talk.py", "tests/test_chat.py")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        suites = case.issue.suites
        for name, suite in suites.items():
            yield from self._strays(("suites", name), suite.command, [suite])
        for way, step in steps(case.issue):
            yield from self._strays(way, step.command, [suites[name] for name in step.suites if name in suites])

    def _strays(self, way: Field, commands: tuple[Command, ...], suites: list[Suite]) -> Iterator[Problem]:
        paths = [str(suite.path) for suite in suites if suite.path]
        for index, command in enumerate(commands):
            words = (word.partition("::")[0] for word in command.run.split())
            tests = [word for word in words if _TEST_FILE.search(word) or _TEST_FOLDER.match(word)]
            stray = next((test for test in tests if not any(_is_in(test, path) for path in paths)), "")
            if stray and paths and len(paths) == len(suites):
                yield (*way, "command", index), f"the command runs `{stray}`, but the suite is in {listed(paths)}"


def _is_in(file: str, path: str) -> bool:
    """Whether a file or folder holds or belongs to a path, whatever folder the command runs in."""
    if f"/{path}".endswith(f"/{file}"):
        return True
    return f"/{file}".endswith(f"/{path}") or f"{path.rstrip('/')}/" in file or (file[-1] == "/" and file in f"{path}/")


_ALWAYS = r"(?:with(?: the fix| it)? (?:and|or) without|before and after|either way|regardless|whatever)\b"
_PASSES_ALWAYS = re.compile(rf"\bpass(?:es)? {_ALWAYS}", re.IGNORECASE)
_PASSES_BEFORE = re.compile(
    r"\bpass(?:es|ed)? (?:already |also |even )?(?:before it|before the fix|without the fix|then)\b", re.IGNORECASE
)
_NEVER_PASSES = re.compile(
    rf"\b(?:can't|cannot|can not|never|does not|doesn't) pass(?:es)?\b|\balways fails?\b|\bfails? {_ALWAYS}",
    re.IGNORECASE,
)
_NEVER_FAILS = re.compile(r"\b(?:can't|cannot|can not|never) fails?\b", re.IGNORECASE)


class ExpectationUnlikeNote(Rule, code="TB433"):
    """The expected outcome of a test or suite contradicts its own note."""

    kinds = (Contradiction.IMPOSSIBLE_EXPECTATION,)
    why = "The plan waits for an outcome that the note rules out, so the test proves nothing either way."
    remedy = "correct the expectation in `before` or `after`, or the note"
    bad = """
suites:
  unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_a: A}, note: They pass before it too.}
"""
    good = bad.replace("pass before it too.", "fail before it.")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for way, planned in suites_and_tests(case.issue):
            note = " ".join((planned.note or "").split())
            for key, expectation in (("before", planned.before), ("after", planned.after)):
                if expectation and (words := _excluded(note, key, expectation)):
                    yield (*way, key), f"expected to {expectation.expected} {key} the fix, but the note says `{words}`"


def _excluded(note: str, key: str, expectation: Expectation) -> str:
    """The words of a note that exclude an expectation."""
    if expectation.expected == "pass":
        found = _NEVER_PASSES.search(note)
    elif expectation.expected == "fail":
        found = _NEVER_FAILS.search(note) or _PASSES_ALWAYS.search(note)
        found = found or (_PASSES_BEFORE.search(note) if key == "before" else None)
    else:
        found = None
    return found.group() if found else ""


class DisputedProof(Rule, code="TB434"):
    """All criteria about tests in one environment rest on suites that a claim disputes as proof."""

    kinds = (Contradiction.VACUOUS, Contradiction.INFLATED_COUNT)
    why = "The issue would be validated by tests that the record itself calls worthless."
    remedy = "measure a suite that fails without the fix, or settle the dispute"
    bad = """
suites: {unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_connects: It connects}}}
criteria: {passes: {says: Tests pass, measure: tests.pass_rate suite=unit, target: 100 %}}
# claims/report.yaml
claims: [{says: It works, lines: 3, kind: vacuous, disputed: It tests a copy, about: {suite: unit}}]
"""
    good = bad.partition("# claims")[0]

    def in_issue(self, case: Case) -> Iterator[Problem]:
        proofs: dict[str, list[tuple[str, str]]] = {}
        for name, criterion in case.issue.criteria.items():
            if criterion.measure and criterion.measure.name.startswith("tests."):
                suite = dict(criterion.measure.filters).get("suite", "")
                proofs.setdefault(str(criterion.environment), []).append((name, suite))
        for named in proofs.values():
            disputes = {suite: _dispute(case, suite) for _, suite in named}
            for name, suite in named if all(disputes.values()) else ():
                says = f"the proof rests on `{suite}`, which is disputed as {disputes[suite]}"
                yield ("criteria", name, "measure"), says


_WORTHLESS = {Contradiction.VACUOUS, Contradiction.INFLATED_COUNT, Contradiction.IMPOSSIBLE_EXPECTATION}


def _dispute(case: Case, suite: str) -> str:
    """The kind of a disputed claim that a suite as a whole is no proof."""
    claims = [state.claim for state in case.claims if f"suites.{suite}" in state.parts and state.claim.disputed]
    return next((claim.kind.value for claim in claims if claim.kind in _WORTHLESS), "")


class NoPlaceInOrder(Rule, code="TB435", severity=Level.WARNING):
    """The affected locations are ordered in groups, but product code is in none of them."""

    kinds = (Contradiction.SCOPE,)
    why = "The work follows the groups, so the code that harms users is changed last or not at all."
    remedy = "give the location a `priority`"
    bad = """
components: routes
# affected.yaml
groups: {1: Tests}
locations: ["app/routes/chat.py:12", {at: "tests/test_chat.py:3", priority: 1}]
"""
    good = bad.replace('"app/routes/chat.py:12"', '{at: "app/routes/chat.py:12", priority: 1}')

    def in_affected(self, case: Case, affected: Affected) -> Iterator[Problem]:
        components = case.book.catalog.components
        if not affected.groups or not any(one.priority for one in affected.locations):
            return
        left = [
            index
            for index, one in enumerate(affected.locations)
            if one.priority is None and any(owns(component, one.at.path) for component in components.values())
        ]
        if left:
            says = f"{counted(len(left), 'product location')} in no group, first `{affected.locations[left[0]].at}`"
            yield ("locations", left[0]), says
