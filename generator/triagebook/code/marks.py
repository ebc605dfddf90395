"""Tells whether an answer about source code still holds: where its checkout was, and what changed since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath

from msgspec import Struct, field

from triagebook.text import seen_from

from . import git
from .checkout import Checkout, book_files, checkout_at
from .git import GitError
from .state import SourceDependencies


class CheckoutMark(Struct, frozen=True, omit_defaults=True):
    """A checkout at one time, as far as answers may rest on it."""

    why: str = ""  # there is none
    root: str = ""  # from the book
    name: str = ""
    head: str = ""
    shallow: bool = False
    tips: tuple[str, ...] = ()  # the commits that branches and tags name
    addresses: str = ""
    changed: Mapping[str, str] = field(default_factory=dict)  # what is not committed, the book aside, by digest

    @property
    def dirty(self) -> bool:
        return bool(self.changed)


class CheckoutChanges(Struct, frozen=True, dict=True):
    """What changed in some checkouts between two times."""

    paths: frozenset[str] = frozenset()
    commits: tuple[str, ...] = ()  # that are new, or newly in the history of the work tree; sorted
    anything: bool = False  # it is not known what

    def concern(self, rests: SourceDependencies) -> bool:
        """Whether answers that rest on this may be others now."""
        if self.anything or (rests.anything and self.paths):
            return True
        touches = self.paths and any(map(self._touches, rests.paths))
        return bool(touches or (self.commits and any(map(self._names, rests.commits))))

    def _touches(self, path: str) -> bool:
        if path in self._with_folders:
            return True
        while path := path.rpartition("/")[0]:
            if path in self.paths:
                return True
        return False

    def _names(self, commit: str) -> bool:
        at = bisect_left(self.commits, commit)
        return at < len(self.commits) and self.commits[at].startswith(commit)

    @cached_property
    def _with_folders(self) -> frozenset[str]:
        return self.paths | {str(above) for path in self.paths for above in PurePosixPath(path).parents}


NOTHING = CheckoutChanges()
ANYTHING = CheckoutChanges(anything=True)


def mark_of(folder: Path, book: Path, known: dict[Path, Checkout | GitError]) -> CheckoutMark:
    """The mark of the checkout that a folder lies in, which is then `known`. Changes to the book do not count."""
    place = git.top_of(folder) or folder
    try:
        known[place] = found = checkout_at(folder, tuple(book_files(book)))
    except GitError as error:
        known[place] = error
        return CheckoutMark(error.what)
    addresses = " ".join(sorted(found.addresses))
    changed = {path: sha256(found.text_now(path) or b"").hexdigest() for path in found.changed}
    changed |= {old: f"renamed to {new}" for old, new in found.renamed.items() if old in changed}
    root = seen_from(book.resolve(), found.root)
    return CheckoutMark("", root, found.root.name, found.head, found.shallow, found.tips, addresses, changed)


def moves(folders: Sequence[Path], before: Sequence[CheckoutMark], now: Sequence[CheckoutMark]) -> CheckoutChanges:
    """What changed between the marks of some folders and their marks now."""
    if not len(folders) == len(before) == len(now):
        return ANYTHING
    each = [_moves(*one) for one in zip(folders, before, now, strict=True)]
    return CheckoutChanges(
        frozenset().union(*(one.paths for one in each)),
        tuple(sorted({commit for one in each for commit in one.commits})),
        any(one.anything for one in each),
    )


def _moves(folder: Path, before: CheckoutMark, now: CheckoutMark) -> CheckoutChanges:
    if before == now:
        return NOTHING
    same = ("why", "root", "shallow", "addresses")
    if any(getattr(before, what) != getattr(now, what) for what in same):
        return ANYTHING
    differ = before.changed.items() ^ now.changed.items()
    paths, commits = {path for path, _ in differ}, {before.head, now.head}
    if (before.head, before.tips) != (now.head, now.tips):
        known = [before.head, *before.tips]
        lost = git.ask(folder, "rev-list", "--max-count=1", *known, "--not", "--all", "HEAD")
        back = git.ask(folder, "rev-list", "--max-count=1", before.head, "--not", now.head)
        if lost != "" or back != "":  # also if git does not know them any more
            return ANYTHING
        for new in (("--all", "HEAD", "--not", *known), (now.head, "--not", before.head)):
            commits |= set(git.tell(folder, "rev-list", *new).split())
            form = ("--format=", "--name-only", "--no-renames", "--diff-merges=first-parent")
            paths |= set(git.names(git.tell(folder, "log", "-z", *form, *new)))
    return CheckoutChanges(frozenset(paths), tuple(sorted(commits)))
