"""Finds the checkout that holds the source code of each issue, and looks up its state for many issues at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from triagebook.book import Book, Entry
from triagebook.errors import TriagebookError
from triagebook.model import base
from triagebook.model.catalog import Catalog

from .checkout import Checkout, book_files, checkout_at
from .git import GitError, GitMissingError, top_of
from .known_commits import known_commits
from .state import Drift, SourceDependencies, SourceState

_PATHS = re.compile(r"[\w.@+-]+(?:/[\w.@+-]+)*/?")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_CUT_OFF = "the checkout is shallow: its history is cut off; `git fetch --unshallow` gets it"


KnownCheckouts = dict[Path, Checkout | GitError]


class FoundCheckout(Struct, frozen=True):
    """The checkout of an issue's code, or why there is none."""

    checkout: Checkout | None
    why: str = ""
    repository: str = ""  # its id in the catalog; empty if nothing shows that it is one of them
    folder: Path | None = None  # the code, where it is not in git

    @property
    def has_code(self) -> bool:
        return self.checkout is not None or self.folder is not None


class Checkouts:
    """Finds the checkout of each issue of a book; each checkout is looked at once.

    It is the folder that was named, else the checkout that the catalog names, else the repository around the book.
    """

    def __init__(
        self,
        root: Path,
        book: Book,
        folder: Path | None = None,
        apart: Iterable[Path] = (),
        known: KnownCheckouts | None = None,
    ) -> None:
        """`known` are those that were looked at before, by their top folder."""
        self.root, self.book, self.folder = root, book, folder
        self._apart = (*apart, *book_files(root))
        self._known: KnownCheckouts = {} if known is None else known

    def of(self, entry: Entry) -> FoundCheckout:
        source = entry.issue.source or (entry.affected.source if entry.affected else None)
        repositories = self.book.catalog.repositories
        candidates = [str(source.repository)] if source else list(repositories)
        if self.folder is not None:
            if not self.folder.is_dir():
                raise TriagebookError(f"there is no folder {self.folder}", "name the folder of the checkout")
            return self._at_folder(self.folder, entry, candidates)
        for name in candidates:
            place = repositories[name].checkout if name in repositories else None
            if place and (self.root / place).is_dir():
                return replace(self._at_folder(self.root / place, entry, ()), repository=name)
            if place and source:
                why = f"the catalog says that `{name}` is checked out at `{place}`, but it is not there"
                return FoundCheckout(None, why)
        around = self._looked_at(self.root)
        if isinstance(around, GitError) and not isinstance(around, GitMissingError):
            why = "the book is not in a git repository" if "not a git" in around.what else around.what
            return FoundCheckout(None, f"{why}, and the catalog names no `checkout`")
        found = self._at_folder(self.root, entry, candidates)
        if source and found.checkout and candidates[0] in repositories and found.repository != candidates[0]:
            why = f"no checkout of `{candidates[0]}` is known; name it with --in DIR, or as `checkout` in the catalog"
            return FoundCheckout(None, why)
        return found

    def _at_folder(self, folder: Path, entry: Entry, candidates: Iterable[str]) -> FoundCheckout:
        checkout = self._looked_at(folder)
        if isinstance(checkout, GitMissingError) and self.folder is None:  # the user did not name this folder
            return FoundCheckout(None, checkout.what)
        if isinstance(checkout, GitError):
            why = (
                f"{folder} is not in a git repository" if "not a git" in checkout.what else f"{folder}: {checkout.what}"
            )
            return FoundCheckout(None, why, folder=folder.resolve())
        return FoundCheckout(checkout, repository=self._identity(checkout, entry, list(candidates)))

    def _identity(self, checkout: Checkout, entry: Entry, candidates: list[str]) -> str:
        """Which of some repositories a checkout is, by commits or files that the issue records, or by its address.

        No answer may name a repository that the code was not compared with, so it is empty if nothing shows it.
        """
        if len(candidates) == 1 and (
            any(checkout.objects.commit(commit) for commit in stated_commits(entry))
            or (checkout.shallow and any((checkout.root / place).exists() for place in places_that_count(entry)))
        ):
            return candidates[0]
        name = repository_at(self.book.catalog, checkout.addresses) if candidates else None
        return name if name in candidates else ""

    def _looked_at(self, folder: Path) -> Checkout | GitError:
        place = top_of(folder) or folder
        if place not in self._known:
            try:
                self._known[place] = checkout_at(folder, self._apart)
            except GitError as error:
                self._known[place] = error
        return self._known[place]


# Computes the drift of issues, given the checkout of each by its id.
DriftOf = Callable[[Mapping[str, FoundCheckout]], Mapping[str, Drift]]


