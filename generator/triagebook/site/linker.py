"""Turns what a record refers to into names and links.

A link to a page of the site names the path of that page, so it is the same on every page and in every report.
`placed` in `markdown` and `markup` turns it into an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, urlencode, urlsplit

from triagebook.book import Book, Entry
from triagebook.markdown import Linked
from triagebook.model.base import Commit, Ref, Url
from triagebook.model.building_blocks import Link, Step
from triagebook.model.defect import Source
from triagebook.model.planning import Work
from triagebook.model.refs import IssueRef, PatternRef
from triagebook.model.values import DocRef, Place

from .paths import ISSUES, issue_path, pattern_path, report_path, rule_path

# How code hosts write the address of a commit and of a line.
_HOSTS = (
    ("github", "/commit/{commit}", "/blob/{commit}/{path}"),
    ("gitlab", "/-/commit/{commit}", "/-/blob/{commit}/{path}"),
)


def anchor(words: str) -> str:
    """The anchor of a heading with these words, if it is the first one with them."""
    return re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")


class Linker:
    """Names and links for the values of a record, or of the whole book."""

    def __init__(
        self, book: Book, entry: Entry | None = None, work: Work | None = None, source: Source | None = None
    ) -> None:
        self.book = book
        self.entry = entry
        self.work = entry.issue if entry else work
        self.source = source or (entry.issue.source if entry else None)

    def at(self, source: Source) -> Linker:
        """A linker with links to code at another commit."""
        return Linker(self.book, self.entry, self.work, source)

    def __call__(self, value: object) -> object:
        """A value to print: a reference as its name with a link, a list as a list."""
        match value:
            case tuple() | list():
                return [self(item) for item in value]
            case IssueRef():
                return self.issue(value)
            case PatternRef():
                return self.pattern(value)
            case Ref():
                return self.name(value)
            case Place():
                return self.place(value)
            case Commit():
                return self.commit(value)
            case DocRef():
                return self.sources([value])[0]
            case Link():
                return Linked(value.title or _short(value.url), value.url)
            case Url():
                return Linked(_short(value), value)
            case _:
                return value

    # ── records ──────────────────────────────────────────────────────────────────────────────────────

    def to(self, path: str, words: str, at: str = "", *, code: bool = False) -> Linked:
        """A link to a page, or to the heading `at` on it."""
        return Linked(words, path + (f"#{anchor(at)}" if at else ""), code=code, within=True)

    def filtered(self, words: str, **asked: str) -> Linked:
        """A link to the table of issues, filtered."""
        return Linked(words, f"{ISSUES}?{urlencode(asked)}", within=True)

    def heading(self, title: str, words: str = "") -> Linked:
        """A heading of the same page, by its title or by other words."""
        return Linked(words or title, f"#{anchor(title)}")

    def issue(self, issue_id: str, words: str = "", at: str = "", *, code: bool = False) -> Linked:
        """An issue by its id or by other words; `at` is a heading on its page."""
        words = words or issue_id
        known = issue_id in self.book.outlines
        return self.to(issue_path(issue_id), words, at, code=code) if known else Linked(words, code=code)

    def report(self, kind: str) -> Linked:
        """A report on this issue by its name: `test plan`."""
        words = kind.replace("-", " ")
        return self.to(report_path(self.entry.id, kind), words) if self.entry else Linked(words)

    def claim(self, label: str) -> Linked:
        """A disputed claim of the issue by its label in documents."""
        return self.to(issue_path(self.entry.id), label, label) if self.entry else Linked(label)

    def titled(self, issue_id: str) -> Linked:
        """An issue by id and title."""
        outline = self.book.outlines.get(issue_id)
        return self.issue(issue_id, f"{issue_id} · {outline.row['title']}" if outline else "")

    def rule(self, code: str) -> Linked:
        """A rule by its code; other codes, such as that of an unreadable file, have no page."""
        return self.to(rule_path(code), code) if code in _codes() else Linked(code)

    def pattern(self, pattern_id: str) -> Linked:
        pattern = self.book.patterns.get(pattern_id)
        return self.to(pattern_path(pattern_id), pattern.title) if pattern else Linked(pattern_id)

    def file(self, file: str, line: int = 1) -> Linked:
        """A file of the book, with a link to the page that shows it unless that is this page."""
        first, _, rest = file.partition("/")
        if self.entry and first == self.entry.id:
            return Linked(f"{rest}:{line}" if line > 1 else rest, code=True)
        words = f"{file}:{line}" if line > 1 else file
        name = rest.removesuffix(".yaml")
        if first == "patterns" and name in self.book.patterns:
            return self.to(pattern_path(name), words, code=True)
        return self.issue(first, words, code=True) if rest else Linked(words, code=True)

    def name(self, ref: Ref) -> Linked:
        """The name in the catalog or the record; the id if neither has one."""
        if ref.to == "evidence" and self.entry and ref in self.entry.evidence:
            return self.evidence(ref)
        catalog, work = self.book.catalog, self.work
        fix = self.entry.issue.fix if self.entry else None
        named = {
            "component": catalog.components,
            "environment": catalog.environments,
            "test category": catalog.test_categories,
            "file category": catalog.file_categories,
            "segment": catalog.segments,
            "revenue stream": catalog.streams,
            "person": catalog.people,
            "suite": work.suites if work else {},
            "phase": work.plan.phases if work and work.plan else {},
            "option": fix.options if fix else {},
        }.get(ref.to, {})
        title = getattr(named.get(ref), "title", None)
        return Linked(title) if title else Linked(str(ref), code=True)

    def evidence(self, name: str) -> Linked:
        """A piece of the issue's evidence."""
        return self.issue(self.entry.id, name, name, code=True) if self.entry else Linked(name, code=True)

    def document(self, name: str) -> Linked:
        """A document by its title, with a link to its address if it has one."""
        record = self.entry.documents.get(name) if self.entry else None
        return Linked(record.title, record.url) if record else Linked(name)

    # ── source code ──────────────────────────────────────────────────────────────────────────────────

    def place(self, place: Place, words: str = "") -> Linked:
        return Linked(words or str(place), self._code(place.path, place.lines[0] if place.lines else None), code=True)

    def commit(self, commit: str, repository: str = "") -> Linked:
        address = self._address(repository or (self.source.repository if self.source else ""))
        host = _host(address)
        return Linked(commit[:9], address + host[1].format(commit=commit) if host else None, code=True)

    def _code(self, path: str, line: int | None) -> str | None:
        if self.source is None:
            return None
        address = self._address(self.source.repository)
        host = _host(address)
        if host is None:
            return None
        return address + host[2].format(commit=self.source.commit, path=quote(path)) + (f"#L{line}" if line else "")

    def _address(self, repository: str) -> str:
        known = self.book.catalog.repositories.get(repository)
        return known.url.rstrip("/").removesuffix(".git") if known and known.url else ""

    # ── documents ────────────────────────────────────────────────────────────────────────────────────

    def sources(self, refs: Iterable[DocRef]) -> list[Linked]:
        """The sources of a statement: each document once, with all its lines."""
        lines: dict[str, list[str]] = {}
        for ref in refs:
            lines.setdefault(ref.document, [])
            if ref.first is not None:
                lines[ref.document].append(str(ref.first) if ref.first == ref.last else f"{ref.first} to {ref.last}")
        return [self._document(document, of_it) for document, of_it in lines.items()]

    def _document(self, document: str, lines: list[str]) -> Linked:
        if document.startswith(("https://", "http://")):
            return Linked(_short(document), document)
        one = len(lines) == 1 and lines[0].isdecimal()
        words = f"{document}, line{'' if one else 's'} {', '.join(lines)}" if lines else document
        known = self.entry.documents.get(document) if self.entry else None
        return Linked(words, str(known.url) if known and known.url else None)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────

    def step(self, step: Step) -> list[str]:
        """The fields of a step in a few words each."""
        said = [
            ("horizon", step.horizon),
            ("takes", step.takes),
            ("in", step.environment),
            ("owner", step.owner),
            ("priority", step.priority),
            ("for", step.criterion),
        ]
        return [f"{word} {_text(self(value))}" for word, value in said if value is not None]


def elsewhere(book: Book, path: str) -> str | None:
    """The address for a page when there is no site: for an issue, the first link in its record."""
    name = path.split("/")[1]
    outline = book.outlines.get(name) if path == issue_path(name) else None
    return next(iter(outline.links), None) if outline else None


@cache
def _codes() -> frozenset[str]:
    from triagebook.rules import RULES as ALL_RULES  # noqa: PLC0415  (reports name no rules)

    return frozenset(rule.code for rule in ALL_RULES)


def _text(value: object) -> str:
    return value.text if isinstance(value, Linked) else str(value)


def _short(url: str) -> str:
    """An address without scheme, `www.` and trailing slash."""
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/")


def _host(address: str) -> tuple[str, str, str] | None:
    server = urlsplit(address).netloc
    return next((host for host in _HOSTS if host[0] in server), None)
