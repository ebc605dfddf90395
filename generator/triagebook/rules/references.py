"""TB2xx: everything that a record refers to must exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from triagebook.book import Book, Entry
from triagebook.errors import nearest
from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.case import Case
from triagebook.findings import Finding
from triagebook.model.base import Prose, Ref
from triagebook.model.scalars import Value, values
from triagebook.model.values import DocRef, FactRef

from .base import Rule

FACT_IN_PROSE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


class UnknownReference(Rule):
    """A reference names something that is not recorded."""

    code = "TB201"
    name = "unknown-reference"
    why = "An unknown name is a typing error or a lost record; nobody can find the component or owner."
    remedy = "correct the name, or add what it names to the catalog or book"
    bad = "components: [web-routes]"
    good = "components: [routes]"

    def find(self, case: Case) -> Iterator[Finding]:
        yield from self._unknown(case.book, case.values, case.entry)
        if case.book.catalog_read:
            yield from self._keys(case)
        yield from self._groups(case)

    def _keys(self, case: Case) -> Iterator[Finding]:
        """Environments that are used as keys."""
        names = case.book.names("environment")
        for key in case.issue.deployment:
            if key not in names:
                says = f"there is no environment `{key}`"
                yield self.finding(case.file, ("deployment", key), says, _nearest(key, names))

    def _groups(self, case: Case) -> Iterator[Finding]:
        """Groups that the priorities of locations refer to, if groups are recorded."""
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
    """A source refers to a document that no record describes."""

    code = "TB202"
    name = "unknown-document"
    why = "A statement is only as good as its source, so the title, date and author must be recorded."
    remedy = "describe the document in `documents` under this name"
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
        if book.unread_issues:  # they may describe it
            return
        documents = book.documents
        for file, way, value in found:
            if isinstance(value, DocRef) and not value.on_the_web and value.document not in documents:
                do = _nearest(value.document, documents)
                yield self.finding(
                    file, way, f"no record describes the document `{value.document}`", f"{self.remedy}; {do}"
                )


class UnknownFact(Rule):
    """Prose, a measure or a claim names an unknown fact."""

    code = "TB203"
    name = "unknown-fact"
    why = "The figure can't be computed: the sentence keeps its braces, and the criterion stays unknown."
    remedy = "`triagebook facts ID` lists all names and filters"
    bad = "summary: It shows in {{ affected.places }} places."
    good = "summary: It shows in {{ affected.locations }} places."

    def find(self, case: Case) -> Iterator[Finding]:
        if not case.book.catalog_read:  # it defines the values of filters
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
        if ref.name not in case.facts.names:
            yield self.finding(
                file, way, f"there is no fact `{ref.name}`", f"{_nearest(ref.name, case.facts.names)}; {self.remedy}"
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
    why = "A claim answers findings at the fields in `shows`; an unknown field silently answers none."
    remedy = "write the keys that lead to the field, separated by dots: `suites.fix-validation`, `next.0`"
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
        if named:  # waivers may refer to the other files of the issue
            known = _fields(case)
            for way, field in named:
                if field not in known:
                    yield self.finding(case.file, way, f"the record has no field `{field}`", _nearest(field, known))


def _fields(case: Case) -> set[str]:
    """The dotted names of all fields in the records of the issue."""
    return {".".join(map(str, way[: end + 1])) for _, way, _ in case.values for end in range(len(way))}


def _nearest(name: str, names: Collection[str]) -> str:
    if near := nearest(name, names):
        return f"did you mean `{near}`?"
    known = ", ".join(f"`{known}`" for known in sorted(names)[:8])
    return f"known: {known}" if known else "none is recorded yet"
