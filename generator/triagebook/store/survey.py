"""Surveys a book: what is known of every issue, from the memo if its folder is unchanged, else from its files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.findings import Finding, place_of
from triagebook.outline import Outline
from triagebook.parallel import processors, spread
from triagebook.text import natural

from .contents import digests
from .memo import Memo, encoded, key_of

if TYPE_CHECKING:
    from triagebook.book import Book, Entry

    from .load import Loaded

_SHARED = ("catalog.yaml", "patterns")
_OUTLINE = "outline"
_FEW, _MANY = 32, 512  # issues that are worth another process, and that one has in memory at a time
T = TypeVar("T")


class FolderNotes(Struct, frozen=True, omit_defaults=True):
    """What reading a folder showed, beside its outline."""

    outline: bytes = b""  # the digest of what rules see of its outline; empty if it has none
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
        self._twins: dict[str, str] = {}
        self._loaded: Loaded | None = None
        self._in_full: frozenset[str] = frozenset()  # the folders that were loaded with it
        self._made: dict[str, dict[str, Any]] = {_OUTLINE: {}}
        self.keys = self._keys_of(self._contents())
        self.shared_key = self.keys.pop("")
        self._notes = memo.recall("folder", self.keys, FolderNotes)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def shared(self) -> SharedNotes:
        if known := self.memo.recall("shared", {"": self.shared_key}, SharedNotes).get(""):
            return known
        from .load import load  # noqa: PLC0415  (most commands read few records or none)

        loaded = load(self.root, ())
        catalog, unread = loaded.book.catalog, sorted(loaded.book.unread)
        notes = SharedNotes(
            {code: str(level) for code, level in catalog.rules.items()},
            tuple(str(one.checkout) for one in catalog.repositories.values() if one.checkout),
            tuple(file for file in unread if file.startswith(_SHARED)),
            tuple(one for one in loaded.findings if one.file.startswith(_SHARED)),
        )
        self._forget_changed(self._changed(()))
        self.memo.keep("shared", {"": self.shared_key}, {"": notes})
        return notes

    @property
    def folders(self) -> Mapping[str, FolderNotes]:
        """What is known of each folder."""
        self.read()
        return self._notes

    @property
    def unknown(self) -> list[str]:
        """The folders that are still to be read."""
        return sorted(self.keys.keys() - self._notes.keys(), key=natural)

    def read(self, look: Callable[[Loaded, Sequence[str]], dict[str, T]] | None = None) -> dict[str, T]:
        """Read the folders that are not in the memo, and return what `look` finds in them while they are open."""
        if not (unknown := self.unknown):
            return {}

        def note(loaded: Loaded, names: Sequence[str]) -> dict[str, tuple[FolderNotes, Outline | None, T | None]]:
            findings, unread = _by_folder(loaded.findings, lambda one: one.file), _by_folder(loaded.book.unread, str)
            seen = look(loaded, names) if look else {}
            outlines = {name: loaded.book.issues[name].outline for name in names if name in loaded.book.issues}
            notes = {
                name: FolderNotes(
                    _seen_by_rules(outlines[name]) if name in outlines else b"",
                    unread.get(name, ()),
                    findings.get(name, ()),
                )
                for name in names
            }
            return {name: (notes[name], outlines.get(name), seen.get(name)) for name in names}

        made = self.over(unknown, note)
        self._notes |= {name: notes for name, (notes, *_) in made.items()}
        outlines = {name: outline for name, (_, outline, _) in made.items() if outline}
        self._made[_OUTLINE] |= outlines
        self.memo.keep("folder", self.keys, {name: self._notes[name] for name in made})
        self.memo.keep(_OUTLINE, self._expected(_OUTLINE, outlines), outlines)
        return {name: seen for name, (_, _, seen) in made.items() if seen is not None}

    def over(
        self, names: Sequence[str], use: Callable[[Loaded, Sequence[str]], Mapping[str, T]], most: int = _MANY
    ) -> dict[str, T]:
        """What follows from issues that are read in full for it, some at a time, and by several processes if many."""
        from .load import load  # noqa: PLC0415

        def of_some(some: Sequence[str]) -> tuple[Mapping[str, T], list[str]]:
            there = self._loaded if self._in_full.issuperset(some) else None
            return use(there or load(self.root, some), some), self._changed(some)

        found: dict[str, T] = {}
        size = min(most, max(_FEW, -(-len(names) // processors())))
        parts = [names[at : at + size] for at in range(0, len(names), size)]
        if len(parts) > 1:
            load(self.root, names[:1])  # what reading takes is made once, before the processes part
        for made, changed in spread(of_some, parts, share=1, least=1):
            found |= made
            self._forget_changed(changed)
        return found

    def load(self, issues: Collection[str] | None = None) -> Loaded:
        """Some issues in full, or all, and the outlines of all others."""
        from .load import load  # noqa: PLC0415

        wanted = self.keys.keys() if issues is None else self.keys.keys() & issues
        if self._loaded is None or not self._in_full >= wanted:
            self._loaded, self._in_full = load(self.root, wanted), frozenset(wanted)
            self._forget_changed(self._changed(wanted))
        return self.whole(self._loaded)

    def whole(self, loaded: Loaded) -> Loaded:
        """Some issues in full, with what is known of all others."""
        findings = (one for notes in self.folders.values() for one in notes.findings)
        every = tuple(sorted((*self.shared.findings, *findings), key=place_of))
        book = replace(loaded.book, others=lambda: self.outlines, unread=self.unread)
        return replace(loaded, book=book, findings=every)

    def each(self, kind: str, form: type[T], make: Callable[[Entry, Book], T]) -> dict[str, T]:
        """What follows from each issue that can be read, the catalog and the patterns; `kind` names it in the memo."""
        issues = [name for name, notes in sorted(self.folders.items()) if notes.outline]
        known: dict[str, T] = self._made.setdefault(kind, {})
        known |= self.memo.recall(kind, self._expected(kind, set(issues) - known.keys()), form)
        lost = [name for name in issues if name not in known]

        def made(loaded: Loaded, names: Sequence[str]) -> dict[str, T]:
            book = loaded.book
            return {name: make(book.issues[name], book) for name in names if name in book.issues}

        if lost:
            new = self.over(lost, made)
            self.memo.keep(kind, self._expected(kind, new), new)
            known |= new
        return {name: known[name] for name in issues if name in known}

    # ── what is known ────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The outline of every issue, sorted by id."""
        return self.each(_OUTLINE, Outline, lambda entry, _: entry.outline)

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

    # ── keys ─────────────────────────────────────────────────────────────────────────────────────────

    def _contents(self, only: Collection[str] | None = None) -> dict[str, bytes | None]:
        """The digest of the content at each place in the book."""
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

    def _expected(self, kind: str, names: Iterable[str]) -> dict[str, bytes | None]:
        """The keys of what follows from issues and what all share; an outline follows from the issue alone."""
        shared = b"none" if kind == _OUTLINE else self.shared_key
        return {name: key_of(own, shared) if (own := self.keys[name]) and shared else None for name in names}

    def _changed(self, names: Collection[str]) -> list[str]:
        """The folders that are not any more as they were at first; '' for the catalog and the patterns."""
        now = self._keys_of(self._contents({*names, *_SHARED}))
        before = {"": self.shared_key} | {name: self.keys[name] for name in names}
        return [name for name, key in before.items() if key != now.get(name)]

    def _forget_changed(self, names: Iterable[str]) -> None:
        """Keep nothing that was read while it changed."""
        for name in names:
            if name:
                self.keys[name] = None
            else:
                self.shared_key = None


def _seen_by_rules(outline: Outline) -> bytes:
    return key_of(encoded(replace(outline, row={"opened": outline.row["opened"]})))


def _by_folder(items: Iterable[T], file_of: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(file_of(item).partition("/")[0], []).append(item)
    return {name: tuple(own) for name, own in found.items()}
