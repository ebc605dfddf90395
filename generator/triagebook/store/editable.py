"""A YAML text with its nodes, ready to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from .changes import FieldPath
    from .emit import Writer
    from .yaml import YamlNode


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
    newline: str

    def node(self, way: FieldPath) -> YamlNode:
        """The node at an existing path."""
        node = self.root
        for key in way:
            node = node.values[str(key)] if node.items is None else node.items[int(key)]
        return node

    def place(self, way: FieldPath) -> Slot:
        return Slot(self.node(way[:-1]), way[-1], self.node(way))

    def put(self, start: int, new: str, stop: int | None = None) -> str:
        """The text with the part from `start` to `stop` replaced."""
        return self.text[:start] + new + self.text[start if stop is None else stop :]
