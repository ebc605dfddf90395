"""Where the source code of an issue lies, which of its files can be searched, and what is searched for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from triagebook.book import Book, Entry
from triagebook.errors import TriagebookError
from triagebook.model.common import Detector
from triagebook.model.defect import Certainty

from .files import walk
from .git import Repository


@dataclass(frozen=True)
class Checkout:
    """A folder of source code, as it is now."""

    folder: Path
    git: Repository | None  # None: the folder is no git checkout, so nothing is known of commits
    besides: str | None = None  # the book's own folder in it: what a record quotes is no defect

    @cached_property
    def files(self) -> list[str]:
        """Every file that may be searched, sorted."""
        names = self.git.files if self.git else sorted(walk(self.folder))
        return [name for name in names if not self.is_of_book(name)]

    @cached_property
    def present(self) -> frozenset[str]:
        return frozenset(self.files)

    @property
    def changed(self) -> list[str]:
        """The files that are not as they were committed; the book's own are nobody's concern here."""
        return sorted(name for name in (self.git.changed if self.git else ()) if not self.is_of_book(name))

    def is_of_book(self, name: str) -> bool:
        return self.besides is not None and name.startswith(f"{self.besides}/")


def checkout_at(folder: Path, book_root: Path) -> Checkout:
    """The source code in a folder."""
    if not folder.is_dir():
        raise TriagebookError(f"there is no folder {folder}", "name the folder of the source code: --in DIR")
    root, book = folder.resolve(), book_root.resolve()
    besides = book.relative_to(root).as_posix() if book != root and book.is_relative_to(root) else None
    return Checkout(root, Repository.at(root), besides)


def folder_of(book: Book, name: str, book_root: Path) -> Path:
    """Where the catalog says that a repository is checked out."""
    repository = book.catalog.repositories.get(name)
    if repository is None or repository.checkout is None:
        do = f"name it: --in DIR; or for good, in {book_root / 'catalog.yaml'}: `checkout` of `{name}`"
        raise TriagebookError(f"the book does not say where `{name}` is checked out", do)
    folder = book_root / repository.checkout
    if not folder.is_dir():
        do = f"check it out there, correct `checkout` of `{name}` in the catalog, or name another: --in DIR"
        raise TriagebookError(f"there is no folder {folder}, where `{name}` is to be checked out", do)
    return folder


def repository_of(book: Book, entry: Entry) -> str:
    """The repository that an issue speaks of."""
    named = [source.repository for source in (entry.affected and entry.affected.source, entry.issue.source) if source]
    components = (book.catalog.components.get(name) for name in entry.issue.components)
    named += [component.repository for component in components if component and component.repository]
    known = book.catalog.repositories
    if name := next((str(name) for name in named if name in known), None):
        return name
    if len(known) == 1:
        return next(iter(known))
    do = f"name it in {entry.id}/issue.yaml: `source: {{repository: ..., commit: ...}}`, with an id from the catalog"
    raise TriagebookError(f"the record does not say which repository issue {entry.id} is about", do)


def detector_of(book: Book, entry: Entry) -> Detector | None:
    """What finds the defect: as the issue says, else the pattern of its surest cause that has a detector."""
    if entry.issue.detector is not None:
        return entry.issue.detector
    causes = [cause for cause in entry.issue.causes if cause.pattern and cause.state is not Certainty.RULED_OUT]
    causes.sort(key=lambda cause: cause.state is not Certainty.CONFIRMED)
    patterns = (book.patterns.get(str(cause.pattern)) for cause in causes)
    return next((pattern.detector for pattern in patterns if pattern and pattern.detector), None)
