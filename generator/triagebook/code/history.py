"""The history of a repository: which commits contain others or removed lines, renames, and lost versions of files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from . import git
from .checkout import Checkout
from .objects import Objects

_OF_AN_ISSUE = re.compile(r"/(?:issue\.yaml|evidence/[^/]+\.yaml)$")  # one may be rewritten while all of it is moved
LOCATIONS = "affected.yaml"
_HELD = re.compile(rf"(?P<issue>[^/]+)/(?:evidence/(?P<name>[^/]+)\.yaml|{re.escape(LOCATIONS)})")
HeldEvidence: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]  # by issue: name and object of each version
Content: TypeAlias = tuple[tuple[str, str], ...]  # files with their digests, sorted
Versions: TypeAlias = tuple[str, str]  # the objects of a file before and after a commit; empty if there is none

_FEW = 50  # commits whose common ancestor is quickly found


def ancestry(objects: Objects, pairs: Iterable[tuple[str, str]], *, shallow: bool) -> dict[tuple[str, str], bool]:
    """For pairs of a commit and another: is the second in the history of the first? Unknown pairs are left out.

    One walk of the history answers for all pairs. A shallow clone can confirm, but not deny: the history may go on
    where the clone ends.
    """
    pairs = set(pairs)
    objects.learn(name for pair in pairs for name in pair)
    full = {(one, other): (objects.commit(one), objects.commit(other)) for one, other in pairs}
    asked = {names: (one, other) for names, (one, other) in full.items() if one and other}
    bits = {ancestor: 1 << place for place, ancestor in enumerate(sorted({other for _, other in asked.values()}))}
    held = _held(objects.folder, {one for one, _ in asked.values()}, bits)
    found = {names: bool(held.get(one, 0) & bits[other]) for names, (one, other) in asked.items()}
    return {names: holds for names, holds in sorted(found.items()) if holds or not shallow}


def _held(folder: Path, commits: Collection[str], bits: Mapping[str, int]) -> Mapping[str, int]:
    """For each commit the bits of the ancestors that it holds."""
    if not commits:
        return {}
    ends = []
    if len(bits) <= _FEW:  # no ancestor that is asked for lies below the one that all of them share
        base = git.ask(folder, "merge-base", "--octopus", *sorted(bits))
        ends = [f"^{base.split()[0]}^@"] if base else []
    asked = "".join(f"{name}\n" for name in [*sorted(commits), *ends])
    walk = git.tell(folder, "rev-list", "--topo-order", "--reverse", "--parents", "--stdin", stdin=asked.encode())
    held: dict[str, int] = {}
    for line in walk.splitlines():
        commit, *parents = line.split()
        own = bits.get(commit, 0)
        for parent in parents:
            own |= held.get(parent, 0)
        held[commit] = own
    return held


def commits_with(objects: Objects, contents: Collection[Content]) -> dict[Content, tuple[str, ...]]:
    """For each content the commits, on any branch, that hold it and changed one of these files; the newest first."""
    paths = sorted({path for content in contents for path, _ in content})
    output = git.ask(objects.folder, "rev-list", "--all", "--full-history", "--", *paths) if paths else ""
    at = objects.digests(dict.fromkeys((output or "").split(), paths))
    return {
        content: tuple(commit for commit, there in at.items() if all(there.get(path) == own for path, own in content))
        for content in set(contents)
    }


def renamed_before(checkout: Checkout, commits: Collection[str], paths: Collection[str]) -> dict[str, list[str]]:
    """The names that files got when they lost these, some time before one of the commits; the latest first."""
    if not paths:
        return {}
    asked = "".join(f"{line}\n" for line in (*sorted(commits), "--", *sorted(paths)))
    output = git.ask(
        checkout.root, "log", "--stdin", "--no-show-signature", "--no-ext-diff", "--no-color", "--full-diff", "-M",
        "--diff-filter=R", "--name-status", "--format=", stdin=asked.encode(errors="surrogateescape"),
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for line in (output or "").splitlines():
        if len(fields := line.split("\t")) == 3 and fields[1] in paths:
            found.setdefault(fields[1], []).append(fields[2])
    return found


def follow(checkout: Checkout, paths: Collection[str]) -> None:
    """Look up the names that files have now, all together."""
    gone = [path for path in paths if path not in checkout.followed and checkout.name_now(path) is None]
    renamed = renamed_before(checkout, [checkout.head], gone)
    for path in gone:
        names = (checkout.name_now(new) for new in renamed.get(path, ()))
        checkout.followed[path] = next(filter(None, names), None)


def name_now(checkout: Checkout, path: str) -> str | None:
    """The name that a file has now, even if a commit renamed it; None if it is gone."""
    follow(checkout, [path])
    return checkout.name_now(path) or checkout.followed.get(path)


def held_evidence(book: Path) -> HeldEvidence:
    """The name and the object of each version of evidence that a commit deleted or changed, or that differs now.

    By issue; the list of locations goes by the name of its file. Issues that were renamed, or moved with their book,
    are named as they are now. Renamed evidence counts as deleted under the old name. A few questions to git.
    """
    book, root = book.resolve(), git.top_of(book)
    if root is None:
        return {}
    moved = _moved_issues(root, book)
    places = [str(book), *(str(root / old) for old in moved)]
    form = ("--raw", "--no-renames", "--no-abbrev", "--diff-filter=DMT", "-z")
    # A merge can drop what its branch brought, and without the full history such a branch is left out.
    committed = git.ask(root, "log", "--format=", "--full-history", "-m", *form, "HEAD", "--", *places)
    now = git.ask(root, "diff", *form, "HEAD", "--", *places)
    found: dict[str, dict[tuple[str, str], None]] = {}
    fields = iter(git.names((committed or "") + (now or "")))
    for about in fields:
        parts, path = about.split(), _now(root, book, next(fields), moved)
        held = _HELD.fullmatch(path)
        if len(parts) == 5 and held:
            found.setdefault(held["issue"], {})[held["name"] or LOCATIONS, parts[2]] = None
    return {issue_id: list(versions) for issue_id, versions in found.items()}


def _moved_issues(root: Path, folder: Path) -> dict[str, str]:
    """The folders that issues had before commits moved them within the book, each with the new one; latest first."""
    form = ("--format=", "-M", "--full-diff", "--name-status", "--diff-filter=R", "-z")
    fields = iter(git.names(git.ask(root, "log", *form, "HEAD", "--", str(folder)) or ""))
    pairs = ((next(fields), next(fields)) for _ in fields)
    moved = ((_OF_AN_ISSUE.sub("", old), _OF_AN_ISSUE.sub("", new)) for old, new in pairs if _OF_AN_ISSUE.search(new))
    return {
        old: new
        for old, new in moved
        if (root / new).is_relative_to(folder) and not (root / old / "issue.yaml").is_file()
    }


def _now(root: Path, folder: Path, path: str, moved: dict[str, str]) -> str:
    """The path of a file below the folder of the book, or the one that it would have now."""
    seen = set[str]()
    while (place := next((old for old in moved if path.startswith(f"{old}/") and old not in seen), None)) is not None:
        seen.add(place)
        path = moved[place] + path[len(place) :]
    whole = root / path
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else path


class Removals:
    """Which commits after one changed some files. One question to git answers for all of them."""

    def __init__(self, checkout: Checkout, since: str, names: Collection[str]) -> None:
        self._checkout, self._since, self._names = checkout, since, sorted(names)
        self._counted: dict[tuple[str, str], int | None] = {}

    def removed_by(self, names: Collection[str], words: str) -> str | None:
        """The commit that took a line out of a file, which may have had several names; None if that is not sure."""
        own = set(names)
        touching = {commit: of for commit, of in self._changes.items() if all(own & parent.keys() for parent in of)}
        if len(touching) > 1:  # a merge takes nothing out by itself
            if not self._checkout.objects.fetch(self._versions):
                return None
            single = {commit: of[0] for commit, of in touching.items() if len(of) == 1}
            counts = {
                commit: [self._counts(of[path], words) for path in own & of.keys()] for commit, of in single.items()
            }
            if not words or any(None in pair for pairs in counts.values() for pair in pairs):
                return None
            touching = {
                commit: touching[commit]
                for commit, pairs in counts.items()
                if sum(before or 0 for before, _ in pairs) != sum(after or 0 for _, after in pairs)
            }
        return next(iter(touching)) if len(touching) == 1 else None

    @cached_property
    def _versions(self) -> set[str]:
        """The objects of all versions of the files."""
        pairs = (pair for parents in self._changes.values() for of in parents for pair in of.values())
        return {version for pair in pairs for version in pair if version}

    def _counts(self, versions: tuple[str, str], words: str) -> list[int | None]:
        """How often words occur in each of two versions of a file; None if there is no such version to be seen."""
        return [self._count(version, words) if version else 0 for version in versions]

    def _count(self, version: str, words: str) -> int | None:
        if (version, words) not in self._counted:
            data = self._checkout.objects.blob(version)
            self._counted[version, words] = None if data is None else git.text(data).count(words)
        return self._counted[version, words]

    @cached_property
    def _changes(self) -> dict[str, list[dict[str, Versions]]]:
        """For each commit and each of its parents the files that differ, with their objects before and after."""
        head, since, checkout = self._checkout.head, self._since, self._checkout
        known = ancestry(checkout.objects, [(head, since)], shallow=checkout.shallow)
        if not self._names or not known.get((head, since)):
            return {}
        return changes_by_commit(checkout.root, "-m", f"{since}..{head}", "--", *self._names)


def changes_by_commit(folder: Path, *which: str) -> dict[str, list[dict[str, Versions]]]:
    """Of each commit that `git log` lists, and each of its parents, the files that differ."""
    form = ("--format=%x00%H %P", "--raw", "--no-renames", "--no-abbrev", "-z")
    found: dict[str, list[dict[str, Versions]]] = {}
    changed: dict[str, Versions] = {}
    fields = iter(git.tell(folder, "log", *form, *which).split("\0"))
    for about in fields:
        parts = about.split()
        if about.lstrip().startswith(":"):
            changed[next(fields)] = parts[2].strip("0") and parts[2], parts[3].strip("0") and parts[3]
        elif parts:
            commit, *parents = parts
            of = found.setdefault(commit, [{} for _ in parents or [""]])
            changed = next((one for one in of if not one), {})
    return found
