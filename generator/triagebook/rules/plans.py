"""TB4xx: the parts of a plan must agree: options, commands, expectations, proofs, order and phases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Field, Level
from triagebook.model.affected import Affected
from triagebook.model.building_blocks import Command
from triagebook.model.document import Contradiction
from triagebook.model.suites import Suite
from triagebook.text import counted, listed

from .base import Problem, Rule
from .counts import NUMBERS
from .parts import owns, suites_and_tests


class ChosenOptionArguedAgainst(Rule, code="TB431"):
    """The chosen option is argued against, or all arguments are for another one."""

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


_FILE_OF_TESTS = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec|Test|Tests))\.\w+$")
_FOLDER_OF_TESTS = re.compile(r"(?:[\w.-]+/)*tests?/(?:[\w-]+/?)*$")
_PACKAGE = re.compile(r"\./(\w[\w.-]*(?:/[\w-]+)*)(?:/\.\.\.)?$")
_OURS = re.compile(r"\btriagebook (?:run|prove|record|plan|tests) (\w[\w-]*)(?:.*? --suite[ =](\S+))?")


class CommandOfAnotherSuite(Rule, code="TB432"):
    """The command of a suite, or of a step that runs a suite, runs the tests of another suite or issue."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for name, suite in case.issue.suites.items():
            yield from _strays(case, ("suites", name), suite.command, [name])
        for way, step in steps(case.issue):
            yield from _strays(case, way, step.command, [str(name) for name in step.suites])


def _strays(case: Case, way: Field, commands: tuple[Command, ...], names: list[str]) -> Iterator[Problem]:
    suites = {name: suite for name, suite in case.issue.suites.items() if suite.path}
    own = [str(suites[name].path) for name in names if name in suites]
    others = [str(suite.path) for name, suite in suites.items() if name not in names and str(suite.path) not in own]
    for index, command in enumerate(commands):
        ours = _OURS.search(command.run)
        if ours and ours[1] != case.entry.id and ours[1].isdigit():
            yield (*way, "command", index), f"the command is about issue {ours[1]}, but this is issue {case.entry.id}"
        elif ours and ours[2] and names and ours[2] not in names:
            yield (*way, "command", index), f"the command runs the suite `{ours[2]}`, but not {listed(names)}"
        elif own and len(own) == len(names) and (stray := _stray(command.run, own, others)):
            yield (*way, "command", index), f"the command runs `{stray}`, but the suite is in {listed(own)}"


def _stray(command: str, own: list[str], others: list[str]) -> str:
    """The first test file, folder, class or package in a command that is not where the suites are."""
    words = [word.partition("::")[0] for word in command.split()]
    plain = [word.removeprefix("./") for word in words]
    places = [word for word in plain if _FILE_OF_TESTS.search(word) or _FOLDER_OF_TESTS.match(word)]
    if words[:2] == ["go", "test"]:
        places += [f"{package[1]}/" for package in map(_PACKAGE.match, words) if package]
    for place in places:
        if not any(_is_in(place, path) for path in own):
            return place
    stems = [path.rpartition("/")[2].partition(".")[0] for path in own]
    if not places and not any(stem in command for stem in stems):  # a class is named without its file
        classes = {path.rpartition("/")[2].partition(".")[0] for path in others}
        return next((one for one in sorted(classes) if re.search(rf"\b{re.escape(one)}\b", command)), "")
    return ""


def _is_in(file: str, path: str) -> bool:
    """Whether a file or folder holds or belongs to a path, whatever folder the command runs in."""
    if f"/{path}".endswith(f"/{file}") or path.startswith(file):
        return True
    return f"/{file}".endswith(f"/{path}") or f"{path.rstrip('/')}/" in file or (file[-1] == "/" and file in f"{path}/")


_COUNTED = re.compile(rf"\b(?:\d+|{'|'.join(NUMBERS)}|some|most|many) $", re.IGNORECASE)
_OUTCOME = re.compile(
    r"(?P<always>\balways )?"
    r"(?P<not>(?:\bcan(?:not|'t| not)|\bnever|\b(?:do|does|did) ?n[o']t) )?(?:always |still |also )*"
    r"\b(?P<verb>pass|fail)(?:es|s|ed)?\b(?P<rest>(?:(?!\b(?:pass|fail)(?:es|s|ed)?\b)[^.;:,])*)",
    re.IGNORECASE,
)
_PHASES = {
    "before": re.compile(r"\b(?:before|without)\b(?! a\b)", re.IGNORECASE),
    "after": re.compile(r"\b(?:after|with (?:it|the fix))\b", re.IGNORECASE),
}
_ALWAYS = re.compile(r"\b(?:either way|regardless|whatever)\b", re.IGNORECASE)


