"""Edits in YAML's block style, where each entry has its own lines and indentation shows nesting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import InvalidEditError

from .boundaries import (
    BLOCK_HEADER,
    after_entries,
    after_inner_comments,
    colon_of,
    end_of,
    entries,
    entry_start,
    keeps_blank_lines,
    line_end,
    line_start,
    next_line,
    past_blanks,
)
from .emit import SHORT

if TYPE_CHECKING:
    from .changes import Data
    from .editable import EditableText, Slot
    from .emit import Writer
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


def put_lines(sheet: EditableText, place: Slot, value: Data) -> str:
    """Replace the value of an entry."""
    below = place.parent.start.column - 1
    if place.parent.keys is not None:
        first, *others = sheet.writer.entry("k", value, place.node)
        first = first.removeprefix("k:").lstrip()
        block = not first
    else:
        first, *others = _writer_for(sheet, place.parent).item(value, place.node)
        first = first.removeprefix("-")
        block = bool(value) and not isinstance(value, str) and first.lstrip()[0] not in "[{"
        first = first if block else first.lstrip()
    return _put(sheet, place, _New(first, _shifted(others, below), block, _ends_in_line_end(value)))


def add_lines(sheet: EditableText, node: YamlNode, key: str | None, value: Data) -> str:
    """Add an entry to a list or mapping."""
    like = entries(node)[-1]
    if key is None:
        lines = _writer_for(sheet, node).item(value, like)
    else:
        lines = sheet.writer.entry(key, value, like if like.flow else None)
    lines = _shifted(lines, node.start.column - 1)
    return _inserted(sheet, sheet.text, after_entries(sheet.text, node), lines, _ends_in_line_end(value))


def drop_lines(sheet: EditableText, place: Slot) -> str:
    """Remove an entry with its lines and the comments in it."""
    text, start = sheet.text, entry_start(sheet.text, place.parent, place.position)
    stop = after_inner_comments(text, next_line(text, end_of(text, place.node)), place.parent.start.column)
    begin = line_start(text, start)
    if text[begin:start].strip():  # the first of several keys, right after the dash of a list item
        return sheet.put(start, "", past_blanks(text, stop))
    if place.position > 0 and keeps_blank_lines(text, entries(place.parent)[place.position - 1]):
        stop = max(stop, line_start(text, past_blanks(text, stop)))
    return sheet.put(begin, "", stop)


def wrap_lines(sheet: EditableText, place: Slot, value: Data) -> str:
    """Make a single value the first of a list of two; its text is kept where possible."""
    node, writer = place.node, sheet.writer
    source = sheet.text[node.start.index : end_of(sheet.text, node)]
    if node.keys and not node.flow:
        return _wrap_mapping(sheet, node, value)
    if node.scalar is not None and isinstance(value, str):
        old = source if node.style in {'"', "'"} else writer.inline(node.scalar)
        both = f"[{old}, {writer.inline(value)}]"
        if len(both) <= SHORT and not re.search(r"[\r\n]|\\n", both):
            return _put(sheet, place, _New(both, [], block=False, needs_line_end=False))
    if place.parent.items is not None or re.search(r"[\r\n]", source):
        return put_lines(sheet, place, [node.plain(), value])  # type: ignore[list-item]
    lines = ["-" + " " * (writer.layout.gap - 1) + source, *writer.item(value, node)]
    lines = _shifted(lines, place.parent.start.column - 1 + writer.layout.offset)
    return _put(sheet, place, _New("", lines, block=True, needs_line_end=_ends_in_line_end(value)))


def _wrap_mapping(sheet: EditableText, node: YamlNode, value: Data) -> str:
    """Indent the lines of a mapping, comments included, and put a dash before them."""
    gap, start, stop = sheet.writer.layout.gap, node.start.index, after_entries(sheet.text, node)
    moved = "-" + " " * (gap - 1) + _INDENTABLE.sub(" " * gap, sheet.text[start:stop])
    lines = _shifted(sheet.writer.item(value, None), node.start.column - 1)
    return _inserted(sheet, sheet.put(start, moved, stop), start + len(moved), lines, _ends_in_line_end(value))


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────


def _put(sheet: EditableText, place: Slot, new: _New) -> str:
    text, node = sheet.text, place.node
    behind, end = _behind_indicator(text, place), end_of(text, node)
    gap, note, stop = text[behind : node.start.index], _note(text, node, end), line_end(text, end)
    head = _COMMENT.match(gap)
    if "#" in gap and (note or not head or "#" in gap[head.end() :]):
        return _put_below_comments(sheet, place, new, note, stop)
    first = new.opening(gap) + (head.group() if head else note)
    return sheet.put(behind, _joined(sheet, [first, *new.below], new, stop), stop)


def _put_below_comments(sheet: EditableText, place: Slot, new: _New, note: str, stop: int) -> str:
    """Comments between a key and its value stay in place, and so does the value."""
    start = place.node.start.index
    if not new.block:
        level = (
            place.node.start.column == place.parent.start.column
        )  # a list may be as far indented as its key, text may not
        first = " " * sheet.writer.layout.mapping * level + new.first + note
        return sheet.put(start, _joined(sheet, [first, *new.below], new, stop), stop)
    lines = new.below
    if place.parent.items is not None:
        lines = [" " * place.parent.start.column + new.first, *lines]
    if note:
        lines = [" " * (place.node.start.column - 1) + note.strip(), *lines]
    return sheet.put(line_start(sheet.text, start), _joined(sheet, lines, new, stop), stop)


def _joined(sheet: EditableText, lines: list[str], new: _New, stop: int) -> str:
    return sheet.newline.join(lines) + sheet.newline * (stop == len(sheet.text) and new.needs_line_end)


def _inserted(sheet: EditableText, text: str, at: int, lines: list[str], needs_line_end: bool) -> str:  # noqa: FBT001
    """Insert lines; if the last line has no line end, neither has the new last line."""
    new = sheet.newline.join(lines)
    if at < len(text):
        return text[:at] + new + sheet.newline + text[at:]
    ended = text[-1] in "\r\n"
    return text + sheet.newline * (not ended) + new + sheet.newline * (ended or needs_line_end)


def _behind_indicator(text: str, place: Slot) -> int:
    """The position after the `:` or the dash that introduces a value."""
    key = place.key_node
    if key is None:
        return entry_start(text, place.parent, place.position) + 1
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


def _shifted(lines: list[str], by: int) -> list[str]:
    return [" " * by + line if line else line for line in lines]


def _writer_for(sheet: EditableText, items: YamlNode) -> Writer:
    """A writer that keeps the distance this list has between its dashes and what follows them."""
    first = entries(items)[0].start
    gap = first.column - items.start.column if first.line == items.start.line else 0
    layout = sheet.writer.layout
    return replace(sheet.writer, layout=replace(layout, gap=gap)) if gap > 1 else sheet.writer


def _ends_in_line_end(value: Data) -> bool:
    while not isinstance(value, str):
        if not value:
            return False
        value = (list(value.values()) if isinstance(value, dict) else value)[-1]
    return value.endswith("\n")
