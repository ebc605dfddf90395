"""Translates an edit into one of four changes to existing plain data, and applies it to the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from triagebook.errors import InvalidEditError
from triagebook.findings import Edit, Field, Plain

Data: TypeAlias = str | dict[str, "Data"] | list["Data"]  # plain data that can be changed
FieldPath: TypeAlias = tuple[str | int, ...]  # like a field, but every key of it exists as it is written


class Put(Struct, frozen=True):
    """Replace the value at a path."""

    way: FieldPath
    value: Data


class Add(Struct, frozen=True):
    """Add an entry at the end of the list or mapping at a path."""

    way: FieldPath
    key: str | None  # None for a list
    value: Data


class Wrap(Struct, frozen=True):
    """Make the single value at a path the first of a list of two."""

    way: FieldPath
    value: Data


class Drop(Struct, frozen=True):
    """Remove the entry at a path."""

    way: FieldPath


DataChange: TypeAlias = Put | Add | Wrap | Drop


def thaw(value: Plain) -> Data:
    """Plain data as dicts and lists that can be changed."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): thaw(item) for key, item in value.items()}
    return [thaw(item) for item in value]


def meaning(data: Data, edit: Edit) -> DataChange:
    """The change that an edit makes to this data."""
    value = thaw(edit.value)
    way, missing = _walk(data, edit.field)
    if edit.how == "remove":
        if missing:
            raise InvalidEditError(f"there is no {written(edit.field)} to remove", "read the record again")
        return Drop(_with_emptied_parents(data, way))
    if edit.how == "append":
        return _set(data, way, missing, [value], edit.field) if missing else _append(data, way, value)
    return _set(data, way, missing, value, edit.field)


def carried_out(data: Data, change: DataChange) -> Data:
    """The data after a change; the original is not modified."""
    if isinstance(change, Put):
        return _replaced(data, change.way, change.value)
    if isinstance(change, Drop):
        return _without(data, change.way)
    here = at(data, change.way)
    if isinstance(change, Wrap):
        return _replaced(data, change.way, [here, change.value])
    if isinstance(here, dict):
        return _replaced(data, change.way, {**here, str(change.key): change.value})
    return _replaced(data, change.way, [*here, change.value])


def at(data: Data, way: FieldPath) -> Data:
    """The value at an existing path."""
    for key in way:
        data = data[key]  # type: ignore[index]
    return data


def _walk(data: Data, field: Field) -> tuple[FieldPath, Field]:
    """The part of a field that exists, as it is written, and the part that is missing."""
    way: FieldPath = ()
    for position, key in enumerate(field):
        here = at(data, way)
        if isinstance(here, dict) and str(key) in here:
            way = (*way, str(key))
        elif isinstance(here, list) and isinstance(key, int) and 0 <= key < len(here):
            way = (*way, key)
        elif isinstance(here, list) or here == "" or key != 0:  # else a single item, written without a list
            return way, field[position:]
    return way, ()


def _set(data: Data, way: FieldPath, missing: Field, value: Data, field: Field) -> DataChange:
    if not missing:
        return Put(way, value)
    here, key, below = at(data, way), missing[0], _nested(missing[1:], value, field)
    if here == "" and way:
        return Put(way, _nested(missing, value, field))
    if isinstance(here, dict) and isinstance(key, str):
        return Add(way, key, below)
    if isinstance(here, list) and key == len(here):
        return Add(way, None, below)
    if not isinstance(here, list) and key == 1 and way:
        return Wrap(way, below)
    kind = "a list" if isinstance(here, list) else "a mapping" if isinstance(here, dict) else "text"
    raise InvalidEditError(f"{written(way)} is {kind}, so it can't hold `{key}`", "give it another form first")


def _append(data: Data, way: FieldPath, value: Data) -> DataChange:
    here = at(data, way)
    if here == "":
        return Put(way, [value])
    return Add(way, None, value) if isinstance(here, list) else Wrap(way, value)


def _nested(keys: Field, value: Data, field: Field) -> Data:
    """A value with the parents it needs around it."""
    for key in reversed(keys):
        if isinstance(key, int) and key != 0:
            raise InvalidEditError(
                f"{written(field)} names item {key} of a list that does not exist", "begin with item 0"
            )
        value = {key: value} if isinstance(key, str) else [value]
    return value


def _with_emptied_parents(data: Data, way: FieldPath) -> FieldPath:
    while way and len(at(data, way[:-1])) == 1:
        way = way[:-1]
    if not way:
        raise InvalidEditError("the file would be empty", "delete the file instead")
    return way


def _replaced(data: Data, way: FieldPath, value: Data) -> Data:
    if not way:
        return value
    return _with_entry(data, way[0], _replaced(data[way[0]], way[1:], value))  # type: ignore[index]


def _without(data: Data, way: FieldPath) -> Data:
    if len(way) > 1:
        return _with_entry(data, way[0], _without(data[way[0]], way[1:]))  # type: ignore[index]
    if isinstance(data, dict):
        return {key: value for key, value in data.items() if key != way[0]}
    return [item for index, item in enumerate(data) if index != way[0]]


def _with_entry(data: Data, key: str | int, value: Data) -> Data:
    if isinstance(data, dict):
        return {name: value if name == key else item for name, item in data.items()}
    return [value if index == key else item for index, item in enumerate(data)]


def written(field: Field) -> str:
    """A field for a message: its keys joined by dots."""
    return f"`{'.'.join(map(str, field))}`" if field else "the file"
