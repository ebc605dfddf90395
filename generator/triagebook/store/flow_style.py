"""Edits in YAML's flow style, inside brackets and braces, where commas separate entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .boundaries import (
    bracketed,
    colon_of,
    end_of,
    entries,
    entry_end,
    entry_start,
    line_end,
    line_start,
    next_line,
    skip,
)

if TYPE_CHECKING:
    from .changes import Data
    from .editable import EditableText, Slot
    from .yaml import YamlNode


def put_between(sheet: EditableText, place: Slot, value: Data) -> str:
    node, key, new = place.node, place.key_node, sheet.writer.inline(value)
    if key is not None and node.start.index == node.end.index:  # `{a: }` or `{a}`
        colon = colon_of(sheet.text, key)
        return sheet.put(key.end.index, f": {new}") if colon is None else sheet.put(colon + 1, f" {new}")
    return sheet.put(node.start.index, new, end_of(sheet.text, node))


def wrap_between(sheet: EditableText, place: Slot, value: Data) -> str:
    start, end = place.node.start.index, end_of(sheet.text, place.node)
    return sheet.put(start, f"[{sheet.text[start:end]}, {sheet.writer.inline(value)}]", end)


def add_between(sheet: EditableText, node: YamlNode, key: str | None, value: Data) -> str:
    text = sheet.text
    new = sheet.writer.inline(value) if key is None else sheet.writer.pair(key, value)
    if not bracketed(text, node):  # a pair in a list, `[a: 1]`, gets the braces that two need
        start, end = node.start.index, end_of(text, node)
        return sheet.put(start, f"{{{text[start:end]}, {new}}}", end)
    if not entries(node):
        behind = node.start.index + 1
        return sheet.put(behind, new + " " * text.startswith("#", behind))
    last = len(entries(node)) - 1
    end = entry_end(text, node, last)
    comma = _comma(text, end)
    if _stands_on_own_lines(text, node, last):
        stop, start = line_end(text, end if comma is None else comma), entry_start(text, node, last)
        indent = text[line_start(text, start) : start]
        line = f"{sheet.newline}{indent}{new}{',' * (comma is not None)}"
        return text[:end] + "," * (comma is None) + text[end:stop] + line + text[stop:]
    return sheet.put(end, f", {new}") if comma is None else sheet.put(comma + 1, f" {new}")


def drop_between(sheet: EditableText, place: Slot) -> str:
    text, parent, position = sheet.text, place.parent, place.position
    start, end = entry_start(text, parent, position), entry_end(text, parent, position)
    comma = _comma(text, end)
    if _stands_on_own_lines(text, parent, position):  # a trailing comma before it may stay
        return sheet.put(line_start(text, start), "", next_line(text, end if comma is None else comma))
    first_blank = len(text[:start].rstrip(" \t"))
    if comma is None:
        before = _comma(text, entry_end(text, parent, position - 1))
        kept = text[:first_blank] if before is None else text[:before] + text[before + 1 : first_blank]
        return kept + text[end:]
    if position == len(entries(parent)) - 1:
        return sheet.put(first_blank, "", comma + 1)
    return sheet.put(start, "", comma + 1 + len(text[comma + 1 :]) - len(text[comma + 1 :].lstrip(" \t")))


def _comma(text: str, end: int) -> int | None:
    """The position of the comma after an entry; None if it has none."""
    at = skip(text, end)
    return at if text[at : at + 1] == "," else None


def _stands_on_own_lines(text: str, parent: YamlNode, position: int) -> bool:
    """Whether the lines of an entry hold nothing but the entry, its comma and a comment."""
    start, end = entry_start(text, parent, position), entry_end(text, parent, position)
    comma = _comma(text, end)
    stop = line_end(text, end if comma is None else comma)
    behind = skip(text, end if comma is None else comma + 1)
    return not text[line_start(text, start) : start].strip() and behind > stop
