"""TB2xx: everything that a record refers to must exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from triagebook.book import IN_CATALOG, Book, Entry
from triagebook.errors import nearest
from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.case import Case
from triagebook.findings import Field, Finding
from triagebook.model.base import Prose, Ref
from triagebook.model.scalars import Value, values
from triagebook.model.values import DocRef, FactRef

from .base import Rule
from .waivers import ways_to

_OF_OTHERS = frozenset({"issue"})  # seen in the outlines of all issues
_OF_AN_ISSUE = frozenset({"suite", "phase", "criterion", "horizon"})
FACT_IN_PROSE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


class UnknownReference(Rule, code="TB201"):
    """A reference names something that is not recorded."""

    def find(self, case: Case) -> Iterator[Finding]:
        yield from self._unknown(case.book, case.values_of(Ref), case.entry)
        environments, affected = case.book.names("environment"), case.entry.affected
        for key in case.issue.deployment if case.book.catalog_read else ():
            if key not in environments:
                says = f"there is no environment `{key}`"
                yield self.finding(case.file, ("deployment", key), says, _nearest(key, environments))
        groups = affected.groups if affected else {}
        for index, location in enumerate(affected.locations if affected and groups else ()):
            if location.priority is not None and str(location.priority) not in groups:
                says, way = f"there is no group `{location.priority}`", ("locations", index, "priority")
                yield self.finding(case.affected_file, way, says, _nearest("", groups))

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        yield from self._unknown(book, values(book.shared_files()), None)
        issues = book.names("issue")
        for file, way, name in _named_elsewhere(book, "issue") if book.catalog_read else ():
            if name not in issues:
                yield self.finding(file, way, f"there is no issue `{name}`", _nearest(name, issues))

    def _unknown(self, book: Book, found: Iterable[Value], entry: Entry | None) -> Iterator[Finding]:
        if not book.catalog_read:
            return
        for file, way, value in found:
            if isinstance(value, Ref) and value.to not in (_OF_OTHERS if entry else _OF_AN_ISSUE):
                names = book.names(value.to, entry)
                if value not in names:
                    do = _nearest(value, names, IN_CATALOG.get(value.to, ""))
                    yield self.finding(file, way, f"there is no {value.to} `{value}`", do)


class UnknownDocument(Rule, code="TB202"):
    """A source refers to a document that no record describes."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        if book.unread_issues or any("/claims/" in file for file in book.unread):  # they may describe it
            return
        documents = book.documents
        shared = (
            (file, way, value.document)
            for file, way, value in values(book.shared_files())
            if isinstance(value, DocRef) and not value.on_the_web
        )
        for file, way, name in (*_named_elsewhere(book, "document"), *shared):
            if name not in documents:
                says = f"no record describes the document `{name}`"
                yield self.finding(file, way, says, f"{self.remedy}; {_nearest(name, documents)}")


def _named_elsewhere(book: Book, kind: str) -> Iterator[tuple[str, Field, str]]:
    """The names that issues use and that other issues must hold."""
    for outline in book.outlines.values():
        yield from ((file, way, name) for file, way, of, name in outline.elsewhere if of == kind)


class UnknownFact(Rule, code="TB203"):
    """Prose, a measure or a claim names an unknown fact."""

    def find(self, case: Case) -> Iterator[Finding]:
        if not case.book.catalog_read:  # it defines the values of filters
            return
        for file, way, ref in case.values_of(FactRef):
            if isinstance(ref, FactRef):
                yield from self._ask(case, file, way, ref)
        for file, way, text in case.values_of(Prose):
            for name in FACT_IN_PROSE.findall(str(text)) if "{{" in str(text) else ():
                try:
                    named = FactRef.parse(name)
                except ValueError as error:
                    yield self.finding(file, way, str(error).partition(":")[0])
                else:
                    yield from self._ask(case, file, way, named)

    def _ask(self, case: Case, file: str, way: Field, ref: FactRef) -> Iterator[Finding]:
        names = case.facts.names
        if ref.name not in names:
            do = f"{_nearest(ref.name, names)}; {self.remedy}"
            yield self.finding(file, way, f"there is no fact `{ref.name}`", do)
            return
        try:
            case.fact(ref)
        except UnknownFactError as error:
            yield self.finding(file, way, str(error))


class UnknownField(Rule, code="TB204"):
    """A claim or a waiver names a field that the record does not have."""

    def find(self, case: Case) -> Iterator[Finding]:
        named: list[tuple[str, Field, str]] = [
            (state.file, ("claims", state.index, "about", key, place), str(field))
            for state in case.claims
            for key in ("step", "field")
            for place, field in enumerate(getattr(state.claim.about, key))
        ]
        named += [(case.file, ("waivers", i, "at"), one.at) for i, one in enumerate(case.issue.waivers) if one.at]
        if named and not case.book.unread_in(case.entry.id):  # waivers may refer to the other files of the issue
            known = {
                name
                for file, way, _ in case.entry.values
                for end in range(len(way))
                for name in ways_to(file, way[: end + 1])
            }
            for file, way, field in named:
                if field not in known:
                    yield self.finding(file, way, f"the record has no field `{field}`", _nearest(field, known))
        tests = [test for suite in case.issue.suites.values() for test in suite.tests]
        for state in case.claims:
            for place, test in enumerate(state.claim.about.test):
                if test not in tests:
                    way = ("claims", state.index, "about", "test", place)
                    yield self.finding(state.file, way, f"no suite has the test `{test}`", _nearest(test, tests))


def _nearest(name: str, names: Collection[str], catalogued_as: str = "") -> str:
    if near := nearest(name, names):
        return f"did you mean `{near}`?"
    known = ", ".join(f"`{known}`" for known in sorted(names)[:8])
    add = f"add it to `{catalogued_as}` in catalog.yaml" if catalogued_as else "add it"
    return f"use one of: {known}; or {add}" if known else f"{add}, or correct the name"
