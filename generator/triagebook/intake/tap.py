"""Reads TAP, the Test Anything Protocol, versions 12 to 14, with subtests."""

from __future__ import annotations

import re
from collections import deque

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined
from .results import CaseResult, Results, SuiteProblem
from .xml import seconds

_POINT = re.compile(r"(not )?ok\b(?: +(\d+))?[ \t]*(?:- ?)?(.*)")
_QT = re.compile(r"TAP version 13\s+# (\w+)\s+(?:not )?ok 1 - initTestCase\(\)")
_QT_NAME = re.compile(r"(\w+)\((.*)\)")
_PLAN = re.compile(r"1\.\.(\d{1,9})(?:\s*#\s*(?:SKIP\S*\s*)?(.*))?\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"(?<!\\)#\s*(SKIP|TODO)\S*\s*(.*)", re.IGNORECASE)
_SUBTEST = re.compile(r"# Subtest(?:: (.*))?$")
_TIME = re.compile(r"\s# time=(\d+\.?\d*)(ms|s)?")
_DURATION = re.compile(r"^\s*duration_ms: (\d+\.?\d*)\s*$", re.MULTILINE)
_SUMMARY = re.compile(r"# (?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms|time|ok|failed)\b")
_ESCAPED = re.compile(r"\\([#\\])")
_DEEPEST = 50
_LINES = 2000  # in which a version or a plan is looked for


class _TapRun(Struct):
    """What is left to read, and what was found outside the tests."""

    lines: deque[str]
    problems: list[SuiteProblem] = field(default_factory=list)


def knows(text: str) -> bool:
    """Whether a text begins with a version or a plan of nothing, or has a plan and tests; `ok` alone says little."""
    lines = [*text[:200_000].splitlines()[:_LINES], *text[-2000:].splitlines()]
    if text.startswith(("TAP version ", "1..0")):
        return True
    return any(map(_PLAN.match, lines)) and any(_POINT.match(line.lstrip(" ")) for line in lines)


def read(text: str) -> Results:
    run = _TapRun(deque(text.splitlines()))
    cases = _level(run, 0, None)
    of_qt = _QT.match(text)
    if of_qt:
        cases = [replace(case, name=_qt_name(of_qt[1], case.name)) for case in cases]
    return Results("tap", tuple(cases), problems=tuple(run.problems), tool="QtTest" if of_qt else None)


def _qt_name(class_: str, name: str) -> str:
    """Qt writes a function and the tag of its data: `doubles(two)`."""
    found = _QT_NAME.fullmatch(name)
    return joined(class_, f"{found[1]}[{found[2]}]" if found and found[2] else found[1] if found else name)


def _level(run: _TapRun, depth: int, name: str | None) -> list[CaseResult]:
    """Read the tests at an indentation, and of the subtests inside it."""
    cases: list[CaseResult] = []
    below: list[CaseResult] = []  # of the subtest whose own line follows
    subtest, planned, points = name, None, 0
    while run.lines:
        line = run.lines[0]
        bare = line.lstrip(" ")
        plan, point = _PLAN.match(bare), _POINT.match(bare)
        inside = (len(line) - len(bare)) // 4
        if (plan or point) and inside > depth and depth < _DEEPEST:
            below = _level(run, depth + 1, subtest)
            continue
        if depth and (((plan or point) and inside < depth) or bare == "}"):
            break
        run.lines.popleft()
        if named := _SUBTEST.match(bare):
            subtest = named[1]
        elif plan:
            planned = int(plan[1])
            if not planned:
                says = error_text(plan[2]) or "nothing was planned"
                run.problems.append(SuiteProblem(joined(name or "the plan"), says, skipped=True))
        elif point:
            points += 1
            cases += _point(run, depth, point, below)
            below = []
        elif bare.startswith("Bail out!"):
            why = error_text("the run was ended early", bare.removeprefix("Bail out!"))
            run.problems.append(SuiteProblem("outside of any test", why or ""))
    if planned is not None and points < planned:
        says = f"{planned - points} of {planned} planned tests have no result"
        run.problems.append(SuiteProblem(joined(name or "the plan"), says))
    return cases + below


def _point(run: _TapRun, depth: int, found: re.Match[str], below: list[CaseResult]) -> list[CaseResult]:
    """Read a test and the details after it. One with subtests counts by them, if they explain how it ended."""
    words, failed = found[3], bool(found[1])
    if words.endswith(" {"):
        below = _level(run, depth + 1, None)
        words = words.removesuffix(" {")
    details = _details(run)
    in_line, in_details = _TIME.search(words), _DURATION.search(details)
    words = _TIME.sub("", words)
    directive = _DIRECTIVE.search(words)
    name = _ESCAPED.sub(r"\1", words[: directive.start()] if directive else words).strip() or f"test {found[2] or ''}"
    wrong = any(case.outcome in {Outcome.FAILED, Outcome.ERROR} for case in below)
    if below and (wrong or not failed or directive):
        return [replace(case, name=joined(name, case.name)) for case in below]
    outcome = Outcome.FAILED if failed else Outcome.PASSED
    if directive:
        todo = Outcome.XFAILED if failed else Outcome.XPASSED
        outcome = todo if directive[1].upper() == "TODO" else Outcome.SKIPPED
    took = seconds(in_details[1], 1000) if in_details else None
    if in_line:
        took = seconds(in_line[1], 1 if in_line[2] == "s" else 1000)
    error = None if outcome is Outcome.PASSED else error_text(directive and directive[2], details)
    return [*below, CaseResult(joined(name), outcome, error, took)]


def _details(run: _TapRun) -> str:
    """The lines that explain a test: a YAML block, comments, or what a runner prints."""
    texts: list[str] = []
    while run.lines:
        bare = run.lines[0].strip()
        if bare == "---":
            while run.lines and bare != "...":
                bare = run.lines.popleft().strip()
                texts += [bare] if bare not in {"---", "..."} else []
            continue
        if bare == "}" or any(form.match(bare) for form in (_POINT, _PLAN, _SUBTEST)) or bare.startswith("Bail out!"):
            break
        run.lines.popleft()
        texts += [] if _SUMMARY.match(bare) else [bare.removeprefix("# ")]
    return "\n".join(texts)
