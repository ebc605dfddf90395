"""One change carried out on the source text: only the characters of what changes are replaced."""

from __future__ import annotations

from .block_style import add_lines, drop_lines, put_lines, wrap_lines
from .changes import Add, DataChange, Drop, Put
from .editable import EditableText
from .flow_style import add_between, drop_between, put_between, wrap_between


def carried_out_on(sheet: EditableText, change: DataChange) -> str:
    """The text after a change, which the caller reads back and compares."""
    if isinstance(change, Add):
        node = sheet.node(change.way)
        return (add_between if node.flow else add_lines)(sheet, node, change.key, change.value)
    place = sheet.place(change.way)
    flow = place.parent.flow
    if isinstance(change, Drop):
        return (drop_between if flow else drop_lines)(sheet, place)
    if isinstance(change, Put):
        return (put_between if flow else put_lines)(sheet, place, change.value)
    return (wrap_between if flow else wrap_lines)(sheet, place, change.value)
