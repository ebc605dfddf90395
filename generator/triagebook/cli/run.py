"""`triagebook run`: runs test suites after confirmation, and records the results."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.errors import TriagebookError
from triagebook.model.evidence import Phase
from triagebook.recording import summary
from triagebook.recording.evidence_data import Setting
from triagebook.recording.record import write
from triagebook.recording.run import RunOptions, SuiteOutcome, run_suite
from triagebook.recording.suites import Task, choose, job_of
from triagebook.text import counted, on_one_line, visible

from .common import book_option, complete_issue, confirmed, examples, format_option, name_option, print_json
from .main import FINDINGS, INTERRUPTED
from .record import context_of, places_of, refuse_missing, setting_options

if TYPE_CHECKING:
    from triagebook.recording.record import RecordingContext

QUIET = 1.0  # seconds without output before a terminal shows the elapsed time


@click.command(
    "run",
    epilog=examples(
        "triagebook run 1184 --phase before --environment local --in ../app",
        "triagebook run 1184 --suite unit --phase after --environment local --yes --timeout 10",
        "triagebook run 1184 --suite java --phase after --environment local --results 'target/*-reports/*.xml'",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@name_option("--suite", "suite", "Run only this suite. Default: all with a command for the environment.")
@setting_options
@click.option("--yes", "-y", is_flag=True, help="Run without asking.")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), default=60, show_default=True, metavar="MIN",
    help="The time limit for each suite, in minutes.",
)  # fmt: skip
@click.option("--shell", is_flag=True, help="Run the commands in a shell, so that variables, pipes and `&&` work.")
@click.option("--results", metavar="PATTERN", multiple=True, help="Where to find the result files, relative to DIR.")
@click.option("--keep", is_flag=True, help="Keep a compressed copy of the results beside the evidence.")
@format_option
@book_option
def command(
    issue_id: str, suite: tuple[str, ...], folder: Path | None, build: str | None, environment: str | None,
    phase: str | None, yes: bool, timeout: float, shell: bool, results: tuple[str, ...], keep: bool, form: str,
    book: Path | None,
) -> None:  # fmt: skip
    """Run an issue's test suites and record the results.

    Use it once before the fix and once after. It shows the commands and asks before running them. The results of
    pytest are found automatically; those of other runners in the files that the command or --results names, or in the
    output. A run stopped by the time limit or Ctrl-C is recorded as partial; it can prove failures only. The exit code
    is 1 if a result was not as expected.
    """
    setting = Setting(environment, Phase(phase) if phase else None, build)
    context = context_of(book, issue_id, setting, folder, suites=suite, now=datetime.now(UTC))
    context = replace(context, deployed=False)  # the tests run from the checkout, even against a deployed build
    refuse_missing(context)
    options = RunOptions(_folder(context), shell, timeout * 60, results, keep)
    chosen = choose(context.entry.issue.suites, suite, str(environment))
    for task in chosen.tasks:  # refuse a bad command before any suite runs
        job_of(task.command, options.folder, options.folder, shell=shell, limit=None)
    _show(chosen.tasks, chosen.left_out, options)
    if not yes and not confirmed(f"Run {counted(len(chosen.tasks), 'command')}?", "add --yes to run them"):
        click.echo("nothing was run", err=True)
        raise click.exceptions.Exit(FINDINGS)
    runner = _SuiteRunner(context, options, len(chosen.tasks), as_json=form == "json")
    runner.run(chosen.tasks)
    raise click.exceptions.Exit(runner.exit_code)


def _folder(context: RecordingContext) -> Path:
    if context.folder is not None:
        return context.folder
    if context.found.checkout is None:
        raise TriagebookError(f"there is no checkout to run in: {context.found.why}", "name one with --in DIR")
    return context.found.checkout.root


def _show(tasks: Sequence[Task], left_out: Sequence[str], options: RunOptions) -> None:
    where = "in a shell, in" if options.shell else "in"
    click.echo(f"{where} {options.folder}:", err=True)
    for task in tasks:
        click.echo(f"  {on_one_line(task.suite)}: {visible(task.command)}", err=True)
    for text in left_out:
        click.echo(f"  not run: {on_one_line(text)}", err=True)


class _SuiteRunner(Struct):
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
        if self.as_json:
            print_json({"runs": self.reported})

    def _record(self, task: Task, done: SuiteOutcome) -> None:
        context = self.context
        issue, phase = context.entry.issue, context.setting.phase
        written = write(context, done.drafts, done.digests)
        wrong = (
            [name for run in done.prepared.runs for name in summary.unexpected(run, phase, issue)]
            if done.prepared
            else []
        )
        self.has_unexpected |= bool(wrong or done.ended.cut_off)
        self._say(f"{task.suite} ended with exit code {done.ended.exit_code} after {done.ended.seconds:.1f} s")
        for line in summary.lines_of(done.prepared, phase, issue) if done.prepared else ():
            self._say(line)
        for note in dict.fromkeys(done.notes):
            if not done.prepared or note not in done.prepared.notes:
                self._say(f"note: {on_one_line(note)}")
        places = places_of(context, written)
        for place in places:
            self._say(f"recorded {place}")
        known = [None] * len(done.prepared.runs) if done.prepared else []
        data = summary.as_data(done.prepared, phase, issue, known, places) if done.prepared else {"evidence": places}
        ended = {"exit_code": done.ended.exit_code, "partial": bool(done.ended.cut_off), "unexpected": wrong}
        self.reported.append({"suite": task.suite, "command": task.command, **ended, **data})

    def _say(self, line: str) -> None:
        click.echo(line, err=self.as_json)


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
