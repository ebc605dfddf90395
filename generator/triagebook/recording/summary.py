"""Summarises recorded results and how they match the plan, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from triagebook.facts.ledger.results import WRONG, Judgement, judge
from triagebook.model.evidence import Phase, Result
from triagebook.text import counted, on_one_line

from .evidence_data import result_of

if TYPE_CHECKING:
    from triagebook.model.issue import Issue

    from .evidence_data import RecordedRun
    from .record import Prepared

MOST = 10  # names shown in a list
_COUNTS = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")


def judgements(run: RecordedRun, phase: Phase | None, issue: Issue) -> dict[str, Judgement]:
    """Compare each planned result with its expectation."""
    texts = [str(symptom.error) for symptom in issue.symptoms if symptom.error]
    found = {}
    for one in run.named:
        held = run.match.held(one.name, failed=one.failed)
        expected = None if held is None else held.before if phase is Phase.BEFORE else held.after
        if phase is not None and expected is not None:
            found[one.name] = judge(Result.model_validate(result_of(one)), expected, texts)
    return found


def unexpected(run: RecordedRun, phase: Phase | None, issue: Issue) -> list[str]:
    """The names of the unexpected results."""
    return [name for name, judgement in judgements(run, phase, issue).items() if judgement in WRONG]


# ── for people ───────────────────────────────────────────────────────────────────────────────────────


def lines_of(prepared: Prepared, phase: Phase | None, issue: Issue) -> Iterator[str]:
    for run in prepared.runs:
        yield from lines_of_run(run, phase, issue)
    if prepared.missing:
        names = listed(f"{test.suite}: {test.name}" for test in prepared.missing)
        have = "has" if len(prepared.missing) == 1 else "have"
        yield f"missing: {counted(len(prepared.missing), 'planned test')} {have} no result: {names}"
    yield from (f"note: {on_one_line(note)}" for note in prepared.notes)


def lines_of_run(run: RecordedRun, phase: Phase | None, issue: Issue) -> Iterator[str]:
    results = run.results
    if results is not None and run.source is not None:
        counts = results.counts
        parts = [f"{counts[name]} {name}" for name in _COUNTS if counts[name]]
        tool = f", {on_one_line(results.tool)}" if results.tool else ""
        said = f"{counted(counts['tests'], 'test')}{': ' if parts else ''}{', '.join(parts)}"
        yield f"{on_one_line(run.source.path)} ({results.format}{tool}): {said}"
        if not run.named:
            yield "  no tests ran"
        for problem in results.problems:
            yield f"  not run: {on_one_line(problem.name)}: {on_one_line(problem.says)[:200]}"
        yield from (f"  disagreement: {text}" for text in results.disagreements())
        again = [one.name for one in run.named if one.attempts > 1]
        if again:
            yield f"  retried: {listed(again)}"
    yield from _of_plan(run, phase, issue)


def _of_plan(run: RecordedRun, phase: Phase | None, issue: Issue) -> Iterator[str]:
    match = run.match
    suite = f"suite {match.suite}" if match.suite else "no single suite"
    yield f"  plan: {suite}; {len(match.matched)} matched, {len(match.strays)} not in the plan"
    found = judgements(run, phase, issue)
    for judgement, number in sorted(Counter(found.values()).items()):
        names = listed(name for name, one in found.items() if one is judgement)
        yield f"  {judgement.value}: {number}{'' if judgement is Judgement.AS_EXPECTED else f': {names}'}"
    if match.strays:
        yield f"  not in the plan: {listed(match.strays)}"
    several = {one.name: one.fits for one in run.named if one.fits}
    for name, files in list(several.items())[:MOST]:
        yield f"  ambiguous: {on_one_line(name)} is in {listed(files)}, so it proves nothing"
    for name, tests in list(match.ambiguous.items())[:MOST]:
        yield f"  ambiguous: {on_one_line(name)} could be {listed(f'{test.suite}: {test.name}' for test in tests)}"


def listed(names: Iterable[str]) -> str:
    every = [on_one_line(name) for name in names]
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return ", ".join(every[:MOST]) + more


# ── for programs ─────────────────────────────────────────────────────────────────────────────────────


def as_data(
    prepared: Prepared, phase: Phase | None, issue: Issue, known: Sequence[str | None], evidence: Sequence[str]
) -> dict[str, Any]:
    """The summary as JSON; `known` names existing evidence of the same files, `evidence` what was written."""
    code = prepared.runs[0].code if prepared.runs else None
    return {
        "files": [
            _file(run, phase, issue) | {"recorded_as": name} for run, name in zip(prepared.runs, known, strict=True)
        ],
        "phase": phase.value if phase else None,
        "commit": code.commit if code else None,
        "dirty": code.dirty if code else None,
        "missing": [{"suite": test.suite, "test": test.name} for test in prepared.missing],
        "notes": list(prepared.notes),
        "evidence": list(evidence),
    }


def _file(run: RecordedRun, phase: Phase | None, issue: Issue) -> dict[str, Any]:
    results, source, match = run.results, run.source, run.match
    found = judgements(run, phase, issue)
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
        "matched": {
            name: {
                "tests": [{"suite": test.suite, "test": test.name} for test in tests],
                "meets": found[name].value if name in found else None,
            }
            for name, tests in match.matched.items()
        },
        "not_in_plan": list(match.strays),
        "ambiguous": {
            name: [{"suite": test.suite, "test": test.name} for test in tests]
            for name, tests in match.ambiguous.items()
        },
    }
