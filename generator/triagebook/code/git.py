"""The git command: the one place that starts it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from triagebook.errors import TriagebookError

# A hook of git sets these for its own repository; here the folder says which one is meant.
_OF_A_HOOK = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX",
)  # fmt: skip
# The settings of a repository must not run commands, colour the output or write into its index.
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "--no-pager", "--literal-pathspecs")
NOT_INSTALLED = ("git is not installed", "install git, or leave the option out")


class GitError(TriagebookError):
    """Git has no answer."""


class GitMissingError(GitError):
    """There is no git to ask."""


def command(folder: Path, *arguments: str) -> list[str]:
    return ["git", "-C", str(folder), *_PLAIN, *arguments]


def environment() -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if key not in _OF_A_HOOK}
    return (
        own
        | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        | {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}  # the history as everybody else has it
    )


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git once in a folder, whatever its exit code is."""
    try:
        return subprocess.run(  # noqa: S603
            command(folder, *arguments), input=stdin, capture_output=True, check=False, env=environment()
        )
    except FileNotFoundError:
        raise GitMissingError(*NOT_INSTALLED) from None


def ask(folder: Path, *arguments: str, stdin: bytes = b"") -> str | None:
    """The output of git; None if it fails or is not installed."""
    try:
        done = run(folder, *arguments, stdin=stdin)
    except GitMissingError:
        return None
    return None if done.returncode else text(done.stdout)


def tell(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """The output of git; a GitError if it fails."""
    done = run(folder, *arguments, stdin=stdin)
    if done.returncode:
        said = text(done.stderr).strip().removeprefix("fatal: ").splitlines()
        problem = said[0] if said else "git failed"
        raise GitError(problem, f"run `git -C {folder} {arguments[0]}` to see why; a shallow clone lacks history")
    return text(done.stdout)


def text(data: bytes) -> str:
    """Output as text; bytes that are not UTF-8 survive."""
    return data.decode("utf-8", "surrogateescape")


def names(output: str) -> list[str]:
    """The names in output that ends each with NUL."""
    return [name for name in output.split("\0") if name]


def top_of(root: Path) -> Path | None:
    """The root of the checkout that contains a folder."""
    place = root.resolve()
    return next((above for above in (place, *place.parents) if (above / ".git").exists()), None)
