"""Runs one suite, and prepares evidence from its results or its output."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import TriagebookError
from triagebook.intake.input_text import UnreadableError
from triagebook.intake.results import Results
from triagebook.intake.tests import read
from triagebook.model.evidence import Grade

from .evidence_data import RecordedRun, ToolRun, draft, output_of, run_of_tests
from .evidence_file import EvidenceDraft
from .input_files import InputFile, ResultFile, read_all
from .observed_code import ObservedCode, code_now
from .plan_match import PlanMatcher
from .process import CommandEnd, run
from .record import PreparedRuns, RecordingContext, prepare, settled
from .suites import ResultFiles, RunOptions, Task, job_of

_PYTEST = re.compile(rb"\bpytest-(\d+(?:\.\w+)+)")


class SuiteOutcome(Struct, frozen=True):
    """How a suite ended, and the evidence to record."""

    ended: CommandEnd
    drafts: tuple[EvidenceDraft, ...]
    prepared: PreparedRuns | None  # None: no readable results
    notes: tuple[str, ...]
    digests: tuple[str, ...] = ()  # of its result files


def run_suite(
    context: RecordingContext, task: Task, options: RunOptions, show: Callable[[bytes], None]
) -> SuiteOutcome:
    """Run a suite, and match its results with the plan."""
    folder = task.below(options.folder)
    if folder != options.folder:
        options, context = replace(options, folder=folder), replace(context, folder=folder)
    context = context.refreshed()
    before = replace(
        code_now(context.found, context.places, laid_over=context.laid_over), tests_from=context.tests_from
    )
    with tempfile.TemporaryDirectory(prefix="triagebook-") as scratch:
        junit = Path(scratch) / "junit.xml"
        files = ResultFiles(task.command, options.folder, options.results, junit)
        started = datetime.now(UTC)
        ended = run(job_of(task.command, options, junit), show)
        readings, notes = _results_of(files.fresh(), ended)
    if ended.cut_off:
        notes.append(f"{task.suite} was stopped: {ended.cut_off}")
    context = replace(context.refreshed(), setting=replace(context.setting, at=started), now=datetime.now(UTC))
    ran = ToolRun(task.command, ended.exit_code, partial=bool(ended.cut_off))
    if readings:
        prepared = prepare(context, readings, task.suite, keep=options.keep, ran=ran, before=before)
        digests = tuple(reading.source.sha256 for reading in readings)
        return SuiteOutcome(ended, prepared.drafts, prepared, (*notes, *prepared.notes), digests)
    code = settled(before, context.code(context.places))
    notes.append(f"{task.suite} left no readable results; its output is recorded instead")
    return SuiteOutcome(ended, (_printed(context, task, ended, code, started),), None, (*notes, *code.notes))


def set_up(line: str, options: RunOptions) -> None:
    """Run a command that the suites need first; its output is shown if it fails."""
    ended = run(job_of(line, options), lambda _: None)
    if ended.interrupted:
        raise KeyboardInterrupt
    if ended.exit_code or ended.cut_off:
        said = ended.output.decode("utf-8", errors="replace").strip().splitlines()[-3:]
        why = ended.cut_off or f"it ended with exit code {ended.exit_code}: {' '.join(said)}"
        raise TriagebookError(f"`{line}` failed: {why}", "correct the command of --setup")


def _results_of(files: Sequence[Path], ended: CommandEnd) -> tuple[list[ResultFile], list[str]]:
    """The result files, or results in the output; else the reason for having none."""
    if not files:
        try:
            results = read(ended.output)
        except UnreadableError:
            return [], []
        return [ResultFile(InputFile("its output", "output", ended.output), results)], []
    try:
        found, problems = read_all([str(path) for path in files], None, BytesIO())
    except TriagebookError as problem:
        return [], [problem.what]
    readings = []
    for one in found:
        named = replace(one.source, path=one.source.name)  # its temporary folder will be gone
        readings.append(replace(one, results=_with_version(one.results, ended), source=named))
    return readings, [problem.what for problem in problems]


def _with_version(results: Results, ended: CommandEnd) -> Results:
    """The tool with its version, which pytest only prints."""
    found = _PYTEST.search(ended.output[:10_000])
    return replace(results, tool=f"pytest {found[1].decode()}") if found and results.tool == "pytest" else results


def _printed(
    context: RecordingContext, task: Task, ended: CommandEnd, code: ObservedCode, started: datetime
) -> EvidenceDraft:
    """The evidence of a suite without results: a partial run if it was stopped, else a command."""
    text = ended.output.decode("utf-8", errors="replace")
    if ended.cut_off:
        ran = ToolRun(task.command, ended.exit_code, partial=True, output=text)
        seen = RecordedRun(None, (), PlanMatcher(context.entry).match([], task.suite), code, started, ran=ran)
        return run_of_tests(seen, context.setting, context.entry.issue)
    own = {"command": task.command, "exit_code": ended.exit_code, "output": output_of(text), "code": code.digests}
    return draft("command", Grade.MACHINE, context.setting, started, code, own, what=task.suite)
