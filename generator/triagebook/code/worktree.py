"""A temporary work tree at another commit, which leaves no trace in the repository."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from . import git

# Installed dependencies: git ignores them, and the tests can't run without them.
_DEPENDENCIES = frozenset({"node_modules", ".venv", "venv"})
_NO_HOOKS = ("-c", "core.hooksPath=/dev/null")


@contextmanager
def temporary_worktree(root: Path, commit: str, *, link: bool) -> Iterator[Path]:
    """A work tree at a commit, which is removed whatever happens; `link` installed dependencies into it."""
    with tempfile.TemporaryDirectory(prefix="triagebook-prove-", ignore_cleanup_errors=True) as place:
        folder = Path(place).resolve() / root.name
        try:
            git.tell(root, *_NO_HOOKS, "worktree", "add", "--quiet", "--detach", str(folder), commit)
            if link:
                _link_dependencies(root, folder)
            yield folder
        finally:
            git.run(root, "worktree", "remove", "--force", "--force", str(folder))
            shutil.rmtree(folder, ignore_errors=True)
            git.run(root, "worktree", "prune")


def check_out(folder: Path, commit: str) -> None:
    """Put a temporary work tree at another commit, and remove what tests left in it; linked dependencies stay."""
    git.tell(folder, *_NO_HOOKS, "checkout", "--quiet", "--force", "--detach", commit)
    git.tell(folder, "clean", "--quiet", "--force", "-d", "-x", *(f"--exclude={name}" for name in _DEPENDENCIES))


def changed_between(root: Path, old: str, new: str) -> dict[str, bool]:
    """The files that differ between two commits; whether each exists in the second."""
    output = git.tell(root, "diff", "--name-status", "--no-renames", "-z", old, new)
    fields = git.names(output)
    return {path: status != "D" for status, path in zip(fields[::2], fields[1::2], strict=True)}


def lay_over(folder: Path, commit: str, paths: dict[str, bool]) -> None:
    """Put files of another commit over a work tree; those that do not exist there are removed."""
    if there := [path for path, exists in paths.items() if exists]:
        named = "\0".join(there).encode("utf-8", "surrogateescape")
        git.tell(folder, "checkout", "--quiet", commit, "--pathspec-from-file=-", "--pathspec-file-nul", stdin=named)
    for path in (path for path, exists in paths.items() if not exists):
        with suppress(FileNotFoundError):
            (folder / path).unlink()


def _link_dependencies(root: Path, folder: Path) -> None:
    untracked = git.ask(root, "ls-files", "-z", "--others", "--directory", "--no-empty-directory") or ""
    for place in map(PurePosixPath, git.names(untracked)):
        target = folder / place
        if place.name in _DEPENDENCIES and target.parent.is_dir() and not target.exists():
            with suppress(OSError):  # a system without links: the tests say what they miss
                target.symlink_to(root / place, target_is_directory=True)
