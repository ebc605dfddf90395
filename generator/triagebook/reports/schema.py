"""The JSON Schema of a report: that of its view, part by part, with the models' own for parts of records."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from triagebook.model.base import Json, Record
from triagebook.model.evidence import AnyEvidence, Evidence
from triagebook.model.suites import Expectation

from .data import has_parts, parts_of
from .figures import Figure
from .results import SuiteRow

_DEFINITIONS = "#/definitions/"


def schema(kind: str) -> Json:
    """The schema of one kind of report."""
    module = import_module(f".{kind.replace('-', '_')}", __package__)
    view = get_type_hints(module.view)["return"]
    maker = _Maker()
    whole = maker.of_view(view)
    properties = {"report": {"const": kind}, **whole["properties"], "facts": {"type": "array", "items": _FACT}}
    if "suites" in properties:
        properties["suites"] = {"type": "array", "items": maker.of_view(SuiteRow)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": view.__doc__,
        **whole,
        "properties": properties,
        "required": ["report", *whole["required"], "facts"],
        "definitions": dict(sorted(maker.definitions.items())),
    }


_FACT: Json = {
    "description": "A fact that the report states, with what it came from.",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "says": {"type": "string"},
        "value": {"type": "string"},
        "unit": {"type": "string"},
        "grade": {"enum": ["machine", "attested", "transcribed"]},
        "from": {"type": "array", "items": {"type": "string"}},
        "unknown": {"description": "Why it is unknown", "type": "string"},
    },
    "required": ["name", "says", "value", "from"],
    "additionalProperties": False,
}
_FIGURE: Json = {
    "description": "A computed value, with the name of its fact.",
    "type": "object",
    "properties": {"fact": {"type": "string"}, "value": {"type": "string"}},
    "required": ["fact", "value"],
    "additionalProperties": False,
}
_SUITE: Json = {
    "description": "Which suite; all that is known of it stands in the `suites` of the report.",
    "type": "object",
    "properties": {"id": {"type": "string"}, "title": {"type": "string"}},
    "required": ["id", "title"],
    "additionalProperties": False,
}


class _Maker:
    """Collects the definitions that a view refers to."""

    def __init__(self) -> None:
        self.definitions: dict[str, Json] = {}

    def of_view(self, view: type[Any]) -> Json:
        hints = get_type_hints(view)
        parts = {name.rstrip("_"): hints[name] for name in parts_of(view)}
        return {
            "type": "object",
            "properties": {name: self.of(hint) for name, hint in parts.items()},
            "required": [name for name, hint in parts.items() if type(None) not in get_args(hint)],
            "additionalProperties": False,
        }

    def of(self, hint: Any) -> Json:  # noqa: ANN401  (a type hint)
        origin, inner = get_origin(hint), get_args(hint)
        if origin in {Union, types.UnionType}:
            return self.of(next(each for each in inner if each is not type(None)))
        if origin is tuple:
            alike = len(inner) == 2 and inner[1] is Ellipsis
            return {"type": "array", "items": self.of(inner[0]) if alike else {}}
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        return self._of_type(hint)

    def _of_type(self, kind: type[Any]) -> Json:
        if kind is Figure:
            return self._kept("Figure", _FIGURE)
        if kind is SuiteRow:
            return self._kept("Suite named", _SUITE)
        if issubclass(kind, Enum):
            return {"enum": [each.value for each in kind]}
        if kind in {bool, int}:
            return {"type": "boolean" if kind is bool else "integer"}
        if issubclass(kind, Record):
            return self._of_record(kind)
        if has_parts(kind):
            name = f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"  # a part of a record may be called the same
            if name not in self.definitions:
                self.definitions[name] = {}  # it may hold itself
                self.definitions[name] = {"description": kind.__doc__, **self.of_view(kind)}
            return {"$ref": _DEFINITIONS + name}
        return {} if kind in {object, typing.Any} else {"type": "string"}

    def _of_record(self, kind: type[Record]) -> Json:
        if kind is Expectation or kind.__name__ not in self.definitions:
            adapter: TypeAdapter[Any] = TypeAdapter(AnyEvidence if kind is Evidence else kind)
            made = adapter.json_schema(ref_template=_DEFINITIONS + "{model}", by_alias=True)
            for name, part in made.pop("$defs", {}).items():
                self._kept(name, part)
            self._kept(kind.__name__, made)
        return {"$ref": _DEFINITIONS + kind.__name__}

    def _kept(self, name: str, part: Json) -> Json:
        self.definitions.setdefault(name, part)
        return {"$ref": _DEFINITIONS + name}
