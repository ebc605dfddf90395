"""Writes new YAML with ruamel.yaml, in the layout of the file it goes into."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from io import StringIO

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from triagebook.findings import Plain

from .yaml import YamlNode
from .yaml_errors import UNREADABLE

SHORT = 60  # a list of words stays on one line up to this length
LONG = 120  # next to other lists on one line, up to this
_NULLS = {"", "~", "null", "Null", "NULL"}  # other tools read them as null
_COLON_IN_FLOW = re.compile(r":[,?\[\]{}]")  # libyaml rejects these inside brackets
_TAB_FIRST = re.compile(r"[ \n]*\t")  # a block can't begin with a tab


class Layout(Struct, frozen=True):
    """How far a file indents nested values."""

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


def head(kind: str) -> str:
    """The first line of a record, which names its schema for editors."""
    folder = "../.." if kind in {"claims", "evidence"} else ".."
    return f"# yaml-language-server: $schema={folder}/.schema/{kind}.json\n"


def new_record(kind: str, value: Plain) -> str:
    """The text of a new file of one kind."""
    return head(kind) + Writer().document(value)


class Writer(Struct, frozen=True):
    """Writes values in one layout."""

    layout: Layout = Layout()
    literal: bool = True  # text of several lines as a block; in double quotes where the place allows no block

    def entry(self, key: str, value: Plain, like: YamlNode | None = None) -> list[str]:
        """The lines of `key: value`, the key in column 1."""
        return self._lines(
            CommentedMap({self._scalar(key, flow=True): self._tree(value, flow=self._flows(value, like))})
        )

    def item(self, value: Plain, like: YamlNode | None = None) -> list[str]:
        """The lines of `- value`, the dash in column 1."""
        lines = self._lines(CommentedSeq([self._tree(value, flow=self._flows(value, like))]))
        return [line[self.layout.offset :] for line in lines]

    def inline(self, value: Plain) -> str:
        """A value on one line, for use inside brackets."""
        return self._lines(self._tree([value], flow=True))[0][1:-1]

    def pair(self, key: str, value: Plain) -> str:
        """An entry on one line, for use inside braces."""
        return self._lines(self._tree({key: value}, flow=True))[0][1:-1]

    def document(self, value: Plain) -> str:
        """A whole file."""
        return "\n".join(self._lines(self._tree(value, flow=False))) + "\n"

    def _flows(self, value: Plain, like: YamlNode | None) -> bool:
        """Whether a value in block style goes on one line: if its neighbour does, or if it is a short list of words."""
        if isinstance(value, str) or not value or (like is not None and like.scalar is None and not like.flow):
            return False
        if like is not None and like.flow:
            return _is_flat(value) and len(self.inline(value)) <= LONG
        return not isinstance(value, Mapping) and _is_flat(value) and len(self.inline(value)) <= SHORT

    def _tree(self, value: Plain, *, flow: bool) -> object:
        if isinstance(value, str):
            return self._scalar(value, flow=flow)
        tree: CommentedMap | CommentedSeq
        if isinstance(value, Mapping):
            tree = CommentedMap(
                {self._scalar(key, flow=True): self._nested(below, flow) for key, below in value.items()}
            )
        else:
            tree = CommentedSeq([self._nested(below, flow) for below in value])
        if flow:
            tree.fa.set_flow_style()
        return tree

    def _nested(self, value: Plain, flow: bool) -> object:  # noqa: FBT001
        return self._tree(value, flow=flow or self._flows(value, None))

    def _scalar(self, text: str, *, flow: bool) -> object:
        if "\r" in text or UNREADABLE.search(text):
            return DoubleQuotedScalarString(text)
        if "\n" in text:
            block = self.literal and not flow and not text.isspace() and not _TAB_FIRST.match(text)
            return LiteralScalarString(text) if block else DoubleQuotedScalarString(text)
        if text in _NULLS or text == "<<" or text.startswith(("?", ":")) or (flow and _COLON_IN_FLOW.search(text)):
            return SingleQuotedScalarString(text)
        return str(text)  # an id or another kind of text, which ruamel.yaml does not know

    def _lines(self, tree: object) -> list[str]:
        yaml = YAML(typ="rt", pure=True)
        yaml.Resolver, yaml.Emitter = _TextResolver, _Emitter
        yaml.brace_single_entry_mapping_in_flow_sequence = True
        yaml.width = 2**31  # lines are never folded
        layout = self.layout
        yaml.indent(mapping=layout.mapping, sequence=layout.offset + layout.gap, offset=layout.offset)
        stream = StringIO()
        yaml.dump(tree, stream)
        text = stream.getvalue()
        if text.endswith("\n...\n"):  # ends a document whose last value keeps its blank lines
            text = text.removesuffix("...\n")
        return text.removesuffix("\n").split("\n")


def _is_flat(value: Plain) -> bool:
    below = [value] if isinstance(value, str) else value.values() if isinstance(value, Mapping) else value
    return all(isinstance(one, str) and "\n" not in one for one in below)


def shifted(lines: list[str], by: int) -> list[str]:
    return [" " * by + line if line else line for line in lines]


class _TextResolver(VersionedResolver):
    """Every scalar is text, so a text that looks like a number needs no quotes."""

    @property
    def versioned_resolver(self) -> dict[str, object]:
        return {}


class _Emitter(Emitter):
    MAX_SIMPLE_KEY_LENGTH = 1000  # up to here readers take a key without `? ` before it
