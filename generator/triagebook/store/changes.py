"""What an edit means for the plain data of a file: one of four changes at a place that exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from triagebook.errors import InvalidEditError
from triagebook.findings import Edit, Field, Plain

Data: TypeAlias = str | dict[str, "Data"] | list["Data"]  # plain data that can be taken apart and put together
FieldPath: TypeAlias = tuple[str | int, ...]  # like a field, but every step of it exists as it is written


class Put(Struct, frozen=True):
    """The value at a place becomes another."""

    way: FieldPath
    value: Data


class Add(Struct, frozen=True):
    """The list or mapping at a place gets one more entry, at its end."""

    way: FieldPath
    key: str | None  # None where the place holds a list
    value: Data


class Wrap(Struct, frozen=True):
    """The value that stands alone at a place becomes the first of a list of two."""

    way: FieldPath
    value: Data


class Drop(Struct, frozen=True):
    """The entry at a place goes."""

    way: FieldPath


DataChange: TypeAlias = Put | Add | Wrap | Drop


def thaw(value: Plain) -> Data:
    """Plain data as dicts and lists, whatever kinds of mapping and sequence it came in."""
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
    """The data after a change; what it was is left alone."""
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
    """The value at a place that exists."""
    for key in way:
        data = data[key]  # type: ignore[index]
    return data


def _walk(data: Data, field: Field) -> tuple[FieldPath, Field]:
    """How far a field leads, as it is written, and what of it is missing."""
    way: FieldPath = ()
    for position, key in enumerate(field):
        here = at(data, way)
        if isinstance(here, dict) and str(key) in here:
            way = (*way, str(key))
        elif isinstance(here, list) and isinstance(key, int) and 0 <= key < len(here):
            way = (*way, key)
        elif isinstance(here, list) or here == "" or key != 0:  # else a list of one, written without the list
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
                f"{written(field)} names item {key} of a list that is not there", "begin with item 0"
            )
        value = {key: value} if isinstance(key, str) else [value]
    return value


def _with_emptied_parents(data: Data, way: FieldPath) -> FieldPath:
    while way and len(at(data, way[:-1])) == 1:
        way = way[:-1]
    if not way:
        raise InvalidEditError("nothing would be left of the file", "delete the file instead")
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
    """A field as people write it."""
    return f"`{'.'.join(map(str, field))}`" if field else "the file"
