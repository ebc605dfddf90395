"""Where a field stands in a text, found by another YAML reader than the tool's own."""

from __future__ import annotations

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from triagebook.findings import Field


def place_of(text: str, field: Field) -> tuple[int, int]:
    """Line and column of a field: of its key or its item, else of the nearest thing above it that is written down."""
    node: Node = yaml.compose(text, Loader=yaml.CSafeLoader)
    mark = node.start_mark
    for key in field:
        below = _below(node, key)
        if below is None:
            if key == 0 and not isinstance(node, SequenceNode):  # one item, written without the list around it
                continue
            break
        mark, node = below[0].start_mark, below[1]
    return mark.line + 1, mark.column + 1


def _below(node: Node, key: str | int) -> tuple[Node, Node] | None:
    """What marks a step down, and what is there."""
    if isinstance(node, MappingNode):
        return next(((name, value) for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key]
    return None


def line_with(text: str, words: str) -> int:
    """The first line that begins with these words."""
    return next(number for number, line in enumerate(text.split("\n"), start=1) if line.startswith(words))
