"""What can be mended without a person: the edits that findings propose, tried on a copy until none is left to make."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import BusyError, InvalidEditError
from triagebook.findings import Edit
from triagebook.model.base import Path as RecordPath
from triagebook.store.boundaries import end_of, line_end
from triagebook.store.edit import apply
from triagebook.store.load import Loaded, load
from triagebook.store.write import edit as write_edits
from triagebook.store.yaml import YamlNode, YamlProblem, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from triagebook.findings import Field, Finding

ROUNDS = 10  # one edit may show the need of another; more rounds than this no book needs
_COMMENT = re.compile(r"(?:^|\s)#", re.MULTILINE)
_NOT_A_PATH = ("is not a path from", "is not a place in")  # what reading says of a path with backslashes


class Mending(Struct, frozen=True):
    """What can be mended in a book, as it was read."""

    edits: tuple[Edit, ...]  # in the order in which they are to be made
    mended: tuple[Finding, ...]
    left: int  # findings that need a person
    texts: dict[str, tuple[str, str]]  # by file: as it is, and as it will be


def plan(root: Path, look: Callable[[Loaded], Sequence[Finding]]) -> Mending:
    """What can be mended of the findings that `look` has; the book is only read."""
    work = _Work(root)
    findings: list[Finding] = []
    with TemporaryDirectory() as folder:
        here = root
        for _ in range(ROUNDS):
            findings = [finding for finding in look(load(here)) if not finding.accepted]
            if not work.make(findings):
                break
            if here == root:
                here = _copy(root, Path(folder) / root.resolve().name)
            work.put_into(here)
        else:
            findings = [finding for finding in look(load(here)) if not finding.accepted]
    return Mending(tuple(work.edits), tuple(work.mended), len(findings), work.texts)


def carry_out(root: Path, mending: Mending) -> list[str]:
    """Write what was planned, all of it or nothing; the names of the files that changed."""
    for name, (old, _) in mending.texts.items():
        if _text_of(root, name) != old:
            raise BusyError(f"{name} was changed meanwhile", "try again")
    return write_edits(root, mending.edits)


class _Work:
    """The texts of the files under work, and what was done to them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts: dict[str, tuple[str, str]] = {}
        self.edits: list[Edit] = []
        self.mended: list[Finding] = []

    def make(self, findings: Sequence[Finding]) -> bool:
        """Make the edits that do not get in each other's way; the others wait for the next round."""
        made: list[Edit] = []
        for finding in findings:
            edits = [self._as_written(edit) for edit in finding.edits or self._of_reading(finding)]
            new = [edit for edit in edits if edit not in made]
            if any(_in_the_way(edit, other) for edit in new for other in made):
                continue
            if edits and (not new or self._made(new)):
                self.mended.append(finding)
                made += new
        self.edits += made
        return bool(made)

    def put_into(self, folder: Path) -> None:
        for name, (_, text) in self.texts.items():
            (folder / name).write_bytes(text.encode())

    def _made(self, edits: list[Edit]) -> bool:
        """Make all edits of one finding, or none where one of them changes nothing or costs somebody's comment."""
        texts = {edit.file: self._now(edit.file) for edit in edits}
        try:
            for edit in edits:
                before = texts[edit.file]
                if _costs_a_comment(before, edit):
                    return False
                texts[edit.file] = apply(before, [edit])
                if texts[edit.file] == before:
                    return False
        except InvalidEditError:
            return False
        for name, text in texts.items():
            self.texts[name] = (self.texts[name][0] if name in self.texts else _text_of(self.root, name), text)
        return True

    def _now(self, name: str) -> str:
        return self.texts[name][1] if name in self.texts else _text_of(self.root, name)

    def _as_written(self, edit: Edit) -> Edit:
        is_text = edit.how == "set" and isinstance(edit.value, str)
        return replace(edit, field=_written(self._now(edit.file), edit.field)) if is_text else edit

    def _of_reading(self, finding: Finding) -> list[Edit]:
        """A path with backslashes is no path, so no rule ever sees it; slashes make it one."""
        if finding.code != "TB108" or not any(words in finding.says for words in _NOT_A_PATH):
            return []
        field = _written(self._now(finding.file), finding.field)
        node = _node_at(self._now(finding.file), field)
        slashes = (node.scalar or "").replace("\\", "/") if node else ""
        if not re.fullmatch(RecordPath.pattern or "", slashes):
            return []
        return [Edit(finding.file, field, "set", slashes)]


def _in_the_way(edit: Edit, other: Edit) -> bool:
    """Whether one edit moves or replaces what the other is about."""
    if edit.file != other.file or (edit.how == other.how == "append" and edit.field == other.field):
        return False
    a, b = _reach(edit), _reach(other)
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def _reach(edit: Edit) -> Field:
    """All that an edit may move: what is taken out of a list moves the rest of it."""
    return edit.field[:-1] if edit.how == "remove" else edit.field


def _costs_a_comment(text: str, edit: Edit) -> bool:
    """Whether a list or mapping that is written anew holds comments: they have an order of their own."""
    node = _node_at(text, edit.field) if edit.how == "set" and not isinstance(edit.value, str) else None
    if node is None or node.scalar is not None:
        return False
    body = text.removeprefix("\ufeff")
    end = end_of(body, node)
    return _COMMENT.search(body, node.start.index, end if node.flow else line_end(body, end)) is not None


def _written(text: str, field: Field) -> Field:
    """The way to a text: a part that is written as one line has no key for what it says, the line itself is meant."""
    above = _node_at(text, field[:-1]) if field else None
    return field[:-1] if above is not None and above.scalar else field


def _node_at(text: str, field: Field) -> YamlNode | None:
    """The value at a field; None where nothing is written there."""
    try:
        node = read(text.removeprefix("\ufeff"))
    except YamlProblem:
        return None
    for key in field:
        below = node.step(key)
        if below is None and (key != 0 or node.items is not None):
            return None
        node = below or node  # else a list of one, written without the list
    return node


def _text_of(root: Path, name: str) -> str:
    try:
        return (root / name).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise BusyError(f"{name} is not there any more", "try again") from None


def _copy(root: Path, copy: Path) -> Path:
    """The records of a book, in another folder."""
    for path in root.rglob("*.yaml"):
        target = copy / path.relative_to(root)
        with suppress(OSError):  # what can't be read is a finding, here as there
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return copy
