"""Turns pydantic's validation errors into messages for people who write records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from msgspec import Struct
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from triagebook.errors import nearest
from triagebook.findings import Field
from triagebook.model.base import Record
from triagebook.vocabulary import COMPUTED, KEYS


class Problem(Struct, frozen=True):
    """One mistake in a record."""

    code: str  # of the rule
    field: Field
    says: str
    do: str


def problems(invalid: ValidationError, model: type[Record]) -> list[Problem]:
    """The mistakes, without missing keys that are only misspelt: one mistake, one finding."""
    errors = invalid.errors(include_url=False)
    missing = [str(error["loc"][-1]) for error in errors if error["type"] == "missing"]
    misspelt = {
        (error["loc"][:-1], nearest(str(error["loc"][-1]), missing))
        for error in errors
        if error["type"] == "extra_forbidden"
    }
    return [
        Problem(code, error["loc"], *_explained(error, model))
        for error in errors
        if (code := _CODES.get(error["type"], "TB108")) != "TB109"
        or (error["loc"][:-1], str(error["loc"][-1])) not in misspelt
    ]


def first_problem(plain: object, model: type[Record]) -> Problem | None:
    """What is wrong with a record that is to be written; None if it is valid."""
    try:
        model.model_validate(plain)
    except ValidationError as invalid:
        return problems(invalid, model)[0]
    return None


_CODES = {"extra_forbidden": "TB107", "missing": "TB109"}
_KINDS = {"string_type": "text", "tuple_type": "a list"}
_KINDS |= dict.fromkeys(("mapping_type", "dict_type"), "a mapping, `name: ...` on each line")
_KINDS["is_instance_of"] = "a date, `2025-09-15`, or a time, `2025-09-15T14:30:00Z`"


def _explained(error: ErrorDetails, model: type[Record]) -> tuple[str, str]:
    """What is wrong, and what to do."""
    path, kind = error["loc"], error["type"]
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return f"`{key}` is not a known key", _nearest(key, list(_fields(_records_at(model, path[:-1]))))
    if kind == "missing":
        return f"`{key}` is missing", _add(key, _fields(_records_at(model, path[:-1])).get(key))
    if kind == "value_error":
        problem = str(error["ctx"]["error"])
        # The value itself, in backticks, may hold `: ` too.
        found = re.fullmatch(r"(`.*` [^`:]*|.*?): (.+)", problem, re.DOTALL)
        says, do = found.groups() if found else (problem, "correct the value")
        return says if says.startswith("`") else f"{_subject(path)} {says}", do
    if kind in {"enum", "literal_error"}:
        expected = error["ctx"]["expected"].replace("'", "`")
        return f"{_subject(path)} can't be `{error['input']}`", f"use {expected}"
    if kind in {"model_type", "model_attributes_type"}:
        keys = sorted(_fields(_records_at(model, path)))
        expected = f"a mapping with the keys {', '.join(keys[:8])}{' ...' if len(keys) > 8 else ''}"
    else:
        expected = _KINDS.get(kind, error["msg"].removeprefix("Input should be ").lower())
    form = _form(error["input"])
    return f"{_subject(path)} " + (f"can't be {form}" if form else "is empty"), f"write {expected}"


def _subject(path: Field) -> str:
    """The subject of a message: the key, or the item of a list."""
    if path and isinstance(path[-1], int):
        return f"item {path[-1] + 1} of `{next((key for key in reversed(path) if isinstance(key, str)), '')}`"
    return f"`{path[-1]}`" if path else "the file"


def _form(value: object) -> str:
    if value == "" or value is None:
        return ""
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"`{value}`"


def _nearest(key: str, known: list[str]) -> str:
    if "severity" in known and key in COMPUTED:
        return f"remove it: {COMPUTED[key]}"
    if KEYS.get(key, "").partition(".")[0] in known:
        return f"did you mean `{KEYS[key]}`?"
    if near := nearest(key, known):
        return f"did you mean `{near}`?"
    return f"remove it, or use one of {', '.join(f'`{name}`' for name in sorted(known))}"


def _add(key: str, field: FieldInfo | None) -> str:
    if field is None or not field.examples:
        return "add it"
    example = field.examples[0]
    fits = isinstance(example, str) and "`" not in example
    return f"add it: `{key}: {example}`" if fits else f"add `{key}`: {field.description}"


def _fields(records: set[type[Record]]) -> dict[str, FieldInfo]:
    """The fields of some kinds of record, by their keys."""
    return {field.alias or name: field for record in records for name, field in record.model_fields.items()}


def _records_at(model: type[Record], path: Field) -> set[type[Record]]:
    """The kinds of record that a field may hold."""
    here = {model}
    for key in path:
        if field := _fields(here).get(str(key)):  # else an index or a user-chosen key, which leads to the same kind
            here = set(_records_in(field.annotation, *field.metadata))
    return here


def _records_in(*annotations: object) -> Iterator[type[Record]]:
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, Record):
            yield annotation
        else:
            yield from _records_in(*get_args(annotation))
