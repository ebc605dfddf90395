"""TB4xx: the parts of a plan must agree: options, commands, expectations, proofs, order and phases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from triagebook.code.state import same_commit
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Field, Finding, Level
from triagebook.model.building_blocks import Command
from triagebook.model.evidence import Evidence, Grade, Phase
from triagebook.model.issue import Claim, Contradiction
from triagebook.model.suites import Expectation, Suite, Test
from triagebook.text import counted, listed

from .base import Rule
from .fixes import owns
from .lifecycle import day_of


class ArguedAgainst(Rule):
    """The chosen option is argued against, or only another option is argued for."""

    code = "TB431"
    name = "chosen-option-argued-against"
    kinds = (Contradiction.FIX_AND_CHANGE,)
    why = "Whoever applies the fix can't know whether the choice or the argument is the mistake."
    remedy = "correct `chosen`, or move the argument to the option it is about"
    bad = """
fix:
  options: {drop-await: {title: Remove the await}, make-async: {title: Make it async, why_not: Changes every caller}}
  chosen: make-async
"""
    good = bad.replace("chosen: make-async", "chosen: drop-await")

    def find(self, case: Case) -> Iterator[Finding]:
        fix = case.issue.fix
        chosen = fix.options.get(fix.chosen) if fix and fix.chosen else None
        if fix is None or chosen is None:
            return
        others = [name for name, option in fix.options.items() if option.why and option is not chosen]
        if chosen.why_not and not chosen.why:
            yield self.finding(case.file, ("fix", "chosen"), f"`{fix.chosen}` is chosen, but only argued against")
        elif others and not chosen.why:
            says = f"`{fix.chosen}` is chosen, but only {listed(others)} is argued for"
            yield self.finding(case.file, ("fix", "chosen"), says)


_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec|Test|Tests))\.\w+$")


class OtherSuiteCommand(Rule):
    """The command of a suite, or of a step that runs a suite, names a test file outside that suite's path."""

    code = "TB432"
    name = "command-of-another-suite"
    kinds = (Contradiction.FIX_AND_CHANGE,)
    why = "The result is recorded for one suite, but another one was run."
    remedy = "correct the path in the command, or the suite that the step names"
    bad = """
suites:
  unit: {category: unit, path: tests/test_chat.py, after: pass, command: pytest tests/test_talk.py, tests: {test_a: A}}
"""
    good = bad.replace("tests/test_talk.py", "tests/test_chat.py")

    def find(self, case: Case) -> Iterator[Finding]:
        suites = case.issue.suites
        for name, suite in suites.items():
            yield from self._strays(case, ("suites", name), suite.command, [suite])
        for way, step in steps(case.issue):
            yield from self._strays(case, way, step.command, [suites[name] for name in step.suites if name in suites])

    def _strays(self, case: Case, way: Field, commands: tuple[Command, ...], suites: list[Suite]) -> Iterator[Finding]:
        paths = [str(suite.path) for suite in suites if suite.path]
        for index, command in enumerate(commands):
            words = (word.partition("::")[0] for word in command.run.split())
            stray = next((w for w in words if _TEST_FILE.search(w) and not any(_is_in(w, path) for path in paths)), "")
            if stray and paths and len(paths) == len(suites):
                says = f"the command runs `{stray}`, but the suite is in {listed(paths)}"
                yield self.finding(case.file, (*way, "command", index), says)


def _is_in(file: str, path: str) -> bool:
    return file == path or file.endswith(f"/{path}") or f"{path.rstrip('/')}/" in file


_PASSES_ALWAYS = re.compile(r"\bpass(?:es)? (?:with the fix and without|either way|whatever)\b", re.IGNORECASE)
_PASSES_BEFORE = re.compile(r"\bpass(?:es|ed)? (?:before it|before the fix|without the fix|then)\b", re.IGNORECASE)
_NEVER_PASSES = re.compile(r"\b(?:can't|cannot|can not|never|does not|doesn't) pass(?:es)?\b", re.IGNORECASE)
_NEVER_FAILS = re.compile(r"\b(?:can't|cannot|can not|never) fails?\b", re.IGNORECASE)


