"""The state of the source code for issues that have evidence of a machine."""

from __future__ import annotations

from pathlib import Path

from triagebook.book import Book, Entry
from triagebook.code.state import UNKNOWN, SourceState
from triagebook.model.evidence import Grade


def source_of(root: Path, book: Book, entry: Entry, folder: Path | None = None) -> SourceState:
    """The state for one issue; only a machine's evidence asks for it."""
    if not any(seen.grade is Grade.MACHINE for seen in entry.evidence.values()):
        return UNKNOWN
    from triagebook.code.states import states_for  # noqa: PLC0415  (git is asked where a machine saw something)

    return states_for(book, root, [entry], folder)[entry.id]


def sources_of(root: Path, book: Book, folder: Path | None = None) -> dict[str, SourceState]:
    """The same for every issue, by id, where a folder or the catalog says which checkout that is."""
    if folder is None and not any(repository.checkout for repository in book.catalog.repositories.values()):
        return {}
    from triagebook.code.states import states_for  # noqa: PLC0415

    states = states_for(book, root, book.issues.values(), folder)
    with_evidence = (
        one for one in book.issues.values() if any(e.grade is Grade.MACHINE for e in one.evidence.values())
    )
    return {entry.id: states[entry.id] for entry in with_evidence}
