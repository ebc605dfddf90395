"""YAML knowledge: the plain YAML that records are written in, read with a mark for every key and value.

Scalars are read as text; the schema types them, so `123e456` and `1184` are what they look like. libyaml's events
become nodes one by one: no anchor is expanded, no tag obeyed, and hostile nesting ends at a limit before it costs much.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from triagebook.findings import Field, Plain

from .problems import Mark, YamlProblem, in_words, mark_of, unreadable_character

__all__ = ["Mark", "Node", "YamlProblem", "locate", "read"]

MAX_DEPTH = 32

_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """A value, with where it stands: a scalar, a list of `items`, or a mapping of `keys` to `values`."""

    start: Mark
    end: Mark
    scalar: str | None = None
    items: list[Node] | None = None
    keys: dict[str, Node] | None = None
    values: dict[str, Node] = field(default_factory=dict)
    flow: bool = False  # a collection in brackets or braces
    style: str = ""  # of a scalar: the character that opens it, nothing where it is plain

    def plain(self) -> Plain:
        """The value without its marks."""
        if self.keys is not None:
            return {key: node.plain() for key, node in self.values.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.scalar or ""

    def step(self, key: str | int) -> Node | None:
        """The value one step down; None where there is none."""
        if self.keys is not None:
            return self.values.get(str(key))
        if self.items is not None and isinstance(key, int) and 0 <= key < len(self.items):
            return self.items[key]
        return None


def read(text: str) -> Node:
    """The one document in a text; a YamlProblem where it is not plain YAML."""
    if problem := unreadable_character(text):
        raise problem
    loader = _loader(text)
    try:
        return _Builder(text, loader).document()
    except yaml.MarkedYAMLError as error:
        raise in_words(text, error) from None
    finally:
        loader.dispose()


def locate(root: Node, way: Field) -> Mark:
    """Where a field stands: its key, its place in a list, or the nearest thing above it that is written down."""
    node, mark = root, root.start
    for key in way:
        below = node.step(key)
        if below is None:
            if key == 0 and node.items is None:  # a list of one, written without the list
                continue
            break
        mark = node.keys[str(key)].start if node.keys is not None else below.start
        node = below
    return mark


class _Builder:
    """Makes nodes of a stream of events."""

    def __init__(self, text: str, loader: Any) -> None:  # noqa: ANN401  (libyaml's loader and its twin share no type)
        self.text, self.loader = text, loader
        self.root: Node | None = None
        self.open: list[Node] = []
        self.waiting: list[Node | None] = []  # for each open node, the key that waits for its value

    def document(self) -> Node:
        documents = 0
        while not isinstance(event := self.loader.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.waiting.pop()
                self.open.pop().end = mark_of(self.text, event.end_mark)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._decoration("a second document begins", "keep one document in a file", event)
                if event.version or event.tags:
                    raise self._decoration(
                        "the file begins with a directive", "remove the line that begins with `%`", event
                    )
        if self.root is None or (self.root.scalar == "" and not self.root.style):
            raise YamlProblem("TB101", "the file is empty", "fill it, or delete it", Mark(1, 1, 0))
        return self.root

    def _node(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            do = "write the value out, or put quotes around text that begins with `*`"
            raise self._decoration(f"`*{event.anchor}` is an alias", do, event)
        if event.anchor is not None:
            do = "remove it, or put quotes around text that begins with `&`"
            raise self._decoration(f"`&{event.anchor}` is an anchor", do, event)
        if getattr(event, "tag", None) is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")  # type: ignore[attr-defined]
            do = "remove it, as the schema knows the types, or put quotes around text that begins with `!`"
            raise self._decoration(f"`{tag}` is a tag", do, event)
        node = Node(mark_of(self.text, event.start_mark), mark_of(self.text, event.end_mark))
        if isinstance(event, yaml.ScalarEvent):
            node.scalar, node.style = event.value, event.style or ""
            self._add(node, event)
            return
        node.flow = bool(event.flow_style)  # type: ignore[attr-defined]
        if isinstance(event, yaml.SequenceStartEvent):
            node.items = []
        else:
            node.keys = {}
        self._add(node, event)
        self.open.append(node)
        self.waiting.append(None)
        if len(self.open) > MAX_DEPTH:
            raise YamlProblem(
                "TB105", f"values are nested more than {MAX_DEPTH} deep", "flatten the record", node.start
            )

    def _add(self, node: Node, event: yaml.NodeEvent) -> None:
        if not self.open:
            self.root = node
            return
        parent, key = self.open[-1], self.waiting[-1]
        if parent.items is not None:
            parent.items.append(node)
        elif key is not None:
            assert parent.keys is not None and key.scalar is not None  # noqa: S101, PT018
            parent.keys[key.scalar], parent.values[key.scalar] = key, node
            self.waiting[-1] = None
        else:
            self.waiting[-1] = self._key(node, parent, event)

    def _key(self, node: Node, parent: Node, event: yaml.NodeEvent) -> Node:
        if node.scalar is None:
            if self.text.startswith("{{", node.start.index - 1):
                raise self._decoration("`{{` opens two mappings", "put quotes around text that begins with `{{`", event)
            raise self._decoration("a list or mapping stands where a key belongs", "write the key as plain text", event)
        if node.scalar == "<<" and not node.style:
            raise self._decoration("`<<` merges another mapping in", "write its keys out", event)
        if node.scalar in parent.values:
            first = parent.keys[node.scalar].start.line if parent.keys else 0
            says = f"`{node.scalar}` stands here a second time; the first is on line {first}"
            raise YamlProblem("TB103", says, "keep one of the two", node.start)
        return node

    def _decoration(self, says: str, do: str, event: yaml.Event) -> YamlProblem:
        return YamlProblem("TB104", f"{says}; a record is plain YAML", do, mark_of(self.text, event.start_mark))
