"""Applies edits to a YAML text and keeps every byte that they do not touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triagebook.errors import InvalidEditError
from triagebook.findings import Edit

from .block_style import add_lines, drop_lines, put_lines, wrap_lines
from .boundaries import EditableText, sealed
from .changes import Add, Data, DataChange, Drop, Put, carried_out, meaning, thaw, written
from .emit import Layout, Writer, layout_of
from .flow_style import add_between, drop_between, put_between, wrap_between
from .yaml import YamlNode, YamlProblem, read, read_plain

_BOM = "\ufeff"


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, one after the other; an InvalidEditError where one of them can't be made."""
    body = text.removeprefix(_BOM)
    for edit in edits:
        try:
            body = _applied(body, edit)
        except InvalidEditError as error:
            raise InvalidEditError(f"{edit.file}: {error.what}", error.do) from None
    return _BOM + body if text.startswith(_BOM) else body


def _applied(text: str, edit: Edit) -> str:
    try:
        root = read(text)
    except YamlProblem as problem:
        raise InvalidEditError(f"line {problem.mark.line}: {problem.says}", f"{problem.do}, then try again") from None
    before = thaw(root.plain())
    change = meaning(before, edit)
    after = carried_out(before, change)
    if after == before:
        return text
    for editable in _attempts(text, root):
        spliced = _written_into(editable, change)
        if _holds(spliced, after):
            return spliced
    raise InvalidEditError(
        f"{written(edit.field)} is written in a form that no program can change", "change it by hand"
    )


def _attempts(text: str, root: YamlNode) -> Iterator[EditableText]:
    """The text with each style of writing new YAML: the usual one first, then those that unusual places need."""
    layout = layout_of(root)
    writers = (Writer(layout), Writer(Layout(offset=layout.offset)), Writer(layout, literal=False))
    for source in dict.fromkeys((text, sealed(text, root))):
        source_root = root if source is text else read(source)
        yield from (EditableText(source, source_root, writer) for writer in writers)


def _written_into(editable: EditableText, change: DataChange) -> str:
    """The text after a change: only the characters of what changes are replaced."""
    if isinstance(change, Add):
        node = editable.node(change.path)
        return (add_between if node.flow else add_lines)(editable, node, change.key, change.value)
    slot = editable.slot(change.path)
    flow = slot.parent.flow
    if isinstance(change, Drop):
        return (drop_between if flow else drop_lines)(editable, slot)
    if isinstance(change, Put):
        return (put_between if flow else put_lines)(editable, slot, change.value)
    return (wrap_between if flow else wrap_lines)(editable, slot, change.value)


def _holds(text: str, data: Data) -> bool:
    """Whether a text can be read and holds this data, in this order."""
    try:
        return repr(thaw(read_plain(text))) == repr(data)
    except (YamlProblem, UnicodeEncodeError):
        return False
