"""Puts changes into YAML text: in block style, where indentation shows nesting, and in flow style, inside brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import InvalidEditError
from triagebook.findings import Plain

from .boundaries import (
    BLOCK_HEADER,
    EditableText,
    Slot,
    after_entries,
    after_inner_comments,
    bracketed,
    colon_of,
    end_of,
    entries,
    entry_end,
    entry_start,
    keeps_blank_lines,
    line_end,
    line_start,
    next_line,
    past_blanks,
    skip,
)
from .emit import SHORT, Writer, shifted
from .yaml import YamlNode

_COMMENT = re.compile(r"[ \t]*#[^\r\n]*")
_INDENTABLE = re.compile(r"(?<=[\r\n])(?=[^\r\n])")  # the start of every line but the first and the empty ones


class _New(Struct, frozen=True):
    """The lines of a new value: the text after the `:` or the dash, and the lines below it."""

    first: str
    below: list[str]
    block: bool  # a list or mapping on lines of its own
    needs_line_end: bool  # a block of text at its end counts the line end in

    def opening(self, gap: str) -> str:
        """The text after the `:` or the dash, with the same gap as before."""
        if self.block:
            return self.first
        return (gap if gap and not gap.strip(" \t") else " ") + self.first


def put_lines(editable: EditableText, slot: Slot, value: Plain) -> str:
    """Replace the value of an entry."""
    below = slot.parent.start.column - 1
    if slot.parent.keys is not None:
        first, *others = editable.writer.entry("k", value, slot.node)
        first = first.removeprefix("k:").lstrip()
        block = not first
    else:
        first, *others = _writer_for(editable, slot.parent).item(value, slot.node)
        first = first.removeprefix("-")
        block = bool(value) and not isinstance(value, str) and first.lstrip()[0] not in "[{"
        first = first if block else first.lstrip()
    return _put(editable, slot, _New(first, shifted(others, below), block, _ends_in_line_end(value)))


def add_lines(editable: EditableText, node: YamlNode, key: str | None, value: Plain) -> str:
    """Add an entry to a list or mapping."""
    like = entries(node)[-1]
    if key is None:
        lines = _writer_for(editable, node).item(value, like)
    else:
        lines = editable.writer.entry(key, value, like if like.flow else None)
    lines = shifted(lines, node.start.column - 1)
    return _inserted(editable, editable.text, after_entries(editable.text, node), lines, _ends_in_line_end(value))


def drop_lines(editable: EditableText, slot: Slot) -> str:
    """Remove an entry with its lines and the comments in it."""
    text, start = editable.text, entry_start(editable.text, slot.parent, slot.position)
    stop = after_inner_comments(text, next_line(text, end_of(text, slot.node)), slot.parent.start.column)
    begin = line_start(text, start)
    if text[begin:start].strip():  # the first of several keys, right after the dash of a list item
        return editable.put(start, "", past_blanks(text, stop))
    if slot.position > 0 and keeps_blank_lines(text, entries(slot.parent)[slot.position - 1]):
        stop = max(stop, line_start(text, past_blanks(text, stop)))
    return editable.put(begin, "", stop)


def wrap_lines(editable: EditableText, slot: Slot, value: Plain) -> str:
    """Make a single value the first of a list of two; its text is kept where possible."""
    node, writer = slot.node, editable.writer
    source = editable.text[node.start.index : end_of(editable.text, node)]
    if node.keys and not node.flow:
        return _wrap_mapping(editable, node, value)
    if node.scalar is not None and isinstance(value, str):
        old = source if node.style in {'"', "'"} else writer.inline(node.scalar)
        both = f"[{old}, {writer.inline(value)}]"
        if len(both) <= SHORT and not re.search(r"[\r\n]|\\n", both):
            return _put(editable, slot, _New(both, [], block=False, needs_line_end=False))
    if slot.parent.items is not None or re.search(r"[\r\n]", source):
        return put_lines(editable, slot, [node.plain(), value])
    lines = ["-" + " " * (writer.layout.gap - 1) + source, *writer.item(value, node)]
    lines = shifted(lines, slot.parent.start.column - 1 + writer.layout.offset)
    return _put(editable, slot, _New("", lines, block=True, needs_line_end=_ends_in_line_end(value)))


def _wrap_mapping(editable: EditableText, node: YamlNode, value: Plain) -> str:
    """Indent the lines of a mapping, comments included, and put a dash before them."""
    gap, start, stop = editable.writer.layout.gap, node.start.index, after_entries(editable.text, node)
    moved = "-" + " " * (gap - 1) + _INDENTABLE.sub(" " * gap, editable.text[start:stop])
    lines = shifted(editable.writer.item(value, None), node.start.column - 1)
    return _inserted(editable, editable.put(start, moved, stop), start + len(moved), lines, _ends_in_line_end(value))


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────


def _put(editable: EditableText, slot: Slot, new: _New) -> str:
    text, node = editable.text, slot.node
    behind, end = _behind_indicator(text, slot), end_of(text, node)
    gap, note, stop = text[behind : node.start.index], _note(text, node, end), line_end(text, end)
    head = _COMMENT.match(gap)
    if "#" in gap and (note or not head or "#" in gap[head.end() :]):
        return _put_below_comments(editable, slot, new, note, stop)
    first = new.opening(gap) + (head.group() if head else note)
    return editable.put(behind, _joined(editable, [first, *new.below], new, stop), stop)


def _put_below_comments(editable: EditableText, slot: Slot, new: _New, note: str, stop: int) -> str:
    """Comments between a key and its value stay in slot, and so does the value."""
    start = slot.node.start.index
    if not new.block:
        level = (
            slot.node.start.column == slot.parent.start.column
        )  # a list may be as far indented as its key, text may not
        first = " " * editable.writer.layout.mapping * level + new.first + note
        return editable.put(start, _joined(editable, [first, *new.below], new, stop), stop)
    lines = new.below
    if slot.parent.items is not None:
        lines = [" " * slot.parent.start.column + new.first, *lines]
    if note:
        lines = [" " * (slot.node.start.column - 1) + note.strip(), *lines]
    return editable.put(line_start(editable.text, start), _joined(editable, lines, new, stop), stop)


def _joined(editable: EditableText, lines: list[str], new: _New, stop: int) -> str:
    return editable.newline.join(lines) + editable.newline * (stop == len(editable.text) and new.needs_line_end)


def _inserted(editable: EditableText, text: str, at: int, lines: list[str], needs_line_end: bool) -> str:  # noqa: FBT001
    """Insert lines; if the last line has no line end, neither has the new last line."""
    new = editable.newline.join(lines)
    if at < len(text):
        return text[:at] + new + editable.newline + text[at:]
    ended = text[-1] in "\r\n"
    return text + editable.newline * (not ended) + new + editable.newline * (ended or needs_line_end)


def _behind_indicator(text: str, slot: Slot) -> int:
    """The position after the `:` or the dash that introduces a value."""
    key = slot.key_node
    if key is None:
        return entry_start(text, slot.parent, slot.position) + 1
    colon = colon_of(text, key)
    if colon is None:
        raise InvalidEditError(f"`? {key.scalar}` has no value to replace", f"write it as `{key.scalar}: value`")
    return colon + 1


def _note(text: str, node: YamlNode, end: int) -> str:
    """The comment on the line of a value, with the space before it; empty for a value on lines of its own."""
    if node.style in {"|", ">"}:
        header = BLOCK_HEADER.match(text, node.start.index)
        end = header.end() if header else end
    elif node.scalar is None and not node.flow:
        return ""
    found = _COMMENT.match(text, end)
    return "" if found is None else found.group() if found.group()[0] in " \t" else " " + found.group()


def _writer_for(editable: EditableText, items: YamlNode) -> Writer:
    """A writer that keeps the distance this list has between its dashes and what follows them."""
    first = entries(items)[0].start
    gap = first.column - items.start.column if first.line == items.start.line else 0
    layout = editable.writer.layout
    return replace(editable.writer, layout=replace(layout, gap=gap)) if gap > 1 else editable.writer


def _ends_in_line_end(value: Plain) -> bool:
    while value and not isinstance(value, str):
        *_, value = value.values() if isinstance(value, Mapping) else value
    return isinstance(value, str) and value.endswith("\n")


# ── flow style ───────────────────────────────────────────────────────────────────────────────────────


def put_between(editable: EditableText, slot: Slot, value: Plain) -> str:
    node, key, new = slot.node, slot.key_node, editable.writer.inline(value)
    if key is not None and node.start.index == node.end.index:  # `{a: }` or `{a}`
        colon = colon_of(editable.text, key)
        return editable.put(key.end.index, f": {new}") if colon is None else editable.put(colon + 1, f" {new}")
    return editable.put(node.start.index, new, end_of(editable.text, node))


def wrap_between(editable: EditableText, slot: Slot, value: Plain) -> str:
    start, end = slot.node.start.index, end_of(editable.text, slot.node)
    return editable.put(start, f"[{editable.text[start:end]}, {editable.writer.inline(value)}]", end)


def add_between(editable: EditableText, node: YamlNode, key: str | None, value: Plain) -> str:
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
