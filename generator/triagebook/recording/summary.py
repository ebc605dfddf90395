"""Summarises recorded results and how they match the plan, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from triagebook.facts.ledger.planned_tests import PlannedTest
from triagebook.facts.ledger.results import Judgement
from triagebook.model.evidence import Phase
from triagebook.text import counted, first_of, on_one_line

from .evidence_data import RecordedRun
from .record import PreparedRuns

MOST = 10  # names shown in a list
_COUNTS = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")


def lines_of(prepared: PreparedRuns) -> Iterator[str]:
    for run in prepared.runs:
        yield from _lines_of_run(run)


def _lines_of_run(run: RecordedRun) -> Iterator[str]:
    results = run.results
    if results is not None and run.source is not None:
        counts = results.counts
        parts = [_counted(counts[name], name) for name in _COUNTS if counts[name]]
        tool = f", {on_one_line(results.tool)}" if results.tool else ""
        said = f"{counted(counts['tests'], 'test')}{': ' if parts else ''}{', '.join(parts)}"
        yield f"{on_one_line(run.source.path)} ({results.format}{tool}): {said}"
        if not run.named:
            yield "  no tests ran"
        for problem in results.problems:
            says = on_one_line(problem.says)
            says = says if len(says) <= 200 else f"{says[:60]} ... {says[-130:]}"  # an error is named at the end
            yield f"  not run: {on_one_line(problem.name)}: {says}"
        yield from (f"  disagreement: {text}" for text in results.disagreements())
        again = [one.name for one in run.named if one.attempts > 1]
        if again:
            yield f"  retried: {listed(again)}"
    match = run.match
    suite = f"suite {match.suite}" if match.suite else "no single suite"
    yield f"  plan: {suite}; {len(match.matched)} matched, {len(match.strays)} not in the plan"
    if match.strays:
        yield f"  not in the plan: {listed(match.strays)}"
    several = {one.name: one.fits for one in run.named if one.fits}
    for name, files in list(several.items())[:MOST]:
        yield f"  ambiguous: {on_one_line(name)} is in {listed(files)}, so it proves nothing"
    for name, tests in list(match.ambiguous.items())[:MOST]:
        yield f"  ambiguous: {on_one_line(name)} could be {listed(f'{test.suite}: {test.name}' for test in tests)}"


def _counted(number: int, outcome: str) -> str:
    return counted(number, "error") if outcome == "errors" else f"{number} {outcome}"


def listed(names: Iterable[str]) -> str:
    return first_of(map(on_one_line, names), MOST)


def as_data(prepared: PreparedRuns, phase: Phase | None, judged: Iterator[Mapping[str, Judgement]]) -> dict[str, Any]:
    """The summary as JSON; `judged` says of each file how its results compare with what was expected."""
    code = prepared.runs[0].code if prepared.runs else None
    return {
        "files": [_file(run, own) for run, own in zip(prepared.runs, judged, strict=False)],
        "phase": phase,
        "commit": code.commit if code else None,
        "dirty": code.dirty if code else None,
        "missing": [{"suite": test.suite, "test": test.name} for test in prepared.missing],
    }


def _file(run: RecordedRun, judged: Mapping[str, Judgement]) -> dict[str, Any]:
    results, source, match = run.results, run.source, run.match
    if results is None or source is None:
        return {}
    return {
        "path": source.path,
        "format": results.format,
        **results.counts,
        "tool": results.tool,
        "at": run.at.isoformat(),
        "sha256": source.sha256,
        "disagreements": results.disagreements(),
        "trouble": [{"name": one.name, "says": one.says, "skipped": one.skipped} for one in results.problems],
        "suite": match.suite,
        "matched": {name: {"tests": _named(tests), "meets": judged.get(name)} for name, tests in match.matched.items()},
        "not_in_plan": list(match.strays),
        "ambiguous": {name: _named(tests) for name, tests in match.ambiguous.items()},
    }


def _named(tests: Iterable[PlannedTest]) -> list[dict[str, str]]:
    return [{"suite": test.suite, "test": test.name} for test in tests]


def problems_of(prepared: PreparedRuns) -> Iterator[str]:
    """What is missing or broken in results, whatever was expected of them."""
    runs = prepared.runs
    if not any(run.named for run in runs):
        yield "no tests ran"
    if broken := [one.name for run in runs if run.results for one in run.results.problems if not one.skipped]:
        yield f"could not be run: {listed(broken)}"
    if unclear := [name for run in runs for name in run.match.ambiguous]:
        yield f"ambiguous, so they prove nothing: {listed(unclear)}"
    if prepared.missing:
        names = listed(f"{test.suite}: {test.name}" for test in prepared.missing)
        have = "has" if len(prepared.missing) == 1 else "have"
        yield f"{counted(len(prepared.missing), 'planned test')} {have} no result: {names}"
