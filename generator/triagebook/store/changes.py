"""Translates an edit into one of four changes to existing plain data, and applies it to the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from triagebook.errors import InvalidEditError
from triagebook.findings import Edit, Field, Plain

Data: TypeAlias = str | dict[str, "Data"] | list["Data"]  # plain data that can be changed
FieldPath: TypeAlias = tuple[str | int, ...]  # like a field, but every key of it exists as it is written


class Put(Struct, frozen=True):
    """Replace the value at a path."""

    path: FieldPath
    value: Data


class Add(Struct, frozen=True):
    """Add an entry at the end of the list or mapping at a path."""

    path: FieldPath
    key: str | None  # None for a list
    value: Data


class Wrap(Struct, frozen=True):
    """Make the single value at a path the first of a list of two."""

    path: FieldPath
    value: Data


class Drop(Struct, frozen=True):
    """Remove the entry at a path."""

    path: FieldPath


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
    path, missing = _walk(data, edit.field)
    if edit.how == "remove":
        if missing:
            raise InvalidEditError(f"there is no {written(edit.field)} to remove", "read the record again")
        return Drop(_with_emptied_parents(data, path))
    if edit.how == "append":
        return _set(data, path, missing, [value], edit.field) if missing else _append(data, path, value)
    return _set(data, path, missing, value, edit.field)


def carried_out(data: Data, change: DataChange) -> Data:
    """The data after a change; the original is not modified."""
    top: Any = [thaw(data)]
    *above, key = (0, *change.path)
    holder: Any = at(top, tuple(above))
    match change:
        case Put():
            holder[key] = change.value
        case Drop():
            del holder[key]
        case Wrap():
            holder[key] = [holder[key], change.value]
        case Add(key=None):
            holder[key].append(change.value)
        case Add():
            holder[key][change.key] = change.value
    return top[0]  # type: ignore[no-any-return]


def at(data: Data, path: FieldPath) -> Data:
    """The value at an existing path."""
    for key in path:
        data = data[key]  # type: ignore[index]
    return data


def _walk(data: Data, field: Field) -> tuple[FieldPath, Field]:
    """The part of a field that exists, as it is written, and the part that is missing."""
    path: FieldPath = ()
    for position, key in enumerate(field):
        here = at(data, path)
        if isinstance(here, dict) and str(key) in here:
            path = (*path, str(key))
        elif isinstance(here, list) and isinstance(key, int) and 0 <= key < len(here):
            path = (*path, key)
        elif isinstance(here, list) or here == "" or key != 0:  # else a single item, written without a list
            return path, field[position:]
    return path, ()


def _set(data: Data, path: FieldPath, missing: Field, value: Data, field: Field) -> DataChange:
    if not missing:
        return Put(path, value)
    here, key, below = at(data, path), missing[0], _nested(missing[1:], value, field)
    if here == "" and path:
        return Put(path, _nested(missing, value, field))
    if isinstance(here, dict) and isinstance(key, str):
        return Add(path, key, below)
    if isinstance(here, list) and key == len(here):
        return Add(path, None, below)
    if not isinstance(here, list) and key == 1 and path:
        return Wrap(path, below)
    kind = "a list" if isinstance(here, list) else "a mapping" if isinstance(here, dict) else "text"
    raise InvalidEditError(f"{written(path)} is {kind}, so it can't hold `{key}`", "give it another form first")


def _append(data: Data, path: FieldPath, value: Data) -> DataChange:
    here = at(data, path)
    if here == "":
        return Put(path, [value])
    return Add(path, None, value) if isinstance(here, list) else Wrap(path, value)


def _nested(keys: Field, value: Data, field: Field) -> Data:
    """A value with the parents it needs around it."""
    for key in reversed(keys):
        if isinstance(key, int) and key != 0:
            raise InvalidEditError(
                f"{written(field)} names item {key} of a list that does not exist", "begin with item 0"
            )
        value = {key: value} if isinstance(key, str) else [value]
    return value


def _with_emptied_parents(data: Data, path: FieldPath) -> FieldPath:
    while path and len(at(data, path[:-1])) == 1:
        path = path[:-1]
    if not path:
        raise InvalidEditError("the file would be empty", "delete the file instead")
    return path


def written(field: Field) -> str:
    """A field for a message: its keys joined by dots."""
    return f"`{'.'.join(map(str, field))}`" if field else "the file"
