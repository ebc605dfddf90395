"""Digests of files, in the work tree and in commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import git
from .checkout import is_leftover


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
        told = git.tell(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders)
        yield from (path for path in told.split("\0") if path and not is_leftover(path))


def digests_at(root: Path, commit: str, places: Iterable[str]) -> dict[str, str]:
    """The same, as they are in a commit."""
    wanted = sorted(set(places))
    told = git.tell(root, "ls-tree", "-r", "-z", commit, "--", *wanted) if wanted else ""
    blobs = {}
    for line in filter(None, told.split("\0")):
        about, _, path = line.partition("\t")
        mode, _, name = about.split(" ")
        if mode.startswith("100"):
            blobs[path] = name
    return {path: digest(git.run(root, "cat-file", "blob", name, text=False).stdout) for path, name in blobs.items()}
