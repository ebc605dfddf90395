"""The book's folder -> Book. A broken file becomes findings; the rest still loads."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from triagebook.book import Book, Entry
from triagebook.findings import Field, Finding, Severity
from triagebook.model.affected import Affected
from triagebook.model.base import Id, Record
from triagebook.model.catalog import Catalog
from triagebook.model.evidence import CommandOutput, Evidence, MeasuredValue, Observation, TestRun
from triagebook.model.issue import Issue
from triagebook.model.pattern import Pattern

from .explain import explain, worth_saying
from .problems import mark_at
from .yaml import Mark, Node, YamlProblem, locate, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 10_000_000
SCHEMAS = ".schema"
EVIDENCE_KINDS: dict[str, type[Evidence]] = {
    "tests": TestRun,
    "command": CommandOutput,
    "value": MeasuredValue,
    "observation": Observation,
}

_ID_FORM = Id.problem.partition(": ")[2]
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found in the book's folder."""

    root: Path
    book: Book
    findings: tuple[Finding, ...]

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings with the line and column of the field they name, sorted by where they stand."""
        by_file: dict[str, list[Finding]] = {}
        for finding in findings:
            by_file.setdefault(finding.file, []).append(finding)
        placed = [found for file, of_file in by_file.items() for found in self._placed(file, of_file)]
        return sorted(placed, key=lambda f: (f.file, f.line, f.column, f.code, f.says))

    def _placed(self, file: str, findings: list[Finding]) -> list[Finding]:
        try:
            root = read(decode((self.root / file).read_bytes())[0])
        except (OSError, YamlProblem, UnicodeDecodeError):
            return findings
        return [_at(finding, locate(root, finding.field)) if finding.field else finding for finding in findings]


def _at(finding: Finding, mark: Mark) -> Finding:
    return replace(finding, line=mark.line, column=mark.column)


def load(root: Path) -> Loaded:
    """The book in a folder, whatever is wrong with it."""
    reader = _Reader(root)
    book = reader.book()
    return Loaded(root, book, tuple(sorted(reader.findings, key=lambda f: (f.file, f.line, f.column, f.code, f.says))))


def decode(data: bytes) -> tuple[str, bool]:
    """The text of a file and whether it began with a byte order mark."""
    text = data.decode("utf-8")
    return text.removeprefix("\ufeff"), text.startswith("\ufeff")


class _Reader:
    """Reads files one by one, and keeps what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.real_root = root.resolve()
        self.findings: list[Finding] = []
        self.unread: set[str] = set()

    def book(self) -> Book:
        catalog = self._record("catalog.yaml", Catalog)
        patterns = {}
        for path in self._inside(self.root / "patterns"):
            if self._is_record(path) and (pattern := self._record(self._name(path), Pattern)):
                patterns[path.stem] = pattern
        entries = {entry.id: entry for entry in self._entries()}
        return Book(catalog or Catalog(), entries, patterns, frozenset(self.unread))

    def _entries(self) -> Iterator[Entry]:
        for path in self._inside(self.root):
            try:
                yield from self._entry(path)
            except OSError as error:  # of a folder that may not be looked into
                self._unreadable(path, error)
                self.unread.add(f"{path.name}/issue.yaml")

    def _entry(self, folder: Path) -> Iterator[Entry]:
        if folder.name in {"patterns", "catalog.yaml"} or (folder.is_file() and folder.suffix == ".md"):
            return
        if not folder.is_dir():
            self._layout(folder, "is no part of a book", "move it out, or into the folder of its issue")
            return
        if not re.fullmatch(Id.pattern or "", folder.name):
            self._layout(folder, "is not the id of an issue", f"rename the folder: {_ID_FORM}")
            return
        if not (folder / "issue.yaml").exists():
            self._layout(
                folder, "has no issue.yaml", f"write one: `triagebook new {folder.name}`, or remove the folder"
            )
            self.unread.add(f"{folder.name}/issue.yaml")
            return
        issue = self._record(f"{folder.name}/issue.yaml", Issue)
        affected, evidence = None, {}
        for path in self._inside(folder):
            if path.name == "affected.yaml":
                affected = self._record(self._name(path), Affected)
            elif path.name == "evidence" and path.is_dir():
                evidence = dict(self._evidence(path))
            elif path.name != "issue.yaml":
                self._layout(path, "is no part of an issue", "move it out, or into the issue's `evidence` folder")
        if issue:
            yield Entry(folder.name, issue, affected, evidence)

    def _evidence(self, folder: Path) -> Iterator[tuple[str, Evidence]]:
        for path in self._inside(folder):
            if self._is_record(path):
                name = self._name(path)
                node = self._node(name)
                kind = node.step("kind") if node else None
                model = EVIDENCE_KINDS.get(kind.scalar or "") if kind else None
                if node and model and (evidence := self._validate(name, node, model)):
                    yield path.stem, evidence
                    continue
                self.unread.add(name)
                if node and not model:
                    says = f"`{kind.scalar}` is not a kind of evidence" if kind else "`kind` is missing"
                    do = f"write one of {', '.join(EVIDENCE_KINDS)}"
                    self._add("TB108" if kind else "TB109", name, ("kind",), says, do, locate(node, ("kind",)))

    def _record(self, name: str, model: type[R]) -> R | None:
        node = self._node(name)
        record = self._validate(name, node, model) if node else None
        if record is None:
            self.unread.add(name)
        return record

    def _validate(self, name: str, node: Node, model: type[R]) -> R | None:
        try:
            return model.model_validate(node.plain())
        except ValidationError as invalid:
            for error in worth_saying(invalid.errors(include_url=False)):
                code, says, do = explain(error, model)
                self._add(code, name, error["loc"], says, do, locate(node, error["loc"]))
        return None

    def _node(self, name: str) -> Node | None:
        """What a file holds; None, and a finding, where it can't be read."""
        data = self._bytes(name)
        if data is None:
            return None
        try:
            text, marked = decode(data)
            node = read(text)
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
            says = f"the byte 0x{data[error.start]:02X} is not UTF-8"
            self._add("TB102", name, (), says, "save the file as UTF-8", mark_at(before, len(before)))
            return None
        except YamlProblem as problem:
            self._add(problem.code, name, (), problem.says, problem.do, problem.mark)
            return None
        if node.keys is None:
            says = f"the file holds {'a list' if node.items is not None else 'plain text'} where a mapping belongs"
            self._add("TB108", name, (), says, "write `key: value` lines", node.start)
            return None
        if marked:
            self._warn("TB106", name, "the file begins with a byte order mark", "save it as UTF-8 without one")
        elif "\r" in text:
            says = "the lines end in CR LF" if "\r\n" in text else "the lines end in CR"
            self._warn("TB106", name, says, "save it with LF; git does so with `*.yaml text eol=lf`")
        return node

    def _bytes(self, name: str) -> bytes | None:
        """The content of a file; None, and a finding, where it can't be had."""
        path = self.root / name
        if self._leads_out(path):
            return None  # the finding is that of its folder
        try:
            size = path.stat().st_size
            if not path.is_file():
                self._layout(path, "is not a file", "put a file in its place")
            elif size > MAX_BYTES:
                says = f"the file has {size // 1_000_000} MB; a record has at most {MAX_BYTES // 1_000_000}"
                self._add("TB105", name, (), says, "split it, or keep the raw data beside the record", Mark(1, 1, 0))
            else:
                return path.read_bytes()
        except OSError as error:
            self._unreadable(path, error)
        return None

    # ── the folder ───────────────────────────────────────────────────────────────────────────────────

    def _inside(self, folder: Path) -> list[Path]:
        """What lies in a folder, sorted; hidden names are nobody's business, links out of the book are findings."""
        if self._leads_out(folder):
            return []
        try:
            paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            self._unreadable(folder, error)
            return []
        outside = {path for path in paths if self._leads_out(path)}
        for path in outside:
            self._layout(path, "is a link that leads out of the book", "put the file itself in its place")
        return [path for path in paths if path not in outside]

    def _leads_out(self, path: Path) -> bool:
        try:
            return path.is_symlink() and not path.resolve().is_relative_to(self.real_root)
        except (OSError, RuntimeError):  # it leads to itself
            return True

    def _is_record(self, path: Path) -> bool:
        if path.suffix == ".yaml" and re.fullmatch(Id.pattern or "", path.stem):
            return True
        if path.suffix == ".yaml":
            self._layout(path, "has a name that is no id", f"rename the file: {_ID_FORM}")
        elif path.suffix == ".yml":
            self._layout(path, "ends in .yml", "rename it: a record ends in .yaml")
        elif path.parent.name == "patterns":
            self._layout(path, "is not a pattern", "move it out of `patterns`; a pattern ends in .yaml")
        return False

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _layout(self, path: Path, says: str, do: str) -> None:
        file, name = ("".join(c if c.isprintable() else "\ufffd" for c in n) for n in (self._name(path), path.name))
        self._add("TB110", file, (), f"`{name}` {says}", do, Mark(1, 1, 0))

    def _unreadable(self, path: Path, error: OSError) -> None:
        self._layout(
            path, f"can't be read: {(error.strerror or str(error)).lower()}", "see that it is there and readable"
        )

    def _add(self, code: str, file: str, field: Field, says: str, do: str, mark: Mark) -> None:
        self.findings.append(Finding(code, Severity.ERROR, file, field, says, do, mark.line, mark.column))

    def _warn(self, code: str, file: str, says: str, do: str) -> None:
        self.findings.append(Finding(code, Severity.WARNING, file, (), says, do))