class ExpectationUnlikeNote(Rule):
    """The expected outcome of a test or suite contradicts its own note."""

    code = "TB433"
    name = "expectation-unlike-note"
    kinds = (Contradiction.IMPOSSIBLE_EXPECTATION,)
    why = "The plan waits for an outcome that the note rules out, so the test proves nothing either way."
    remedy = "correct the expectation in `before` or `after`, or the note"
    bad = """
suites:
  unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_a: A}, note: They pass before it too.}
"""
    good = bad.replace("pass before it too.", "fail before it.")

    def find(self, case: Case) -> Iterator[Finding]:
        for name, suite in case.issue.suites.items():
            yield from self._compare(case, ("suites", name), suite)
            for test_name, test in suite.tests.items():
                yield from self._compare(case, ("suites", name, "tests", test_name), test)

    def _compare(self, case: Case, way: Field, planned: Suite | Test) -> Iterator[Finding]:
        note = " ".join((planned.note or "").split())
        for key, expectation in (("before", planned.before), ("after", planned.after)):
            if expectation and (words := _excluded(note, key, expectation)):
                says = f"expected to {expectation.expected} {key} the fix, but the note says `{words}`"
                yield self.finding(case.file, (*way, key), says)


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


class DisputedProof(Rule):
    """All criteria about tests in one environment rest on suites that a claim disputes as proof."""

    code = "TB434"
    name = "disputed-proof"
    kinds = (Contradiction.VACUOUS, Contradiction.INFLATED_COUNT)
    why = "The issue would be validated by tests that the record itself calls worthless."
    remedy = "measure a suite that fails without the fix, or settle the dispute"
    bad = """
suites: {unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_connects: It connects}}}
criteria: {passes: {says: Tests pass, measure: tests.pass_rate suite=unit, target: 100 %}}
claims:
  - {says: It works, from: https://example.org/a, kind: vacuous, disputed: It tests a copy, shows: suites.unit}
"""
    good = """
suites: {unit: {category: unit, before: {fail: no answer}, after: pass, tests: {test_connects: It connects}}}
criteria: {passes: {says: Tests pass, measure: tests.pass_rate suite=unit, target: 100 %}}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        proofs: dict[str, list[tuple[str, str]]] = {}
        for name, criterion in case.issue.criteria.items():
            if criterion.measure and criterion.measure.name.startswith("tests."):
                suite = dict(criterion.measure.filters).get("suite", "")
                proofs.setdefault(str(criterion.environment), []).append((name, suite))
        for named in proofs.values():
            disputes = {suite: _dispute(case.issue.claims, suite) for _, suite in named}
            for name, suite in named if all(disputes.values()) else ():
                says = f"the proof rests on `{suite}`, which is disputed as {disputes[suite]}"
                yield self.finding(case.file, ("criteria", name, "measure"), says)


_WORTHLESS = {Contradiction.VACUOUS, Contradiction.INFLATED_COUNT, Contradiction.IMPOSSIBLE_EXPECTATION}


def _dispute(claims: tuple[Claim, ...], suite: str) -> str:
    """The kind of a disputed claim that a suite as a whole is no proof."""
    kinds = (c.kind for c in claims if c.disputed and c.kind in _WORTHLESS and f"suites.{suite}" in c.shows)
    return next((str(kind.value) for kind in kinds if kind), "")


class NoPlaceInOrder(Rule):
    """The affected locations are ordered in groups, but product code is in none of them."""

    code = "TB435"
    name = "no-place-in-order"
    severity = Level.WARNING
    kinds = (Contradiction.SCOPE,)
    why = "The work follows the groups, so the code that harms users is changed last or not at all."
    remedy = "give the location a `priority`"
    bad = """
components: routes
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
groups: {1: Tests}
locations: ["app/routes/chat.py:12", {at: "tests/test_chat.py:3", priority: 1}]
"""
    good = """
components: routes
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
groups: {1: Product code, 2: Tests}
locations: [{at: "app/routes/chat.py:12", priority: 1}, {at: "tests/test_chat.py:3", priority: 2}]
"""

    def find(self, case: Case) -> Iterator[Finding]:
        affected, components = case.entry.affected, case.book.catalog.components
        if affected is None or not affected.groups or not any(one.priority for one in affected.locations):
            return
        left = [
            index
            for index, one in enumerate(affected.locations)
            if one.priority is None and any(owns(component, one.at.path) for component in components.values())
        ]
        if left:
            says = f"{counted(len(left), 'product location')} in no group, first `{affected.locations[left[0]].at}`"
            yield self.finding(f"{case.entry.id}/affected.yaml", ("locations", left[0]), says)


# ── evidence and phases ──────────────────────────────────────────────────────────────────────────────


class PhaseOfEvidence(Rule):
    """The phase of evidence contradicts its name, its commit, or the step that it shows to be done."""

    code = "TB436"
    name = "phase-of-evidence"
    why = "A failure before the fix becomes a failure of the fix, or a pass without the fix becomes its proof."
    remedy = "correct the phase by recording the evidence again, or correct the step or name"
    bad = """
