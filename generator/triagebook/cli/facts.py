"""`triagebook facts`: shows the computed facts, with their origins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from triagebook.errors import TriagebookError
from triagebook.facts import book_facts, issue_facts
from triagebook.facts.base.fact import Definition, Fact, Origin, UnknownFactError
from triagebook.facts.inquiry import Inquiry
from triagebook.facts.issue_facts import IssueFacts
from triagebook.inquire import inquire
from triagebook.model.values import FactRef, number
from triagebook.store.load import Loaded
from triagebook.text import counted, on_one_line

from .common import misspelt, open_book, open_issue, print_json, print_source, print_table
from .options import complete_issue, format_option, source_options, subcommand

DEFINITIONS: dict[str, Definition] = issue_facts.DEFINITIONS | book_facts.DEFINITIONS


@subcommand("facts")
@click.argument("issue_id", metavar="[ID]", required=False, shell_complete=complete_issue)
@click.option("--name", metavar="NAME")
@format_option
@source_options
def command(
    issue_id: str | None, name: str | None, form: str, folder: Path | None, no_source: bool, book: Path | None
) -> None:
    loaded = open_book(book) if issue_id is None else open_issue(book, issue_id)[0]
    inquiry = inquire(loaded, folder, no_source=no_source, issues=None if issue_id is None else {issue_id})
    case = None if issue_id is None else inquiry.case(issue_id)
    if name is not None:
        facts = [_named(case.facts if case else inquiry, issue_id, name)]
    elif case:
        known = loaded.book.catalog.environments
        facts = [*_all(case.facts, [place for place in case.ledger.environments if place in known])]
    else:
        facts = [*_all(inquiry)]
    if form == "json":
        places = _places([origin for fact in facts for origin in fact.origins], loaded)
        print_json({"issue": issue_id, "source": inquiry.source, "facts": [_as_data(fact, places) for fact in facts]})
    elif name is not None:
        click.echo("\n".join(_with_origins(facts[0], _places(facts[0].origins, loaded))))
    else:
        print_table([_row(fact) for fact in facts])
        print_source(inquiry.source)


def _all(knows: Inquiry | IssueFacts, environments: Sequence[str] = ()) -> Iterator[Fact]:
    """Every fact without filters, and the verdict for each environment; measured values last."""
    ours = [name for name in DEFINITIONS if name in knows.names]
    for name in (*ours, *sorted(knows.names - set(ours))):
        yield knows.fact(FactRef(name))
        if name == "verdict":
            yield from (knows.fact(FactRef(name, (("environment", place),))) for place in environments)


def _named(knows: Inquiry | IssueFacts, issue_id: str | None, name: str) -> Fact:
    see = f"see: triagebook facts {issue_id or ''}".rstrip()
    try:
        ref = FactRef.parse(" ".join(name.split()))
    except ValueError as error:
        what = on_one_line(str(error)).partition(": ")[0]
        raise TriagebookError(what, f"write it as `tests.pass_rate phase=after`; {see}") from None
    if ref.name not in knows.names:
        of = f"issue {issue_id}" if issue_id else "the whole book"
        raise misspelt(f"there is no fact `{on_one_line(ref.name)}` for {of}", ref.name, knows.names, see)
    try:
        return knows.fact(ref)
    except UnknownFactError as error:
        raise TriagebookError(on_one_line(str(error)), see) from None


def _places(origins: Sequence[Origin], loaded: Loaded) -> dict[Origin, tuple[str, int]]:
    marks = loaded.positions((origin.file, origin.field) for origin in origins)
    return {o: ((loaded.root / o.file).as_posix(), marks[o.file, o.field].line) for o in origins}


def _row(fact: Fact) -> tuple[str, str, str, str]:
    """The name, value and unit of a fact, and how many origins it has or why it is unknown."""
    value, unit = on_one_line(str(fact)), ""
    if isinstance(fact.value, int | Fraction) and fact.unit != "share":
        value, unit = number(Fraction(fact.value)), fact.unit
    origins = counted(len(fact.origins), "origin") if fact.origins else ""
    came_from = f"{origins}, {fact.grade.value}" if fact.grade else origins
    return str(fact.ref), value, unit, on_one_line(fact.why_unknown) if fact.value is None else came_from


def _with_origins(fact: Fact, places: dict[Origin, tuple[str, int]]) -> Iterator[str]:
    because = f": {on_one_line(fact.why_unknown)}" if fact.value is None and fact.why_unknown else ""
    yield f"{fact.ref}  {on_one_line(str(fact))}{because}"
    definition = DEFINITIONS.get(fact.ref.name)
    yield f"  {fact.summary}"
    if definition and definition.filters:
        yield f"  filters: {', '.join(definition.filters)}"
    if fact.grade:
        yield f"  grade: {fact.grade.value}"
    for path, line in dict.fromkeys(places[origin] for origin in fact.origins):
        yield f"  {on_one_line(path)}:{line}"


def _as_data(fact: Fact, places: dict[Origin, tuple[str, int]]) -> dict[str, Any]:
    """The whole fact: also its summary, its empty parts, and each origin with path and line."""
    empty: dict[str, Any] = {"filters": {}, "unit": None, "why_unknown": None, "grade": None}
    located = [dict(zip(("path", "line"), places[origin], strict=True)) | origin.as_data() for origin in fact.origins]
    return empty | fact.as_data() | {"summary": fact.summary, "origins": located}
