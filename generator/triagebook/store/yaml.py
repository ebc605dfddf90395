"""Reads the plain YAML of records, as plain data or as nodes with positions.

Scalars stay text; the schema types them, so `123e456` and `1184` are what they look like. One pass over libyaml's
events decides what a record may hold: no anchor is expanded, no tag obeyed, and hostile nesting ends at a limit. Most
files are read into plain data alone, which takes half the time of nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import yaml
from msgspec import Struct, field
from yaml import AliasEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent, StreamEndEvent

from triagebook.findings import Field, Plain

from .yaml_errors import START, Mark, YamlProblem, mark_of, syntax_problem, unreadable_character

__all__ = ["START", "Mark", "YamlNode", "YamlProblem", "locate", "read", "read_plain"]

MAX_DEPTH = 32

_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Event: TypeAlias = Any  # PyYAML's events have no types
NextEvent: TypeAlias = Callable[[], Event]


class YamlNode(Struct):
    """A value with its position: a scalar, a list of `items`, or a mapping of `keys` to `values`."""

    text: str  # of the whole document
    begins: Any  # the parser's own marks, converted on demand
    ends: Any
    scalar: str | None = None
    items: list[YamlNode] | None = None
    keys: dict[str, YamlNode] | None = None
    values: dict[str, YamlNode] = field(default_factory=dict)
    flow: bool = False  # a collection in brackets or braces
    style: str = ""  # of a scalar: the character that opens it, nothing if it is plain

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
        """The value one step down; None if there is none."""
        if self.keys is not None:
            return self.values.get(str(key))
        if self.items is not None and isinstance(key, int) and 0 <= key < len(self.items):
            return self.items[key]
        return None


def read(text: str) -> YamlNode:
    """The one document in a text; a YamlProblem if it is not plain YAML."""
    events: list[Event] = []
    with _parser(text) as next_event:

        def record() -> Event:
            events.append(next_event())
            return events[-1]

        _Reader(text, record).document()
    following = iter(events[2:])  # after the starts of the stream and of the document
    return _node(text, next(following), following)


def read_plain(text: str) -> Plain:
    """The plain data of the one document in a text; a YamlProblem if it is not plain YAML."""
    with _parser(text) as next_event:
        return _Reader(text, next_event).document()


def locate(root: YamlNode, path: Field) -> Mark:
    """The position of a field: of its key, its list item, or the nearest value above it that is written down."""
    node, mark = root, root.start
    for key in path:
        below = node.step(key)
        if below is None:
            if key == 0 and node.items is None:  # a list of one, written without the list
                continue
            break
        mark = node.keys[str(key)].start if node.keys is not None else below.start
        node = below
    return mark


@contextmanager
def _parser(text: str) -> Iterator[NextEvent]:
    if problem := unreadable_character(text):
        raise problem
    loader = _loader(text)
    try:
        yield loader.get_event
    except yaml.MarkedYAMLError as error:
        raise syntax_problem(text, error) from None
    finally:
        loader.dispose()


class _Reader:
    """Makes plain data of a stream of events, and refuses what a record may not hold."""

    def __init__(self, text: str, next_event: NextEvent) -> None:
        self.text, self.next = text, next_event

    def document(self) -> Plain:
        _, opening = self.next(), self.next()
        if type(opening) is StreamEndEvent:
            raise self._empty()
        if opening.version or opening.tags:
            raise self._problem("the file begins with a directive", "remove the line that begins with `%`", opening)
        first = self.next()
        data = self._value(first, 0)
        if data == "" and not first.style:
            raise self._empty()
        _, after = self.next(), self.next()
        if type(after) is not StreamEndEvent:
            raise self._problem("a second document begins", "keep one document in a file", after)
        return data

    def _value(self, event: Event, depth: int) -> Plain:
        """The value that begins with an event, nested in `depth` others."""
        if event.anchor is not None or event.tag is not None:
            raise self._decorated(event)
        if type(event) is ScalarEvent:
            text: str = event.value
            return text
        if depth == MAX_DEPTH:
            says = f"values are nested more than {MAX_DEPTH} levels deep"
            raise YamlProblem("TB105", says, "flatten the record", mark_of(self.text, event.start_mark))
        if type(event) is not SequenceStartEvent:
            return self._mapping(depth + 1)
        items = []
        while type(event := self.next()) is not SequenceEndEvent:
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> Plain:
        entries: dict[str, Plain] = {}
        keys: dict[str, Event] = {}
        while type(event := self.next()) is not MappingEndEvent:
            if event.anchor is not None or event.tag is not None:
                raise self._decorated(event)
            if type(event) is not ScalarEvent:
                raise self._no_key(event)
            key = event.value
            if key in keys or (key == "<<" and not event.style):
                raise self._wrong_key(event, keys)
            keys[key] = event
            entries[key] = self._value(self.next(), depth)
        return entries

    def _no_key(self, event: Event) -> YamlProblem:
        if self.text.startswith("{{", mark_of(self.text, event.start_mark).index - 1):
            return self._problem("`{{` opens two mappings", "put quotes around text that begins with `{{`", event)
        return self._problem("a list or mapping is used as a key", "write the key as plain text", event)

    def _wrong_key(self, event: Event, keys: Mapping[str, Event]) -> YamlProblem:
        if event.value not in keys:
            return self._problem("`<<` merges another mapping", "write its keys out", event)
        first = keys[event.value].start_mark.line + 1
        says = f"duplicate key `{event.value}`; the first is on line {first}"
        return YamlProblem("TB103", says, "keep one of the two", mark_of(self.text, event.start_mark))

    def _decorated(self, event: Event) -> YamlProblem:
        if isinstance(event, AliasEvent):
            do = "write the value out, or put quotes around text that begins with `*`"
            return self._problem(f"`*{event.anchor}` is an alias", do, event)
        if event.anchor is not None:
            do = "remove it, or put quotes around text that begins with `&`"
            return self._problem(f"`&{event.anchor}` is an anchor", do, event)
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        do = "remove it, as the schema knows the types, or put quotes around text that begins with `!`"
        return self._problem(f"`{tag}` is a tag", do, event)

    def _problem(self, says: str, do: str, event: Event) -> YamlProblem:
        return YamlProblem("TB104", f"{says}; a record is plain YAML", do, mark_of(self.text, event.start_mark))

    def _empty(self) -> YamlProblem:
        return YamlProblem("TB101", "the file is empty", "fill it, or delete it", START)


def _node(text: str, event: Event, following: Iterator[Event]) -> YamlNode:
    """The node that begins with an event of a document that a record may hold."""
    node = YamlNode(text, event.start_mark, event.end_mark)
    if type(event) is ScalarEvent:
        node.scalar, node.style = event.value, event.style or ""
        return node
    node.flow = bool(event.flow_style)
    if type(event) is SequenceStartEvent:
        node.items = []
        while type(event := next(following)) is not SequenceEndEvent:
            node.items.append(_node(text, event, following))
    else:
        node.keys = {}
        while type(event := next(following)) is not MappingEndEvent:
            node.keys[event.value] = _node(text, event, following)
            node.values[event.value] = _node(text, next(following), following)
    node.ends = event.end_mark
    return node
