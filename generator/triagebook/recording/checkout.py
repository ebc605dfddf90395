"""Where the source code of an issue is checked out, and on which code something was seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from triagebook.code.checkout import Checkout, checkout_at
from triagebook.code.commits import commit_of, made_at, remotes
from triagebook.code.digests import digests, digests_at
from triagebook.code.git import GitError
from triagebook.errors import TriagebookError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triagebook.book import Book, Entry

_HASH = re.compile(r"[0-9a-f]{7,64}")
_CLOCKS = timedelta(seconds=2)  # a commit's time is in whole seconds
NAME_IT = "name it with --commit, or the checkout with --in"


class Code(Struct, frozen=True):
    """The code that something was seen on."""

    commit: str | None = None
    dirty: bool | None = None  # None: nobody knows
    digests: Mapping[str, str] = field(default_factory=dict)
    checkout: Checkout | None = None
    notes: tuple[str, ...] = ()  # what a person should know about it


class Found(Struct, frozen=True):
    """The checkout of an issue's code, or why there is none."""

    checkout: Checkout | None
    why: str = ""


# ── which checkout ───────────────────────────────────────────────────────────────────────────────────


def find(book_root: Path, book: Book, entry: Entry, folder: Path | None, apart: Sequence[Path] = ()) -> Found:
    """The folder that was named, the checkout that the catalog names, or the repository around the book."""
    apart = (*apart, *_book_files(book_root))
    if folder is not None:
        return _named(folder, apart)
    name = _repository(entry)
    for known in [name] if name else list(book.catalog.repositories):
        repository = book.catalog.repositories.get(known)
        if repository is not None and repository.checkout:
            place = book_root / repository.checkout
            if place.is_dir():
                return Found(checkout_at(place, apart))
            if name:
                return Found(None, f"the catalog says that `{known}` is checked out at {place}, and it is not")
    return _around(book_root, book, entry, name, apart)


def _named(folder: Path, apart: Sequence[Path]) -> Found:
    if not folder.is_dir():
        raise TriagebookError(f"there is no folder {folder}", "name the folder of the checkout")
    try:
        return Found(checkout_at(folder, apart))
    except GitError as error:
        return Found(None, f"git says of {folder}: {error.what}")


def _around(book_root: Path, book: Book, entry: Entry, name: str | None, apart: Sequence[Path]) -> Found:
    try:
        checkout = checkout_at(book_root, apart)
    except GitError as error:
        why = "the book lies in no git repository" if "not a git" in error.what else f"git says: {error.what}"
        return Found(None, f"{why}, and the catalog names no `checkout`")
    if name is None or _holds_code_of(checkout, book, entry, name):
        return Found(checkout)
    return Found(None, f"the book's own repository is not `{name}`, and the catalog names no `checkout` of that")


def _repository(entry: Entry) -> str | None:
    source = entry.issue.source or (entry.affected.source if entry.affected else None)
    return str(source.repository) if source else None


def _holds_code_of(checkout: Checkout, book: Book, entry: Entry, name: str) -> bool:
    """Is a repository the one that an issue names? By its address, by the commits of the record, or by its files."""
    repository = book.catalog.repositories.get(name)
    if repository is None or _plain(str(repository.url)) in {_plain(url) for url in remotes(checkout.root)}:
        return True
    if any(commit_of(checkout.root, commit) for commit in _commits(entry)):
        return True
    return checkout.shallow and any((checkout.root / place).exists() for place in places_that_count(entry))


def _commits(entry: Entry) -> Iterator[str]:
    issue, affected = entry.issue, entry.affected
    yield from (str(source.commit) for source in (issue.source, affected.source if affected else None) if source)
    yield from (str(change.commit) for change in (issue.fix.changes if issue.fix else ()) if change.commit)


def _plain(url: str) -> str:
    """Host and path: `git@host:owner/name.git` and `https://host/owner/name` are one repository."""
    url = re.sub(r"^\w+://", "", url.strip()).rpartition("@")[2].replace(":", "/")
    return url.rstrip("/").removesuffix(".git").lower()


def _book_files(book_root: Path) -> Iterator[Path]:
    """The records are no part of the code; a book may lie at the top of its repository."""
    if (book_root / ".git").exists():
        yield from (path for path in book_root.iterdir() if path.suffix == ".yaml" or (path / "issue.yaml").exists())
        yield from (book_root / "patterns", book_root / ".schema")
    else:
        yield book_root


# ── which code ───────────────────────────────────────────────────────────────────────────────────────


def code_of_commit(found: Found, commit: str, places: Iterable[str]) -> Code:
    """The code of a commit that a person names."""
    checkout = found.checkout
    full = commit_of(checkout.root, commit) if checkout else None
    if full is None:
        if not _HASH.fullmatch(commit):
            what = f"`{commit}` is no commit here" if checkout else f"`{commit}` is not the hash of a commit"
            raise TriagebookError(what, "give its hash, of at least 7 digits, or name the checkout with --in")
        where = f"commit {commit[:9]} is not in {checkout.root.name}" if checkout else found.why
        return Code(commit, dirty=False, checkout=checkout, notes=(f"{where}: no digests of the code are kept",))
    if checkout is not None and full == checkout.head:
        return code_now(found, places)
    root = checkout.root if checkout else Path()
    return Code(full, dirty=False, digests=digests_at(root, full, places), checkout=checkout)


def code_now(found: Found, places: Iterable[str], seen_at: datetime | None = None) -> Code:
    """The code of the work tree. What was seen before its commit was made was seen on other code."""
    checkout = found.checkout
    if checkout is None:
        return Code(notes=(f"the commit is not known, so it proves nothing: {found.why}; {NAME_IT}",))
    if checkout.head is None:
        return Code(checkout=checkout, notes=(f"nothing was committed yet in {checkout.root.name}",))
    if seen_at is not None and seen_at < made_at(checkout.root, checkout.head) - _CLOCKS:
        why = f"it was seen before the commit {checkout.head[:9]} was made, so on other code"
        return Code(checkout=checkout, notes=(f"{why}; name its commit with --commit",))
    return Code(checkout.head, checkout.dirty, digests(checkout.root, places), checkout, tuple(_of_changes(checkout)))


def _of_changes(checkout: Checkout) -> Iterator[str]:
    if checkout.dirty:
        first, more = ", ".join(checkout.changed[:3]), len(checkout.changed) - 3
        listed = f"{first} and {more} more" if more > 0 else first
        yield f"the work tree holds changes that are not committed, so it proves nothing: {listed}"


def places_that_count(entry: Entry) -> set[str]:
    """The files whose digests tell whether the code is the same: those affected, those changed, the tests."""
    issue, affected = entry.issue, entry.affected
    places = {str(location.at.path) for location in (affected.locations if affected else ())}
    places |= {str(change.path) for change in (issue.fix.changes if issue.fix else ()) if change.path}
    return places | {str(suite.path) for suite in issue.suites.values() if suite.path}