# evidence/run-before.yaml
phase: after
"""
    good = bad.replace("phase: after", "phase: before")

    def find(self, case: Case) -> Iterator[Finding]:
        steps_of = _phases_by_step(case)
        for name, record in case.entry.evidence.items():
            if record.phase is not None:
                wrong = _by_name(name, record.phase) or _by_commit(case, record) or _by_step(steps_of.get(name), record)
                if wrong:
                    says = f"the phase is `{record.phase.value}`, but {wrong}"
                    yield self.finding(case.evidence_file(name), ("phase",), says)


def _by_name(name: str, phase: Phase) -> str:
    words = {word for word in re.split(r"[^a-z]+", name) if word in {"before", "after"}}
    return f"the file is named `{name}`" if words and phase.value not in words else ""


def _by_commit(case: Case, record: Evidence) -> str:
    changes = case.issue.fix.changes if case.issue.fix else ()
    commits = [change.commit for change in changes if change.commit]
    if record.commit and record.phase is Phase.BEFORE and any(same_commit(record.commit, one) for one in commits):
        return f"{record.commit[:9]} is a commit of the fix"
    return ""


def _phases_by_step(case: Case) -> dict[str, set[Phase]]:
    """For evidence that shows steps to be done, the phases that their order in the plan suggests."""
    commits = {str(change.commit) for change in (case.issue.fix.changes if case.issue.fix else ()) if change.commit}
    planned = [(way, step) for way, step in steps(case.issue) if way[:2] == ("plan", "phases")]
    fixing = [i for i, (_, step) in enumerate(planned) if step.done and step.done.commit in commits]
    phases: dict[str, set[Phase]] = {}
    for index, (_, step) in enumerate(planned):
        for name in step.done.evidence if step.done and fixing else ():
            if index < fixing[0]:
                phases.setdefault(str(name), set()).add(Phase.BEFORE)
            elif index > fixing[-1]:
                phases.setdefault(str(name), set()).add(Phase.AFTER)
    return phases


def _by_step(phases: set[Phase] | None, record: Evidence) -> str:
    if phases is None or record.phase in phases:
        return ""
    return f"it shows a step {'before' if phases == {Phase.BEFORE} else 'after'} the fix in the plan"


class DayOfEvidence(Rule):
    """The day of evidence is impossible: before the opening, or after the document it was typed from."""

    code = "TB437"
    name = "day-of-evidence"
    why = "Runs are sorted by day, so a wrong one makes an old result the latest."
    remedy = "correct the day by recording the evidence again, or correct the date of the document"
    bad = """
opened: 2025-09-15
documents: {report.md: {title: Report, date: 2025-09-20, by: backend}}
# evidence/a.yaml
grade: transcribed
at: 2025-10-01
from: report.md#L3
phase: after
"""
    good = bad.replace("at: 2025-10-01", "at: 2025-09-20")

    def find(self, case: Case) -> Iterator[Finding]:
        opened = case.issue.opened
        for name, record in case.entry.evidence.items():
            day = day_of(record.at)
            dates = [case.issue.documents[r.document].date for r in record.from_ if r.document in case.issue.documents]
            known = [date for date in dates if date]
            if record.phase is Phase.AFTER and day < opened:
                says = f"observed after the fix on {day}, but the issue was opened on {opened}"
            elif day < opened - _LONG_BEFORE:
                says = f"observed on {day}, {(opened - day).days} days before the issue was opened"
            elif record.grade is Grade.TRANSCRIBED and known and day > max(known):
                says = f"observed on {day}, but the document is of {max(known)}"
            else:
                continue
            yield self.finding(case.evidence_file(name), ("at",), says)


_LONG_BEFORE = timedelta(days=180)
