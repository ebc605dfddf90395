"""One change carried out on the source text: only the characters of what changes are replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from triagebook.errors import InvalidEditError

from .emit import SHORT, Writer
from .meaning import Add, Change, Data, Drop, Put, Way, Wrap, at
from .spans import (
    BLOCK_HEADER,
    after_entries,
    after_inner_comments,
    bracketed,
    colon_of,
    end_of,
    entries,
    entry_start,
    line_end,
    line_start,
    newline,
    next_line,
    skip,
)
from .yaml import Node

_COMMENT = re.compile(r"[ \t]*#[^\r\n]*")
_SPACE = re.compile(r"[ \t]*")
_SPACE_AND_BREAKS = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class _Place:
    """A value, and the collection it stands in."""

    parent: Node
    key: str | int
    node: Node

    @property
    def position(self) -> int:
        return self.key if isinstance(self.key, int) else list(self.parent.values).index(self.key)

    @property
    def key_node(self) -> Node | None:
        return self.parent.keys[str(self.key)] if self.parent.keys is not None else None


class Splice:
    """A text with its nodes, and a writer for what is new."""

    def __init__(self, text: str, root: Node, writer: Writer) -> None:
        self.text, self.root, self.writer = text, root, writer
        self.newline = newline(text)

    def carry_out(self, change: Change) -> str:
        if isinstance(change, Add):
            return self._add(self._node(change.way), change.key, change.value)
        place = self._place(change.way)
        if isinstance(change, Drop):
            return self._drop_between_commas(place) if place.parent.flow else self._drop_lines(place)
        if isinstance(change, Wrap):
            return self._wrap(place, change.value)
        return self._put_inline(place, change.value) if place.parent.flow else self._put(place, change.value)

    # ── another value ────────────────────────────────────────────────────────────────────────────────

    def _put_inline(self, place: _Place, value: Data) -> str:
        node, key, text = place.node, place.key_node, self.writer.inline(value)
        if key is not None and node.start.index == node.end.index:  # `{a: }` or `{a}`
            colon = colon_of(self.text, key)
            return self._with(key.end.index, f": {text}") if colon is None else self._with(colon + 1, f" {text}")
        return self._with(node.start.index, text, end_of(self.text, node))

    def _put(self, place: _Place, value: Data) -> str:
        lines = self._lines_for(place, value, like=place.node)
        return self._put_lines(place, lines, in_block=_is_block(value, lines), value=value)

    def _lines_for(self, place: _Place, value: Data, like: Node | None) -> list[str]:
        """What stands behind the `:` or the dash of a place; the first on its line, the others below."""
        if place.parent.keys is not None:
            first, *others = self.writer.entry("k", value, like)
            return [first.removeprefix("k:").lstrip(), *self._shifted(others, place.parent.start.column - 1)]
        first, *others = self._like_siblings(place.parent).item(value, like)
        return [first.removeprefix("-"), *self._shifted(others, place.parent.start.column - 1)]

    def _put_lines(self, place: _Place, lines: list[str], *, in_block: bool, value: Data) -> str:
        text, node = self.text, place.node
        behind = self._behind_indicator(place)
        gap, end = text[behind : node.start.index], end_of(text, node)
        note, stop = self._note(node, end), line_end(text, end)
        head_note = _COMMENT.match(gap)
        if "#" in gap and (note or not head_note or "#" in gap[head_note.end() :]):
            return self._put_below_comments(place, lines, in_block=in_block, value=value)
        first, *others = lines
        if head_note:
            note = head_note.group()
        if not first.startswith(" "):
            aligned = gap if gap and not gap.strip(" \t") else " "
            first = aligned + first if first else ""
        return self._with(behind, self._joined([first + note, *others], value, stop), stop)

    def _put_below_comments(self, place: _Place, lines: list[str], *, in_block: bool, value: Data) -> str:
        """Comments between a key and its value stay where they are, and so does the value."""
        text, node = self.text, place.node
        end = end_of(text, node)
        note, stop = self._note(node, end), line_end(text, end)
        first, *others = lines
        if not in_block:
            return self._with(node.start.index, self._joined([first.lstrip() + note, *others], value, stop), stop)
        if place.parent.items is not None:
            others = [" " * place.parent.start.column + first, *others]
        return self._with(line_start(text, node.start.index), self._joined(others, value, stop), stop)

    def _behind_indicator(self, place: _Place) -> int:
        """The end of the `:` or the dash that a value hangs on."""
        key = place.key_node
        if key is None:
            return entry_start(self.text, place.parent, place.position) + 1
        colon = colon_of(self.text, key)
        if colon is None:
            raise InvalidEditError(f"`? {key.scalar}` has no value to replace", "write it as `key: value`")
        return colon + 1

    def _note(self, node: Node, end: int) -> str:
        """The comment on the line of a value, with the space before it; none for what has many lines of its own."""
        if node.style in {"|", ">"}:
            header = BLOCK_HEADER.match(self.text, node.start.index)
            end = header.end() if header else end
        elif node.scalar is None and not node.flow:
            return ""
        found = _COMMENT.match(self.text, end)
        return "" if found is None else found.group() if found.group()[0] in " \t" else " " + found.group()

    # ── one entry more ───────────────────────────────────────────────────────────────────────────────

    def _add(self, node: Node, key: str | None, value: Data) -> str:
        if node.flow:
            return self._add_inline(node, self.writer.inline(value) if key is None else self.writer.pair(key, value))
        like = entries(node)[-1]
        like_collection = like if like.scalar is None else None
        writer = self._like_siblings(node)
        lines = writer.item(value, like_collection) if key is None else writer.entry(key, value)
        return self._add_lines(node, self._shifted(lines, node.start.column - 1), value)

    def _add_lines(self, node: Node, lines: Sequence[str], value: Data) -> str:
        text, place = self._with_sealed_end(after_entries(self.text, node))
        if place < len(text) or text[place - 1] in "\r\n":
            return text[:place] + self._joined(lines, value, place) + self.newline * (place < len(text)) + text[place:]
        return text + self.newline + self._joined(lines, value, place)

    def _with_sealed_end(self, place: int) -> tuple[str, int]:
        """A block of text at the very end, without a line end, would gain one from a line below it: `|` becomes `|-`."""
        text, last = self.text, self.root
        while last.scalar is None and not last.flow and entries(last):
            last = entries(last)[-1]
        header = BLOCK_HEADER.match(text, last.start.index) if last.style in {"|", ">"} else None
        if header is None or place < len(text) or text[-1] in "\r\n" or "-" in header.group():
            return text, place
        sealed = header.group().replace("+", "") + "-"
        text = text[: header.start()] + sealed + text[header.end() :]
        return text, len(text)

    def _add_inline(self, node: Node, new: str) -> str:
        text = self.text
        if not bracketed(text, node):  # a pair in a list without braces: `[a: 1]`
            end = end_of(text, node)
            return self._with(node.start.index, f"{{{text[node.start.index : end]}, {new}}}", end)
        last, comma = self._last_in_brackets(node)
        if last is None:
            behind = node.start.index + 1
            return self._with(behind, new + " " * text.startswith("#", behind))
        begin = entry_start(text, node, len(entries(node)) - 1)
        if self._begins_line(begin) and text[line_end(text, comma or last) :].strip():
            end = line_end(text, comma or last)
            closes_here = node.end.index <= end
            if not closes_here:
                indent = text[line_start(text, begin) : begin]
                new_line = f"{self.newline}{indent}{new}{',' * (comma is not None)}"
                return text[:last] + "," * (comma is None) + text[last:end] + new_line + text[end:]
        return self._with(last, f", {new}") if comma is None else self._with(comma, f" {new}")

    def _last_in_brackets(self, node: Node) -> tuple[int | None, int | None]:
        """The ends of the last entry and of the comma behind it; None for what is not there."""
        if not entries(node):
            return None, None
        last = max(end_of(self.text, entries(node)[-1]), list(node.keys.values())[-1].end.index if node.keys else 0)
        if node.keys and colon_of(self.text, list(node.keys.values())[-1]) is None:
            last = list(node.keys.values())[-1].end.index
        behind = skip(self.text, last)
        return last, behind + 1 if self.text[behind] == "," else None

    # ── one becomes many ─────────────────────────────────────────────────────────────────────────────

    def _wrap(self, place: _Place, value: Data) -> str:
        node, parent = place.node, place.parent
        end = end_of(self.text, node)
        source = self.text[node.start.index : end]
        if parent.flow:
            return self._with(node.start.index, f"[{source}, {self.writer.inline(value)}]", end)
        if node.keys is not None and not node.flow and parent.keys is not None:
            return self._wrap_block(node, end, value)
        if node.scalar is not None and isinstance(value, str):
            both = f"[{source if node.style in {'"', "'"} else self.writer.inline(node.scalar)}, {self.writer.inline(value)}]"
            if len(both) <= SHORT and not re.search(r"[\r\n]", both):
                return self._put_lines(place, [both], in_block=False, value=value)
        return self._put(place, [at(node.plain(), ()), value]) 

    def _wrap_block(self, node: Node, end: int, value: Data) -> str:
        """The lines of a mapping move to the right, behind a dash, with all their comments."""
        gap = self.writer.layout.gap
        stop = next_line(self.text, end)
        lines = self.text[node.start.index : stop].splitlines(keepends=True)
        moved = "-" + " " * (gap - 1) + lines[0] + "".join(" " * gap * bool(line.strip()) + line for line in lines[1:])
        text = self.text[: node.start.index] + moved
        return text
