"""Fixes the findings that have a single correct fix: applies the edits they propose, until none is left."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import BusyError, InvalidEditError
from triagebook.findings import Edit, Field, Finding
from triagebook.model.base import Path as RecordPath
from triagebook.store.edit import apply
from triagebook.store.load import Loaded, load
from triagebook.store.old_claims import without_old_claims
from triagebook.store.write import locked, replace_all
from triagebook.store.yaml import YamlNode, YamlProblem, read

OLD_CLAIMS = "TB115"
ROUNDS = 10  # one edit may reveal the need for another
_NOT_A_PATH = ("is not a path from", "is not a place in")  # the error for a path with backslashes


class FixPlan(Struct, frozen=True):
    """What fixes a book."""

    fixed: tuple[Finding, ...]
    left: int  # findings that need a person
    texts: dict[str, tuple[str, str]]  # by file: the text before and after


def plan_fixes(root: Path, check: Callable[[Loaded], Sequence[Finding]]) -> FixPlan:
    """Plan the fixes of the findings that `check` returns. The book itself is only read."""
    work = _WorkingCopy(root)
    findings: list[Finding] = []
    with TemporaryDirectory() as folder:
        here = root
        for _ in range(ROUNDS):
            findings = [finding for finding in check(load(here)) if not finding.accepted]
            if not work.make(findings):
                break
            if here == root:
                here = _copy(root, Path(folder) / root.resolve().name)
            work.put_into(here)
        else:
            findings = [finding for finding in check(load(here)) if not finding.accepted]
    return FixPlan(tuple(work.fixed), len(findings), work.texts)


def apply_fixes(root: Path, plan: FixPlan) -> list[str]:
    """Write all planned edits or none; return the names of the changed files."""
    with locked(root):
        for name, (old, _) in plan.texts.items():
            if _text_of(root, name) != old:
                raise BusyError(f"{name} changed while the fix was being planned", "run the command again")
        replace_all(root, plan.texts)
    return list(plan.texts)


class _WorkingCopy:
    """The edited texts, the edits made so far and the findings they fix."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts: dict[str, tuple[str, str]] = {}
        self.fixed: list[Finding] = []

    def make(self, findings: Sequence[Finding]) -> bool:
        """Apply the edits that do not conflict; the others wait for the next round."""
        made: list[Edit] = []
        moved = [finding for finding in findings if finding.code == OLD_CLAIMS and self._move_claims(finding.file)]
        self.fixed += moved
        if moved:  # other findings may have moved with them
            return True
        for finding in findings:
            edits = [self._as_written(edit) for edit in finding.edits or self._of_parse_error(finding)]
            new = [edit for edit in edits if edit not in made]
            if any(_conflict(edit, other) for edit in new for other in made):
                continue
            if edits and (not new or self._made(new)):
                self.fixed.append(finding)
                made += new
        return bool(made)

    def put_into(self, folder: Path) -> None:
        for name, (_, text) in self.texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())

    def _move_claims(self, name: str) -> bool:
        there = sorted((self.root / name).parent.glob("claims/*.yaml"))
        others = {file: self._now(file) for file in (path.relative_to(self.root).as_posix() for path in there)}
        made = without_old_claims(name, self._now(name), others)
        if made[name] == self._now(name):
            return False
        for file, text in made.items():
            self._put(file, text)
        return True

    def _put(self, name: str, text: str) -> None:
        self.texts[name] = (self.texts[name][0] if name in self.texts else _text_of(self.root, name), text)

    def _made(self, edits: list[Edit]) -> bool:
        """Apply all edits of one finding; none if one changes nothing."""
        texts = {edit.file: self._now(edit.file) for edit in edits}
        try:
            for edit in edits:
                before = texts[edit.file]
                texts[edit.file] = apply(before, [edit])
                if texts[edit.file] == before:
                    return False
        except InvalidEditError:
            return False
        for name, text in texts.items():
            self._put(name, text)
        return True

    def _now(self, name: str) -> str:
        return self.texts[name][1] if name in self.texts else _text_of(self.root, name)

    def _as_written(self, edit: Edit) -> Edit:
        is_text = edit.how == "set" and isinstance(edit.value, str)
        return replace(edit, field=_written(self._now(edit.file), edit.field)) if is_text else edit

    def _of_parse_error(self, finding: Finding) -> list[Edit]:
        """Fix a path with backslashes here: it fails to parse, so no rule ever sees it."""
        if finding.code != "TB108" or not any(words in finding.says for words in _NOT_A_PATH):
            return []
        field = _written(self._now(finding.file), finding.field)
        node = _node_at(self._now(finding.file), field)
        slashes = (node.scalar or "").replace("\\", "/") if node else ""
        if not re.fullmatch(RecordPath.pattern or "", slashes):
            return []
        return [Edit(finding.file, field, "set", slashes)]


def _conflict(edit: Edit, other: Edit) -> bool:
    """Whether one edit moves or replaces the value that the other edits."""
    if edit.file != other.file or (edit.how == other.how == "append" and edit.field == other.field):
        return False
    a, b = _reach(edit), _reach(other)
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def _reach(edit: Edit) -> Field:
    """The part of the file an edit may move: removing an item moves the rest of its list."""
    return edit.field[:-1] if edit.how == "remove" else edit.field


def _written(text: str, field: Field) -> Field:
    """The field of a text as written: a record in its one-line form has no key for the text."""
    above = _node_at(text, field[:-1]) if field else None
    return field[:-1] if above is not None and above.scalar else field


def _node_at(text: str, field: Field) -> YamlNode | None:
    """The node at a field, or None."""
    try:
        node = read(text.removeprefix("\ufeff"))
    except YamlProblem:
        return None
    for key in field:
        below = node.step(key)
        if below is None and (key != 0 or node.items is not None):
            return None
        node = below or node  # a list of one item may be written without the list
    return node


def _text_of(root: Path, name: str) -> str:
    """The text of a file; empty if there is none yet."""
    with suppress(FileNotFoundError):
        return (root / name).read_bytes().decode("utf-8")
    return ""


def _copy(root: Path, copy: Path) -> Path:
    """Copy the records of a book to another folder."""
    for path in root.rglob("*.yaml"):
        target = copy / path.relative_to(root)
        with suppress(OSError):  # an unreadable file is a finding in the copy too
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return copy
