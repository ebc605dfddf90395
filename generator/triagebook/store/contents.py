"""The digests of files and folders, cached by their sizes and times of change."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from .memo import Memo, key_of

_SETTLED = 100_000_000  # nanoseconds after which another write gets another time stamp


def digests(memo: Memo, about: str, paths: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """The digest of the content at each path; None if it is unknown, as behind a link."""
    looks = {name: _look(path) for name, path in paths.items()}
    keys = {name: key_of(about, name, look) if look else None for name, look in looks.items()}
    known: dict[str, bytes] = memo.recall("content", keys, bytes)
    new = {name: own for name, look in looks.items() if look and name not in known and (own := _digest(paths[name]))}
    new = {name: own for name, own in new.items() if _look(paths[name]) == looks[name]}  # else it is being written
    latest = time.time_ns() - _SETTLED
    memo.keep("content", keys, {name: own for name, own in new.items() if all(one[-1] < latest for one in looks[name])})
    return {name: known.get(name) or new.get(name) for name in looks}


def _look(path: bytes) -> list[tuple[bytes, int, int, int, int, int]]:
    """What the file system says of a file, or of all in a folder; nothing if a link leads elsewhere."""
    found = []
    for inside, about in _below(path):
        if about is None or not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
            return []
        times = about.st_mtime_ns, about.st_ctime_ns
        found.append((inside[len(path) :], about.st_mode, about.st_ino, about.st_size, *times))
    return found


def _digest(path: bytes) -> bytes | None:
    """The digest of a file, or of all in a folder; None if it can't be read."""
    known = blake2b(digest_size=16)
    try:
        for inside, about in _below(path):
            is_file = about is not None and stat.S_ISREG(about.st_mode)
            content = Path(os.fsdecode(inside)).read_bytes() if is_file else b""
            known.update(
                b"%d:%b %d %d:%b" % (len(inside[len(path) :]), inside[len(path) :], is_file, len(content), content)
            )
    except OSError:
        return None
    return known.digest()


def _below(path: bytes) -> Iterator[tuple[bytes, os.stat_result | None]]:
    """A file, or a folder and all in it; without a state where it can't be looked at."""
    try:
        about = os.lstat(path)
        yield path, about
        if stat.S_ISDIR(about.st_mode):
            with os.scandir(path) as inside:
                below = sorted(entry.path for entry in inside)
            for one in below:
                yield from _below(one)
    except OSError:
        yield path, None
