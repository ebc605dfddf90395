"""Loads a book from its folder. A broken file becomes findings; the rest still loads."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace
from pydantic import ValidationError

from triagebook.book import Book, Entry
from triagebook.findings import Field, Finding, Level, Plain, place_of
from triagebook.model.affected import Affected
from triagebook.model.base import Record
from triagebook.model.catalog import Catalog
from triagebook.model.document import Document, document_name
from triagebook.model.evidence import CommandOutput, Evidence, MeasuredValue, Observation, SourceFile, TestRun
from triagebook.model.issue import Issue
from triagebook.model.pattern import Pattern
from triagebook.parallel import spread
from triagebook.text import listed

from .files import WORTH, FolderContents, decode, folders
from .planned_code import FOLDER as TEST_FOLDER
from .planned_code import with_code
from .schema_errors import problems
from .yaml import START, Mark, YamlNode, YamlProblem, locate, read, read_plain

EVIDENCE_KINDS: dict[str, type[Evidence]] = {
    "tests": TestRun,
    "command": CommandOutput,
    "value": MeasuredValue,
    "observation": Observation,
}

IN_OLD_ISSUES = ("documents", "claims")  # that `triagebook fix` moves to the folder of claims
_MOST = 1 << 27  # bytes of a kept source

R = TypeVar("R", bound=Record)


class Loaded(Struct, frozen=True):
    """A book, the findings about its files, and their positions."""

    root: Path
    book: Book
    findings: tuple[Finding, ...]
    digests: Mapping[str, str] = field(default_factory=dict)  # of each file that was read, as it was then

    def positions(self, fields: Iterable[tuple[str, Field]]) -> dict[tuple[str, Field], Mark]:
        """The line and column of each field of a file; of the nearest value above it if it is not written down."""
        by_file: dict[str, list[Field]] = {}
        for file, keys in dict.fromkeys(fields):
            by_file.setdefault(file, []).append(keys)
        return dict(chain.from_iterable(spread(self._positions_in, list(by_file.items()), share=4, least=WORTH)))

    def _positions_in(self, fields_of_file: tuple[str, list[Field]]) -> list[tuple[tuple[str, Field], Mark]]:
        file, fields = fields_of_file
        root = _nodes(self.root / file) if any(fields) else None  # the empty field is the whole file
        return [((file, keys), locate(root, keys) if root and keys else START) for keys in fields]

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings with the line and column of the field they name, sorted by position."""
        unplaced = list(findings)
        marks = self.positions((finding.file, finding.field) for finding in unplaced if finding.field)
        placed = (_at(one, marks[one.file, one.field]) if one.field else one for one in unplaced)
        return sorted(placed, key=place_of)


def load(root: Path, only: Collection[str] | None = None) -> Loaded:
    """Load the book in a folder, or only some of its issues, even if some files are broken."""
    binder = _Binder(root)
    return binder.loaded(binder.book(folders(root, only)))


def reload(last: Loaded, names: Collection[str]) -> Loaded:
    """Load a book again after the folders of some issues changed; the others are not read again."""

    def stays(file: str) -> bool:
        return file.partition("/")[0] not in names

    binder, found = _Binder(last.root), folders(last.root, names)
    shared = next(found)  # the catalog and the patterns are as they were
    binder.findings += [finding for finding in shared.findings if not stays(finding.file)]
    issues = {name: entry for name, entry in last.book.issues.items() if stays(name)} | binder.entries(found)
    unread = binder.unread | set(filter(stays, last.book.unread))
    findings = [*binder.findings, *(finding for finding in last.findings if stays(finding.file))]
    digests = {file: digest for file, digest in last.digests.items() if stays(file)} | binder.digests
    book = Book(last.book.catalog, dict(sorted(issues.items())), last.book.patterns, frozenset(unread))
    return Loaded(last.root, book, tuple(sorted(findings, key=place_of)), digests)


