"""A project in a git repository, with a book of one issue in it: real files, real commits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.kit.commands import git
from triagebook.code.checkout import checkout_at
from triagebook.code.checkouts import Checkouts
from triagebook.code.state import Drift, SourceState
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding
from triagebook.model.building_blocks import Detector
from triagebook.rules import RULES
from triagebook.rules.engine import run
from triagebook.scan.comparison import Comparison
from triagebook.scan.detectors import compile_detector
from triagebook.scan.drift import drifts_in
from triagebook.scan.file_search import Matches, search_files
from triagebook.scan.scan_result import ScanResult
from triagebook.scan.source_folder import SourceFolder, folder_at
from triagebook.store.emit import Writer
from triagebook.store.load import Loaded, load
from triagebook.store.write import create, edit

CATALOG = """\
repositories: {shop: https://example.org/shop}
components: {chat: {title: Chat, repository: shop}}
environments: {local: Local, production: {title: Production, production: true}}
test_categories: {unit: Unit}
file_categories: {product: {title: Product, paths: ["app/**"]}, tests: {title: Tests, paths: ["tests/**"]}}
people: {me: Me}
"""
ISSUE = """\
title: Nobody can connect
severity: low
opened: 2025-09-15
summary: Each connection fails.
"""
DETECTOR = "detector: {code: await get_manager($$$), language: python}\n"
_DAY = "2025-09-20T12:00:00+00:00"


class Project:
    """Files below a folder, and what git makes of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.book = root / "issues"
        root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "core.autocrlf", "false")
        self.git("remote", "add", "origin", "https://example.org/shop.git")
        self.write({"issues/catalog.yaml": CATALOG})
        self.issue(DETECTOR)

    def git(self, *arguments: str) -> str:
        return git(self.root, *arguments, GIT_AUTHOR_DATE=_DAY, GIT_COMMITTER_DATE=_DAY).strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        """Commit everything, the given files first; the hash."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")
        return self.git("rev-parse", "HEAD")

    def issue(self, more: str) -> None:
        """The record of issue 1: the four fields, and what a test wants besides."""
        self.write({"issues/1/issue.yaml": ISSUE + more})

    def affected(self, text: str) -> None:
        self.write({"issues/1/affected.yaml": text})

    def claims(self, text: str) -> None:
        """What a document states."""
        self.write({"issues/1/claims/report.yaml": f"title: Report\nfrom: https://example.org/a\n{text}"})

    @property
    def record(self) -> str:
        """What the tool and people wrote of the affected locations."""
        return (self.book / "1" / "affected.yaml").read_text(encoding="utf-8")

    @property
    def locations(self) -> list[str]:
        """The affected locations, one line each: `app/a.py:3 open await get()`."""
        affected = self.load().book.issues["1"].affected
        told = []
        for one in affected.locations if affected else ():
            extra = [str(part) for part in (one.text, one.note, one.commit and one.commit[:9]) if part]
            told.append(" ".join([str(one.at), one.state.value, *extra]))
        return told

    def load(self) -> Loaded:
        return load(self.book)

    def look_for(self, detector: Detector) -> Matches:
        """What a detector finds in the project."""
        loaded = self.load()
        if entry := loaded.book.issues.get("1"):
            source = folder_at(Checkouts(loaded.root, loaded.book, None).of(entry), loaded.root)
        else:
            source = SourceFolder(self.root, checkout_at(self.root), self.book)
        (found,) = search_files(source.folder, source.files, [compile_detector(detector)])
        return found

    def look(self, folder: Path | None = None) -> ScanResult:
        """What a scan of issue 1 comes to."""
        loaded = self.load()
        entry = loaded.book.issues["1"]
        detector = loaded.book.detector_of(entry)
        assert detector is not None
        search = compile_detector(detector)
        source = folder_at(Checkouts(loaded.root, loaded.book, folder).of(entry), loaded.root)
        (found,) = search_files(source.folder, source.files, [search])
        return ScanResult(Comparison(entry, source, search, found), "shop")

    def scan(self, folder: Path | None = None, *, comments: bool = True) -> ScanResult:
        """Scan, and write what was found."""
        outcome = self.look(folder)
        if outcome.comparison.entry.affected is None:
            create(self.book, outcome.file, Writer().document(outcome.record()))
        else:
            edit(self.book, outcome.edits(comments=comments))
        return outcome

    def drift(self, folder: Path | None = None) -> Drift:
        loaded = self.load()
        found = Checkouts(loaded.root, loaded.book, folder).of(loaded.book.issues["1"])
        folder_at(found, loaded.root)  # raises where there is none
        return drifts_in(loaded.book, loaded.root, {"1": found})["1"]

    def findings(self, select: str = "TB5") -> list[Finding]:
        """What the rules say of issue 1 beside the code."""
        loaded = self.load()
        source = SourceState(head=self.git("rev-parse", "HEAD"), drift={"1": self.drift()})
        found = run(RULES, Inquiry(loaded.book, source), only=frozenset({"1"}))
        return [finding for finding in loaded.placed(found) if finding.code.startswith(select)]
