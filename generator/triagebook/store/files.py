"""Reads the files of a book's folder as plain data, with findings for those that can't be read.

It works folder by folder, so that several processes can read at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from triagebook.findings import Finding, Level, Plain
from triagebook.model.base import Id
from triagebook.parallel import spread

from .yaml import START, Mark, YamlProblem, read, read_plain
from .yaml_errors import mark_at

MAX_BYTES = 10_000_000
WORTH = 32  # folders that are worth a process

_ID_FORM = Id.problem.partition(": ")[2]
_OF_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|.*\.", re.IGNORECASE)  # names it can't have


class FolderContents(Struct):
    """The content of a folder; files are named by their path in the book."""

    name: str
    records: dict[str, dict[str, Plain]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # files that should hold a record but can't be read
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)  # of each file that was read, as it was then


def folders(root: Path, only: Collection[str] | None = None) -> Iterator[FolderContents]:
    """The folders of a book: first what all issues share, then each issue's folder, sorted by name."""

    def look_at(path: Path) -> FolderContents:
        reader = _FolderReader(root, path.name)
        reader.read_issue(path)
        return reader.found

    shared = _FolderReader(root, "")
    shared.read_shared()
    paths = [path for path in shared.inside(root) if only is None or path.name in only]
    yield shared.found
    yield from spread(look_at, paths, share=4, least=WORTH)


def name_problem(name: str, others: Iterable[str]) -> tuple[str, str] | None:
    """Why a record can't have a name beside others, wherever the book may be checked out, and what to do about it."""
    if not re.fullmatch(Id.pattern, name):
        return "is not a valid id", f"choose another name: {_ID_FORM}"
    if _OF_WINDOWS.fullmatch(name):
        return "is a name that Windows reserves", "choose another, so that the book can be checked out there"
    twin = next((one for one in others if one != name and one.lower() == name.lower()), None)
    return _differs_in_case(twin) if twin else None


def _differs_in_case(twin: str) -> tuple[str, str]:
    return f"differs from `{twin}` only in case", "rename one of them; many systems can't keep both"


def decode(data: bytes) -> tuple[str, bool]:
    """The text of a file and whether it began with a byte order mark."""
    text = data.decode("utf-8")
    return text.removeprefix("\ufeff"), text.startswith("\ufeff")


