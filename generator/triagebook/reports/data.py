"""A report as JSON, and the JSON Schema of a kind of report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct
from pydantic import TypeAdapter

from triagebook.model.affected import Affected
from triagebook.model.base import Json, Prose, Record, Scalar
from triagebook.model.evidence import AnyEvidence, Evidence
from triagebook.model.planning import PlanPhase
from triagebook.model.scalars import fields_of
from triagebook.model.suites import Expectation, Suite
from triagebook.views.figures import Figure

from . import Report, ReportKind, view_type
from .sections import APPENDED

_ROWS = {"tests", "locations", "steps"}  # of a record: they are rows beside it
_DEFINITIONS = "#/$defs/"
_RECORD = "record."  # before the name of a part of a record, as a view may have the same name

Fill = Callable[[str], str]


def as_data(report: Report, fill: Fill) -> dict[str, Any]:
    """The report for programs. `fill` puts the values of facts into prose."""

    def encode(value: object) -> object:
        match value:
            case Prose():
                return fill(str.__str__(value))
            case str():  # most values
                return str.__str__(value)
            case Figure():
                return {"fact": str(value.fact.ref), "value": str(value)}
            case Expectation():
                return {"fail": [str(error) for error in value.errors]} if value.errors else str(value.expected)
            case Suite() | Affected() | PlanPhase():
                return {key: each for key, each in _record(value).items() if key not in _ROWS}
            case Record():
                return _record(value)
            case Mapping():
                return {str(key): each for key, each in value.items()}
        return str(value)

    data: dict[str, Any] = msgspec.to_builtins(report.view, enc_hook=encode, str_keys=True)
    return {"report": report.kind.id, **data, "facts": [figure.fact.as_data() for figure in report.figures.used]}


def _record(record: Record) -> dict[str, Any]:
    """A part of a record as it is written, without empty fields."""
    fields = ((key, getattr(record, name)) for name, key in fields_of(type(record)))
    return {key: _as_written(value) for key, value in fields if value is not None and value not in ((), {})}


def _as_written(value: object) -> object:
    """Scalars as text: msgspec would take them for structs."""
    match value:
        case Scalar():
            return str(value)
        case tuple():
            return [_as_written(each) for each in value]
        case Mapping():
            return {str(key): _as_written(each) for key, each in value.items()}
    return value


# ── schema ───────────────────────────────────────────────────────────────────────────────────────────


class OriginData(Struct, forbid_unknown_fields=True):
    """A file of the book, and a field in it."""

    file: str
    field: list[str | int]


class FactData(Struct, forbid_unknown_fields=True):
    """A fact that the report states, with its sources."""

    name: str
    value: float | str | None
    text: str
    origins: list[OriginData] = []
    filters: dict[str, str] = {}
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    why_unknown: str | None = None
    grade: Literal["machine", "attested", "transcribed"] | None = None


class FigureData(Struct, forbid_unknown_fields=True):
    """A computed value, with the name of its fact."""

    fact: str
    value: str


def schema(kind: ReportKind) -> Json:
    """The JSON Schema of one kind of report."""
    records: dict[str, type[Record]] = {}

    def describe(type_: type[Any]) -> Json:
        if issubclass(type_, Record):
            records[type_.__name__] = type_
            return {"$ref": f"{_DEFINITIONS}{_RECORD}{type_.__name__}"}
        if type_ is Figure:
            return {"$ref": f"{_DEFINITIONS}FigureData"}
        return {"description": "A value of the record"} if type_ is object else {"type": "string"}

    view = view_type(kind, kind.appendices)
    optional = {name for appendix in kind.appendices for name in APPENDED.get(appendix, ())}
    _, definitions = msgspec.json.schema_components((view, FactData, FigureData), schema_hook=describe)
    whole = definitions.pop(view.__name__)
    for name, record in records.items():
        definitions |= _record_definitions(name, record)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": kind.title,
        "description": kind.says,
        "properties": {
            "report": {"const": kind.id},
            **whole["properties"],
            "facts": {"type": "array", "items": {"$ref": f"{_DEFINITIONS}FactData"}},
        },
        "required": ["report", *(name for name in whole["required"] if name not in optional), "facts"],
        "$defs": dict(sorted(definitions.items())),
    }


def _record_definitions(name: str, record: type[Record]) -> dict[str, Json]:
    adapter: TypeAdapter[Any] = TypeAdapter(AnyEvidence if record is Evidence else record)
    made = adapter.json_schema(ref_template=f"{_DEFINITIONS}{_RECORD}{{model}}", by_alias=True)
    parts = {f"{_RECORD}{part}": form for part, form in made.pop("$defs", {}).items()}
    return {f"{_RECORD}{name}": made} | parts
