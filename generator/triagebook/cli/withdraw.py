"""`triagebook withdraw`: takes back evidence that was recorded by mistake, without deleting it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from triagebook.errors import TriagebookError
from triagebook.facts.ledger.refusals import withdrawals
from triagebook.model.evidence import Grade, Observation
from triagebook.recording.evidence_data import Setting, draft
from triagebook.recording.observed_code import ObservedCode
from triagebook.recording.record import provisional, write

from .common import misspelt
from .options import book_option, complete_issue, examples, name_option
from .recorder import context_of, places_of


@click.command(
    "withdraw",
    epilog=examples(
        "triagebook withdraw 1184 2025-09-15T143000Z-unit-local --by backend --why 'It ran in staging, not locally'",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@click.argument("evidence", metavar="EVIDENCE")
@name_option("--by", "person", "Who withdraws it.", multiple=False)
@click.option("--why", metavar="MARKDOWN", help="What is wrong with it.")
@book_option
def command(issue_id: str, evidence: str, by: str | None, why: str | None, book: Path | None) -> None:
    """Take back evidence that was recorded by mistake.

    Use it for a wrong phase, environment, commit or file. EVIDENCE is the name of its file, without `.yaml`. The file
    stays, with a record beside it of who withdrew it and why. Reports still show it, but it proves nothing. The same
    results can then be recorded again.
    """
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
    done = write(context, provisional(context, drafts), drafts, [])
    for place in places_of(context, done):
        click.echo(f"withdrew {name}; recorded {place}")
    click.echo("It proves nothing any more. The same results can be recorded again.")