def states_for(
    book: Book,
    root: Path,
    entries: Iterable[Entry],
    folder: Path | None = None,
    drift: DriftOf | None = None,
    known: KnownCheckouts | None = None,
) -> dict[str, SourceState]:
    """The state of the source code for each of these issues, by id; every issue gets one.

    `root` is the folder of the book. However many issues there are, each checkout costs a handful of git processes.
    `drift` computes how records and code differ, such as `partial(scan.drift.drifts_in, book, root)`.
    """
    checkouts = Checkouts(root, book, folder, known=known)
    found = {entry.id: (entry, checkouts.of(entry)) for entry in entries}
    asked: dict[Path, tuple[Checkout, list[Entry]]] = {}
    for entry, where in found.values():
        if where.checkout is not None:
            asked.setdefault(where.checkout.root, (where.checkout, []))[1].append(entry)
    commits: dict[str, SourceState] = {}
    for checkout, group in asked.values():
        commits |= known_commits(checkout, group)
    drifts = drift({name: where for name, (_, where) in found.items()}) if drift else {}
    return {
        name: _state(
            entry, where, commits.get(name, SourceState()), {name: drifts[name]} if name in drifts else {}, book
        )
        for name, (entry, where) in found.items()
    }


def _state(
    entry: Entry, where: FoundCheckout, known: SourceState, drift: Mapping[str, Drift], book: Book
) -> SourceState:
    checkout = where.checkout
    if checkout is None:
        stated = SourceDependencies(tuple(sorted(places_that_count(entry))), tuple(sorted({*stated_commits(entry)})))
        return SourceState(why_unknown=where.why, drift=drift, rests=None if where.has_code else stated)
    paths = places_that_count(entry) | {path for record in entry.evidence.values() for path in record.code}
    return replace(
        known,
        repository=where.repository or checkout.root.name,
        dirty=checkout.dirty,
        digests=checkout.digests(paths),
        looked_at=frozenset(paths),
        shallow=checkout.shallow,
        why_unknown=_CUT_OFF if checkout.shallow else "",
        drift=drift,
        checkout=str(checkout.root),
        named=bool(where.repository),
        rests=_rests_of(book, entry, checkout),
    )


def _rests_of(book: Book, entry: Entry, checkout: Checkout) -> SourceDependencies | None:
    """What of a checkout the answers about an issue rest on: every path and commit that its records name."""
    issue, found = entry.issue, entry.values
    paths, commits = set[str](), set[str]()
    texts = {value if isinstance(value, str) else str(value) for _, _, value in found}
    paths.update(path for text in texts if "/" in text for path in _PATHS.findall(text))
    paths.update(str(value) for _, _, value in found if isinstance(value, base.Path))
    paths.update(key.partition("::")[0] for _, way, _ in found for key in way if isinstance(key, str) and "/" in key)
    commits.update(filter(_COMMIT.fullmatch, texts))
    searched = book.detector_of(entry) or any(change.setting for change in issue.changes)
    known = [commit for commit in commits if checkout.objects.commit(commit)]
    gone = paths - checkout.file_set
    if any((checkout.root / path).is_file() for path in gone):
        return None  # git ignores it
    anywhere = any(checkout.followed.get(path) or _was_at(checkout, known, path) for path in gone)
    return SourceDependencies(tuple(sorted(paths)), tuple(sorted(commits)), bool(searched) or anywhere)


def _was_at(checkout: Checkout, commits: Iterable[str], path: str) -> bool:
    items = (checkout.objects.item(commit, path) for commit in commits)
    return any(item is not None and item.is_file for item in items)


def places_that_count(entry: Entry) -> set[str]:
    """The files whose digests show whether the code is the same: those of the defect, of the fix, and the tests."""
    issue = entry.issue
    places = {str(place.path) for cause in issue.causes for place in cause.at}
    places |= {str(place.path) for symptom in issue.symptoms for place in symptom.at}
    places |= {str(location.at.path) for location in entry.locations}
    places |= {str(change.path) for change in issue.changes if change.path}
    return places | {str(suite.path) for suite in issue.suites.values() if suite.path}


def stated_commits(entry: Entry) -> Iterator[str]:
    """The commits that a record names, other than those of evidence."""
    issue, affected = entry.issue, entry.affected
    yield from (str(source.commit) for source in (issue.source, affected.source if affected else None) if source)
    yield from issue.fix_commits


def repository_at(catalog: Catalog, addresses: Iterable[str]) -> str | None:
    """The repository of the catalog that has one of some addresses."""
    known = {_plain(address) for address in addresses}
    return next((name for name, one in catalog.repositories.items() if one.url and _plain(str(one.url)) in known), None)


def _plain(address: str) -> str:
    """Host and path: `git@host:owner/name.git` and `https://host/owner/name` are one repository."""
    address = re.sub(r"^\w+://", "", address.strip()).rpartition("@")[2].replace(":", "/")
    return address.rstrip("/").removesuffix(".git").lower()
