"""`triagebook run`: runs test suites after confirmation, and records the results. `prove` runs them in the same way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.code.checkout import Checkout
from triagebook.errors import TriagebookError
from triagebook.model.evidence import Phase
from triagebook.recording import summary
from triagebook.recording.counting import Counting
from triagebook.recording.evidence_data import Setting
from triagebook.recording.observed_code import code_now
from triagebook.recording.process import interrupted_by_signals
from triagebook.recording.record import RecordingContext, provisional, write
from triagebook.recording.run import SuiteOutcome, run_suite
from triagebook.recording.suites import RunOptions, Task, choose, job_of
from triagebook.text import counted, on_one_line, visible

from .common import confirmed, print_json, print_notes
from .main import FINDINGS, INTERRUPTED
from .options import book_option, format_option, issue_argument, name_option, run_options, setting_options, subcommand
from .recorder import context_of, refuse_missing


@subcommand("run")
@issue_argument
@run_options
@setting_options
@name_option("--environment", "environment", multiple=False)
@format_option
@book_option
def command(
    issue_id: str, suite: tuple[str, ...], folder: Path | None, build: str | None, environment: str | None,
    phase: str | None, yes: bool, timeout: float, shell: bool, results: tuple[str, ...], keep: bool, exit_zero: bool,
    form: str, book: Path | None,
) -> None:  # fmt: skip
    setting = Setting(environment, Phase(phase) if phase else None, build)
    context = context_of(book, issue_id, setting, folder, suites=suite, now=datetime.now(UTC))
    context = replace(context, deployed=False)  # the tests run from the checkout, even against a deployed build
    refuse_missing(context)
    if folder is None or context.found.checkout is not None:
        Counting(context, ()).refuse_wrong_phase(checkout_of(context).head, context.setting.phase)
    options = RunOptions(folder or checkout_of(context).root, shell, timeout * 60, results, keep)
    tasks, left_out = choose(context.entry.issue.suites, suite, str(environment), options.folder)
    for task in tasks:  # refuse a bad command before any suite runs
        job_of(task.command, replace(options, folder=task.below(options.folder)))
    print_notes(*code_now(context.found, ()).notes)
    show_commands(tasks, left_out, options)
    if not yes:
        confirm_run(len(tasks))
    runner = SuiteRunner(context, options, len(tasks), as_json=form == "json")
    with interrupted_by_signals():
        runner.run(tasks)
    if form == "json":
        print_json({"runs": runner.reported})
    raise click.exceptions.Exit(0 if exit_zero and not runner.interrupted else runner.exit_code)


# ── running suites ───────────────────────────────────────────────────────────────────────────────────


def checkout_of(context: RecordingContext) -> Checkout:
    if context.found.checkout is None:
        raise TriagebookError(f"there is no checkout to run in: {context.found.why}", "name one with --in DIR")
    return context.found.checkout


def show_commands(tasks: Sequence[Task], left_out: Sequence[str], options: RunOptions, where: str = "") -> None:
    """Show what would be run, before anybody agrees to it."""
    click.echo(f"{'in a shell, in' if options.shell else 'in'} {where or options.folder}:", err=True)
    for task in tasks:
        below = task.below(options.folder)
        place = f"in {below.relative_to(options.folder)}: " if below != options.folder else ""
        click.echo(f"  {on_one_line(task.suite)}: {place}{visible(task.command)}", err=True)
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
            screen = _LiveOutput(self.as_json)
            done = run_suite(self.context, task, self.options, screen.show)
            screen.close()
            self._record(task, done)
            if done.ended.interrupted:
                self.interrupted = True
                break

    def _record(self, task: Task, done: SuiteOutcome) -> None:
        context, prepared = self.context, done.prepared
        counting = Counting(context, provisional(context, done.drafts))
        places = write(context, counting.files, done.drafts, done.digests)
        problems = [*_problems(done), *counting.problems()]
        self.has_unexpected |= bool(problems)
        notes = list(dict.fromkeys(done.notes))
        self._say(f"{task.suite} ended with exit code {done.ended.exit_code} after {done.ended.seconds:.1f} s")
        self._say(*(summary.lines_of(prepared) if prepared else ()))
        self._say(*(f"note: {on_one_line(note)}" for note in notes), *counting.lines())
        self._say(*(f"problem: {on_one_line(problem)}" for problem in problems))
        self._say(*(f"recorded {place}" for place in places))
        judged = (counting.judgements(one.name) for one in counting.files)
        data = summary.as_data(prepared, context.setting.phase, judged) if prepared else {}
        ended = {"exit_code": done.ended.exit_code, "partial": bool(done.ended.cut_off), "problems": problems}
        found = {"notes": notes, "counts_for": list(counting.lines()), "evidence": places}
        self.reported.append({"suite": task.suite, "command": task.command, **ended, **data, **found})

    def _say(self, *lines: str) -> None:
        for line in lines:
            click.echo(line, err=self.as_json)


def _problems(done: SuiteOutcome) -> Iterator[str]:
    """Why a run is not a success, whatever its results are."""
    code = done.ended.exit_code
    if done.ended.cut_off:
        yield f"the run is partial: {done.ended.cut_off}"
    if done.prepared is None:
        ended = f" and ended with exit code {code}" if code else ""
        do = "let its command write JUnit XML, and name the file with --results"
        yield f"the suite left no readable results{ended}, so the run proves nothing: {do}"
        return
    yield from summary.problems_of(done.prepared)
    if code and not done.ended.cut_off and not any(one.failed for run in done.prepared.runs for one in run.named):
        yield f"the suite ended with exit code {code} and lists no failure"


class _LiveOutput:
    """Streams the output of a suite; the lines after it begin on a line of their own."""

    def __init__(self, as_json: bool) -> None:
        stream = sys.stderr if as_json else sys.stdout
        stream.flush()
        self.out: BinaryIO = stream.buffer
        self.last = b"\n"

    def show(self, piece: bytes) -> None:
        self.out.write(piece)
        self.out.flush()
        self.last = piece[-1:]

    def close(self) -> None:
        if self.last != b"\n":
            self.show(b"\n")
