"""Writes new YAML, in the layout of the file it goes into."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from triagebook.findings import Plain

from .yaml import YamlNode, YamlProblem, read_plain
from .yaml_errors import UNREADABLE

SHORT = 60  # a list of words stays on one line up to this length
LONG = 120  # next to other lists on one line, up to this
_LONGEST_KEY = 1000  # up to here readers take a key without `? ` before it
_ESCAPED = re.compile(f"[\n\r]|{UNREADABLE.pattern}")
_SIMPLE = re.compile(r"(?!null$|Null$|NULL$)[A-Za-z0-9][A-Za-z0-9._/-]*")  # what never needs quotes
_AMBIGUOUS = re.compile(r"|~|null|Null|NULL|<<|[?:].*|.*\t.*")  # what other tools may read in another way


class Layout(Struct, frozen=True):
    """How far a file indents what it nests."""

    mapping: int = 2
    offset: int = 2  # from a key to the dashes below it
    gap: int = 2  # from a dash to what follows it


def layout_of(root: YamlNode) -> Layout:
    """The layout that is most common in a file."""
    mapping, offset, gap = Counter[int](), Counter[int](), Counter[int]()
    for parent, node in _blocks(root):
        if parent is not None and parent.keys is not None and node.start.line > parent.start.line:
            step = node.start.column - parent.start.column
            (mapping if node.keys is not None else offset)[step] += 1
        for item in node.items or ():
            if item.start.line == node.start.line and item.start.column > node.start.column + 1:
                gap[item.start.column - node.start.column] += 1
    usual = Layout()
    return Layout(_first(mapping, usual.mapping), _first(offset, usual.offset), _first(gap, usual.gap))


def _blocks(root: YamlNode) -> Iterator[tuple[YamlNode | None, YamlNode]]:
    """Every block collection with its parent."""
    waiting: list[tuple[YamlNode | None, YamlNode]] = [(None, root)]
    while waiting:
        parent, node = waiting.pop()
        if node.scalar is None and not node.flow:
            yield parent, node
            waiting += [(node, below) for below in (node.items or node.values.values())]


def _first(counted: Counter[int], usual: int) -> int:
    return min(counted, key=lambda step: (-counted[step], step)) if counted else usual


class Writer(Struct, frozen=True):
    """Writes values in one layout."""

    layout: Layout = Layout()
    literal: bool = True  # text of several lines as a block; in double quotes where the place allows no block

    def entry(self, key: str, value: Plain, like: YamlNode | None = None) -> list[str]:
        """The lines of `key: value`, the key in column 1."""
        name, indent = _on_one_line(key), self.layout.mapping
        *above, head = [f"? {name}", ":"] if len(name) > _LONGEST_KEY else [f"{name}:"]
        lines = self._value(value, like, indent)
        if lines is None:
            lines = ["", *self._block(value)]
            indent = indent if isinstance(value, Mapping) else self.layout.offset
        return [*above, f"{head} {lines[0]}".rstrip(" "), *shifted(lines[1:], indent)]

    def item(self, value: Plain, like: YamlNode | None = None) -> list[str]:
        """The lines of `- value`, the dash in column 1."""
        gap = self.layout.gap
        first, *below = self._value(value, like, gap) or self._block(value)
        return ["-".ljust(gap) + first, *shifted(below, gap)]

    def inline(self, value: Plain) -> str:
        """A value on one line, for use inside brackets."""
        if isinstance(value, str):
            return _on_one_line(value)
        if isinstance(value, Mapping):
            return f"{{{', '.join(self.pair(key, below) for key, below in value.items())}}}"
        return f"[{', '.join(map(self.inline, value))}]"

    def pair(self, key: str, value: Plain) -> str:
        """An entry on one line, for use inside braces."""
        name = _on_one_line(key)
        return f"{'? ' * (len(name) > _LONGEST_KEY)}{name}: {self.inline(value)}"

    def document(self, value: Plain) -> str:
        """A whole file."""
        return "\n".join(self._block(value)) + "\n"

    def _block(self, value: Plain) -> list[str]:
        """The lines of a list or mapping that is not empty."""
        if isinstance(value, Mapping):
            return [line for key, below in value.items() for line in self.entry(key, below)]
        return [line for below in value for line in self.item(below)]

    def _value(self, value: Plain, like: YamlNode | None, indent: int) -> list[str] | None:
        """What follows a key or dash, a block of text with its lines; None for lists and mappings below it."""
        if not isinstance(value, str):
            return [self.inline(value)] if not value or self._flows(value, like) else None
        lines = value.removesuffix("\n").split("\n")
        if self.literal and "\n" in value and not value.isspace():
            keeps = "-" if value[-1] != "\n" else "+" if value.endswith("\n\n") else ""
            deeper = indent if value[0].isspace() else ""  # the first line does not show where the text begins
            header = f"|{deeper}{keeps}"
            if _reads("\n".join([f"a: {header}", *shifted(lines, indent), ""]), {"a": value}):
                return [header, *lines]
        return [_on_one_line(value, flow=False)]

    def _flows(self, value: Plain, like: YamlNode | None) -> bool:
        """Whether a value in block style goes on one line: if its neighbour does, or if it is a short list of words."""
        if like is not None and like.scalar is None and not like.flow:
            return False
        if like is not None and like.flow:
            return _is_flat(value) and len(self.inline(value)) <= LONG
        return not isinstance(value, Mapping) and _is_flat(value) and len(self.inline(value)) <= SHORT


def _is_flat(value: Plain) -> bool:
    below = value.values() if isinstance(value, Mapping) else value
    return all(isinstance(one, str) and "\n" not in one for one in below)


def shifted(lines: list[str], by: int) -> list[str]:
    return [" " * by + line if line else line for line in lines]


@lru_cache(maxsize=1 << 12)  # keys and outcomes repeat
def _on_one_line(text: str, *, flow: bool = True) -> str:
    """Text as it is, if that reads back: within brackets and as a key too, where it may be one. Else in quotes."""
    if _SIMPLE.fullmatch(text):
        return str(text)
    if _ESCAPED.search(text):
        quoted = json.dumps(text, ensure_ascii=False)
        return UNREADABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)
    if flow:
        plain = _reads(f"{{{text}: [{text}]}}", {text: [text]}) and _reads(f"{text}: x", {text: "x"})
    else:
        plain = _reads(f"a: {text}", {"a": text})
    if plain and not _AMBIGUOUS.fullmatch(text):
        return str(text)
    readable = "'" in text and not re.search(r'["\\]', text)
    return f'"{text}"' if readable else "'" + text.replace("'", "''") + "'"


def _reads(text: str, meant: Plain) -> bool:
    try:
        return read_plain(text) == meant
    except (YamlProblem, UnicodeEncodeError):
        return False