class _FolderReader:
    """Reads the files of a folder one by one, and collects findings about them."""

    def __init__(self, root: Path, name: str) -> None:
        self.root = root
        self.found = FolderContents(name)

    def read_shared(self) -> None:
        """Read the catalog and the patterns."""
        self._read("catalog.yaml")
        self._read_records_in(self.root / "patterns")

    def read_issue(self, folder: Path) -> None:
        try:
            self._read_issue(folder)
        except OSError as error:  # of a folder that may not be looked into
            self._unreadable(folder, error)
            self.found.records.clear()
            self.found.unread.add(f"{folder.name}/issue.yaml")

    def _read_issue(self, folder: Path) -> None:
        if folder.name in {"patterns", "catalog.yaml"} or (folder.is_file() and folder.suffix == ".md"):
            return
        if not folder.is_dir():
            self._layout(folder, "does not belong in a book", "move it out, or into the folder of its issue")
            return
        if problem := name_problem(folder.name, ()):
            self._layout(folder, *problem)
            return
        if not (folder / "issue.yaml").exists():
            do = f"write one: `triagebook new {folder.name}`, or remove the folder"
            self._layout(folder, "has no issue.yaml", do)
            self.found.unread.add(f"{folder.name}/issue.yaml")
            return
        self._read(f"{folder.name}/issue.yaml")
        for path in self.inside(folder):
            if path.name == "affected.yaml":
                self._read(self._name(path))
            elif path.name in {"evidence", "claims"} and path.is_dir():
                self._read_records_in(path)
                self._refuse_unread(path)
            elif path.name not in {"issue.yaml", "tests"}:
                self._layout(path, "does not belong in an issue", "move it out, or into the issue's `evidence` folder")

    def _read_records_in(self, folder: Path) -> None:
        for path in self.inside(folder):
            if self._is_record(path):
                self._read(self._name(path))

    def _refuse_unread(self, folder: Path) -> None:
        """A record that is hidden, or in a folder of its own, is not read."""
        for path in sorted(folder.rglob("*.y*ml")):
            if path.parent != folder or path.name.startswith("."):
                self._layout(path, "is not read", f"move it into the `{folder.name}` folder, under a plain name")

    # ── one file ─────────────────────────────────────────────────────────────────────────────────────

    def _read(self, name: str) -> None:
        data = self._bytes(name)
        record = self._plain(name, data) if data is not None else None
        if record is None:
            self.found.unread.add(name)
        else:
            self.found.records[name] = record

    def _plain(self, name: str, data: bytes) -> dict[str, Plain] | None:
        """The mapping in a file; None, with a finding, if it can't be read."""
        try:
            text, marked = decode(data)
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
            says = f"the byte 0x{data[error.start]:02X} is not UTF-8"
            self._add("TB102", name, says, "save the file as UTF-8", mark_at(before, len(before)))
            return None
        try:
            record = read_plain(text)
        except YamlProblem as problem:
            self._add(problem.code, name, problem.says, problem.do, problem.mark)
            return None
        if not isinstance(record, dict):
            says = f"the file holds {'a list' if isinstance(record, list) else 'plain text'} where a mapping belongs"
            self._add("TB108", name, says, "write `key: value` lines", read(text).start)
            return None
        if marked:
            self._warn(name, "the file begins with a byte order mark", "save it as UTF-8 without one")
        elif "\r" in text:
            says = "the lines end in CR LF" if "\r\n" in text else "the lines end in CR"
            self._warn(name, says, "save it with LF; git does so with `*.yaml text eol=lf`")
        return record

    def _bytes(self, name: str) -> bytes | None:
        """The bytes of a file; None, with a finding, if it can't be read."""
        path = self.root / name
        if self._leads_out(path):
            return None  # the finding is that of its folder
        try:
            size = path.stat().st_size
            if not path.is_file():
                self._layout(path, "is not a file", "put a file in its place")
            elif size > MAX_BYTES:
                says = f"the file has {size // 1_000_000} MB; a record has at most {MAX_BYTES // 1_000_000}"
                self._add("TB105", name, says, "split it, or keep the raw data beside the record", START)
            else:
                data = path.read_bytes()
                self.found.digests[name] = sha256(data).hexdigest()
                return data
        except OSError as error:
            self._unreadable(path, error)
        return None

    # ── the folder ───────────────────────────────────────────────────────────────────────────────────

    def inside(self, folder: Path) -> list[Path]:
        """The paths in a folder, sorted; hidden ones are skipped, links out of the book become findings."""
        if self._leads_out(folder):
            return []
        try:
            paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            self._unreadable(folder, error)
            return []
        inside = []
        for path in paths:
            if self._leads_out(path):
                self._layout(path, "is a link that points outside the book", "replace it with the file itself")
            else:
                inside.append(path)
        by_form = {path.name.lower(): path.name for path in inside}
        for path in inside:
            if (twin := by_form[path.name.lower()]) != path.name:
                self._layout(path, *_differs_in_case(twin))
        return inside

    def _leads_out(self, path: Path) -> bool:
        try:
            return path.is_symlink() and not path.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):  # it leads to itself
            return True

    def _is_record(self, path: Path) -> bool:
        problem = name_problem(path.stem, ())
        if path.suffix == ".yaml" and not problem:
            return True
        if path.suffix == ".yaml" and problem:
            self._layout(path, *problem)
        elif path.suffix == ".yml":
            self._layout(path, "ends in .yml", "rename it: a record ends in .yaml")
        elif path.parent.name == "patterns":
            self._layout(path, "is not a pattern", "move it out of `patterns`; a pattern ends in .yaml")
        return False

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _layout(self, path: Path, says: str, do: str) -> None:
        file, name = ("".join(c if c.isprintable() else "\ufffd" for c in n) for n in (self._name(path), path.name))
        self._add("TB110", file, f"`{name}` {says}", do, START)

    def _unreadable(self, path: Path, error: OSError) -> None:
        says = f"can't be read: {(error.strerror or str(error)).lower()}"
        self._layout(path, says, "check that it exists and can be read")

    def _add(self, code: str, file: str, says: str, do: str, mark: Mark) -> None:
        self.found.findings.append(Finding(code, Level.ERROR, file, (), says, do, mark.line, mark.column))

    def _warn(self, file: str, says: str, do: str) -> None:
        self.found.findings.append(Finding("TB106", Level.WARNING, file, (), says, do))
