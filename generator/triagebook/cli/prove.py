"""`triagebook prove`: runs a fix's tests on the code before it and with it, and records both."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec.structs import replace

from triagebook.code.checkout import Checkout
from triagebook.code.worktree import check_out, lay_over, temporary_worktree
from triagebook.errors import TriagebookError
from triagebook.inquire import inquire
from triagebook.model.evidence import Phase
from triagebook.recording.evidence_data import Setting
from triagebook.recording.process import interrupted_by_signals
from triagebook.recording.proof_plan import ProofPlan, ProofStep, plan_proof
from triagebook.recording.record import RecordingContext
from triagebook.recording.run import set_up
from triagebook.recording.suites import RunOptions, Task, choose, job_of
from triagebook.store.load import load
from triagebook.text import counted, on_one_line, visible

from .common import print_json
from .main import FINDINGS
from .options import book_option, format_option, in_option, issue_argument, name_option, run_options, subcommand
from .recorder import context_of, refuse_missing
from .run import SuiteRunner, checkout_of, confirm_run, show_commands


@subcommand("prove")
@issue_argument
@run_options
@in_option
@name_option("--environment", "environment", multiple=False)
@click.option("--fix", metavar="COMMIT")
@click.option("--tests", metavar="COMMIT")
@click.option("--setup", metavar="COMMAND", multiple=True)
@format_option
@book_option
def command(
    issue_id: str, suite: tuple[str, ...], folder: Path | None, environment: str | None, fix: str | None,
    tests: str | None, setup: tuple[str, ...], yes: bool, timeout: float, shell: bool, results: tuple[str, ...],
    keep: bool, exit_zero: bool, form: str, book: Path | None,
) -> None:  # fmt: skip
    setting = Setting(environment, Phase.BEFORE)
    context = context_of(book, issue_id, setting, folder, suites=suite, now=datetime.now(UTC))
    required = {*context.loaded.book.catalog.required, *context.entry.issue.environments.prove}
    if environment is None and len(required) == 1:
        context = replace(context, setting=replace(setting, environment=required.pop()))
    refuse_missing(context)
    checkout = checkout_of(context)
    tasks, left_out = choose(context.entry.issue.suites, suite, str(context.setting.environment), checkout.root)
    plan = plan_proof(context.entry, checkout, fix, tests, [task.suite for task in tasks])
    options = RunOptions(checkout.root, shell, timeout * 60, results, keep)
    for task in tasks:  # refuse a bad command before any suite runs
        job_of(task.command, replace(options, folder=task.below(_below(checkout, folder, checkout.root))))
    _show(plan, setup)
    show_commands(tasks, left_out, options, where="a temporary work tree")
    number = 2 * (len(tasks) + len(setup))
    if not yes:
        confirm_run(number)
    code, runs = _prove(context, plan, options, setup, tasks, folder, as_json=form == "json")
    _print_outcome(context, plan, folder, runs if form == "json" else None)
    raise click.exceptions.Exit(0 if exit_zero and code == FINDINGS else code)


def _below(checkout: Checkout, folder: Path | None, root: Path) -> Path:
    """The folder that the commands run in, in another work tree."""
    inside = folder.resolve() if folder else checkout.root
    return root / inside.relative_to(checkout.root) if inside.is_relative_to(checkout.root) else root


def _show(plan: ProofPlan, setup: Sequence[str]) -> None:
    for step in (plan.before, plan.after):
        laid = f", with {counted(len(step.laid_over), 'test file')} of {plan.tests[:9]}" if step.laid_over else ""
        click.echo(f"{step.phase.value} the fix: {step.commit[:9]}{laid}", err=True)
        for path in step.laid_over:
            click.echo(f"  {on_one_line(path)}", err=True)
    for line in setup:
        click.echo(f"first: {visible(line)}", err=True)


def _prove(
    context: RecordingContext, plan: ProofPlan, options: RunOptions, setup: Sequence[str], tasks: Sequence[Task],
    folder: Path | None, *, as_json: bool,
) -> tuple[int, dict[str, object]]:  # fmt: skip
    """Run the suites at both commits: the exit code, and the runs by phase. An interrupted first run ends the proof."""
    code, runs, checkout = 0, dict[str, object](), checkout_of(context)
    with interrupted_by_signals(), temporary_worktree(checkout.root, plan.before.commit, link=not setup) as place:
        for step in (plan.before, plan.after):
            check_out(place, step.commit)
            lay_over(place, plan.tests, step.laid_over)
            below = _below(checkout, folder, place)
            if not below.is_dir():
                what = f"there is no folder {folder} at {step.commit[:9]}"
                raise TriagebookError(what, "name the top of the checkout with --in DIR")
            if not as_json:
                click.echo(f"── {step.phase.value} the fix, at {step.commit[:9]}")
            own = replace(options, folder=below, variables=_python_path(place, below))
            runner = SuiteRunner(_context_at(context, plan, step, below), own, len(tasks), as_json)
            for line in setup:
                set_up(line, own)
            runner.run(tasks)
            runs[step.phase.value] = runner.reported
            code = code or runner.exit_code
            if runner.interrupted:
                break
    return code, runs


def _context_at(context: RecordingContext, plan: ProofPlan, step: ProofStep, folder: Path) -> RecordingContext:
    loaded = load(context.loaded.root)  # with the run before
    return replace(
        context,
        loaded=loaded,
        entry=loaded.book.issues[context.entry.id],
        setting=replace(context.setting, phase=step.phase),
        folder=folder,
        tests_from=plan.tests if step.laid_over else None,
        laid_over=tuple(step.laid_over),
    ).refreshed()


def _python_path(*folders: Path) -> dict[str, str]:
    """Import the code of the work tree, even if the checkout is installed in the environment."""
    own = [str(path) for folder in dict.fromkeys(folders) for path in (folder, folder / "src") if path.is_dir()]
    return {"PYTHONPATH": os.pathsep.join([*own, *filter(None, [os.environ.get("PYTHONPATH")])])}


def _print_outcome(
    context: RecordingContext, plan: ProofPlan, folder: Path | None, runs: dict[str, object] | None
) -> None:
    """The stage that the evidence supports now, and what is missing for the next one; JSON if the runs are given."""
    loaded = load(context.loaded.root)
    case = inquire(loaded, folder, issues={context.entry.id}).case(context.entry.id)
    verdict = case.verdict
    missing = [todo.do for todo in verdict.next.missing] if verdict.next else []
    if runs is not None:
        commits = {"before": plan.before.commit, "after": plan.after.commit, "tests": plan.tests}
        stage = {"stage": verdict.stage.value, "bottom_line": verdict.bottom_line, "missing": missing}
        print_json({"commits": commits, "runs": runs, **stage})
        return
    click.echo(f"stage: {verdict.stage.value}. {verdict.bottom_line}")
    for do in missing:
        click.echo(f"  missing: {on_one_line(do)}")
    if not case.issue.fix_commits:
        change = f"'{{path: FILE, commit: {plan.after.commit[:12]}}}'"
        click.echo(f"next: record the fix: triagebook set {context.entry.id} fix.changes --append {change}", err=True)
