"""A checkout: the work tree of a git repository, and what is not committed in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from msgspec import Struct

from . import git
from .commits import commit_of
from .git import GitError

# What tools leave behind in a work tree; it changes nothing about the code.
LEFTOVERS = frozenset(
    {"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".venv", "venv"}
    | {"node_modules", ".nyc_output", ".coverage"}
)


class Checkout(Struct, frozen=True):
    """A work tree of a git repository, as it is now."""

    root: Path
    head: str | None  # None where nothing was committed yet
    changed: tuple[str, ...]  # what is not committed, new files included
    shallow: bool  # its history is cut off

    @property
    def dirty(self) -> bool:
        return bool(self.changed)


def checkout_at(folder: Path, apart: Iterable[Path] = ()) -> Checkout:
    """The work tree that a folder lies in. Changes to what is kept `apart`, the book say, do not make it dirty."""
    if not folder.is_dir():
        raise GitError(f"there is no folder {folder}", "name the folder of the checkout")
    told = git.tell(folder, "rev-parse", "--show-toplevel", "--is-shallow-repository").splitlines()
    root = Path(told[0])
    status = git.tell(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    changed = sorted(line[3:] for line in status.split("\0") if line)
    not_code = [place for one in apart if (place := _within(root, one)) is not None]
    return Checkout(
        root=root,
        head=commit_of(root, "HEAD"),
        changed=tuple(path for path in changed if not is_leftover(path) and not _is_below(path, not_code)),
        shallow=told[1:] == ["true"],
    )


def _within(root: Path, path: Path) -> str | None:
    """The place of a file or folder in a checkout; None where it lies elsewhere."""
    path = path.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def _is_below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def is_leftover(path: str) -> bool:
    return not LEFTOVERS.isdisjoint(PurePosixPath(path).parts) or path.endswith(".pyc")


def changed_since(folder: Path, revision: str) -> frozenset[str]:
    """The files below a folder that differ from a revision, new ones included; named from the folder."""
    if revision.startswith("-"):
        raise GitError(f"`{revision}` is no revision", "name a commit, a branch or a tag")
    changed = git.tell(folder, "diff", "--name-only", "--relative", "-z", revision, "--", ".")
    new = git.tell(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (changed + new).split("\0") if name)
