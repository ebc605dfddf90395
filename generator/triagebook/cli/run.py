"""`triagebook run`: runs test suites after confirmation, and records the results."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec.structs import replace

from triagebook.model.evidence import Phase
from triagebook.recording.counting import Counting
from triagebook.recording.evidence_data import Setting
from triagebook.recording.observed_code import code_now
from triagebook.recording.process import interrupted_by_signals
from triagebook.recording.run import RunOptions
from triagebook.recording.suites import choose, job_of
from triagebook.text import on_one_line

from .common import print_json
from .options import book_option, complete_issue, examples, format_option, run_options
from .record import setting_options
from .recorder import context_of, refuse_missing
from .suite_runner import SuiteRunner, checkout_of, confirm_run, show_commands


@click.command(
    "run",
    epilog=examples(
        "triagebook run 1184 --phase before --environment local --in ../app",
        "triagebook run 1184 --suite unit --phase after --environment local --yes --timeout 10",
        "triagebook run 1184 --suite java --phase after --environment local --results 'target/*-reports/*.xml'",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@run_options
@setting_options
@format_option
@book_option
def command(
    issue_id: str, suite: tuple[str, ...], folder: Path | None, build: str | None, environment: str | None,
    phase: str | None, yes: bool, timeout: float, shell: bool, results: tuple[str, ...], keep: bool, exit_zero: bool,
    form: str, book: Path | None,
) -> None:  # fmt: skip
    """Run an issue's test suites and record the results.

    Run it once before the fix and once after. It shows the commands and asks before running them. The results of
    pytest, Go and Node are found automatically, those of other runners in the files that the command or --results
    names, or in the output. A run stopped by the time limit, Ctrl-C or a signal is recorded as partial; it can prove
    failures only.

    The exit code is 1 if a result is not as expected, a test can't be imported, no test ran, the command failed
    although no test did, or its results can't be read. --exit-zero is for jobs that only collect.
    """
    setting = Setting(environment, Phase(phase) if phase else None, build)
    context = context_of(book, issue_id, setting, folder, suites=suite, now=datetime.now(UTC))
    context = replace(context, deployed=False)  # the tests run from the checkout, even against a deployed build
    refuse_missing(context)
    if folder is None or context.found.checkout is not None:
        Counting(context, ()).refuse_wrong_phase(checkout_of(context).head, context.setting.phase)
    options = RunOptions(folder or checkout_of(context).root, shell, timeout * 60, results, keep)
    chosen = choose(context.entry.issue.suites, suite, str(environment))
    for task in chosen.tasks:  # refuse a bad command before any suite runs
        job_of(task.command, task.below(options.folder), options.folder, shell=shell, limit=None)
    for note in code_now(context.found, ()).notes:
        click.echo(f"note: {on_one_line(note)}", err=True)
    show_commands(chosen.tasks, chosen.left_out, options)
    if not yes:
        confirm_run(len(chosen.tasks))
    runner = SuiteRunner(context, options, len(chosen.tasks), as_json=form == "json")
    with interrupted_by_signals():
        runner.run(chosen.tasks)
    if form == "json":
        print_json({"runs": runner.reported})
    raise click.exceptions.Exit(0 if exit_zero and not runner.interrupted else runner.exit_code)
