"""One suite of a plan, run and recorded: by its results, or by what it printed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from triagebook.code.digests import digest
from triagebook.errors import TriagebookError
from triagebook.intake.results import Results, UnreadableError
from triagebook.intake.tests import read

from .checkout import Code, code_now, find, places_that_count
from .compose import CommandSeen, Ran, RunSeen, command, run_of_tests
from .meeting import PlanOf
from .process import Ended, run
from .reading import Reading, Source, read_all
from .record import Prepared, prepare, settled
from .suites import ResultFiles, Task, job_of

if TYPE_CHECKING:
    from .draft import Draft
    from .record import Desk

_PYTEST = re.compile(rb"\bpytest-(\d+(?:\.\w+)+)")


class Way(Struct, frozen=True):
    """How suites are run."""

    folder: Path
    shell: bool = False
    limit: float | None = None  # seconds
    results: tuple[str, ...] = ()  # files that hold the results, seen from the folder
    keep: bool = False


class Done(Struct, frozen=True):
    """How a suite was run, and what there is to record of it."""

    ended: Ended
    drafts: tuple[Draft, ...]
    prepared: Prepared | None  # None: it left no results that can be read
    notes: tuple[str, ...]
    digests: tuple[str, ...] = ()  # of the files that it left


def run_suite(desk: Desk, task: Task, way: Way, show: Callable[[bytes], None], wait: Callable[[float], None]) -> Done:
    """Run a suite to its end, and hold what it left against the plan."""
    desk = _looked_again(desk)
    before = code_now(desk.found, places_that_count(desk.entry))
    with tempfile.TemporaryDirectory(prefix="triagebook-") as scratch:
        junit = Path(scratch) / "junit.xml"
        job = job_of(task.command, way.folder, junit, shell=way.shell, limit=way.limit)
        files = ResultFiles(task.command, way.folder, way.results, junit)
        started = datetime.now(UTC)
        ended = run(job, show, wait)
        readings, notes = _left_behind(files.fresh(), ended)
    if ended.cut_off:
        notes.append(f"{task.suite} was cut off: {ended.cut_off}")
    desk = replace(_looked_again(desk), setting=replace(desk.setting, at=started), now=datetime.now(UTC))
    ran = Ran(task.command, ended.exit_code, partial=bool(ended.cut_off))
    if readings:
        prepared = prepare(desk, readings, task.suite, keep=way.keep, ran=ran, before=before)
        digests = tuple(reading.source.sha256 for reading in readings)
        return Done(ended, prepared.drafts, prepared, (*notes, *prepared.notes), digests)
    code = settled(before, desk.code(places_that_count(desk.entry)))
    notes.append(f"{task.suite} left no results that can be read: what it printed is recorded")
    return Done(ended, (_printed(desk, task, ended, code, started),), None, (*notes, *code.notes))


def _looked_again(desk: Desk) -> Desk:
    """The same, with the checkout as it is now."""
    return replace(desk, found=find(desk.loaded.root, desk.loaded.book, desk.entry, desk.folder))


def _left_behind(files: Sequence[Path], ended: Ended) -> tuple[list[Reading], list[str]]:
    """Result files, or results in place of what is printed; and why there are none."""
    if files:
        try:
            readings = read_all([str(path) for path in files], None, BytesIO())
        except TriagebookError as problem:
            return [], [problem.what]
        return [
            replace(one, results=_with_version(one.results, ended), source=_named(one.source)) for one in readings
        ], []
    try:
        results = read(ended.output)
    except UnreadableError:
        return [], []
    return [Reading(Source("what it printed", "output", ended.output, digest(ended.output), None), results)], []


def _named(source: Source) -> Source:
    """The file by its own name: the folder that it lay in may be gone."""
    return replace(source, path=source.name)


def _with_version(results: Results, ended: Ended) -> Results:
    """The tool with its version, which pytest tells on the screen only."""
    found = _PYTEST.search(ended.output[:10_000])
    return replace(results, tool=f"pytest {found[1].decode()}") if found and results.tool == "pytest" else results


def _printed(desk: Desk, task: Task, ended: Ended, code: Code, started: datetime) -> Draft:
    """A suite of which only the output is known: a run that was cut off, else a command like any other."""
    text = ended.output.decode("utf-8", errors="replace")
    if ended.cut_off:
        ran = Ran(task.command, ended.exit_code, partial=True, output=text)
        seen = RunSeen(None, (), PlanOf(desk.entry).meet([], task.suite), code, started, ran=ran)
        return run_of_tests(seen, desk.setting, desk.entry.issue)
    printed = CommandSeen(task.command, ended.exit_code, output=text, suite=task.suite, ran=True)
    return command(printed, desk.setting, started, code)
