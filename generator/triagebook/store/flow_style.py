"""Edits in YAML's flow style, inside brackets and braces, where commas separate entries."""

from __future__ import annotations

from .boundaries import (
    EditableText,
    Slot,
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
from .changes import Data
from .yaml import YamlNode


def put_between(editable: EditableText, slot: Slot, value: Data) -> str:
    node, key, new = slot.node, slot.key_node, editable.writer.inline(value)
    if key is not None and node.start.index == node.end.index:  # `{a: }` or `{a}`
        colon = colon_of(editable.text, key)
        return editable.put(key.end.index, f": {new}") if colon is None else editable.put(colon + 1, f" {new}")
    return editable.put(node.start.index, new, end_of(editable.text, node))


def wrap_between(editable: EditableText, slot: Slot, value: Data) -> str:
    start, end = slot.node.start.index, end_of(editable.text, slot.node)
    return editable.put(start, f"[{editable.text[start:end]}, {editable.writer.inline(value)}]", end)


def add_between(editable: EditableText, node: YamlNode, key: str | None, value: Data) -> str:
    text = editable.text
    new = editable.writer.inline(value) if key is None else editable.writer.pair(key, value)
    if not bracketed(text, node):  # a pair in a list, `[a: 1]`, gets the braces that two need
        start, end = node.start.index, end_of(text, node)
        return editable.put(start, f"{{{text[start:end]}, {new}}}", end)
    if not entries(node):
        behind = node.start.index + 1
        return editable.put(behind, new + " " * text.startswith("#", behind))
    last = len(entries(node)) - 1
    end = entry_end(text, node, last)
    comma = _comma(text, end)
    if _stands_on_own_lines(text, node, last):
        stop, start = line_end(text, end if comma is None else comma), entry_start(text, node, last)
        indent = text[line_start(text, start) : start]
        line = f"{editable.newline}{indent}{new}{',' * (comma is not None)}"
        return text[:end] + "," * (comma is None) + text[end:stop] + line + text[stop:]
    return editable.put(end, f", {new}") if comma is None else editable.put(comma + 1, f" {new}")


def drop_between(editable: EditableText, slot: Slot) -> str:
    text, parent, position = editable.text, slot.parent, slot.position
    start, end = entry_start(text, parent, position), entry_end(text, parent, position)
    comma = _comma(text, end)
    if _stands_on_own_lines(text, parent, position):  # a trailing comma before it may stay
        return editable.put(line_start(text, start), "", next_line(text, end if comma is None else comma))
    first_blank = len(text[:start].rstrip(" \t"))
    if comma is None:
        before = _comma(text, entry_end(text, parent, position - 1))
        kept = text[:first_blank] if before is None else text[:before] + text[before + 1 : first_blank]
        return kept + text[end:]
    if position == len(entries(parent)) - 1:
        return editable.put(first_blank, "", comma + 1)
    return editable.put(start, "", comma + 1 + len(text[comma + 1 :]) - len(text[comma + 1 :].lstrip(" \t")))


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
