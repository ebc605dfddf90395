"""Git knowledge: what a checkout says, asked through the git command."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triagebook.errors import TriagebookError
from triagebook.facts.source_state import SourceState

if TYPE_CHECKING:
    from triagebook.book import Entry

# What tools leave behind in a work tree; it changes nothing about the code.
LEFTOVERS = frozenset(
    {"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".venv", "venv"}
    | {"node_modules", ".nyc_output", ".coverage"}
)
# A hook of git sets these for its own repository; here the folder says which one is meant.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


class NoHistoryError(TriagebookError):
    """Git can't answer."""


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
        raise NoHistoryError(f"there is no folder {folder}", "name the folder of the checkout")
    told = _git(folder, "rev-parse", "--show-toplevel", "--is-shallow-repository").splitlines()
    root = Path(told[0])
    status = _git(root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    changed = sorted(line[3:] for line in status.split("\0") if line)
    not_code = [place for one in apart if (place := _within(root, one)) is not None]
    return Checkout(
        root=root,
        head=commit_of(root, "HEAD"),
        changed=tuple(path for path in changed if not _is_leftover(path) and not _is_below(path, not_code)),
        shallow=told[1:] == ["true"],
    )


def _within(root: Path, path: Path) -> str | None:
    """The place of a file or folder in a checkout; None where it lies elsewhere."""
    path = path.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def _is_below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _is_leftover(path: str) -> bool:
    return not LEFTOVERS.isdisjoint(PurePosixPath(path).parts) or path.endswith(".pyc")


# ── commits ──────────────────────────────────────────────────────────────────────────────────────────


def commit_of(folder: Path, name: str) -> str | None:
    """The full hash of a commit, a branch or a tag; None where the repository has none of that name."""
    if not name or name.startswith("-"):
        return None
    found = _ask(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return found.strip() if found else None


def made_at(folder: Path, commit: str) -> datetime:
    """When a commit was made."""
    text = _git(folder, "show", "--no-patch", "--format=%cI", commit).strip()
    return datetime.fromisoformat(text).astimezone(UTC)


def remotes(folder: Path) -> frozenset[str]:
    """The addresses that a repository is fetched from."""
    told = _ask(folder, "config", "--get-regexp", r"^remote\..*\.url$") or ""
    return frozenset(line.partition(" ")[2] for line in told.splitlines())


def ancestry(checkout: Checkout, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bool]:
    """Of pairs of a commit and another: is the second in the history of the first? What can't be told is left out.

    In a shallow clone a `yes` can be told, a `no` can't: the history may go on where the clone ends.
    """
    full: dict[str, str | None] = {}
    known: dict[tuple[str, str], bool] = {}
    for commit, ancestor in sorted(set(pairs)):
        for name in (commit, ancestor):
            if name not in full:
                full[name] = commit_of(checkout.root, name)
        if full[commit] and full[ancestor]:
            done = _run(checkout.root, "merge-base", "--is-ancestor", str(full[ancestor]), str(full[commit]))
            if done.returncode == 0 or (done.returncode == 1 and not checkout.shallow):
                known[commit, ancestor] = done.returncode == 0
    return known


def changed_since(folder: Path, revision: str) -> frozenset[str]:
    """The files below a folder that differ from a revision, new ones included; named from the folder."""
    if revision.startswith("-"):
        raise NoHistoryError(f"`{revision}` is no revision", "name a commit, a branch or a tag")
    changed = _git(folder, "diff", "--name-only", "--relative", "-z", revision, "--", ".")
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (changed + new).split("\0") if name)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digests(root: Path, places: Iterable[str]) -> dict[str, str]:
    """The digest of each file, and of all files in each folder, as they are in the work tree."""
    found = {}
    for path in _files(root, sorted(set(places))):
        target = root / path
        if target.is_file() and target.resolve().is_relative_to(root.resolve()):
            with target.open("rb") as file:
                found[path] = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    return dict(sorted(found.items()))


def _files(root: Path, places: list[str]) -> Iterator[str]:
    folders = [place for place in places if (root / place).is_dir()]
    yield from (place for place in places if place not in folders)
    if folders:
        told = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders)
        yield from (path for path in told.split("\0") if path and not _is_leftover(path))


def digests_at(root: Path, commit: str, places: Iterable[str]) -> dict[str, str]:
    """The same, as they are in a commit."""
    wanted = sorted(set(places))
    told = _git(root, "ls-tree", "-r", "-z", commit, "--", *wanted) if wanted else ""
    blobs = {}
    for line in filter(None, told.split("\0")):
        about, _, path = line.partition("\t")
        mode, _, name = about.split(" ")
        if mode.startswith("100"):
            blobs[path] = name
    return {path: digest(_run(root, "cat-file", "blob", name, text=False).stdout) for path, name in blobs.items()}


# ── what the records of an issue ask about ───────────────────────────────────────────────────────────


def state_for(entry: Entry, checkout: Checkout) -> SourceState:
    """What a checkout says to the questions that the facts of one issue ask."""
    paths, pairs = _asked(entry)
    why = "the checkout is shallow: its history is cut off; `git fetch --unshallow` gets it"
    return SourceState(
        head=checkout.head,
        dirty=checkout.dirty,
        digests=digests(checkout.root, paths),
        looked_at=frozenset(paths),
        contains=ancestry(checkout, pairs),
        why_unknown=why if checkout.shallow else "",
    )


def _asked(entry: Entry) -> tuple[set[str], set[tuple[str, str]]]:
    """The files whose digests count, and the commits that may hold the fix."""
    issue, affected = entry.issue, entry.affected
    changes = issue.fix.changes if issue.fix else ()
    paths = {path for record in entry.evidence.values() for path in record.code}
    paths |= {str(change.path) for change in changes if change.path}
    paths |= {str(suite.path) for suite in issue.suites.values() if suite.path}
    commits = {str(record.commit) for record in entry.evidence.values() if record.commit}
    commits |= {str(one.commit) for plan in issue.deployment.values() for one in plan.attempts if one.commit}
    if issue.source:
        commits.add(str(issue.source.commit))
    if affected:
        paths |= {str(location.at.path) for location in affected.locations}
        commits.add(str(affected.source.commit))
    fixes = {str(change.commit) for change in changes if change.commit}
    return paths, {(commit, fix) for commit in commits for fix in fixes}


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────


def _run(folder: Path, *arguments: str, text: bool = True) -> subprocess.CompletedProcess[Any]:
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
        raise NoHistoryError("git is not installed", "install git, or leave the option out") from None


def _ask(folder: Path, *arguments: str) -> str | None:
    """The answer; None where git has none."""
    done = _run(folder, *arguments)
    return None if done.returncode else str(done.stdout)


def _git(folder: Path, *arguments: str) -> str:
    done = _run(folder, *arguments)
    if done.returncode:
        said = done.stderr.strip().removeprefix("fatal: ").splitlines()
        problem = said[0] if said else "git failed"
        raise NoHistoryError(problem, f"see what `git -C {folder} {arguments[0]}` says; a shallow clone has no history")
    return str(done.stdout)
