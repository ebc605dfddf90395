"""The commits of a repository: their names, dates and ancestry, and where they are fetched from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from . import git


def commit_of(folder: Path, name: str) -> str | None:
    """The full hash of a commit, a branch or a tag; None where the repository has none of that name."""
    if not name or name.startswith("-"):
        return None
    found = git.ask(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return found.strip() if found else None


def made_at(folder: Path, commit: str) -> datetime:
    """When a commit was made."""
    text = git.tell(folder, "show", "--no-patch", "--format=%cI", commit).strip()
    return datetime.fromisoformat(text).astimezone(UTC)


def remotes(folder: Path) -> frozenset[str]:
    """The addresses that a repository is fetched from."""
    told = git.ask(folder, "config", "--get-regexp", r"^remote\..*\.url$") or ""
    return frozenset(line.partition(" ")[2] for line in told.splitlines())


def ancestry(root: Path, pairs: Iterable[tuple[str, str]], *, shallow: bool) -> dict[tuple[str, str], bool]:
    """Of pairs of a commit and another: is the second in the history of the first? What can't be told is left out.

    In a shallow clone a `yes` can be told, a `no` can't: the history may go on where the clone ends.
    """
    full: dict[str, str | None] = {}
    known: dict[tuple[str, str], bool] = {}
    for commit, ancestor in sorted(set(pairs)):
        for name in (commit, ancestor):
            if name not in full:
                full[name] = commit_of(root, name)
        if full[commit] and full[ancestor]:
            done = git.run(root, "merge-base", "--is-ancestor", str(full[ancestor]), str(full[commit]))
            if done.returncode == 0 or (done.returncode == 1 and not shallow):
                known[commit, ancestor] = done.returncode == 0
    return known
