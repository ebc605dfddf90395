"""Builds the plain data of a piece of evidence, and decides its grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.intake.clean_text import MAX_OUTPUT, clean, cut
from triagebook.model.evidence import Grade, Outcome

from .evidence_file import EvidenceDraft
from .plan_match import PlanMatch, plain_held
from .result_names import NamedResult
from .timestamps import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triagebook.intake.results import Results
    from triagebook.model.evidence import Phase
    from triagebook.model.issue import Issue

    from .input_files import InputFile
    from .observed_code import ObservedCode

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


def _about(setting: Setting, grade: Grade, at: date, code: ObservedCode) -> Plain:
    """The fields that all evidence has, in reading order."""
    return {
        "grade": grade.value,
        "at": written(at),
        "phase": setting.phase.value if setting.phase else None,
        "environment": setting.environment,
        "commit": code.commit,
        "dirty": None if code.dirty is None else str(code.dirty).lower(),
        "build": setting.build,
        "by": setting.by,
    }


def _source(source: InputFile | None, form: str | None = None) -> Plain | None:
    if source is None:
        return None
    name = " ".join(clean(source.name).split()) or "file"
    return {"name": name, "sha256": source.sha256, **({"format": form} if form else {})}


# ── tests ────────────────────────────────────────────────────────────────────────────────────────────


def run_of_tests(seen: RecordedRun, setting: Setting, issue: Issue, *, keep: bool = False) -> EvidenceDraft:
    """The evidence of a test run."""
    ran, results, match = seen.ran, seen.results, seen.match
    held = {one.name: held for one in seen.named if (held := match.held(one.name, failed=one.failed))}
    plain = {
        "kind": "tests",
        **_about(setting, Grade.MACHINE, seen.at, seen.code),
        "tool": results.tool if results else None,
        "suite": match.suite,
        "command": ran.command if ran else None,
        "tests_from": seen.code.tests_from,
        "exit_code": None if ran is None or ran.exit_code is None else str(ran.exit_code),
        "partial": "true" if ran and ran.partial else None,
        "totals": _totals(seen.named, results),
        "results": {one.name: result_of(one) for one in _within_bounds(seen.named, match)},
        "expected": {name: plain_held(one, issue) for name, one in held.items()},
        "code": dict(seen.code.digests),
        "source": _source(seen.source, results.format if results else None),
        "output": _output(ran.output) if ran else None,
        "note": "\n".join([*_remarks(seen.named, results), *([setting.note] if setting.note else [])]),
    }
    kept = seen.source.data if keep and seen.source else None
    return EvidenceDraft(seen.at, match.suite or "tests", setting.environment, plain, kept)


def _within_bounds(named: Sequence[NamedResult], match: PlanMatch) -> Iterator[NamedResult]:
    """The results, with long error texts cut if there are too many. Planned tests keep their full text."""
    texts = sum(len(one.error or "") for one in named)
    most = MAX_TEXTS // len(named) if texts > MAX_TEXTS else None
    for one in named:
        cut_down = most is not None and one.error and one.name not in match.matched
        yield replace(one, error=cut(one.error or "", max(most or 0, MIN_TEXT))) if cut_down else one


def result_of(one: NamedResult) -> str | Plain:
    """A result as recorded: a single word for a plain pass."""
    again = str(one.attempts) if one.attempts > 1 else None
    if one.outcome is Outcome.PASSED and not again and not one.fits:
        return one.outcome.value
    took = None if one.seconds is None else f"{one.seconds:.3f}".rstrip("0").rstrip(".") + " s"
    plain: Plain = {"outcome": one.outcome.value, "error": one.error, "seconds": took, "attempts": again}
    return {key: value for key, value in plain.items() if value} | ({"fits": list(one.fits)} if one.fits else {})


def _totals(named: Sequence[NamedResult], results: Results | None) -> Plain | None:
    """The counts of the results, including failures that the file counts but does not list."""
    if results is None:
        return None
    ended = Counter(one.outcome for one in named)
    counts = {name: ended[outcome] for name, outcome in _TOTALS.items()}
    counts["failed"] += results.lost_failures()
    return {name: str(count) for name, count in counts.items()} | {"total": str(len(named))}


def _remarks(named: Sequence[NamedResult], results: Results | None) -> Iterator[str]:
    if not named:
        yield "No tests ran."
    if results is not None:
        yield from (f"{text[:1].upper()}{text[1:]}." for text in results.disagreements())


def _output(text: str) -> str | None:
    return cut(clean(text).strip("\n"), MAX_OUTPUT) if text.strip() else None


# ── other evidence ───────────────────────────────────────────────────────────────────────────────────


class CommandOutput(Struct, frozen=True):
    """A command and its output."""

    command: str
    exit_code: int | None
    source: InputFile | None = None
    output: str = ""
    suite: str | None = None
    ran: bool = False  # run by triagebook


class PersonObservation(Struct, frozen=True):
    """An observation by a person."""

    says: str
    error: str | None = None
    count: int | None = None
    attached: Mapping[str, bytes] = field(default_factory=dict)
    withdraws: str | None = None  # the evidence that it takes back


def command(
    seen: CommandOutput, setting: Setting, at: date, code: ObservedCode, *, keep: bool = False
) -> EvidenceDraft:
    """The evidence of a command: machine-graded if triagebook ran it or read its output."""
    grade = Grade.MACHINE if seen.source or seen.ran else Grade.ATTESTED
    plain = {
        "kind": "command",
        **_about(setting, grade, at, code),
        "command": clean(seen.command).strip(),
        "exit_code": None if seen.exit_code is None else str(seen.exit_code),
        "output": _output(seen.output),
        "code": dict(code.digests),
        "source": _source(seen.source),
        "note": setting.note,
    }
    kept = seen.source.data if keep and seen.source else None
    return EvidenceDraft(at, seen.suite or "command", setting.environment, plain, kept)


def value(
    name: str,
    measured: str,
    setting: Setting,
    at: date,
    code: ObservedCode,
    source: InputFile | None,
) -> EvidenceDraft:
    """The evidence of a measured value: machine-graded if it was read from a file, which is kept to show it."""
    plain = {
        "kind": "value",
        **_about(setting, Grade.MACHINE if source else Grade.ATTESTED, at, code),
        "name": name,
        "value": measured,
        "how": setting.note,
        "source": _source(source),
    }
    return EvidenceDraft(at, "value", setting.environment, plain, source.data if source else None)


def observation(seen: PersonObservation, setting: Setting, at: date, code: ObservedCode) -> EvidenceDraft:
    """The evidence of an observation."""
    plain = {
        "kind": "observation",
        **_about(setting, Grade.ATTESTED, at, code),
        "says": clean(seen.says).strip(),
        "error": clean(seen.error).strip() if seen.error else None,
        "count": None if seen.count is None else str(seen.count),
        "withdraws": seen.withdraws,
        "note": setting.note,
    }
    what = "withdrawal" if seen.withdraws else "observation"
    return EvidenceDraft(at, what, setting.environment, plain, attached=seen.attached)
