"""The commits that removed lines from files, and the names that lost files got."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property

from . import git
from .checkout import Checkout
from .commits import ancestry
from .diffs import PATCH, Hunk, read_patch

_HEADER = re.compile(r"^([0-9a-f]{40,64})$", re.MULTILINE)
_COMBINED = re.compile(r"^diff --(?:cc|combined) (.*)$", re.MULTILINE)


class Removals:
    """Which commits after one changed some files. The history is walked once for all of them."""

    def __init__(self, checkout: Checkout, since: str, names: Collection[str]) -> None:
        self._checkout, self._since, self._names = checkout, since, sorted(names)

    def removed_by(self, names: Collection[str], words: str) -> str | None:
        """The commit that took a line out of a file, which may have had several names; None where that is not sure."""
        touching = [commit for commit, files in self._changes.items() if not files.keys().isdisjoint(names)]
        if len(touching) == 1:
            return touching[0]
        taking = [commit for commit in touching if words and _takes(self._changes[commit], names, words)]
        return taking[0] if len(taking) == 1 else None

    @cached_property
    def _changes(self) -> dict[str, dict[str, tuple[Hunk, ...]]]:
        """The commits, each with the files that it changed and how; of a merge only the files."""
        head = self._checkout.head
        if not self._names or not self._is_before(head):
            return {}
        root, paths = self._checkout.root, ("--", *self._names)
        commits = git.tell(root, "rev-list", f"{self._since}..{head}", *paths)
        patches = git.tell(root, "diff-tree", "--stdin", "-r", "-c", "-M", *PATCH, *paths, stdin=commits.encode())
        _, *parts = _HEADER.split(patches)
        return {
            commit: dict(_files(patch)) for commit, patch in zip(parts[::2], parts[1::2], strict=True) if patch.strip()
        }

    def _is_before(self, head: str) -> bool:
        shallow = self._checkout.shallow
        return ancestry(self._checkout.objects, [(head, self._since)], shallow=shallow).get((head, self._since), False)


def _files(patch: str) -> Iterator[tuple[str, tuple[Hunk, ...]]]:
    combined = _COMBINED.findall(patch)
    if combined:
        yield from ((name, ()) for name in combined)
        return
    for old, new, hunks in read_patch(patch):
        yield from ((name, hunks) for name in {old, new} if name != "/dev/null")


def _takes(files: dict[str, tuple[Hunk, ...]], names: Collection[str], words: str) -> bool:
    """Does a commit change how often these words occur in a file?"""
    for hunks in (files.get(name, ()) for name in names):
        before = sum(line.count(words) for hunk in hunks for line in hunk.old_lines)
        after = sum(line.count(words) for hunk in hunks for line in hunk.new_lines)
        if before != after:
            return True
    return False


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
