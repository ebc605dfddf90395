"""Surveys a book: what is known of every issue, from the memo where its folder did not change, else from its files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.findings import Finding, place_of
from triagebook.outline import Outline

from .contents import digests
from .memo import Memo, encoded, key_of

if TYPE_CHECKING:
    from triagebook.book import Book, Entry

    from .load import Loaded

_SHARED = ("catalog.yaml", "patterns")
T = TypeVar("T")


class FolderNotes(Struct, frozen=True, omit_defaults=True):
    """What reading a folder showed, beside its outline."""

    others: tuple[str, ...] = ()  # the issues that it names
    outline: bytes = b""  # the digest of what rules see of its outline; empty where it has none
    unread: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class SharedNotes(Struct, frozen=True, omit_defaults=True):
    """What reading the catalog and the patterns showed."""

    levels: dict[str, str] = field(default_factory=dict)  # that the catalog sets for rules
    checkouts: tuple[str, ...] = ()  # where the catalog says that repositories are
    unread: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Survey:
    """A book as it is now. An issue is read only if its folder is new or changed, or somebody asks for it."""

    def __init__(self, root: Path, memo: Memo) -> None:
        self.root, self.memo = root, memo
        self._read: Loaded | None = None
        self._outlines: dict[str, Outline] = {}
        self._twins: dict[str, str] = {}
        self.keys = self._keys_of(self._contents())
        self.shared_key = self.keys.pop("")
        self.folders = memo.recall("folder", self.keys, FolderNotes)
        known = memo.recall("shared", {"": self.shared_key}, SharedNotes).get("")
        self.shared = known or SharedNotes()
        missing = self.keys.keys() - self.folders.keys()
        if missing or known is None:
            self._note(self._in_full(missing), missing)

    def load(self, issues: Collection[str]) -> Loaded:
        """Some issues in full, and the outlines of all others."""
        loaded = self._in_full({name for name in issues if name in self.folders and self.folders[name].outline})
        findings = (one for notes in self.folders.values() for one in notes.findings)
        every = sorted((*self.shared.findings, *findings), key=place_of)
        return replace(
            loaded, book=replace(loaded.book, others=self.outlines, unread=self.unread), findings=tuple(every)
        )

    def _in_full(self, issues: Collection[str]) -> Loaded:
        from .load import load  # noqa: PLC0415  (most commands read few records or none)

        if self._read is None or not self._read.book.issues.keys() >= set(issues):
            names = {*issues, *(self._read.book.issues if self._read else ())}
            self._read = load(self.root, names)
            now = self._keys_of(self._contents({*names, *_SHARED}))
            self.shared_key = self.shared_key if now.get("") == self.shared_key else None  # else it changed meanwhile
            self.keys |= {name: self.keys[name] if now.get(name) == self.keys[name] else None for name in names}
        return self._read

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The outline of every issue, sorted by id."""
        return dict(sorted({**self.each("outline", Outline, _outline_of), **self._outlines}.items()))

    def each(self, kind: str, form: type[T], make: Callable[[Entry, Book], T]) -> dict[str, T]:
        """What follows from each issue that can be read, the catalog and the patterns; `kind` names it in the memo."""
        noted = self._outlines if kind == "outline" else ()
        issues = [name for name, notes in sorted(self.folders.items()) if notes.outline and name not in noted]
        shared = self.shared_key if kind != "outline" else b"none"  # an outline follows from the issue alone
        expected = {name: key_of(self.keys[name], shared) if self.keys[name] and shared else None for name in issues}
        known = self.memo.recall(kind, expected, form)
        if lost := expected.keys() - known.keys():
            book = self._in_full(lost).book
            new = {name: make(book.issues[name], book) for name in lost if name in book.issues}
            self.memo.keep(kind, {name: expected[name] if self.keys[name] else None for name in lost}, new)
            known |= new
        return {name: known[name] for name in expected if name in known}

    @cached_property
    def issues(self) -> frozenset[str]:
        """The ids of all issues, those that can't be read included."""
        return frozenset(
            name for name, notes in self.folders.items() if notes.outline or f"{name}/issue.yaml" in notes.unread
        )

    @cached_property
    def unread(self) -> frozenset[str]:
        """The files that can't be read."""
        return frozenset(file for notes in self.folders.values() for file in notes.unread) | set(self.shared.unread)

    def _contents(self, only: Collection[str] | None = None) -> dict[str, bytes | None]:
        """The digest of all that lies at each place in the book."""
        place = self.root.resolve()
        try:
            paths = {path.name: os.fsencode(path) for path in sorted(place.iterdir()) if not path.name.startswith(".")}
        except OSError:
            return {}
        wanted = {name: path for name, path in paths.items() if only is None or name in only}
        return digests(self.memo, str(place), wanted)

    def _keys_of(self, contents: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
        """The key of each folder, and '' for that of the catalog and the patterns."""
        shared = [contents.get(name, b"none") for name in _SHARED]
        own = {name: digest for name, digest in contents.items() if name not in _SHARED}
        self._twins |= {name.lower(): name for name in own if name.lower() not in self._twins}
        keys = {name: digest and key_of(name, digest, self._twins[name.lower()]) for name, digest in own.items()}
        return {**keys, "": key_of(shared) if all(shared) else None}

    def _note(self, loaded: Loaded, names: Collection[str]) -> None:
        """Note what was read, and keep it unless it changed meanwhile."""
        findings, unread = _by_folder(loaded.findings, lambda one: one.file), _by_folder(loaded.book.unread, str)
        outlines = {name: loaded.book.outlines[name] for name in names if name in loaded.book.outlines}
        self._outlines |= outlines
        self.folders |= {
            name: FolderNotes(
                outlines[name].others if name in outlines else (),
                _seen_by_rules(outlines[name]) if name in outlines else b"",
                unread.get(name, ()),
                findings.get(name, ()),
            )
            for name in names
        }
        catalog = loaded.book.catalog
        self.shared = SharedNotes(
            {code: str(level) for code, level in catalog.rules.items()},
            tuple(str(one.checkout) for one in catalog.repositories.values() if one.checkout),
            tuple(file for name in _SHARED for file in unread.get(name, ())),
            tuple(one for name in _SHARED for one in findings.get(name, ())),
        )
        self.memo.keep("folder", self.keys, {name: self.folders[name] for name in names})
        keys = {name: key_of(own, b"none") if own else None for name, own in self.keys.items()}
        self.memo.keep("outline", keys, outlines)
        self.memo.keep("shared", {"": self.shared_key}, {"": self.shared})


def _outline_of(entry: Entry, _: Book) -> Outline:
    from triagebook.book import outline_of  # noqa: PLC0415  (not needed where all outlines are known)

    return outline_of(entry)


def _seen_by_rules(outline: Outline) -> bytes:
    return key_of(encoded(replace(outline, row={"opened": outline.row["opened"]})))


def _by_folder(items: Iterable[T], file_of: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(file_of(item).partition("/")[0], []).append(item)
    return {name: tuple(own) for name, own in found.items()}
