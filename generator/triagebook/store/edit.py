"""Applies edits to a YAML text and keeps every byte that they do not touch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, Literal

from msgspec import Struct

from triagebook.errors import InvalidEditError
from triagebook.findings import Edit, Field, Plain

from .boundaries import EditableText, sealed
from .emit import Layout, Writer, layout_of
from .splice import add_between, add_lines, drop_between, drop_lines, put_between, put_lines, wrap_between, wrap_lines
from .yaml import YamlNode, YamlProblem, read, read_plain

_BOM = "\ufeff"


class YamlChange(Struct, frozen=True):
    """A change of data at a path that exists."""

    how: Literal["put", "add", "wrap", "drop"]  # `wrap` makes a single value the first of a list of two
    path: Field
    value: Plain = ""
    key: str | None = None  # of what is added; None in a list


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, one after the other; an InvalidEditError if one of them can't be made."""
    body = text.removeprefix(_BOM)
    for edit in edits:
        try:
            body = _applied(body, edit)
        except InvalidEditError as error:
            raise InvalidEditError(f"{edit.file}: {error.what}", error.do) from None
    return _BOM + body if text.startswith(_BOM) else body


def _applied(text: str, edit: Edit) -> str:
    try:
        root = read(text)
    except YamlProblem as problem:
        raise InvalidEditError(f"line {problem.mark.line}: {problem.says}", f"{problem.do}, then try again") from None
    before = root.plain()
    change = _meaning(before, edit)
    after = _carried_out(before, change)
    if after == before:
        return text
    for editable in _attempts(text, root):
        spliced = _written_into(editable, change)
        if _holds(spliced, after):
            return spliced
    raise InvalidEditError(
        f"{_written(edit.field)} is written in a form that no program can change", "change it by hand"
    )


def _attempts(text: str, root: YamlNode) -> Iterator[EditableText]:
    """The text with each style of writing new YAML: the usual one first, then those that unusual places need."""
    layout = layout_of(root)
    writers = (Writer(layout), Writer(Layout(offset=layout.offset)), Writer(layout, literal=False))
    for source in dict.fromkeys((text, sealed(text, root))):
        source_root = root if source is text else read(source)
        yield from (EditableText(source, source_root, writer) for writer in writers)


def _written_into(editable: EditableText, change: YamlChange) -> str:
    """The text after a change: only the characters of what changes are replaced."""
    if change.how == "add":
        node = editable.node(change.path)
        return (add_between if node.flow else add_lines)(editable, node, change.key, change.value)
    slot = editable.slot(change.path)
    flow = slot.parent.flow
    if change.how == "drop":
        return (drop_between if flow else drop_lines)(editable, slot)
    if change.how == "put":
        return (put_between if flow else put_lines)(editable, slot, change.value)
    return (wrap_between if flow else wrap_lines)(editable, slot, change.value)


def _holds(text: str, data: Plain) -> bool:
    """Whether a text can be read and holds this data, in this order."""
    try:
        return json.dumps(read_plain(text)) == json.dumps(data, default=dict)
    except (YamlProblem, UnicodeEncodeError):
        return False


# ── what an edit means ─────────────────────────────────────────────────────────────────────────────────


def _meaning(data: Plain, edit: Edit) -> YamlChange:
    """The change that an edit makes to this data."""
    path, missing = _walk(data, edit.field)
    if edit.how == "remove":
        if missing:
            raise InvalidEditError(f"{_written(edit.field)} is not set", "there is nothing to remove")
        return YamlChange("drop", _with_emptied_parents(data, path))
    if edit.how == "append":
        here = "" if missing else _at(data, path)
        missing = (*missing, len(here) if isinstance(here, list) else int(here != ""))
    return _set(data, path, missing, edit.value, edit.field)


def _carried_out(data: Plain, change: YamlChange) -> Plain:
    """The data after a change; the original is not modified."""
    top: Any = [deepcopy(data)]
    path: Field = (0, *change.path)
    holder: Any = _at(top, path[:-1])
    key: Any = path[-1]
    if change.how == "drop":
        del holder[key]
    elif change.how == "add" and change.key is None:
        holder[key].append(change.value)
    elif change.how == "add":
        holder[key][change.key] = change.value
    else:
        holder[key] = change.value if change.how == "put" else [holder[key], change.value]
    done: Plain = top[0]
    return done


def _at(data: Plain, path: Field) -> Plain:
    """The value at an existing path."""
    for key in path:
        data = data[key]  # type: ignore[index]
    return data


def _walk(data: Plain, field: Field) -> tuple[Field, Field]:
    """The part of a field that exists, as it is written, and the part that is missing."""
    path: Field = ()
    for position, key in enumerate(field):
        here = _at(data, path)
        if isinstance(here, dict) and str(key) in here:
            path = (*path, str(key))
        elif isinstance(here, list) and isinstance(key, int) and 0 <= key < len(here):
            path = (*path, key)
        elif isinstance(here, list) or here == "" or key != 0:  # else a single item, written without a list
            return path, field[position:]
    return path, ()


def _set(data: Plain, path: Field, missing: Field, value: Plain, field: Field) -> YamlChange:
    if not missing:
        return YamlChange("put", path, value)
    here, key, below = _at(data, path), missing[0], _nested(missing[1:], value, field)
    if here == "" and path:
        return YamlChange("put", path, _nested(missing, value, field))
    if isinstance(here, dict) and isinstance(key, str):
        return YamlChange("add", path, below, key)
    if isinstance(here, list) and key == len(here):
        return YamlChange("add", path, below)
    if not isinstance(here, list) and key == 1 and path:
        return YamlChange("wrap", path, below)
    kind = "a list" if isinstance(here, list) else "a mapping" if isinstance(here, dict) else "text"
    raise InvalidEditError(f"{_written(path)} is {kind}, so it can't hold `{key}`", "give it another form first")


def _nested(keys: Field, value: Plain, field: Field) -> Plain:
    """A value with the parents it needs around it."""
    for key in reversed(keys):
        if isinstance(key, int) and key != 0:
            raise InvalidEditError(
                f"{_written(field)} names item {key} of a list that does not exist", "begin with item 0"
            )
        value = {key: value} if isinstance(key, str) else [value]
    return value


def _with_emptied_parents(data: Plain, path: Field) -> Field:
    while path and len(_at(data, path[:-1])) == 1:
        path = path[:-1]
    if not path:
        raise InvalidEditError("the file would be empty", "delete the file instead")
    return path


def _written(field: Field) -> str:
    """A field for a message: its keys joined by dots."""
    return f"`{'.'.join(map(str, field))}`" if field else "the file"
