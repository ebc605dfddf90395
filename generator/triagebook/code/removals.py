"""Finds the commits that removed lines, and the new names of renamed files."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from . import git
from .checkout import Checkout
from .commits import ancestry


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
            touching = [(commit, parents) for commit, parents in touching if words and len(parents) == 1]
            touching = [
                (commit, parents)
                for commit, parents in touching
                if self._count(commit, names, words) != self._count(parents[0], names, words)
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
