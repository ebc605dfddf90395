"""Digests of files, in the work tree and in commits."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from . import git
from .checkout import Checkout
from .leftovers import is_leftover
from .objects import Objects

Content: TypeAlias = tuple[tuple[str, str], ...]  # files with their digests, sorted


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digests(checkout: Checkout, places: Iterable[str]) -> dict[str, str]:
    """The digest of each file, and of all files in each folder, as they are in the work tree."""
    found = {path: _digest_now(checkout, path) for path in _files(checkout, sorted(set(places)))}
    return {path: known for path, known in sorted(found.items()) if known is not None}


def _digest_now(checkout: Checkout, path: str) -> str | None:
    if path not in checkout.digested:
        target = checkout.root / path
        inside = target.is_file() and target.resolve().is_relative_to(checkout.root.resolve())
        checkout.digested[path] = digest(target.read_bytes()) if inside else None
    return checkout.digested[path]


def _files(checkout: Checkout, places: list[str]) -> Iterator[str]:
    for place in places:
        if (checkout.root / place).is_dir():
            yield from (path for path in checkout.files_below(place) if not is_leftover(path))
        else:
            yield place


def digests_at(objects: Objects, wanted: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """For each commit the digest of each file, and of all files in each folder, as they were committed."""
    known: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    for commit, places in wanted.items():
        found[commit] = {}
        for path, blob in sorted(_committed(objects, commit, places)):
            if blob not in known:
                known[blob] = digest(objects.blob(blob) or b"")
            found[commit][path] = known[blob]
    return found


def _committed(objects: Objects, commit: str, places: Iterable[str]) -> Iterator[tuple[str, str]]:
    for place in set(places):
        item = objects.item(commit, place)
        if item is not None and item.kind == "folder":
            yield from ((path, file.id) for path, file in objects.files(commit, place.rstrip("/")))
        elif item is not None and item.is_file:
            yield place, item.id


def commits_with(objects: Objects, contents: Collection[Content]) -> dict[Content, tuple[str, ...]]:
    """For each content the commits, on any branch, that hold it and changed one of these files; the newest first."""
    paths = sorted({path for content in contents for path, _ in content})
    output = git.ask(objects.folder, "rev-list", "--all", "--full-history", "--", *paths) if paths else ""
    at = digests_at(objects, dict.fromkeys((output or "").split(), paths))
    return {
        content: tuple(commit for commit, there in at.items() if all(there.get(path) == own for path, own in content))
        for content in set(contents)
    }
