"""YAML knowledge: the plain YAML that records are written in, read with a mark for every key and value.

Scalars are read as text; the schema types them, so `123e456` and `1184` are what they look like. libyaml's events
become nodes one by one: no anchor is expanded, no tag obeyed, and hostile nesting ends at a limit before it costs much.
Of most files nobody asks where anything stands in them: these are read without marks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import yaml
from msgspec import Struct, field

from triagebook.findings import Field, Plain

from .yaml_errors import START, Mark, YamlProblem, in_words, mark_of, unreadable_character

__all__ = ["START", "Mark", "YamlNode", "YamlProblem", "locate", "read", "read_plain"]

MAX_DEPTH = 32

_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlNode(Struct):
    """A value, with where it stands: a scalar, a list of `items`, or a mapping of `keys` to `values`."""

    text: str  # of the whole document
    begins: Any  # the parser's own marks, which become ours where somebody asks
    ends: Any
    scalar: str | None = None
    items: list[YamlNode] | None = None
    keys: dict[str, YamlNode] | None = None
    values: dict[str, YamlNode] = field(default_factory=dict)
    flow: bool = False  # a collection in brackets or braces
    style: str = ""  # of a scalar: the character that opens it, nothing where it is plain

    @property
    def start(self) -> Mark:
        return mark_of(self.text, self.begins)

    @property
    def end(self) -> Mark:
        return mark_of(self.text, self.ends)

    def plain(self) -> Plain:
        """The value without its marks."""
        if self.keys is not None:
            return {key: node.plain() for key, node in self.values.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.scalar or ""

    def step(self, key: str | int) -> YamlNode | None:
        """The value one step down; None where there is none."""
        if self.keys is not None:
            return self.values.get(str(key))
        if self.items is not None and isinstance(key, int) and 0 <= key < len(self.items):
            return self.items[key]
        return None


def read(text: str) -> YamlNode:
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


def read_plain(text: str) -> dict[str, Plain] | None:
    """The mapping that a text holds, in half the time; None for all that `read` refuses, or finds to be no mapping."""
    if unreadable_character(text):
        return None
    loader = _loader(text)
    try:
        return _plain_document(loader.get_event)
    except yaml.MarkedYAMLError:
        return None
    finally:
        loader.dispose()


def locate(root: YamlNode, way: Field) -> Mark:
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
        self.text, self.next = text, loader.get_event

    def document(self) -> YamlNode:
        root, documents = None, 0
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, 0)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._problem("a second document begins", "keep one document in a file", event)
                if event.version or event.tags:
                    raise self._problem(
                        "the file begins with a directive", "remove the line that begins with `%`", event
                    )
        if root is None or (root.scalar == "" and not root.style):
            raise YamlProblem("TB101", "the file is empty", "fill it, or delete it", START)
        return root

    def _node(self, event: Any, depth: int) -> YamlNode:  # noqa: ANN401  (PyYAML's events have no types)
        """The value that an event begins, within so many others."""
        if event.anchor is not None or event.tag is not None:
            raise self._decorated(event)
        if type(event) is yaml.ScalarEvent:
            return YamlNode(self.text, event.start_mark, event.end_mark, event.value, style=event.style or "")
        node = YamlNode(self.text, event.start_mark, event.end_mark, flow=bool(event.flow_style))
        if depth == MAX_DEPTH:
            says = f"values are nested more than {MAX_DEPTH} deep"
            raise YamlProblem("TB105", says, "flatten the record", node.start)
        fill = self._list if type(event) is yaml.SequenceStartEvent else self._mapping
        node.ends = fill(node, depth + 1).end_mark
        return node

    def _list(self, node: YamlNode, depth: int) -> Any:  # noqa: ANN401
        """Fills a list; the event that ends it."""
        items = node.items = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            items.append(self._node(event, depth))
        return event

    def _mapping(self, node: YamlNode, depth: int) -> Any:  # noqa: ANN401
        """Fills a mapping; the event that ends it."""
        keys: dict[str, YamlNode] = {}
        node.keys, values = keys, node.values
        while type(event := self.next()) is not yaml.MappingEndEvent:
            key = self._node(event, MAX_DEPTH) if type(event) is yaml.ScalarEvent else self._no_key(event)
            name = event.value
            if name in keys or (name == "<<" and not event.style):
                raise self._wrong_key(event, keys)
            keys[name], values[name] = key, self._node(self.next(), depth)
        return event

    # ── what a record may not hold ───────────────────────────────────────────────────────────────────

    def _no_key(self, event: Any) -> NoReturn:  # noqa: ANN401
        if event.anchor is not None or event.tag is not None:
            raise self._decorated(event)
        if self.text.startswith("{{", mark_of(self.text, event.start_mark).index - 1):
            raise self._problem("`{{` opens two mappings", "put quotes around text that begins with `{{`", event)
        raise self._problem("a list or mapping stands where a key belongs", "write the key as plain text", event)

    def _wrong_key(self, event: Any, keys: dict[str, YamlNode]) -> YamlProblem:  # noqa: ANN401
        if event.value not in keys:
            return self._problem("`<<` merges another mapping in", "write its keys out", event)
        says = f"`{event.value}` stands here a second time; the first is on line {keys[event.value].start.line}"
        return YamlProblem("TB103", says, "keep one of the two", mark_of(self.text, event.start_mark))

    def _decorated(self, event: Any) -> YamlProblem:  # noqa: ANN401
        if isinstance(event, yaml.AliasEvent):
            do = "write the value out, or put quotes around text that begins with `*`"
            return self._problem(f"`*{event.anchor}` is an alias", do, event)
        if event.anchor is not None:
            do = "remove it, or put quotes around text that begins with `&`"
            return self._problem(f"`&{event.anchor}` is an anchor", do, event)
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        do = "remove it, as the schema knows the types, or put quotes around text that begins with `!`"
        return self._problem(f"`{tag}` is a tag", do, event)

    def _problem(self, says: str, do: str, event: Any) -> YamlProblem:  # noqa: ANN401
        return YamlProblem("TB104", f"{says}; a record is plain YAML", do, mark_of(self.text, event.start_mark))


# ── without marks ────────────────────────────────────────────────────────────────────────────────────


class _NotPlainError(Exception):
    """A record may not hold this; `read` says what it is."""


def _plain_document(following: Callable[[], Any]) -> dict[str, Plain] | None:
    _, opening = following(), following()
    if type(opening) is not yaml.DocumentStartEvent or opening.version or opening.tags:
        return None
    try:
        found = _plain(following(), following, 0)
    except _NotPlainError:
        return None
    _, after = following(), following()
    return found if isinstance(found, dict) and type(after) is yaml.StreamEndEvent else None


def _plain(event: Any, following: Callable[[], Any], depth: int) -> Plain:  # noqa: ANN401
    """The value that an event begins, within so many others."""
    if event.anchor is not None or event.tag is not None:
        raise _NotPlainError
    kind = type(event)
    if kind is yaml.ScalarEvent:
        text: str = event.value
        return text
    if depth == MAX_DEPTH:
        raise _NotPlainError
    if kind is yaml.SequenceStartEvent:
        items = []
        while type(event := following()) is not yaml.SequenceEndEvent:
            items.append(_plain(event, following, depth + 1))
        return items
    entries: dict[str, Plain] = {}
    while type(event := following()) is not yaml.MappingEndEvent:
        if type(event) is not yaml.ScalarEvent or event.anchor is not None or event.tag is not None:
            raise _NotPlainError
        name = event.value
        if name in entries or (name == "<<" and not event.style):
            raise _NotPlainError
        entries[name] = _plain(following(), following, depth + 1)
    return entries
