"""The parts of a record that several rules check, each with its field: texts, places, targets, amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Field
from triagebook.model.base import Line, Path, Prose, Text, Url
from triagebook.model.catalog import Component
from triagebook.model.issue import Issue
from triagebook.model.planning import Target
from triagebook.model.scalars import Value, values
from triagebook.model.suites import Suite, Test
from triagebook.model.values import DocRef, Place, Quantity

_CODE = re.compile(r"(```|~~~).*?(?:\1|\Z)|(`+)(?!`).*?(?<!`)\2(?!`)", re.DOTALL)


class Speaker(Enum):
    """Whose words a text is."""

    OWN = auto()  # prose of the people who keep the record
    COMMAND = auto()
    NAME = auto()  # a path or a URL
    QUOTED = auto()  # error texts, code, settings, claims: never reworded


class RecordText(Struct, frozen=True):
    """A text of a record and its field."""

    file: str
    field: Field
    text: str
    speaker: Speaker

    @property
    def in_claims(self) -> bool:
        return self.field[0] == "claims"

    @property
    def without_code(self) -> str:
        """The text without the code between backticks, which is quoted."""
        return _CODE.sub(" ", self.text) if "`" in self.text or "~~~" in self.text else self.text


@lru_cache(maxsize=1)  # several rules in a row ask for the same issue
def texts_of_issue(case: Case) -> tuple[RecordText, ...]:
    """All texts of an issue except evidence, which is never edited."""
    evidence = {case.evidence_file(name) for name in case.entry.evidence}
    return tuple(_said(value for value in case.values_of(str) if value[0] not in evidence))


def texts_of_book(book: Book) -> Iterator[RecordText]:
    """All texts of the catalog and the patterns."""
    yield from _said(values(book.shared_files()))


def _said(found: Iterable[Value]) -> Iterator[RecordText]:
    for file, way, value in found:
        if isinstance(value, str) and (speaker := _speaker(type(value))):
            is_command = speaker is Speaker.QUOTED and way[-1] == "run"
            yield RecordText(file, way, value, Speaker.COMMAND if is_command else speaker)


@cache
def _speaker(kind: type) -> Speaker | None:
    if issubclass(kind, Prose | Line):
        return Speaker.OWN
    if issubclass(kind, Path | Url):
        return Speaker.NAME
    return Speaker.QUOTED if kind is Text else None  # the others are ids, references and digests


def affected_lines(case: Case) -> dict[str, set[int]]:
    """The affected lines of each file; empty if the file as a whole is affected."""
    lines: dict[str, set[int]] = {}
    for location in case.entry.locations:
        lines.setdefault(location.at.path, set()).update(location.at.lines)
    return lines


def cited_places(case: Case) -> Iterator[tuple[Field, Place]]:
    """Every code location that issue.yaml names."""
    issue_file = case.file
    for file, way, value in case.values_of(Place):
        if isinstance(value, Place) and file == issue_file:
            yield way, value


def owns(component: Component, path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in component.paths)


def suites_and_tests(issue: Issue) -> Iterator[tuple[Field, Suite | Test]]:
    for name, suite in issue.suites.items():
        yield ("suites", name), suite
        yield from ((("suites", name, "tests", test), planned) for test, planned in suite.tests.items())


def targets(issue: Issue) -> Iterator[tuple[Field, Target]]:
    """The criteria and the metrics."""
    yield from ((("criteria", name), target) for name, target in issue.criteria.items())
    yield from ((("metrics", name), target) for name, target in issue.metrics.items())


class Amount(NamedTuple):
    """A figure of the impact: money at risk, or a share that is lost."""

    field: Field
    value: Quantity
    of: str
    sources: tuple[DocRef, ...]


def amounts(issue: Issue) -> Iterator[Amount]:
    impact = issue.impact
    for index, revenue in enumerate(impact.revenue if impact else ()):
        field, of = ("impact", "revenue", index, "at_risk"), f"`{revenue.stream}` at risk"
        yield Amount(field, revenue.at_risk, of, revenue.from_)
    for index, share in enumerate(impact.share if impact else ()):
        yield Amount(("impact", "share", index, "amount"), share.amount, share.of, share.from_)
