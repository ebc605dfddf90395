"""What the source code says of an issue as it stands now: in the checkout that is named, or that the catalog names."""

from __future__ import annotations

from pathlib import Path

from triagebook.book import Book, Entry
from triagebook.code.state import UNKNOWN, SourceState
from triagebook.model.evidence import Grade


def source_of(root: Path, book: Book, entry: Entry, folder: Path | None = None) -> SourceState:
    """The answers to the questions that the facts of an issue ask; only a machine's evidence asks any."""
    if not any(seen.grade is Grade.MACHINE for seen in entry.evidence.values()):
        return UNKNOWN
    from triagebook.code.states import state_for  # noqa: PLC0415  (git is asked where a machine saw something)

    from .checkout import find  # noqa: PLC0415

    found = find(root, book, entry, folder)
    return state_for(entry, found.checkout) if found.checkout else SourceState(why_unknown=found.why)


def sources_of(root: Path, book: Book, folder: Path | None = None) -> dict[str, SourceState]:
    """The same for every issue, by id, where a folder or the catalog says which checkout that is."""
    if folder is None and not any(repository.checkout for repository in book.catalog.repositories.values()):
        return {}
    return {entry.id: source_of(root, book, entry, folder) for entry in book.issues.values()}
