"""A view as JSON, and the schema of that: what the templates see, with the facts it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from triagebook.facts.fact import Fact
from triagebook.model.base import Prose, Record
from triagebook.model.work import Expectation

from .figures import Figure

if TYPE_CHECKING:
    from . import Report

Fill = Callable[[str], str]


def as_data(report: Report, fill: Fill) -> dict[str, Any]:
    """The report for programs. `fill` puts the values of facts into prose."""
    data = {"report": report.kind, **_plain(report.view, fill)}
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
    match value:
        case Figure() | Fact():
            return {"fact": str(value.fact.ref if isinstance(value, Figure) else value.ref), "value": str(value)}
        case Expectation():
            return {"fail": list(map(str, value.errors))} if value.errors else str(value.expected)
        case Record():
            return _record(value, fill)
        case Prose():
            return fill(value)
        case Enum():
            return value.value
        case bool() | int() | None:
            return value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item, fill) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item, fill) for item in value]
        case Fraction() | str():
            return str(value)
    if not is_dataclass(value) or hasattr(value, "parse"):  # values written as one scalar have parts, and are one
        return str(value)
    named = ((part.name.rstrip("_"), getattr(value, part.name)) for part in fields(value))
    return {name: _plain(part, fill) for name, part in named if part is not None}


def _record(record: Record, fill: Fill) -> dict[str, Any]:
    """A part of a record as it is written: without what it leaves out."""
    parts = ((info.alias or name, getattr(record, name)) for name, info in type(record).model_fields.items())
    return {name: _plain(part, fill) for name, part in parts if part is not None and part not in ((), {})}
