"""The history of a repository: what holds what, what removed lines, new names, and versions that are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from . import git
from .checkout import Checkout
from .objects import Objects

_ISSUE = "/issue.yaml"
HeldEvidence: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]  # by issue: name and object of each version
Content: TypeAlias = tuple[tuple[str, str], ...]  # files with their digests, sorted

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
    """The name that a file has now, also where a commit renamed it; None where it is gone."""
    follow(checkout, [path])
    return checkout.name_now(path) or checkout.followed.get(path)


def held_evidence(root: Path) -> HeldEvidence:
    """The name and the object of each version of evidence that git holds and that is gone or edited, by issue."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, version in _held_versions(root, ".yaml"):
        issue_id, _, inside = path.partition("/")
        folder, _, name = inside.rpartition("/")
        if folder == "evidence":
            found.setdefault(issue_id, []).append((name.removesuffix(".yaml"), version))
    return found


def _held_versions(folder: Path, ending: str) -> list[tuple[str, str]]:
    """The path below the folder and the object of every version that a commit deleted or changed, or that differs now.

    Files of issues that were renamed, or moved with their book, are named as they would be now. Renamed files count
    as deleted under the old name. A few questions to git.
    """
    folder = folder.resolve()
    root = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    if root is None:
        return []
    moved = _moved_issues(root, folder)
    places = [str(folder), *(str(root / old) for old in moved)]
    form = ("--raw", "--no-renames", "--no-abbrev", "--diff-filter=DMT", "-z")
    # A merge can drop what its branch brought, and without the full history such a branch is left out.
    committed = git.ask(root, "log", "--format=", "--full-history", "-m", *form, "HEAD", "--", *places)
    now = git.ask(root, "diff", *form, "HEAD", "--", *places)
    found: dict[tuple[str, str], None] = {}
    fields = iter(git.names((committed or "") + (now or "")))
    for about in fields:
        parts, path = about.split(), _now(root, folder, next(fields), moved)
        if len(parts) == 5 and path.endswith(ending):
            found[path, parts[2]] = None
    return list(found)


def _moved_issues(root: Path, folder: Path) -> dict[str, str]:
    """The folders that issues had before commits moved them, each with the folder it got; the latest first."""
    form = ("--format=", "-M", "--full-diff", "--name-status", "--diff-filter=R", "-z")
    fields = iter(git.names(git.ask(root, "log", *form, "HEAD", "--", str(folder)) or ""))
    pairs = ((next(fields), next(fields)) for _ in fields)
    gone = ((old, new) for old, new in pairs if new.endswith(_ISSUE) and not (root / old).is_file())
    return {old.removesuffix(_ISSUE): new.removesuffix(_ISSUE) for old, new in gone}


def _now(root: Path, folder: Path, path: str, moved: dict[str, str]) -> str:
    """The path of a file below the folder of the book, or the one that it would have now."""
    seen = set[str]()
    while (place := next((old for old in moved if path.startswith(f"{old}/") and old not in seen), None)) is not None:
        seen.add(place)
        path = moved[place] + path[len(place) :]
    whole = root / path
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else path


class Removals:
    """Which commits after one changed some files. The history is walked once for all of them."""

    def __init__(self, checkout: Checkout, since: str, names: Collection[str]) -> None:
        self._checkout, self._since, self._names = checkout, since, sorted(names)

    def removed_by(self, names: Collection[str], words: str) -> str | None:
        """The commit that took a line out of a file, which may have had several names; None where that is not sure."""
        touching = [
            (commit, parents)
            for commit, parents in self._commits.items()
            if all(self._versions(commit, names) != self._versions(parent, names) for parent in parents)
        ]
        if len(touching) > 1:  # a merge takes nothing out by itself
            touching = [
                (commit, parents)
                for commit, parents in touching
                if words
                and len(parents) == 1
                and self._count(commit, names, words) != self._count(parents[0], names, words)
            ]
        return touching[0][0] if len(touching) == 1 else None

    @cached_property
    def _commits(self) -> dict[str, list[str]]:
        """The commits that changed the files, each with the ones before it."""
        head, since, checkout = self._checkout.head, self._since, self._checkout
        known = ancestry(checkout.objects, [(head, since)], shallow=checkout.shallow)
        if not self._names or not known.get((head, since)):
            return {}
        output = git.tell(checkout.root, "rev-list", "--parents", f"{since}..{head}", "--", *self._names)
        return {commit: parents for commit, *parents in map(str.split, output.splitlines())}

    def _versions(self, commit: str, names: Collection[str]) -> list[str | None]:
        items = (self._checkout.objects.item(commit, name) for name in sorted(names))
        return [item.id if item else None for item in items]

    def _count(self, commit: str, names: Collection[str], words: str) -> int:
        """How often words occur in a file, whatever its name is."""
        texts = (self._checkout.objects.text(commit, name) for name in names)
        return sum(git.text(text or b"").count(words) for text in texts)
