"""TB2xx: what records refer to must exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triagebook.errors import nearest
from triagebook.facts.fact import UnknownFactError
from triagebook.model.base import Prose, Ref
from triagebook.model.scalars import values
from triagebook.model.values import DocRef, FactRef

from .base import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from triagebook.book import Book, Entry
    from triagebook.facts.case import Case
    from triagebook.findings import Finding
    from triagebook.model.scalars import Value

FACT_IN_PROSE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


class UnknownReference(Rule):
    """A reference names something that is recorded nowhere."""

    code = "TB201"
    name = "unknown-reference"
    why = "A name that leads nowhere is a typing error or a lost record: nobody finds the component or the owner."
    remedy = "correct the name, or record what it names"
    bad = "components: [web-routes]"
    good = "components: [routes]"

    def find(self, case: Case) -> Iterator[Finding]:
        yield from self._unknown(case.book, case.values, case.entry)
        if case.book.catalog_read:
            yield from self._keys(case)
        yield from self._groups(case)

    def _keys(self, case: Case) -> Iterator[Finding]:
        """The environments that stand as keys."""
        names = case.book.names("environment")
        for key in case.issue.deployment:
            if key not in names:
                says = f"there is no environment `{key}`"
                yield self.finding(case.file, ("deployment", key), says, _nearest(key, names))

    def _groups(self, case: Case) -> Iterator[Finding]:
        """The groups that locations name by their priority, where groups are recorded."""
        affected = case.entry.affected
        for index, location in enumerate(affected.locations if affected and affected.groups else ()):
            if affected and location.priority is not None and str(location.priority) not in affected.groups:
                says = f"there is no group `{location.priority}`"
                way = ("locations", index, "priority")
                yield self.finding(f"{case.entry.id}/affected.yaml", way, says, _nearest("", affected.groups))

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        yield from self._unknown(book, values(book.shared_files()), None)

    def _unknown(self, book: Book, found: Iterable[Value], entry: Entry | None) -> Iterator[Finding]:
        if not book.catalog_read:
            return
        for file, way, value in found:
            if isinstance(value, Ref) and not (
                entry is None and value.to in {"suite", "phase", "criterion", "horizon"}
            ):
                names = book.names(value.to, entry)
                if value not in names:
                    yield self.finding(file, way, f"there is no {value.to} `{value}`", _nearest(value, names))


class UnknownDocument(Rule):
    """A source names a document that no record describes."""

    code = "TB202"
    name = "unknown-document"
    why = "A statement with a source is only as good as the source: its title, date and author must be on record."
    remedy = "describe the document under `documents`, by the name used here"
    bad = "claims: [{says: All tests pass, from: report.md#L3, disputed: no run is recorded}]"
    good = """
documents: {report.md: {title: Report, date: 2025-09-15, by: backend}}
claims: [{says: All tests pass, from: report.md#L3, disputed: no run is recorded}]
"""

    def find(self, case: Case) -> Iterator[Finding]:
        yield from self._unknown(case.book, case.values)

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        yield from self._unknown(book, values(book.shared_files()))

    def _unknown(self, book: Book, found: Iterable[Value]) -> Iterator[Finding]:
        if book.unread_issues:  # which may be the ones that describe it
            return
        documents = book.documents
        for file, way, value in found:
            if isinstance(value, DocRef) and not value.on_the_web and value.document not in documents:
                do = _nearest(value.document, documents)
                yield self.finding(
                    file, way, f"no record describes the document `{value.document}`", f"{self.remedy}; {do}"
                )


class UnknownFact(Rule):
    """A name in prose, a measure or a claim is not the name of a fact."""

    code = "TB203"
    name = "unknown-fact"
    why = "A figure that can't be computed can't be shown: the sentence keeps its braces, the criterion its question."
    remedy = "`triagebook facts ID` lists the names and their filters"
    bad = "summary: It shows in {{ affected.places }} places."
    good = "summary: It shows in {{ affected.locations }} places."

    def find(self, case: Case) -> Iterator[Finding]:
        if not case.book.catalog_read:  # which says what a filter may ask for
            return
        for file, way, value in case.values:
            if isinstance(value, FactRef):
                yield from self._ask(case, file, way, value)
            elif isinstance(value, Prose):
                for name in FACT_IN_PROSE.findall(value):
                    yield from self._named(case, file, way, name)

    def _named(self, case: Case, file: str, way: tuple[str | int, ...], name: str) -> Iterator[Finding]:
        try:
            ref = FactRef.parse(name)
        except ValueError as error:
            yield self.finding(file, way, str(error).partition(":")[0])
        else:
            yield from self._ask(case, file, way, ref)

    def _ask(self, case: Case, file: str, way: tuple[str | int, ...], ref: FactRef) -> Iterator[Finding]:
        if not case.knows(ref.name):
            yield self.finding(
                file, way, f"there is no fact `{ref.name}`", f"{_nearest(ref.name, case.fact_names)}; {self.remedy}"
            )
            return
        try:
            case.fact(ref)
        except UnknownFactError as error:
            yield self.finding(file, way, str(error))


class UnknownField(Rule):
    """A claim or a waiver names a field that the record does not have."""

    code = "TB204"
    name = "unknown-field"
    why = "A claim answers the findings in the fields it shows; a name that leads nowhere answers nothing, unseen."
    remedy = "write the way to the field, key by key with dots: `suites.fix-validation`, `next.0`"
    bad = """
claims: [{says: It works, from: https://example.org/a, kind: vacuous, disputed: No test shows it, shows: suites.unti}]
"""
    good = """
claims: [{says: It works, from: https://example.org/a, kind: vacuous, disputed: No test shows it, shows: summary}]
"""

    def find(self, case: Case) -> Iterator[Finding]:
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("claims", index, "shows", place), field)
            for index, claim in enumerate(case.issue.claims)
            for place, field in enumerate(claim.shows)
        ]
        named += [(("waivers", i, "at"), waiver.at) for i, waiver in enumerate(case.issue.waivers) if waiver.at]
        if named:  # a waiver may accept what is found in a file beside the issue
            known = _fields(case)
            for way, field in named:
                if field not in known:
                    yield self.finding(case.file, way, f"the record has no field `{field}`", _nearest(field, known))


def _fields(case: Case) -> set[str]:
    """Every field of the issue's records, and every part of it, by the way to it."""
    return {".".join(map(str, way[: end + 1])) for _, way, _ in case.values for end in range(len(way))}


def _nearest(name: str, names: Collection[str]) -> str:
    if near := nearest(name, names):
        return f"did you mean `{near}`?"
    known = ", ".join(f"`{known}`" for known in sorted(names)[:8])
    return f"known are {known}" if known else "none is recorded yet"


RULES = (UnknownReference, UnknownDocument, UnknownFact, UnknownField)
