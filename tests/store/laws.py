"""The laws of every edit: its effect on the data, and the text that it leaves unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from triagebook.findings import Edit
from triagebook.store.yaml import Mark, YamlNode, read

Way = tuple[Any, ...]
_NOTE = re.compile(r"# note \d+:")


def ways(data: Any, way: Way = ()) -> Iterator[Way]:
    """Every place in plain data, the root left out."""
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield (*way, key)
        yield from ways(data[key], (*way, key))


def at(data: Any, way: Way) -> Any:
    for key in way:
        data = data[key]
    return data


def exists(data: Any, way: Way) -> bool:
    return not way or way in set(ways(data))


# ── the meaning ──────────────────────────────────────────────────────────────────────────────────────


def model(data: Any, edit: Edit) -> Any:
    """The data after an edit, by the rules that people are told; nothing if nothing would be left."""
    data = deepcopy(data)
    *path, last = edit.field
    for length in range(len(path) + 1):
        if not exists(data, tuple(path[:length])):
            return model(data, Edit("", tuple(path[:length]), "set", _with_parents(edit, length)))
    parent = at(data, tuple(path))
    if edit.how == "remove":
        del parent[last]
        return data if parent or not path else model(data, Edit("", tuple(path), "remove"))
    there = exists(data, edit.field)
    new: Any = edit.value
    if edit.how == "append":
        old = parent[last] if there else ""
        new = [*(old if isinstance(old, list) else [old] if old != "" else []), edit.value]
    if there or isinstance(parent, dict):
        parent[last] = new
    else:
        parent.append(new)
    return data


def _with_parents(edit: Edit, length: int) -> Any:
    """The value of an edit with the parents around it that are missing."""
    value: Any = [edit.value] if edit.how == "append" else edit.value
    for key in reversed(edit.field[length:]):
        value = {key: value}
    return value


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────


def check_text(text: str, edit: Edit, new: str) -> None:
    """What an edit does not touch keeps its bytes: lines, comments, line ends."""
    if "\r\n" in text:
        assert new.count("\n") == new.count("\r\n")
    if text.endswith("\n"):
        assert new.endswith("\n")
    root = read(text)
    data = root.plain()
    way = edit.field
    while not exists(data, way):
        way = way[:-1]
    if edit.how == "remove":
        while len(at(data, way[:-1])) == 1:
            way = way[:-1]
    here = node_at(root, way)
    grows = edit.how != "remove" and (way != edit.field or edit.how == "append") and (here.items or here.keys)
    flow = next((length for length in range(len(way) + 1) if node_at(root, way[:length]).flow), None)
    if grows and flow is None:
        if here.items or way != edit.field:
            _check_insertion(text, new, Region(text, way))
        assert notes(text) <= notes(new)
        return
    Region(text, way if flow is None else way[:flow]).check_around(new)
    rewritten = edit.how == "remove" or (here.scalar is None and not grows) or (here.flow and way == edit.field)
    lost = notes(text) - notes(new)
    assert not lost or (rewritten and lost <= notes_inside(text, way)), f"lost {lost}"


def _check_insertion(text: str, new: str, region: Region) -> None:
    """New lines came in at one place: below the last entry, and above what follows."""
    if not text.endswith("\n"):
        assert new.startswith(text[: text.rfind("\n", 0, region.start) + 1])
        return
    old_lines, new_lines = text.split("\n"), new.split("\n")
    more = len(new_lines) - len(old_lines)
    places = range(region.last.line, region.next_line + 1)
    assert any(new_lines[:at] == old_lines[:at] and new_lines[at + more :] == old_lines[at:] for at in places)


def node_at(root: YamlNode, way: Way) -> YamlNode:
    for key in way:
        below = root.step(key)
        assert below
        root = below
    return root


def marks(node: YamlNode) -> Iterator[Mark]:
    """Where every value and key begins."""
    yield node.start
    yield from (key.start for key in (node.keys or {}).values())
    for below in node.items or node.values.values():
        yield from marks(below)


class Region:
    """The lines of a text that belong to an entry: from its first mark to the next one outside it."""

    def __init__(self, text: str, way: Way) -> None:
        root = read(text)
        node = node_at(root, way)
        parent = node_at(root, way[:-1]) if way else root
        self.lines = text.split("\n")
        begin = parent.keys[str(way[-1])].start if parent.keys and way else node.start
        self.start = min(begin, node.start, key=lambda mark: mark.index).index
        self.last = max(marks(node), key=lambda mark: mark.index)
        everything = sorted(marks(root), key=lambda mark: mark.index)
        following = next((mark for mark in everything if mark.index > max(self.last.index, self.start)), None)
        self.stop = following.index if following else len(text)
        self.next_line = following.line - 1 if following else len(self.lines) - text.endswith("\n")
        self.first_line = text.count("\n", 0, self.start)
        dash = parent.start.column - 1
        while (
            parent.items and not parent.flow and not self.lines[self.first_line][dash:].startswith("-")
        ):  # on a line above
            self.first_line -= 1
            self.start = len("\n".join(self.lines[: self.first_line])) + 1 + dash
        self.column = parent.start.column
        opening = self.lines[self.first_line][
            : dash if parent.items else self.start - text.rfind("\n", 0, self.start) - 1
        ]
        self.shares_line = bool(opening.strip())

    def check_around(self, new: str) -> None:
        """The lines above and below are what they were."""
        new_lines = new.split("\n")
        assert new_lines[: self.first_line] == self.lines[: self.first_line]
        below = self.lines[self.next_line + self.shares_line :]  # what follows may have moved up behind a dash
        assert not any(below) or new_lines[-len(below) :] == below


def notes(text: str) -> set[str]:
    return set(_NOTE.findall(text))


def notes_inside(text: str, way: Way) -> set[str]:
    """The comments of an entry: before its end, on its last line, or below it and indented deeper."""
    region = Region(text, way)
    found = set()
    for note in _NOTE.finditer(text, region.start, region.stop):
        line_start = text.rfind("\n", 0, note.start()) + 1
        on_own_line = not text[line_start : note.start()].strip()
        level = note.start() - line_start < region.column
        if not (on_own_line and level and note.start() > region.last.index):
            found.add(note.group())
    return found
