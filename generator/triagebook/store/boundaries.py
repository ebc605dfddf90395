"""An editable YAML text: the exact start and end of its keys, values and entries.

libyaml's own end marks may include comments.
"""

from __future__ import annotations

import re

from msgspec import Struct

from triagebook.findings import Field

from .emit import Writer
from .yaml import YamlNode

_TRIVIA = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_BLANKS = re.compile(r"[ \t\r\n]*")
_LINE = re.compile(r"[^\r\n]*")
_BREAK = re.compile(r"\r\n?|\n")
_LAST_BREAK = re.compile(r"(?:\r\n?|\n)\Z")
_EMPTY_LINES = re.compile(r"(?:\r\n?|\n)*\Z")
_COMMENT_LINE = re.compile(r"( *)#[^\r\n]*(?:\r\n?|\n|\Z)")
_BLANK_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)")
BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")


class Slot(Struct, frozen=True):
    """A value and the collection that holds it."""

    parent: YamlNode
    key: str | int
    node: YamlNode

    @property
    def position(self) -> int:
        return self.key if isinstance(self.key, int) else list(self.parent.values).index(self.key)

    @property
    def key_node(self) -> YamlNode | None:
        return self.parent.keys[str(self.key)] if self.parent.keys is not None else None


class EditableText(Struct, frozen=True):
    """A text before a change, and the writer for new YAML."""

    text: str
    root: YamlNode
    writer: Writer

    @property
    def newline(self) -> str:
        """The line break that the text uses."""
        found = _BREAK.search(self.text)
        return found.group() if found else "\n"

    def node(self, path: Field) -> YamlNode:
        """The node at an existing path."""
        node = self.root
        for key in path:
            node = node.values[str(key)] if node.items is None else node.items[int(key)]
        return node

    def slot(self, path: Field) -> Slot:
        return Slot(self.node(path[:-1]), path[-1], self.node(path))

    def put(self, start: int, new: str, stop: int | None = None) -> str:
        """The text with the part from `start` to `stop` replaced."""
        return self.text[:start] + new + self.text[start if stop is None else stop :]


def skip(text: str, at: int) -> int:
    """The position of the next token, after white space, line ends and comments."""
    return _end(_TRIVIA, text, at)


def past_blanks(text: str, at: int) -> int:
    """The position of the next token or comment."""
    return _end(_BLANKS, text, at)


def line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """The end of the line, before its line break."""
    return _end(_LINE, text, at)


def next_line(text: str, at: int) -> int:
    end = line_end(text, at)
    found = _BREAK.match(text, end)
    return found.end() if found else end


def end_of(text: str, node: YamlNode) -> int:
    """The position after the last character of a value."""
    if node.style in {"|", ">"}:
        return _end_of_block_scalar(text, node)
    if entries(node) and not bracketed(text, node):
        return entry_end(text, node, len(entries(node)) - 1)
    return node.end.index


def bracketed(text: str, node: YamlNode) -> bool:
    """Whether a collection has brackets or braces of its own: a pair in a list, `[a: 1]`, is flow without them."""
    return node.flow and text[node.start.index] in "[{"


def _end_of_block_scalar(text: str, node: YamlNode) -> int:
    """The last line that has something on it; with `+`, the blank lines after it count too."""
    pattern = _LAST_BREAK if "+" in _header(text, node) else _EMPTY_LINES
    body = text[node.start.index : node.end.index]
    found = pattern.search(body)
    return node.start.index + (found.start() if found else len(body))


def colon_of(text: str, key: YamlNode) -> int | None:
    """The position of the `:` after a key; None if there is none, as in `{a}` or `? a`."""
    at = skip(text, key.end.index)
    return at if text[at : at + 1] == ":" else None


def entry_start(text: str, parent: YamlNode, position: int) -> int:
    """Where the entry of a collection begins: its dash, its `?`, its key, or in brackets the value itself."""
    if position == 0:
        return skip(text, parent.start.index + 1) if bracketed(text, parent) else parent.start.index
    at = skip(text, entry_end(text, parent, position - 1))
    return skip(text, at + 1) if parent.flow else at


def entry_end(text: str, parent: YamlNode, position: int) -> int:
    """Where the entry of a collection ends: with its value, or with a key that has none."""
    if parent.keys is not None:
        key = list(parent.keys.values())[position]
        if colon_of(text, key) is None:
            return key.end.index
    return end_of(text, entries(parent)[position])


def entries(parent: YamlNode) -> list[YamlNode]:
    """The values of a collection, in their order."""
    return list(parent.values.values()) if parent.items is None else parent.items


def after_entries(text: str, node: YamlNode) -> int:
    """The line for a new entry of a block: after the last one and what comments are indented like it.

    A comment that may belong to what follows stays with that.
    """
    at = next_line(text, end_of(text, node))
    token = skip(text, at)
    follows = token - line_start(text, token) if token < len(text) else -1
    while found := _COMMENT_LINE.match(text, at):
        indent = len(found.group(1))
        if indent < node.start.column - 1 or indent <= follows:
            break
        at = found.end()
    return at


def after_inner_comments(text: str, at: int, column: int) -> int:
    """The position after the comment lines that are indented deeper than the entry above: they belong to it."""
    ahead = at
    while ahead < len(text):
        if found := _COMMENT_LINE.match(text, ahead):
            if len(found.group(1)) < column:
                break
            at = found.end()
        elif not (found := _BLANK_LINE.match(text, ahead)):
            break
        ahead = found.end()
    return at


def keeps_blank_lines(text: str, node: YamlNode) -> bool:
    """Whether a value ends in a block scalar with `+`, which includes the blank lines below it."""
    return "+" in _header(text, _last_leaf(node))


def sealed(text: str, root: YamlNode) -> str:
    """Replace the `|` of a last block scalar without a line end by `|-`, so that a line added below adds none."""
    last = _last_leaf(root)
    header = _header(text, last)
    if not header or text[-1] in "\r\n" or "-" in header:
        return text
    return text[: last.start.index] + header.replace("+", "") + "-" + text[last.start.index + len(header) :]


def _last_leaf(node: YamlNode) -> YamlNode:
    while entries(node) and not node.flow:
        node = entries(node)[-1]
    return node


def _header(text: str, node: YamlNode) -> str:
    """The header of a block scalar, such as `|-`; empty for any other value."""
    found = BLOCK_HEADER.match(text, node.start.index) if node.style in {"|", ">"} else None
    return found.group() if found else ""


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
