"""`triagebook claims`: lists claims and whether the facts support them."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from triagebook.book import natural
from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.case import Case
from triagebook.facts.claims import ClaimState, ClaimStatus
from triagebook.inquire import inquire
from triagebook.markdown import fill
from triagebook.model.issue import Contradiction
from triagebook.model.values import FactRef
from triagebook.text import counted, on_one_line

from .common import (
    book_option,
    complete_issue,
    examples,
    format_option,
    on_terminal,
    open_book,
    open_issues,
    print_json,
)  # fmt: skip
from .source import print_source, source_options

if TYPE_CHECKING:
    from triagebook.book import Entry
    from triagebook.store.load import Loaded

# Each state as named in options and JSON: its text for one claim, for several, and its colour.
STATES = {
    "holds": ("holds", "hold", "green"),
    "contradicted": ("contradicted", "contradicted", "red"),
    "disputed": ("disputed", "disputed", "yellow"),
    "restates": ("restates its source", "restate their source", "cyan"),
    "unproven": ("unproven", "unproven", None),
}
_STANDINGS = {
    ClaimStatus.HOLDS: "holds",
    ClaimStatus.CONTRADICTED: "contradicted",
    ClaimStatus.RESTATES: "restates",
    ClaimStatus.UNPROVEN: "unproven",
}
_WIDTH = 100


class ClaimRow(Struct, frozen=True):
    """A claim of an issue, with its state."""

    case: Case
    found: ClaimState

    @property
    def issue_id(self) -> str:
        return self.case.entry.id

    @property
    def state(self) -> str:
        """A dispute in the record takes precedence over the computed state."""
        return "disputed" if self.found.claim.disputed is not None else _STANDINGS[self.found.status]

    @property
    def kind(self) -> str:
        return self.found.claim.kind.value if self.found.claim.kind else "-"

    @property
    def so(self) -> str:
        """The actual state: why the claim is disputed, or the fact that contradicts it."""
        disputed, fact = self.found.claim.disputed, self.found.fact
        if disputed is None:
            return self.found.why
        said = on_one_line(fill(disputed, self._value))
        return f"{said} (`{fact.ref}` is {fact})" if fact is not None and fact.value is not None else said

    def _value(self, name: str) -> str | None:
        try:
            return str(self.case.fact(FactRef.parse(name)))
        except (ValueError, UnknownFactError):
            return None


@click.command(
    "claims",
    epilog=examples(
        "triagebook claims",
        "triagebook claims 1184 --state contradicted --state unproven",
        "triagebook claims --kind sum --format json",
    ),
)
@click.argument("issue_ids", metavar="[ID]...", nargs=-1, shell_complete=complete_issue)
@click.option("--state", type=click.Choice(list(STATES)), multiple=True, help="Only claims in this state.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Contradiction]), metavar="KIND", multiple=True,
    help="Only claims with this kind of contradiction, such as sum or threshold.",
)  # fmt: skip
@format_option
@source_options
@book_option
def command(
    issue_ids: tuple[str, ...],
    state: tuple[str, ...],
    kind: tuple[str, ...],
    form: str,
    folder: Path | None,
    no_source: bool,
    book: Path | None,
) -> None:
    """List claims, and whether the facts support them.

    A claim is a statement that somebody made by hand, kept with its document and line. Use this command to review what
    a document says before you rely on it. A claim is in one of five states: it `holds`; a fact has `contradicted` it;
    the record has `disputed` it, with a reason; it `restates` the document that its fact was typed from; or it is
    `unproven`.
    """
    loaded, entries = _entries(book, issue_ids)
    inquiry = inquire(loaded, folder, no_source=no_source, issues=[entry.id for entry in entries])
    cases = [inquiry.case(entry.id) for entry in entries]
    stated = [ClaimRow(case, found) for case in cases for found in case.claims]
    shown = [one for one in stated if (not state or one.state in state) and (not kind or one.kind in kind)]
    if form == "json":
        rows = [_as_data(one, line, loaded) for one, line in zip(shown, _lines(shown, loaded), strict=True)]
        print_json({"source": inquiry.source, "claims": rows})
        return
    for one in shown:
        click.echo("\n".join(_folded(one)) if on_terminal() else _on_one_line(one))
    click.echo(_summary(shown, len(stated), len(cases)))
    print_source(inquiry.source)


def _entries(book: Path | None, issue_ids: Sequence[str]) -> tuple[Loaded, list[Entry]]:
    """The named issues, or all of them."""
    if issue_ids:
        loaded, entries = open_issues(book, sorted(set(issue_ids), key=natural))
    else:
        loaded = open_book(book)
        entries = sorted(loaded.book.issues.values(), key=lambda entry: natural(entry.id))
    return loaded, entries


# ── for people ───────────────────────────────────────────────────────────────────────────────────────


def _on_one_line(stated: ClaimRow) -> str:
    """The columns, separated by tabs."""
    claim = stated.found.claim
    sources = " ".join(map(str, claim.from_))
    return "\t".join([stated.issue_id, stated.state, stated.kind, sources, on_one_line(claim.says), stated.so])


def _folded(stated: ClaimRow) -> Iterator[str]:
    """The claim as a paragraph, wrapped to the terminal."""
    claim = stated.found.claim
    words, _, colour = STATES[stated.state]
    kind = f", {stated.kind}" if claim.kind else ""
    yield f"{click.style(stated.issue_id, bold=True)}  {click.style(words, fg=colour)}{kind}"
    width = min(shutil.get_terminal_size().columns, _WIDTH)
    parts = {"says": on_one_line(claim.says), "in": ", ".join(map(str, claim.from_)), "actual": stated.so}
    for title, text in parts.items():
        yield from textwrap.wrap(
            text, width, initial_indent=f"  {title:6}  ", subsequent_indent=" " * 10, break_on_hyphens=False
        )
    yield ""


def _summary(shown: Sequence[ClaimRow], of: int, issues: int) -> str:
    if not shown:
        return f"none of {counted(of, 'claim')} matches; remove a filter" if of else "no claims"
    counts = Counter(one.state for one in shown)
    states = [
        f"{counts[state]} {one if counts[state] == 1 else several}"
        for state, (one, several, _) in STATES.items()
        if counts[state]
    ]
    number = f"{len(shown)} of {counted(of, 'claim')}" if len(shown) < of else counted(of, "claim")
    return f"{number} in {counted(issues, 'issue')}: {', '.join(states)}"


# ── for programs ─────────────────────────────────────────────────────────────────────────────────────


def _lines(shown: Sequence[ClaimRow], loaded: Loaded) -> list[int]:
    """The line of each claim in its file."""
    fields = [(one.case.file, _field(one)) for one in shown]
    marks = loaded.positions(fields)
    return [marks[field].line for field in fields]


def _field(stated: ClaimRow) -> tuple[str | int, ...]:
    return "claims", stated.found.index


def _as_data(stated: ClaimRow, line: int, loaded: Loaded) -> dict[str, Any]:
    found = stated.found
    claim, fact = found.claim, found.fact
    return {
        "issue": stated.issue_id,
        "path": (loaded.root / stated.case.file).as_posix(),
        "line": line,
        "field": list(_field(stated)),
        "state": stated.state,
        "standing": _STANDINGS[found.status],
        "kind": claim.kind.value if claim.kind else None,
        "says": claim.says,
        "from": [str(source) for source in claim.from_],
        "value": str(claim.value) if claim.value else claim.state,
        "of": str(claim.of) if claim.of else None,
        "fact": str(fact) if fact is not None and fact.value is not None else None,
        "so": stated.so,
    }
