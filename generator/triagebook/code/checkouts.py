"""Which checkout holds the source code of an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.errors import TriagebookError

from .checkout import Checkout, checkout_at
from .commits import remotes
from .git import GitError, GitMissingError


class FoundCheckout(Struct, frozen=True):
    """The checkout of an issue's code, or why there is none."""

    checkout: Checkout | None
    why: str = ""
    repository: str = ""  # its id in the catalog, or the name of its folder
    folder: Path | None = None  # the code, where it is not in git

    @property
    def has_code(self) -> bool:
        return self.checkout is not None or self.folder is not None


class Checkouts:
    """Finds the checkout of each issue of a book; each checkout is looked at once.

    It is the folder that was named, else the checkout that the catalog names, else the repository around the book.
    """

    def __init__(self, root: Path, book: Book, folder: Path | None = None, apart: Iterable[Path] = ()) -> None:
        self.root, self.book, self.folder = root, book, folder
        self._apart = (*apart, *_book_files(root))
        self._known: dict[Path, Checkout | GitError] = {}
        self._known_around: set[str] = set()  # repositories that are the one around the book

    def of(self, entry: Entry) -> FoundCheckout:
        name = _repository(entry)
        if self.folder is not None:
            if not self.folder.is_dir():
                raise TriagebookError(f"there is no folder {self.folder}", "name the folder of the checkout")
            return self._found_at(self.folder, name)
        for known in [name] if name else list(self.book.catalog.repositories):
            repository = self.book.catalog.repositories.get(known)
            if repository is not None and repository.checkout:
                place = self.root / repository.checkout
                if place.is_dir():
                    return self._found_at(place, known)
                if name:
                    why = f"the catalog says that `{known}` is checked out at {place}, and it is not"
                    return FoundCheckout(None, why)
        around = self._at(self.root)
        if isinstance(around, GitMissingError):
            return FoundCheckout(None, around.what)
        if isinstance(around, GitError):
            why = "the book lies in no git repository" if "not a git" in around.what else f"git says: {around.what}"
            return FoundCheckout(None, f"{why}, and the catalog names no `checkout`")
        if name is None or self._is_around(entry, name, around):
            return self._found_at(self.root, name)
        return FoundCheckout(
            None, f"the book's own repository is not `{name}`, and the catalog names no `checkout` for it"
        )

    def _found_at(self, folder: Path, name: str | None) -> FoundCheckout:
        checkout, known = self._at(folder), list(self.book.catalog.repositories)
        if isinstance(checkout, GitMissingError) and self.folder is None:  # nobody asked for this folder
            return FoundCheckout(None, checkout.what)
        if isinstance(checkout, GitError):
            return FoundCheckout(None, f"git says of {folder}: {checkout.what}", folder=folder.resolve())
        only = known[0] if len(known) == 1 else ""
        return FoundCheckout(checkout, repository=name or only or checkout.root.name)

    def _is_around(self, entry: Entry, name: str, checkout: Checkout) -> bool:
        """Is the repository around the book the one that an issue names? By its commits, its address or its files."""
        repository = self.book.catalog.repositories.get(name)
        if name in self._known_around or repository is None:
            return True
        if any(checkout.objects.commit(commit) for commit in stated_commits(entry)):
            self._known_around.add(name)
            return True
        if plain_address(str(repository.url)) in self._addresses_around:
            return True
        return checkout.shallow and any((checkout.root / place).exists() for place in places_that_count(entry))

    @cached_property
    def _addresses_around(self) -> frozenset[str]:
        return frozenset(plain_address(url) for url in remotes(self.root))

    def _at(self, folder: Path) -> Checkout | GitError:
        if folder not in self._known:
            try:
                self._known[folder] = checkout_at(folder, self._apart)
            except GitError as error:
                self._known[folder] = error
        return self._known[folder]


def find(root: Path, book: Book, entry: Entry, folder: Path | None, apart: Iterable[Path] = ()) -> FoundCheckout:
    """The checkout of one issue."""
    return Checkouts(root, book, folder, apart).of(entry)


def places_that_count(entry: Entry) -> set[str]:
    """The files whose digests show whether the code is the same: those affected, those changed, the tests."""
    issue, affected = entry.issue, entry.affected
    places = {str(location.at.path) for location in (affected.locations if affected else ())}
    places |= {str(change.path) for change in (issue.fix.changes if issue.fix else ()) if change.path}
    return places | {str(suite.path) for suite in issue.suites.values() if suite.path}


def _repository(entry: Entry) -> str | None:
    source = entry.issue.source or (entry.affected.source if entry.affected else None)
    return str(source.repository) if source else None


def stated_commits(entry: Entry) -> Iterator[str]:
    """The commits that a record names, other than those of evidence."""
    issue, affected = entry.issue, entry.affected
    yield from (str(source.commit) for source in (issue.source, affected.source if affected else None) if source)
    yield from (str(change.commit) for change in (issue.fix.changes if issue.fix else ()) if change.commit)


def plain_address(url: str) -> str:
    """Host and path: `git@host:owner/name.git` and `https://host/owner/name` are one repository."""
    url = re.sub(r"^\w+://", "", url.strip()).rpartition("@")[2].replace(":", "/")
    return url.rstrip("/").removesuffix(".git").lower()


def _book_files(root: Path) -> Iterator[Path]:
    """The records are not part of the code, even where the book is at the top of its repository."""
    if (root / ".git").exists():
        yield from (path for path in root.iterdir() if path.suffix == ".yaml" or (path / "issue.yaml").exists())
        yield from (root / "patterns", root / ".schema")
    else:
        yield root
