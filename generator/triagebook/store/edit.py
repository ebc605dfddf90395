"""Applies edits to a YAML text and keeps every byte that they do not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.errors import InvalidEditError

from .boundaries import newline, sealed
from .changes import Data, carried_out, meaning, thaw, written
from .editable import EditableText
from .emit import Layout, Writer, layout_of
from .splice import carried_out_on
from .yaml import YamlNode, YamlProblem, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triagebook.findings import Edit

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
    root = _read(text)
    before = thaw(root.plain())
    change = meaning(before, edit)
    after = carried_out(before, change)
    if after == before:
        return text
    for sheet in _sheets(text, root):
        spliced = carried_out_on(sheet, change)
        if _holds(spliced, after):
            return spliced
    raise InvalidEditError(
        f"{written(edit.field)} is written in a form that no program can change", "change it by hand"
    )


def _read(text: str) -> YamlNode:
    try:
        return read(text)
    except YamlProblem as problem:
        raise InvalidEditError(f"line {problem.mark.line}: {problem.says}", f"{problem.do}, then try again") from None


def _sheets(text: str, root: YamlNode) -> Iterator[EditableText]:
    """The text with each way to write new YAML: the usual one first, then those that unusual places need."""
    layout = layout_of(root)
    writers = (Writer(layout), Writer(Layout(offset=layout.offset)), Writer(layout, literal=False))
    for source in dict.fromkeys((text, sealed(text, root))):
        source_root = root if source is text else read(source)
        for writer in writers:
            yield EditableText(source, source_root, writer, newline(text))


def _holds(text: str, data: Data) -> bool:
    """Whether a text can be read and holds this data, in this order."""
    try:
        return repr(thaw(read(text).plain())) == repr(data)
    except (YamlProblem, UnicodeEncodeError):
        return False
