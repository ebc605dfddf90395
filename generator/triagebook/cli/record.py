"""`triagebook record` and `withdraw`: record results, output, values and observations, or take them back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec.structs import replace

from triagebook.errors import TriagebookError
from triagebook.facts.ledger.refusals import withdrawals
from triagebook.intake.tests import FORMATS
from triagebook.model.evidence import Grade, Observation, Phase
from triagebook.recording.evidence_data import Setting, draft
from triagebook.recording.input_files import expanded, read_all, take
from triagebook.recording.observed_code import ObservedCode
from triagebook.recording.other_evidence import TypedEvidence
from triagebook.recording.record import provisional, write
from triagebook.recording.timestamps import given

from .common import misspelt, refuse_unknown
from .main import FINDINGS
from .options import (
    book_option,
    complete_name,
    format_option,
    issue_argument,
    name_option,
    setting_options,
    subcommand,
)
from .recorder import Recorder, context_of


@subcommand("record")
@issue_argument
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path())
@setting_options
@click.option(
    "--environment", "environments", metavar="ID[=FILE]", multiple=True, shell_complete=complete_name("environment")
)
@click.option("--commit", metavar="COMMIT")
@name_option("--suite", "suite", multiple=False)
@name_option("--by", "person", multiple=False)
@click.option("--at", metavar="TIME")
@click.option("--note", metavar="MARKDOWN")
@click.option("--command", "command_line", metavar="LINE")
@click.option("--exit-code", type=click.IntRange(0, 255), metavar="CODE")
@click.option("--value", "values", metavar="NAME=VALUE", multiple=True)
@click.option("--observe", metavar="MARKDOWN")
@click.option("--error", metavar="TEXT")
@click.option("--count", type=click.IntRange(0), metavar="NUMBER")
@click.option("--attach", metavar="FILE", multiple=True, type=click.Path())
@click.option(
    "--input-format", "input_format", metavar="NAME", type=click.Choice(FORMATS),
    help=f"The format of the result files, if it is not detected: {', '.join(FORMATS)}.",
)  # fmt: skip
@click.option("--keep", is_flag=True)
@click.option("--dry-run", is_flag=True)
@click.option("--exit-zero", is_flag=True)
@format_option
@book_option
def command(
    issue_id: str, files: tuple[str, ...], folder: Path | None, build: str | None, environments: tuple[str, ...],
    phase: str | None, commit: str | None, suite: str | None, by: str | None, at: str | None, note: str | None,
    command_line: str | None, exit_code: int | None, values: tuple[str, ...], observe: str | None, error: str | None,
    count: int | None, attach: tuple[str, ...], input_format: str | None, keep: bool, dry_run: bool, exit_zero: bool,
    form: str, book: Path | None,
) -> None:  # fmt: skip
    now = datetime.now(UTC)
    environment, legs = _environments(environments)
    files = (*files, *legs)
    setting = Setting(environment, Phase(phase) if phase else None, build, by, note, given(at, now) if at else None)
    suites = [suite] if suite else []
    apart = [path for file in files for path, _ in expanded(file)]
    context = context_of(book, issue_id, setting, folder, commit=commit, apart=apart, suites=suites, now=now)
    typed = TypedEvidence(command_line, exit_code, values, observe, error, count)
    _refuse_conflicts(typed, attach, files)
    recorder = Recorder(context, suite, keep=keep, dry_run=dry_run, as_json=form == "json")
    if typed.kinds:
        if legs:
            raise TriagebookError("--environment ID=FILE is for result files", "give one environment: --environment ID")
        attached = {taken.name: taken.data for taken in (take(path, sys.stdin.buffer) for path in attach)}
        source = take(files[0], sys.stdin.buffer) if files else None
        problems = recorder.typed(replace(typed, source=source, attached=attached))
    else:
        refuse_unknown(context.loaded, "environment", legs.values())
        by_leg: dict[str | None, list[str]] = {}
        for file in dict.fromkeys(files):
            by_leg.setdefault(legs.get(file), []).append(file)
        found = {leg: read_all(paths, input_format, sys.stdin.buffer) for leg, paths in by_leg.items()}
        unread = [f"skipped {one.what}; {one.do}" for _, unreadable in found.values() for one in unreadable]
        problems = recorder.files([(leg, one) for leg, (readings, _) in found.items() for one in readings], unread)
    raise click.exceptions.Exit(FINDINGS if problems and not exit_zero else 0)


def _environments(given: tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    """The one environment, and that of each file of a matrix."""
    legs = {file: name for name, equals, file in (text.partition("=") for text in given) if equals}
    plain = [text for text in given if "=" not in text]
    if len(plain) > 1:
        what = f"{' and '.join(plain)} are different environments"
        raise TriagebookError(what, f"say which file ran where: --environment {plain[0]}=FILE")
    if len(given) > len(legs) + len(plain):
        raise TriagebookError("one file is given for two environments", "give each file once")
    return (plain[0] if plain else None), legs


def _refuse_conflicts(typed: TypedEvidence, attach: tuple[str, ...], files: Sequence[str]) -> None:
    """Refuse options that do not fit together."""
    if len(typed.kinds) > 1:
        what = f"{' and '.join(typed.kinds)} are different kinds of evidence"
        raise TriagebookError(what, "record them one at a time")
    if not typed.says and (typed.error or typed.count is not None or attach):
        raise TriagebookError("--error, --count and --attach belong to an observation", "add: --observe '...'")
    if not typed.command and typed.exit_code is not None:
        raise TriagebookError("--exit-code belongs to a command", "add: --command '...'")
    if typed.says and files:
        raise TriagebookError("--observe takes no result file", f"keep it with: --attach {files[0]}")
    if typed.kinds and len(files) > 1:
        what = f"--command and --value take one FILE, not {len(files)}"
        raise TriagebookError(what, "name the file that contains the output or value")
    if not typed.kinds and not files:
        raise TriagebookError(
            "there is nothing to record", "name a result file, or add --command, --value or --observe"
        )


@subcommand("withdraw")
@issue_argument
@click.argument("evidence", metavar="EVIDENCE")
@name_option("--by", "person", multiple=False)
@click.option("--why", metavar="MARKDOWN")
@book_option
def withdraw(issue_id: str, evidence: str, by: str | None, why: str | None, book: Path | None) -> None:
    if not by or not why:
        missing = " and ".join(flag for flag, value in (("--by", by), ("--why", why)) if not value)
        raise TriagebookError(f"{missing} {'is' if by or why else 'are'} missing", "say who withdraws it, and why")
    now = datetime.now(UTC)
    context = context_of(book, issue_id, Setting(by=by), None, now=now)
    known, name = context.entry.evidence, Path(evidence).name.removesuffix(".yaml")
    if name not in known:
        raise misspelt(f"issue {issue_id} has no evidence `{name}`", name, known, f"see: triagebook show {issue_id}")
    record = known[name]
    if name in withdrawals(known, context.loaded.book.catalog):
        raise TriagebookError(f"{name} is already withdrawn", f"see: triagebook show {issue_id}")
    if isinstance(record, Observation) and record.withdraws:
        raise TriagebookError(f"{name} is a withdrawal itself", "record the evidence again instead")
    own = {"says": f"Withdrawn: {name}. {why}", "withdraws": name}
    drafts = [draft("observation", Grade.ATTESTED, context.setting, now, ObservedCode(), own, what="withdrawal")]
    for place in write(context, provisional(context, drafts), drafts, []):
        click.echo(f"withdrew {name}; recorded {place}")
    click.echo("It proves nothing any more. The same results can be recorded again.")
