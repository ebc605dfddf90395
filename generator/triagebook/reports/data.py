"""A view as JSON, and the schema of that: what the templates see, with the facts it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triagebook.facts.fact import Fact
from triagebook.model.base import Prose, Record, Scalar
from triagebook.model.suites import Expectation

from .figures import Figure
from .results import SuiteRow

if TYPE_CHECKING:
    from . import Report

Fill = Callable[[str], str]
Way = Callable[[Any, Fill], Any]


def as_data(report: Report, fill: Fill) -> dict[str, Any]:
    """The report for programs. `fill` puts the values of facts into prose."""
    data = {"report": report.kind, **_plain(report.view, fill)}
    if "suites" in data:
        data["suites"] = [_parts(row, fill) for row in report.view.suites]
    return data | {"facts": [fact_as_data(figure) for figure in report.figures.used]}


def fact_as_data(figure: Figure) -> dict[str, Any]:
    """A fact that the report states: its name, its value, what it says and what it came from."""
    fact = figure.fact
    data: dict[str, Any] = {
        "name": str(fact.ref),
        "says": figure.says,
        "value": str(fact),
        "unit": fact.unit,
        "grade": fact.grade.value if fact.grade else None,
        "from": [str(origin) for origin in fact.origins],
        "unknown": fact.why_unknown if fact.value is None else None,
    }
    return {key: value for key, value in data.items() if value not in (None, "")}


def _plain(value: Any, fill: Fill) -> Any:  # noqa: ANN401  (JSON)
    return _WAYS[type(value)](value, fill)


def has_parts(kind: type) -> bool:
    """Is it a view, or a part of one?"""
    return issubclass(kind, Struct) and not issubclass(kind, Scalar)


def parts_of(kind: type[Struct]) -> tuple[str, ...]:
    """What the parts of a view are called in Python."""
    return kind.__struct_fields__


class _Ways(dict[type, Way]):
    """How values become JSON, by their type: a view has some ten thousand values, of few types."""

    def __missing__(self, kind: type) -> Way:
        known = (way for kinds, way in _KNOWN if issubclass(kind, kinds))
        way = self[kind] = _parts if has_parts(kind) and kind not in _NAMED else next(known, _scalar)
        return way


_WAYS = _Ways()


def _scalar(value: object, _: Fill) -> str:
    return str(value)


def _fact(value: Figure | Fact, _: Fill) -> dict[str, str]:
    return {"fact": str(value.fact.ref if isinstance(value, Figure) else value.ref), "value": str(value)}


def _parts(value: Any, fill: Fill) -> dict[str, Any]:  # noqa: ANN401  (any view)
    plain = {}
    for name, attribute in _NAMES[type(value)]:
        part = getattr(value, attribute)
        if part is not None:
            plain[name] = _WAYS[type(part)](part, fill)
    return plain


def _suite(row: SuiteRow, _: Fill) -> dict[str, str]:
    """Which suite: all that is known of it stands once, in the `suites` of the report."""
    return {"id": row.id, "title": row.title}


def _record(record: Record, fill: Fill) -> dict[str, Any]:
    """A part of a record as it is written: without what it leaves out."""
    plain = {}
    for name, attribute in _NAMES[type(record)]:
        part = getattr(record, attribute)
        if part is not None and part != () and part != {}:  # noqa: PLR1714  (not all can be hashed, and this is quicker)
            plain[name] = _WAYS[type(part)](part, fill)
    return plain


class _Names(dict[type, list[tuple[str, str]]]):
    """What the parts of a record or a view are called in JSON and in Python."""

    def __missing__(self, kind: Any) -> list[tuple[str, str]]:  # noqa: ANN401  (a view or a record)
        names = self[kind] = (
            [(info.alias or name, name) for name, info in kind.model_fields.items()]
            if issubclass(kind, Record)
            else [(name.rstrip("_"), name) for name in parts_of(kind)]
        )
        return names


_NAMES = _Names()

_NAMED = (Figure, Fact, SuiteRow)  # these have parts, and are told by their names
_KNOWN: list[tuple[type | tuple[type, ...], Way]] = [
    ((Figure, Fact), _fact),
    (SuiteRow, _suite),
    (Expectation, lambda value, _: {"fail": list(map(str, value.errors))} if value.errors else str(value.expected)),
    (Record, _record),
    (Prose, lambda value, fill: fill(value)),
    (Enum, lambda value, _: value.value),
    ((bool, int, type(None)), lambda value, _: value),
    (date, lambda value, _: value.isoformat()),
    (Mapping, lambda value, fill: {str(key): _plain(item, fill) for key, item in value.items()}),
    ((tuple, list), lambda value, fill: [_plain(item, fill) for item in value]),
    ((Fraction, str), _scalar),
]
