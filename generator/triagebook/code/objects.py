"""Commits, folders and files as they were committed, all read through one git process."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import IO

from msgspec import Struct

from . import git

_COMMITTED = re.compile(rb"^committer .* (\d+) ([+-]\d\d)(\d\d)$", re.MULTILINE)
_AT_ONCE = 200  # names; every pipe has room for as many
_KINDS = {"40000": "folder", "120000": "link", "160000": "submodule"}  # by the mode in a tree; all others are files


def content_digest(data: bytes) -> str:
    """The digest of a file as records state it: the line ends of Windows are those of a checkout, not of the code."""
    return "sha256:" + hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


class GitObject(Struct, frozen=True):
    """One object of the repository."""

    id: str
    kind: str  # `commit`, `tree`, `blob`, `tag`
    data: bytes


class GitItem(Struct, frozen=True):
    """A file, folder, link or submodule in a committed folder."""

    kind: str  # `file`, `folder`, `link`, `submodule`
    id: str

    @property
    def is_file(self) -> bool:
        return self.kind == "file"


class Objects:
    """Reads objects by name. The process starts with the first question and ends with this object."""

    def __init__(self, folder: Path, promisor: Callable[[], str | None] = lambda: None) -> None:
        """`promisor` names where a partial clone fetches missing objects from; None for a full clone."""
        self.folder, self._promisor = folder, promisor
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._commits: dict[str, str | None] = {}
        self._trees: dict[str, dict[str, GitItem]] = {}
        self._there: set[str] = set()  # objects that are not lacking
        self.blob = lru_cache(maxsize=64)(self._blob)

    def fetch(self, ids: Iterable[str]) -> bool:
        """Get what a partial clone may lack, all together, as git would for each; False if it can't be had."""
        new = sorted(set(ids) - self._there)
        if not new or (promisor := self._promisor()) is None:
            return True
        asked = "".join(f"{one}\n" for one in new).encode()
        here = git.run(self.folder, "-c", "protocol.allow=never", "cat-file", "--batch-check", stdin=asked)
        if here.returncode:
            how = ("--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none")
            if git.ask(self.folder, "fetch", *how, promisor, "--stdin", stdin=asked) is None:
                return False
        self._there.update(new)
        return True

    def read(self, name: str) -> GitObject | None:
        """An object by its id, or by a name such as `main^{commit}`; None if the repository has none."""
        return self.read_all([name])[0]

    def read_all(self, names: Sequence[str]) -> list[GitObject | None]:
        """Several objects, asked for together: waiting for each answer would cost most of the time."""
        return [
            found
            for some in (names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE))
            for found in self._answers(some)
        ]

    def _answers(self, names: Sequence[str]) -> list[GitObject | None]:
        process = self._started()
        if process.stdin is None or process.stdout is None or any("\n" in name for name in names):
            return [None] * len(names)
        try:
            process.stdin.write(b"".join(os.fsencode(name) + b"\n" for name in names))
            process.stdin.flush()
        except BrokenPipeError:  # this is no repository
            return [None] * len(names)
        found: list[GitObject | None] = []
        for _ in names:
            try:
                found.append(_answer(process.stdout))
            except EOFError:  # a partial clone can't get what it lacks: git ends, and the next question starts another
                process.wait()
                break
        return found + [None] * (len(names) - len(found))

    def commit(self, name: str) -> str | None:
        """The full hash of a commit, branch or tag; None if the repository has none of that name."""
        if name not in self._commits:
            self.learn([name])
        return self._commits[name]

    def learn(self, names: Iterable[str]) -> None:
        """Read commits and their top folders, all together."""
        unknown = sorted(set(names) - self._commits.keys())
        self._commits |= dict.fromkeys(unknown)
        asked = [name for name in unknown if name and not name.startswith("-") and "\n" not in name]
        found = self.read_all([f"{name}^{{commit}}" for name in asked])
        self._commits |= {name: one.id for name, one in zip(asked, found, strict=True) if one}
        trees = sorted({f"{one.id}^{{tree}}" for one in found if one} - self._trees.keys())
        for name, one in zip(trees, self.read_all(trees), strict=True):
            self._trees[name] = dict(_items(one)) if one else {}

    def made(self, commit: str) -> datetime:
        """When a commit was made, in the time zone of whoever made it."""
        found = self.read(f"{commit}^{{commit}}")
        stamp = _COMMITTED.search(found.data) if found else None
        seconds, hours, minutes = (int(part) for part in stamp.groups()) if stamp else (0, 0, 0)
        zone = timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
        return datetime.fromtimestamp(seconds, zone)

    def id_of(self, data: bytes) -> str:
        """The id that a file with this content has."""
        sizes = {len(full) for full in self._commits.values() if full}
        return hashlib.new("sha256" if 64 in sizes else "sha1", b"blob %d\0" % len(data) + data).hexdigest()

    def tree_id(self, commit: str) -> str | None:
        found = self.read(f"{commit}^{{tree}}")
        return found.id if found else None

    def item(self, commit: str, path: str) -> GitItem | None:
        """The item at a path of a commit or tree. For a path within a submodule, the submodule."""
        found: GitItem | None = None
        items = self.tree(f"{commit}^{{tree}}")
        for name in path.rstrip("/").split("/"):
            if found is not None and found.kind == "submodule":
                return found
            found = items.get(name)
            if found is None:
                return None
            items = self.tree(found.id) if found.kind == "folder" else {}
        return found

    def files(self, commit: str, below: str = "") -> Iterator[tuple[str, GitItem]]:
        """Every file of a commit or tree, or every one below a folder of it, with its path."""
        top = self.item(commit, below) if below else None
        waiting = [(f"{below}/" if below else "", top.id if top else f"{commit}^{{tree}}")]
        while waiting:
            above, tree = waiting.pop()
            for name, item in self.tree(tree).items():
                if item.kind == "folder":
                    waiting.append((f"{above}{name}/", item.id))
                elif item.is_file:
                    yield above + name, item

    def tree(self, name: str) -> dict[str, GitItem]:
        """The items of one folder, by name."""
        if name not in self._trees:
            found = self.read(name)
            self._trees[name] = dict(_items(found)) if found and found.kind == "tree" else {}
        return self._trees[name]

    def text(self, commit: str, path: str) -> bytes | None:
        """The content of a file in a commit."""
        item = self.item(commit, path)
        return self.blob(item.id) if item and item.is_file else None

    def digests(self, wanted: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
        """For each commit the digest of each file, and of all files in each folder, as they were committed."""
        known: dict[str, str] = {}
        found: dict[str, dict[str, str]] = {}
        for commit, places in wanted.items():
            found[commit] = {}
            for path, blob in sorted(pair for place in set(places) for pair in self._at(commit, place)):
                if blob not in known:
                    known[blob] = content_digest(self.blob(blob) or blob.encode())
                found[commit][path] = known[blob]
        return found

    def _at(self, commit: str, place: str) -> Iterator[tuple[str, str]]:
        item = self.item(commit, place)
        if item is not None and item.kind == "folder":
            yield from ((path, file.id) for path, file in self.files(commit, place.rstrip("/")))
        elif item is not None and (item.is_file or item.kind == "submodule"):
            yield place, item.id  # of a submodule the commit, which is no file of this repository

    def _blob(self, name: str) -> bytes | None:
        found = self.read(name)
        return found.data if found else None

    def _started(self) -> subprocess.Popen[bytes]:
        # A copy of this process must not share the pipe.
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            try:
                self._process = subprocess.Popen(  # noqa: S603
                    git.command(self.folder, "cat-file", "--batch"),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=git.environment(),
                )  # fmt: skip
            except FileNotFoundError:
                raise git.GitMissingError(*git.NOT_INSTALLED) from None
            self._owner = os.getpid()
            weakref.finalize(self, _end, self._process, self._owner)
        return self._process


def _answer(output: IO[bytes]) -> GitObject | None:
    line = output.readline()
    if not line:
        raise EOFError
    found = line.split()
    if len(found) != 3 or not found[2].isdigit():  # ... missing, ... ambiguous
        return None
    data = output.read(int(found[2]))
    output.read(1)
    return GitObject(found[0].decode(), found[1].decode(), data)


def _items(tree: GitObject) -> Iterator[tuple[str, GitItem]]:
    size, data, at = len(tree.id) // 2, tree.data, 0
    while at < len(data):
        blank, zero = data.index(b" ", at), data.index(b"\0", at)
        end = zero + 1 + size
        kind = _KINDS.get(data[at:blank].decode(), "file")
        yield git.text(data[blank + 1 : zero]), GitItem(kind, data[zero + 1 : end].hex())
        at = end


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Not by closing its input: a copy of this process may still hold the other end of that pipe."""
    if owner == os.getpid():
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):  # git has ended and did not read the question
                pipe.close()
