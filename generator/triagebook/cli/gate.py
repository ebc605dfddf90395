"""`triagebook gate`: fails if an issue has not reached a stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.inquire import inquire
from triagebook.model.issue import Ending

from .common import open_book, pick, print_answer, refuse_unknown
from .main import FAILED, FINDINGS
from .options import format_option, issues_argument, name_option, source_options, subcommand


@subcommand("gate")
@issues_argument
@click.option(
    "--stage", type=click.Choice([stage.value for stage in Stage]), default=Stage.VALIDATED.value, show_default=True
)
@name_option("--environment", "environment")
@format_option
@source_options
def command(
    issue_ids: tuple[str, ...], stage: str, environment: tuple[str, ...], form: str,
    folder: Path | None, no_source: bool, book: Path | None,
) -> None:  # fmt: skip
    loaded = open_book(book)
    refuse_unknown(loaded, "environment", environment)
    every = loaded.book.issues.values()
    without_fix = {entry.id for entry in every if entry.issue.closed and entry.issue.closed.as_ is not Ending.FIXED}
    entries = pick(loaded, issue_ids) if issue_ids else [entry for entry in every if entry.id not in without_fix]
    inquiry = inquire(loaded, folder, no_source=no_source, issues={entry.id for entry in entries})
    cases = [inquiry.case(entry.id) for entry in entries]
    answers = [_answer(case, Stage(stage), environment) for case in cases]
    document = {"stage": stage, "environments": environment, "issues": answers}
    print_answer(form, document, ("\n  ".join(_lines(answer)) for answer in answers), inquiry.source)
    short = [case for case, answer in zip(cases, answers, strict=True) if not answer["passed"]]
    is_unknown = any(case.source.shallow for case in short) or (loaded.book.unread and not issue_ids)
    if short or is_unknown:
        raise click.exceptions.Exit(FAILED if is_unknown else FINDINGS)


def _answer(case: Case, wanted: Stage, environments: tuple[str, ...]) -> dict[str, Any]:
    missing = list(_missing(case, wanted, environments))
    stage, line = case.verdict.stage.value, case.verdict.bottom_line
    return {"id": case.entry.id, "passed": not missing, "stage": stage, "bottom_line": line, "missing": missing}


def _missing(case: Case, wanted: Stage, environments: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """What is to be done before the gate opens, with the command that does it."""
    verdict, reached = case.verdict, case.verdict.has_reached(wanted)
    for result in verdict.stages if not reached else ():
        yield from ({"do": todo.do, "command": todo.command} for todo in result.missing)
        if result.stage is wanted:
            break
    for name in environments:
        found = verdict.environments.get(name)
        if found is None or found.state is not EnvironmentStatus.PROVEN:
            reason = found.reasons[0] if found and found.reasons else "no run is recorded"
            run = f"triagebook run {case.entry.id} --environment {name} --phase after"
            yield {"do": f"prove the fix in {name}: {reason}", "command": run}


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    verb = "passes" if answer["passed"] else "does not pass"
    yield f"{answer['id']} {verb}: its stage is {answer['stage']}. {answer['bottom_line']}"
    for one in answer["missing"]:
        yield ": ".join(filter(None, one.values()))
