"""A cache of answers about a book, valid until the book changes.

An answer is reused only if every byte that it depends on is the same: the records, the code of triagebook, the
packages it uses, and the question. A damaged cache costs time and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeAlias

from triagebook.cache_folder import cache_folder

_PACKAGE = Path(__file__).parents[1]
_DEPTH = 3  # evidence of an issue: records lie no deeper
Json: TypeAlias = Any  # plain data, of which JSON gives back what it was given


def remembered(root: Path, question: Json, answer: Callable[[], Json]) -> Json:
    """The answer to a question about a book, computed unless it is cached. Only the last one per book is kept."""
    code, before = tools(), _state_of(root)
    if code is None or before is None:
        return answer()
    place = os.fsdecode(root.resolve())
    key = digest([code, place, before[0], question])
    if (known := recalled(place, key)) is not None:
        return known
    found = answer()
    if _state_of(root) == before:  # else it is unknown which state of the files was read
        keep(place, key, found)
    return found


def recalled(about: str, key: str) -> Json | None:
    """The cached answer about a subject; None if it has another key, is damaged, or belongs to another user."""
    if (path := _place(about)) is None:
        return None
    with suppress(OSError, ValueError), path.open("rb") as file:
        own = not hasattr(os, "geteuid") or os.fstat(file.fileno()).st_uid == os.geteuid()
        seal, _, body = file.read().partition(b"\n")
        return json.loads(body) if own and seal.decode() == _seal(key, body) else None
    return None


def keep(about: str, key: str, found: Json) -> None:
    """Cache an answer about a subject in place of the previous one.

    A full disk or a read-only folder is no reason to fail.
    """
    if (path := _place(about)) is None:
        return
    body = json.dumps(found).encode()
    staged = path.with_name(f"{path.name}.{token_hex(8)}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            staged.touch(0o600, exist_ok=False)
            staged.write_bytes(_seal(key, body).encode() + b"\n" + body)
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)


def _place(about: str) -> Path | None:
    """The cache file about a subject; None for a user without a home folder."""
    folder = cache_folder()
    return folder / f"{sha256(os.fsencode(about)).hexdigest()[:32]}.json" if folder else None


def _seal(key: str, body: bytes) -> str:
    return sha256(key.encode() + body).hexdigest()


def digest(plain: Json) -> str:
    return sha256(os.fsencode(json.dumps(plain, sort_keys=True))).hexdigest()


# ── what an answer depends on ──────────────────────────────────────────────────────────────────────────


def _state_of(root: Path) -> tuple[str, str] | None:
    """The digests of a book's content, and of what the file system reports of its files.

    The second changes with every write, even one that is undone. None if something can't be read or is a link, because
    files outside the folder then count too.
    """
    content, states = sha256(), sha256()
    try:
        for described, state in _files(os.fsencode(root), _DEPTH):
            content.update(b"%d:%b" % (len(described), described))
            states.update(b"%d %d %d %d;" % state)
    except (OSError, ValueError):
        return None
    return content.hexdigest(), states.hexdigest()


def _files(folder: bytes, depth: int) -> Iterator[tuple[bytes, tuple[int, int, int, int]]]:
    """Name, kind and content of every file that a reader of the book sees, and its state in the file system."""
    with os.scandir(folder) as inside:
        entries = sorted((entry for entry in inside if not entry.name.startswith(b".")), key=lambda entry: entry.name)
    for entry in entries:
        about = entry.stat(follow_symlinks=False)
        state = (about.st_ino, about.st_mtime_ns, about.st_ctime_ns, about.st_size)
        if stat.S_ISDIR(about.st_mode):
            yield b"folder " + entry.name, state
            if depth > 1:
                yield from _files(entry.path, depth - 1)
            yield b"end", state
        elif not stat.S_ISREG(about.st_mode):
            raise ValueError(f"{entry.name!r} is no plain file")
        elif entry.name.endswith(b".yaml") or folder.endswith(b"tests"):
            with open(entry.path, "rb", buffering=0) as file:  # noqa: PTH123  (a path of bytes)
                yield b"record " + sha256(file.readall()).digest() + entry.name, state
        else:
            yield b"file " + entry.name, state


def tools() -> str | None:
    """The digest of our own code and its packages; None if the packages are unknown because it is not installed."""
    try:
        needed = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requires("triagebook") or ()]
        versions = [f"{name} {version(name)}" for name in needed]
    except PackageNotFoundError:
        return None
    code = sha256(f"{sys.version} {versions}".encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        code.update(f"{path.relative_to(_PACKAGE)}:".encode() + sha256(path.read_bytes()).digest())
    return code.hexdigest()
