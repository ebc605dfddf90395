"""A checkout as git knows it: its files, its commits, and what changed between one of them and the work tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from triagebook.code.checkout import Checkout
from triagebook.code.commits import commit_of
from triagebook.errors import TriagebookError

from .lines import Changes, FileChange, read_patch

_AT_ONCE = 400  # paths on one command line
# A repository's own settings must not run commands, colour the output or write into its index.
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "--no-pager", "--literal-pathspecs")
_DIFF = ("diff", "-M", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules", "-z")


class Repository:
    """A checkout with a history. Paths are named from its top, with forward slashes."""

    def __init__(self, folder: Path, head: str, changed: tuple[str, ...], *, shallow: bool) -> None:
        self.folder = folder
        self.head = head
        self.changed = changed  # the files that are not as they were committed
        self.shallow = shallow

    @classmethod
    def of(cls, checkout: Checkout) -> Repository:
        return cls(checkout.root, str(checkout.head), checkout.changed, shallow=checkout.shallow)

    @cached_property
    def day(self) -> str:
        """The day of the commit."""
        return self._tell("log", "-1", "--format=%cs", self.head).strip()

    @cached_property
    def files(self) -> list[str]:
        """The files of the work tree, new ones included, without what git is told to ignore."""
        return sorted(set(_names(self._tell("ls-files", "-z", "--cached", "--others", "--exclude-standard"))))

    @lru_cache(maxsize=256)  # noqa: B019  (a repository lives as long as the command)
    def commit(self, name: str) -> str | None:
        """The full name of a commit; None where it is not at hand."""
        return commit_of(self.folder, name)

    def why_not(self, name: str) -> str:
        """Why a commit is not at hand, and what to do about it."""
        if self.shallow:
            return f"{name[:9]} is not in this shallow clone; fetch the history: git fetch --unshallow"
        return f"{name[:9]} is no commit of this repository"

    @lru_cache(maxsize=256)  # noqa: B019
    def holds(self, commit: str, ancestor: str) -> bool:
        return _ask(self.folder, "merge-base", "--is-ancestor", ancestor, commit) is not None

    @lru_cache(maxsize=64)  # noqa: B019
    def tree(self, commit: str) -> frozenset[str]:
        """The files of a commit."""
        return frozenset(_names(self._tell("ls-tree", "-r", "-z", "--name-only", commit)))

    @lru_cache(maxsize=64)  # noqa: B019
    def text(self, commit: str, path: str) -> bytes | None:
        """A file as it was committed."""
        return _ask_bytes(self.folder, "show", "--no-textconv", f"{commit}:{path}")

    def line_counts(self, commit: str, paths: Iterable[str]) -> dict[str, int]:
        """How many lines files had in a commit; an empty file has none."""
        wanted = sorted(set(paths) & self.tree(commit))
        counts = dict.fromkeys(wanted, 0)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            told = _ask(self.folder, "grep", "-a", "-c", "-z", "-e", "", commit, "--", *some) or ""
            for line in told.splitlines():
                name, _, count = line.partition("\0")
                counts[name.removeprefix(f"{commit}:")] = int(count)
        return counts

    def mentioning(self, words: str) -> list[str]:
        """The files of the work tree that hold these words."""
        return _names(_ask(self.folder, "grep", "-z", "-l", "-I", "-F", "-e", words, "--", ".") or "")

    # ── what changed ─────────────────────────────────────────────────────────────────────────────────

    @lru_cache(maxsize=64)  # noqa: B019
    def _status(self, commit: str) -> dict[str, str | None]:
        """The files that changed since a commit: each with its name now, or None where it is gone."""
        fields = iter(_names(self._tell(*_DIFF, "--name-status", commit, "--", ".")))
        status: dict[str, str | None] = {}
        for kind in fields:
            path = next(fields)
            if kind[0] in "RC":
                now = next(fields)
                if kind[0] == "R":
                    status[path] = now
            elif kind[0] != "A":
                status[path] = None if kind == "D" else path
        return status

    def changes(self, commit: str, paths: Iterable[str]) -> Changes:
        """How some files changed from a commit to the work tree."""
        status = self._status(commit)
        wanted = sorted({path for path in paths if path in status})
        changed: dict[str, FileChange] = {path: FileChange(path, None) for path in wanted if status[path] is None}
        alive = [(path, now) for path in wanted if (now := status[path]) is not None]
        for some in _portions(alive):
            names = sorted({name for pair in some for name in pair})
            patch = self._tell_bytes(*_DIFF, "-U0", "--patch-with-raw", "--abbrev=40", commit, "--", *names)
            changed |= {change.path: change for change in read_patch(patch)}
        return Changes(changed)

    @lru_cache(maxsize=1024)  # noqa: B019
    def _touching(self, since: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """The commits after one that changed a file."""
        return tuple(self._tell("log", "--format=%H", f"{since}..{self.head}", "--", *names).split())

    def removed_by(self, since: str, names: tuple[str, ...], words: str) -> str | None:
        """The commit that took a line out of a file, which may have had several names; None where that is not sure."""
        if not self.holds(self.head, since):
            return None
        if len(touching := self._touching(since, names)) == 1:
            return touching[0]
        pick = ("log", "--format=%H", "--no-merges", "-M", "--no-textconv", f"-S{words}", f"{since}..{self.head}")
        taking = self._tell(*pick, "--", *names).split() if words else []
        return taking[0] if len(taking) == 1 else None

    def renamed_before(self, commit: str, path: str) -> str | None:
        """The name that a file got when it lost this one, some time before a commit."""
        lost = (_ask(self.folder, "rev-list", "-1", commit, "--", path) or "").strip()
        if not lost:
            return None
        fields = iter(_names(_ask(self.folder, "show", "-M", "--format=", "--name-status", "-z", lost) or ""))
        for kind in fields:
            old = next(fields, "")
            if kind[:1] in {"R", "C"}:
                new = next(fields, "")
                if old == path:
                    return new
        return None

    def _tell(self, *arguments: str) -> str:
        return _text(self._tell_bytes(*arguments))

    def _tell_bytes(self, *arguments: str) -> bytes:
        done = _run(self.folder, arguments)
        if done.returncode:
            said = _text(done.stderr).strip().splitlines()
            raise TriagebookError(
                said[0] if said else "git failed", f"see what `git {arguments[0]}` says in that folder"
            )
        return done.stdout


def _names(told: str) -> list[str]:
    return [name for name in told.split("\0") if name]


def _portions(pairs: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    return (pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _ask(folder: Path, *arguments: str) -> str | None:
    """What git answers; None where it has no answer."""
    told = _ask_bytes(folder, *arguments)
    return None if told is None else _text(told)


def _ask_bytes(folder: Path, *arguments: str) -> bytes | None:
    done = _run(folder, arguments)
    return None if done.returncode else done.stdout


def _run(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    # A hook runs its commands with the repository set in variables; this may be another repository.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-C", str(folder), *_PLAIN, *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, b"", b"git is not installed")
