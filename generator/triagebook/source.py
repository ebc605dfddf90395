"""Git knowledge: what a checkout says, asked through the git command."""

from __future__ import annotations

import subprocess
from pathlib import Path

from triagebook.errors import TriagebookError


class NoHistoryError(TriagebookError):
    """Git can't answer."""


def changed_since(folder: Path, revision: str) -> frozenset[str]:
    """The files below a folder that differ from a revision, new ones included; named from the folder."""
    if revision.startswith("-"):
        raise NoHistoryError(f"`{revision}` is no revision", "name a commit, a branch or a tag")
    changed = _git(folder, "diff", "--name-only", "--relative", "-z", revision, "--", ".")
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (changed + new).split("\0") if name)


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError:
        raise NoHistoryError("git is not installed", "install git, or leave the option out") from None
    if done.returncode:
        problem = done.stderr.strip().splitlines()[0] if done.stderr.strip() else "git failed"
        raise NoHistoryError(problem, f"see what `git -C {folder} {arguments[0]}` says; a shallow clone has no history")
    return done.stdout
