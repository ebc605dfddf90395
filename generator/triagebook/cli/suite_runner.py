"""Runs suites one after another for a command: shows their output, records the results and prints a summary."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import click
from msgspec import Struct, field

from triagebook.model.evidence import Phase
from triagebook.recording import summary
from triagebook.recording.counting import lines_of_counting
from triagebook.recording.record import RecordingContext, write
from triagebook.recording.run import RunOptions, SuiteOutcome, run_suite
from triagebook.recording.suites import Task
from triagebook.text import counted, on_one_line, visible

from .common import confirmed
from .main import FINDINGS, INTERRUPTED
from .record import places_of

QUIET = 1.0  # seconds without output before a terminal shows the elapsed time


def show_commands(tasks: Sequence[Task], left_out: Sequence[str], options: RunOptions, where: str = "") -> None:
    """Show what would be run, before anybody agrees to it."""
    click.echo(f"{'in a shell, in' if options.shell else 'in'} {where or options.folder}:", err=True)
    for task in tasks:
        click.echo(f"  {on_one_line(task.suite)}: {visible(task.command)}", err=True)
    for text in left_out:
        click.echo(f"  not run: {on_one_line(text)}", err=True)


def confirm_run(commands: int) -> None:
    """Ask before running; end the command if a person declines."""
    if not confirmed(f"Run {counted(commands, 'command')}?", "add --yes to run them"):
        click.echo("nothing was run", err=True)
        raise click.exceptions.Exit(FINDINGS)


class SuiteRunner(Struct):
    """Runs suites one after another, and records each as soon as it ends."""

    context: RecordingContext
    options: RunOptions
    of: int
    as_json: bool
    interrupted: bool = False
    has_unexpected: bool = False
    reported: list[dict[str, Any]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return INTERRUPTED if self.interrupted else FINDINGS if self.has_unexpected else 0

    def run(self, tasks: Sequence[Task]) -> None:
        for number, task in enumerate(tasks, 1):
            self._say(f"{number} of {self.of}: {task.suite}")
            screen = _LiveOutput(self.as_json, f"{number} of {self.of}: {task.suite}", self.options.limit)
            done = run_suite(self.context, task, self.options, screen.show, screen.wait)
            screen.close()
            self._record(task, done)
            if done.ended.interrupted:
                self.interrupted = True
                break

    def _record(self, task: Task, done: SuiteOutcome) -> None:
        context = self.context
        issue, phase = context.entry.issue, context.setting.phase
        written = write(context, done.drafts, done.digests)
        wrong = (
            [name for run in done.prepared.runs for name in summary.unexpected(run, phase, issue)]
            if done.prepared
            else []
        )
        problems = list(_problems(done, wrong, after=phase is Phase.AFTER))
        self.has_unexpected |= bool(problems)
        self._say(f"{task.suite} ended with exit code {done.ended.exit_code} after {done.ended.seconds:.1f} s")
        for line in summary.lines_of(done.prepared, phase, issue) if done.prepared else ():
            self._say(line)
        for note in dict.fromkeys(done.notes):
            if not done.prepared or note not in done.prepared.notes:
                self._say(f"note: {on_one_line(note)}")
        for line in lines_of_counting(context, written):
            self._say(line)
        for problem in problems:
            self._say(f"problem: {on_one_line(problem)}")
        places = places_of(context, written)
        for place in places:
            self._say(f"recorded {place}")
        known = [None] * len(done.prepared.runs) if done.prepared else []
        data = summary.as_data(done.prepared, phase, issue, known, places) if done.prepared else {"evidence": places}
        ended = {"exit_code": done.ended.exit_code, "partial": bool(done.ended.cut_off), "unexpected": wrong}
        ended["problems"] = problems
        self.reported.append({"suite": task.suite, "command": task.command, **ended, **data})

    def _say(self, line: str) -> None:
        click.echo(line, err=self.as_json)


def _problems(done: SuiteOutcome, wrong: Sequence[str], *, after: bool) -> Iterator[str]:
    """Why a run is not a success, whatever its exit code is."""
    if done.ended.cut_off:
        yield f"the run is partial: {done.ended.cut_off}"
    if wrong:
        yield f"not as expected: {summary.listed(wrong)}"
    if done.prepared is None:
        if done.ended.exit_code:
            yield f"the suite left no readable results and ended with exit code {done.ended.exit_code}"
        return
    runs = done.prepared.runs
    if not any(run.named for run in runs):
        yield "no tests ran"
    if broken := [one.name for run in runs if run.results for one in run.results.problems if not one.skipped]:
        yield f"could not be run: {summary.listed(broken)}"
    if done.prepared.missing:
        yield f"no result: {summary.listed(f'{test.suite}: {test.name}' for test in done.prepared.missing)}"
    strays = {name for run in runs for name in run.match.strays}
    if after and (failed := [one.name for run in runs for one in run.named if one.failed and one.name in strays]):
        yield f"failed and is not in the plan: {summary.listed(failed)}"
    if done.ended.exit_code and not done.ended.cut_off and not any(one.failed for run in runs for one in run.named):
        yield f"the suite ended with exit code {done.ended.exit_code} and lists no failure"


class _LiveOutput:
    """Streams the output of a suite, and shows the elapsed time on a terminal while it is quiet."""

    def __init__(self, as_json: bool, what: str, limit: float | None) -> None:
        stream = sys.stderr if as_json else sys.stdout
        stream.flush()
        self.out: BinaryIO = stream.buffer
        self.terminal = sys.stderr.isatty()
        self.what, self.limit = what, limit
        self.last, self.heard_at, self.waiting = b"\n", 0.0, False

    def show(self, piece: bytes) -> None:
        self._clear()
        self.out.write(piece)
        self.out.flush()
        self.last = piece[-1:]
        self.heard_at = -1.0

    def wait(self, seconds: float) -> None:
        if self.heard_at < 0:
            self.heard_at = seconds
        if self.terminal and self.last == b"\n" and seconds - self.heard_at >= QUIET:
            limit = f" of {_minutes(self.limit)}" if self.limit else ""
            click.echo(f"\r{self.what}, {_minutes(seconds)}{limit}", nl=False, err=True)
            self.waiting = True

    def close(self) -> None:
        self._clear()
        if self.last != b"\n":
            self.out.write(b"\n")
        self.out.flush()

    def _clear(self) -> None:
        if self.waiting:
            click.echo(f"\r{' ' * (len(self.what) + 20)}\r", nl=False, err=True)
            self.waiting = False


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
