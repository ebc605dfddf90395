"""Builds the plain data of a piece of evidence, and decides its grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from triagebook.intake.clean_text import MAX_OUTPUT, clean, cut
from triagebook.intake.results import Results
from triagebook.model.evidence import Grade, Outcome, Phase
from triagebook.model.issue import Issue

from .evidence_file import EvidenceDraft
from .input_files import InputFile
from .observed_code import ObservedCode
from .plan_match import PlanMatch, plain_held
from .result_names import NamedResult
from .timestamps import written

Plain = dict[str, Any]
MAX_TEXTS, MIN_TEXT = 4_000_000, 200  # characters: of all error texts of a run, of one that is cut
_TOTALS = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "errors": Outcome.ERROR, "skipped": Outcome.SKIPPED}


class Setting(Struct, frozen=True):
    """The environment, phase, build and time of evidence, and who vouches for it."""

    environment: str | None = None
    phase: Phase | None = None
    build: str | None = None
    by: str | None = None
    note: str | None = None
    at: date | None = None  # if a person named it


class ToolRun(Struct, frozen=True):
    """A suite as run by triagebook: its command, exit code and output."""

    command: str
    exit_code: int | None = None
    partial: bool = False
    output: str = ""


class RecordedRun(Struct, frozen=True):
    """A test run: its results, their match with the plan, and the code that was tested."""

    results: Results | None  # None: the run left no result file
    named: Sequence[NamedResult]
    match: PlanMatch
    code: ObservedCode
    at: date
    source: InputFile | None = None
    ran: ToolRun | None = None


def draft(
    kind: str, grade: Grade, setting: Setting, at: date, code: ObservedCode, own: Plain, *,
    what: str = "", kept: bytes | None = None, attached: Mapping[str, bytes] | None = None,
) -> EvidenceDraft:  # fmt: skip
    """A piece of evidence: the fields that all evidence has, and its own. `what` is for the name of its file."""
    plain = {
        "kind": kind,
        "grade": grade,
        "at": written(at),
        "phase": setting.phase,
        "environment": setting.environment,
        "commit": code.commit,
        "dirty": code.dirty,
        "build": setting.build,
        "by": setting.by,
        **own,
    }
    return EvidenceDraft(what or kind, plain, kept, attached or {})


def source_of(source: InputFile | None, form: str | None = None) -> Plain | None:
    if source is None:
        return None
    return {"name": " ".join(clean(source.name).split()) or "file", "sha256": source.sha256, "format": form}


def output_of(text: str) -> str:
    return cut(clean(text).strip("\n"), MAX_OUTPUT)


def run_of_tests(seen: RecordedRun, setting: Setting, issue: Issue, *, keep: bool = False) -> EvidenceDraft:
    ran, results, match = seen.ran, seen.results, seen.match
    held = {one.name: held for one in seen.named if (held := match.held(one.name, failed=one.failed))}
    own = {
        "tool": results.tool if results else None,
        "suite": match.suite,
        "command": ran.command if ran else None,
        "tests_from": seen.code.tests_from,
        "exit_code": ran.exit_code if ran else None,
        "partial": (ran and ran.partial) or None,
        "totals": _totals(seen.named, results),
        "results": {one.name: _result_of(one) for one in _within_bounds(seen.named, match)},
        "expected": {name: plain_held(one, issue) for name, one in held.items()},
        "code": seen.code.digests,
        "source": source_of(seen.source, results.format if results else None),
        "output": output_of(ran.output) if ran else None,
        "note": "\n".join([*_remarks(seen.named, results), *([setting.note] if setting.note else [])]),
    }
    kept = seen.source.data if keep and seen.source else None
    return draft("tests", Grade.MACHINE, setting, seen.at, seen.code, own, what=match.suite or "", kept=kept)


def _within_bounds(named: Sequence[NamedResult], match: PlanMatch) -> Iterator[NamedResult]:
    """The results, with long error texts cut if there are too many. Planned tests keep their full text."""
    texts = sum(len(one.error or "") for one in named)
    most = MAX_TEXTS // len(named) if texts > MAX_TEXTS else None
    for one in named:
        cut_down = most is not None and one.error and one.name not in match.matched
        yield replace(one, error=cut(one.error or "", max(most or 0, MIN_TEXT))) if cut_down else one


def _result_of(one: NamedResult) -> Outcome | Plain:
    """A result as recorded: a single word for a plain pass."""
    again = one.attempts if one.attempts > 1 else None
    if one.outcome is Outcome.PASSED and not again and not one.fits:
        return one.outcome
    took = None if one.seconds is None else f"{one.seconds:.3f}".rstrip("0").rstrip(".") + " s"
    return {"outcome": one.outcome, "error": one.error, "seconds": took, "attempts": again, "fits": one.fits}


def _totals(named: Sequence[NamedResult], results: Results | None) -> Plain | None:
    """The counts of the results, including failures that the file counts but does not list."""
    if results is None:
        return None
    ended = Counter(one.outcome for one in named)
    counts = {name: ended[outcome] for name, outcome in _TOTALS.items()}
    counts["failed"] += results.lost_failures()
    return counts | {"total": len(named)}


def _remarks(named: Sequence[NamedResult], results: Results | None) -> Iterator[str]:
    if not named:
        yield "No tests ran."
    if results is not None:
        yield from (f"{text[:1].upper()}{text[1:]}." for text in results.disagreements())