class ExpectationUnlikeNote(Rule, code="TB433"):
    """The expected outcome of a test or suite contradicts its own note."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for way, planned in suites_and_tests(case.issue):
            suite = case.issue.suites[str(way[1])]
            for key, (outcome, words) in _stated(" ".join((planned.note or "").split())).items():
                own, names_phase = getattr(planned, key), bool(_PHASES[key].search(words))
                expectation = own or (getattr(suite, key) if names_phase else None)
                if expectation and expectation.expected in {"pass", "fail"} - {outcome}:
                    yield (
                        (*way, key if own else "note"),
                        f"expected to {expectation.expected} {key} the fix, but the note says `{words}`",
                    )


def _stated(note: str) -> dict[str, tuple[str, str]]:
    """The outcome that a note states for each phase, with its words. The last statement corrects those before."""
    stated: dict[str, tuple[str, str]] = {}
    for found in _OUTCOME.finditer(note):
        rest = found["rest"]
        phases = [key for key, phase in _PHASES.items() if phase.search(rest)]
        if (
            found["always"]
            or _ALWAYS.search(rest)
            or (found["not"] and not phases and not found["not"].lower().startswith("did"))
        ):
            phases = list(_PHASES)
        verb = found["verb"].lower()
        outcome = {"pass": "fail", "fail": "pass"}[verb] if found["not"] else verb
        if not _COUNTED.search(note[: found.start()]):  # "1 failed" is a result of some
            stated |= {key: (outcome, found.group().strip()) for key in phases}
    return stated


class DisputedProof(Rule, code="TB434"):
    """All the proof that an environment requires rests on suites that a claim disputes."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        by_criteria: dict[str, list[tuple[Field, str]]] = {}
        for name, criterion in case.issue.criteria.items():
            if criterion.measure and criterion.measure.name.startswith("tests."):
                suite = dict(criterion.measure.filters).get("suite", "")
                by_criteria.setdefault(str(criterion.environment), []).append((("criteria", name, "measure"), suite))
        able = [name for name, suite in case.issue.suites.items() if _fails_first(suite)]
        by_suites: dict[str, list[tuple[Field, str]]] = {
            place: [
                (("suites", name), name) for name in able if place in (case.issue.suites[name].environments or [place])
            ]
            for place in case.ledger.required_environments
        }
        for proofs in (*by_criteria.values(), *by_suites.values()):
            disputes = {suite: _dispute(case, suite) for _, suite in proofs}
            for way, suite in proofs if all(disputes.values()) else ():
                yield way, f"the proof rests on `{suite}`, which is disputed as {disputes[suite]}"


def _fails_first(suite: Suite) -> bool:
    """Whether a suite is to fail without the fix, as a whole or, if it does not say so, in any test."""
    expected = [suite.before] if suite.before else [test.before for test in suite.tests.values()]
    return any(one and one.expected == "fail" for one in expected)


_WORTHLESS = {Contradiction.VACUOUS, Contradiction.INFLATED_COUNT, Contradiction.IMPOSSIBLE_EXPECTATION}


def _dispute(case: Case, suite: str) -> str:
    """The kind of a disputed claim that a suite as a whole is no proof."""
    claims = [state.claim for state in case.claims if f"suites.{suite}" in state.parts and state.claim.disputed]
    return next((claim.kind.value for claim in claims if claim.kind in _WORTHLESS), "")


class NoPlaceInOrder(Rule, code="TB435", severity=Level.WARNING):
    """Product code is in none of the groups that order the work, or in a group of other code."""

    def in_affected(self, case: Case, affected: Affected) -> Iterator[Problem]:
        components = case.book.catalog.components
        if not affected.groups or not any(one.priority for one in affected.locations):
            return
        product = [
            (index, one)
            for index, one in enumerate(affected.locations)
            if any(owns(component, one.at.path) for component in components.values())
        ]
        left = [index for index, one in product if one.priority is None]
        if left:
            says = f"{counted(len(left), 'product location')} in no group, first `{affected.locations[left[0]].at}`"
            yield ("locations", left[0]), says
        in_group = Counter(str(one.priority) for one in affected.locations)
        of_product = Counter(str(one.priority) for _, one in product)
        pure = [
            group for group in affected.groups if of_product[group] == in_group[group]
        ]  # all product code, or empty
        for index, one in product:
            group = str(one.priority)
            if pure and of_product[group] == 1 and in_group[group] > 1:
                says = f"`{one.at}` is product code, but all other locations in group {group} are not"
                yield ("locations", index, "priority"), says
