"""The commits of a repository: dates, ancestry, and where the repository is fetched from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from . import git
from .objects import Objects

_FEW = 50  # commits whose common ancestor is quickly found


def commit_of(folder: Path, name: str) -> str | None:
    """The full hash of a commit, branch or tag; None where the repository has none of that name."""
    return Objects(folder).commit(name)


def made_at(folder: Path, commit: str) -> datetime:
    """When a commit was made, in the time zone of whoever made it."""
    return datetime.fromisoformat(git.tell(folder, "show", "--no-patch", "--format=%cI", commit).strip())


def remotes(folder: Path) -> frozenset[str]:
    """The addresses that a repository is fetched from."""
    output = git.ask(folder, "config", "--get-regexp", r"^remote\..*\.url$") or ""
    return frozenset(line.partition(" ")[2] for line in output.splitlines())


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
    asked = "".join(f"{name}\n" for name in [*sorted(commits), *_not_below(folder, bits)])
    walk = git.tell(folder, "rev-list", "--topo-order", "--reverse", "--parents", "--stdin", stdin=asked.encode())
    held: dict[str, int] = {}
    for line in walk.splitlines():
        commit, *parents = line.split()
        own = bits.get(commit, 0)
        for parent in parents:
            own |= held.get(parent, 0)
        held[commit] = own
    return held


def _not_below(folder: Path, ancestors: Collection[str]) -> list[str]:
    """Where the walk may end: no ancestor that is asked for lies below the one that all of them share."""
    if len(ancestors) > _FEW:
        return []
    base = git.ask(folder, "merge-base", "--octopus", *sorted(ancestors)) if len(ancestors) > 1 else min(ancestors)
    return [f"^{base.split()[0]}^@"] if base else []
