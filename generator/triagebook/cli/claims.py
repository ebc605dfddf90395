"""`triagebook claims`: lists claims and whether the facts support them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.claims import ClaimState
from triagebook.findings import Field
from triagebook.inquire import inquire
from triagebook.markdown import fill
from triagebook.model.document import Contradiction
from triagebook.store.load import Loaded
from triagebook.text import counted, on_one_line
from triagebook.views.figures import Figures

from .common import folded, open_issues, print_answer
from .options import format_option, issues_argument, source_options, subcommand

# Each state: its text for one claim, for several, and its colour.
STATES = {
    "holds": ("holds", "hold", "green"),
    "contradicted": ("contradicted", "contradicted", "red"),
    "disputed": ("disputed", "disputed", "yellow"),
    "restates": ("restates its source", "restate their source", "cyan"),
    "unproven": ("unproven", "unproven", None),
}


class ClaimOfIssue(Struct, frozen=True):
    """A claim, and the issue that it is about."""

    case: Case
    found: ClaimState

    @property
    def kind(self) -> str:
        return self.found.claim.kind.value if self.found.claim.kind else "-"

    @property
    def actual(self) -> str:
        """Why the claim is disputed, or what the facts say."""
        disputed, fact = self.found.claim.disputed, self.found.fact
        if disputed is None:
            return self.found.why
        said = on_one_line(fill(disputed, Figures(self.case).text))
        return f"{said} (`{fact.ref}` is {fact})" if fact is not None and fact.value is not None else said


@subcommand("claims")
@issues_argument
@click.option("--state", type=click.Choice(list(STATES)), multiple=True)
@click.option("--kind", type=click.Choice([kind.value for kind in Contradiction]), metavar="KIND", multiple=True)
@format_option
@source_options
def command(
    issue_ids: tuple[str, ...], state: tuple[str, ...], kind: tuple[str, ...], form: str, folder: Path | None,
    no_source: bool, book: Path | None,
) -> None:  # fmt: skip
    loaded, entries = open_issues(book, issue_ids)
    inquiry = inquire(loaded, folder, no_source=no_source, issues=[entry.id for entry in entries])
    cases = [inquiry.case(entry.id) for entry in entries]
    every = [ClaimOfIssue(case, found) for case in cases for found in case.claims]
    shown = [one for one in every if (not state or one.found.state in state) and (not kind or one.kind in kind)]
    lines = [*(line for one in shown for line in _lines(one)), _summary(shown, len(every), len(cases))]
    print_answer(form, {"claims": _as_data(shown, loaded)}, lines, inquiry.source)


def _lines(one: ClaimOfIssue) -> Iterator[str]:
    """The claim as a paragraph, wrapped to the terminal."""
    claim = one.found.claim
    words, _, colour = STATES[one.found.state]
    kind = f", {one.kind}" if claim.kind else ""
    yield f"{click.style(one.case.entry.id, bold=True)}  {click.style(words, fg=colour)}{kind}"
    parts = {"says": on_one_line(claim.says), "in": ", ".join(map(str, one.found.sources)), "actual": one.actual}
    for title, text in parts.items():
        yield from folded(f"  {title:6}  {text}", " " * 10, most=100)
    yield ""


def _summary(shown: Sequence[ClaimOfIssue], of: int, issues: int) -> str:
    if not shown:
        return f"none of {counted(of, 'claim')} matches; remove a filter" if of else "no claims"
    counts = Counter(one.found.state for one in shown)
    states = [
        f"{counts[state]} {one if counts[state] == 1 else several}"
        for state, (one, several, _) in STATES.items()
        if counts[state]
    ]
    number = f"{len(shown)} of {counted(of, 'claim')}" if len(shown) < of else counted(of, "claim")
    return f"{number} in {counted(issues, 'issue')}: {', '.join(states)}"


def _as_data(shown: Sequence[ClaimOfIssue], loaded: Loaded) -> list[dict[str, Any]]:
    """The claims, each with its position in its file."""
    fields: list[tuple[str, Field]] = [(one.found.file, ("claims", one.found.index)) for one in shown]
    marks = loaded.positions(fields)
    return [
        {
            "issue": one.case.entry.id,
            "path": (loaded.root / place[0]).as_posix(),
            "line": marks[place].line,
            "field": list(place[1]),
        }
        | one.found.as_data()
        for one, place in zip(shown, fields, strict=True)
    ]
