"""Lists every scalar of a record with its field. Its class tells prose from references and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from triagebook.findings import Field, Plain

from .base import Record, Short
from .suites import Expectation

Value: TypeAlias = tuple[str, Field, object]  # file, field and scalar


def values(files: Iterable[tuple[str, Record]]) -> list[Value]:
    """The scalars of several records, each given with its file."""
    return [(file, field, value) for file, record in files for field, value in leaves(record)]


def leaves(record: Record) -> list[tuple[Field, object]]:
    """The scalars of a record in the order of its fields, each with its field as written in the file."""
    found: list[tuple[Field, object]] = []
    _gather(record, (), found)
    return found


def _gather(value: object, field: Field, found: list[tuple[Field, object]]) -> None:
    if isinstance(value, str):  # most are
        found.append((field, value))
    elif isinstance(value, Record):
        own = vars(value)
        for name, key in fields_of(type(value)):
            if (item := own[name]) is not None:
                _gather(item, field + (key,), found)  # noqa: RUF005  (the other form makes a list first)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            _gather(item, (*field, index), found)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _gather(item, (*field, key), found)
    else:
        found.append((field, value))


@cache
def fields_of(model: type[Record]) -> tuple[tuple[str, str], ...]:
    """The names of a record's fields, in Python and in the file."""
    return tuple((name, info.alias or name) for name, info in model.model_fields.items())


def as_written(value: object) -> Plain:
    """A part of a record as people write it: its scalars as text, without empty fields."""
    match value:
        case Expectation(expected=expected, errors=errors, rate=rate):
            error = str(errors[0]) if len(errors) == 1 else [str(error) for error in errors]
            if rate:
                return {"fails": rate, "error": error} if errors else f"fails {rate}"
            return {"fail": error} if errors else str(expected)
        case Record():
            own = ((key, getattr(value, name)) for name, key in fields_of(type(value)))
            filled = {key: as_written(item) for key, item in own if item is not None and item not in ((), {})}
            short = value.short if isinstance(value, Short) else ""
            return filled[short] if set(filled) == {short} else filled
        case tuple():
            return [as_written(item) for item in value]
        case Mapping():
            return {str(key): as_written(item) for key, item in value.items()}
    return str(value)
