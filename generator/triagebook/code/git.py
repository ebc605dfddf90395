"""The git command: the one place that starts it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from triagebook.errors import TriagebookError

# A hook of git sets these for its own repository; here the folder says which one is meant.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


class GitError(TriagebookError):
    """Git can't answer."""


def run(folder: Path, *arguments: str, text: bool = True) -> subprocess.CompletedProcess[Any]:
    """One call of git in a folder, whatever its exit code is."""
    environment = {key: value for key, value in os.environ.items() if key not in _OF_A_HOOK}
    try:
        return subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), "--literal-pathspecs", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8" if text else None,
            errors="surrogateescape" if text else None,
            check=False,
            env=environment | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise GitError("git is not installed", "install git, or leave the option out") from None


def ask(folder: Path, *arguments: str) -> str | None:
    """The answer of git; None where it has none."""
    done = run(folder, *arguments)
    return None if done.returncode else str(done.stdout)


def tell(folder: Path, *arguments: str) -> str:
    """The answer of git; a GitError where it fails."""
    done = run(folder, *arguments)
    if done.returncode:
        said = done.stderr.strip().removeprefix("fatal: ").splitlines()
        problem = said[0] if said else "git failed"
        raise GitError(problem, f"see what `git -C {folder} {arguments[0]}` says; a shallow clone has no history")
    return str(done.stdout)