class _Binder:
    """Makes records of plain data and a book of the records; collects findings about them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.unread: set[str] = set()
        self.digests: dict[str, str] = {}

    def book(self, found: Iterator[FolderContents]) -> Book:
        catalog, patterns = self._shared(next(found))
        entries = self.entries(found)
        return Book(catalog or Catalog(), entries, patterns, frozenset(self.unread))

    def loaded(self, book: Book) -> Loaded:
        return Loaded(self.root, book, tuple(sorted(self.findings, key=place_of)), self.digests)

    def entries(self, found: Iterable[FolderContents]) -> dict[str, Entry]:
        return {entry.id: entry for folder in found if (entry := self._entry(folder))}

    def _shared(self, folder: FolderContents) -> tuple[Catalog | None, dict[str, Pattern]]:
        self._note(folder)
        catalog, patterns = None, {}
        for name, holds in folder.records.items():
            if name == "catalog.yaml":
                catalog = self._record(name, holds, Catalog)
            elif pattern := self._record(name, holds, Pattern):
                patterns[_stem(name)] = pattern
        return catalog, patterns

    def _entry(self, folder: FolderContents) -> Entry | None:
        self._note(folder)
        issue, affected, evidence = None, None, {}
        claims: dict[str, Document] = {}
        for name, holds in folder.records.items():
            if name == f"{folder.name}/issue.yaml":
                issue = self._issue(name, holds)
            elif name == f"{folder.name}/affected.yaml":
                affected = self._record(name, holds, Affected)
            elif name.startswith(f"{folder.name}/claims/"):
                if document := self._document(name, holds, claims):
                    claims[_stem(name)] = document
            elif piece := self._evidence(name, holds):
                evidence[_stem(name)] = piece
        return Entry(folder.name, issue, affected, evidence, claims) if issue else None

    def _note(self, folder: FolderContents) -> None:
        self.findings += folder.findings
        self.unread |= folder.unread
        self.digests |= folder.digests

    def _issue(self, name: str, holds: Mapping[str, Plain]) -> Issue | None:
        """An issue; claims and documents that an old one holds are not read, which is one finding."""
        old = [key for key in IN_OLD_ISSUES if key in holds]
        if old:
            says = f"{listed(old)} {'is' if len(old) == 1 else 'are'} written in the issue, so not read"
            do = f"`triagebook fix {name.partition('/')[0]}` moves each document to a file of its own in `claims`"
            found = Finding("TB115", Level.ERROR, name, (old[0],), says, do)
            self._refuse(f"{name.partition('/')[0]}/claims/", [found])
        kept = {key: value for key, value in holds.items() if key not in old}
        return self._record(name, with_code(kept, lambda file, way: self._test_file(name, file, way)), Issue)

    def _test_file(self, name: str, file: str, way: Field) -> str | None:
        """The text of a file with tests beside a record; None, with a finding, if it can't be read."""
        folder = (self.root / name).parent
        path = folder / file
        if not path.resolve().is_relative_to((folder / TEST_FOLDER).resolve()):
            says, do = f"`{file}` is not in the folder `{TEST_FOLDER}` beside the record", "move it there"
            self._note_findings([Finding("TB108", Level.ERROR, name, way, says, do)])
            return None
        try:
            data = path.read_bytes()
            self.digests[path.relative_to(self.root).as_posix()] = sha256(data).hexdigest()
            return decode(data)[0].replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            says = f"`{file}` can't be read: {getattr(error, 'strerror', None) or error}"
            self._note_findings([Finding("TB108", Level.ERROR, name, way, says, "correct the path")])
            return None

    def _document(self, name: str, holds: Mapping[str, Plain], others: Mapping[str, Document]) -> Document | None:
        document = self._record(name, holds, Document)
        cited = document_name(_stem(name), document) if document else ""
        if twin := next((stem for stem, other in others.items() if document_name(stem, other) == cited), None):
            says, do = f"`{cited}` is also the document of `{twin}.yaml`", "keep one of the two, or give it a `name`"
            self._refuse(name, [Finding("TB110", Level.ERROR, name, (), says, do)])
            return None
        return document

    def _evidence(self, name: str, holds: Mapping[str, Plain]) -> Evidence | None:
        kind = holds.get("kind")
        said = kind if isinstance(kind, str) else None
        if model := EVIDENCE_KINDS.get(said or ""):
            record = self._record(name, holds, model)
            if isinstance(record, MeasuredValue) and record.source:
                record.look_at_source(self._kept(name, record.source))
            return record
        code, says = (
            ("TB109", "`kind` is missing") if kind is None else ("TB108", f"`{said}` is not a kind of evidence")
        )
        do = f"use one of: {', '.join(EVIDENCE_KINDS)}"
        self._refuse(name, [Finding(code, Level.ERROR, name, ("kind",), says, do)])
        return None

    def _kept(self, name: str, source: SourceFile) -> str:
        """The text of the file that is kept beside evidence; empty if none is."""
        try:
            with gzip.open((self.root / name).with_name(str(source.kept or ""))) as file:
                return file.read(_MOST).decode("utf-8", errors="replace")
        except (OSError, EOFError, ValueError, zlib.error):
            return ""

    def _record(self, name: str, holds: Mapping[str, Plain], model: type[R]) -> R | None:
        try:
            return model.model_validate(holds)
        except ValidationError as invalid:
            found = problems(invalid, model)
        self._refuse(name, [Finding(one.code, Level.ERROR, name, one.field, one.says, one.do) for one in found])
        return None

    def _refuse(self, name: str, findings: list[Finding]) -> None:
        """Note that a file holds no record; read it again for the positions of the findings."""
        self.unread.add(name)
        self._note_findings(findings)

    def _note_findings(self, findings: list[Finding]) -> None:
        root = _nodes(self.root / findings[0].file)
        self.findings += [_at(one, locate(root, one.field)) if root else one for one in findings]


def evidence_in(data: bytes) -> Evidence | None:
    """The evidence in the bytes of a file; None if it holds none that is valid."""
    try:
        record = read_plain(decode(data)[0])
        kind = record.get("kind") if isinstance(record, dict) else None
        model = EVIDENCE_KINDS.get(kind) if isinstance(kind, str) else None
        return model.model_validate(record) if model else None
    except (UnicodeDecodeError, YamlProblem, ValidationError):
        return None


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".yaml")


# ── positions of findings ─────────────────────────────────────────────────────────────────────────────


def _nodes(path: Path) -> YamlNode | None:
    """The nodes of a file; None if it can't be read."""
    try:
        return read(decode(path.read_bytes())[0])
    except (OSError, YamlProblem, UnicodeDecodeError):
        return None


def _at(finding: Finding, mark: Mark) -> Finding:
    return replace(finding, line=mark.line, column=mark.column)
