"""Caches computed answers, each under the digest of everything it depends on.

A memo that is damaged, foreign, read-only, locked or full costs time, and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from hashlib import blake2b, sha256
from itertools import islice
from pathlib import Path
from typing import TypeVar

from msgspec import ValidationError, msgpack

_PACKAGE = Path(__file__).parents[1]
_FILE = "memo.sqlite"
MOST = 1 << 29  # bytes of the file: beyond them the older half of the answers is forgotten
_AT_ONCE = 500  # keys in one question
WAIT = 2.0  # seconds for another process that writes
_SEAL = 16  # bytes

T = TypeVar("T")


class Memo:
    """Answers of several kinds, by the digest of what they rest on. What has no digest is never kept.

    Without a folder nothing is.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def recall(self, kind: str, keys: Mapping[str, bytes | None], form: type[T]) -> dict[str, T]:
        """The known answers, under the name of their key."""
        names = {key_of(tools(), kind, key): name for name, key in keys.items() if key}
        decode, found = msgpack.Decoder(form).decode, dict[str, T]()

        def read(table: sqlite3.Connection) -> None:
            for some in _batched(names, _AT_ONCE):
                asked = f"SELECT key, body FROM memo WHERE key IN ({','.join('?' * len(some))})"  # noqa: S608
                for key, sealed in table.execute(asked, some):
                    if sealed[:_SEAL] == _seal(key, sealed[_SEAL:]):
                        found[names[key]] = decode(sealed[_SEAL:])

        self._use(read, names)
        return found

    def keep(self, kind: str, keys: Mapping[str, bytes | None], answers: Mapping[str, object]) -> None:
        """Keep answers, each under the key of its name."""
        bodies = {key_of(tools(), kind, keys[name]): encoded(one) for name, one in answers.items() if keys[name]}

        def write(table: sqlite3.Connection) -> None:
            rows = [(key, _seal(key, body) + body) for key, body in bodies.items()]
            table.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?)", rows)
            pages, size = (table.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
            if pages * size > MOST:
                table.execute("DELETE FROM memo WHERE rowid <= (SELECT (min(rowid) + max(rowid)) / 2 FROM memo)")
            table.commit()

        self._use(write, bodies)

    def _use(self, use: Callable[[sqlite3.Connection], None], keys: Collection[bytes]) -> None:
        """Use the table, if there is one. What goes wrong with it ends the use and is forgotten."""
        path = self._folder / _FILE if self._folder else None
        if not keys or path is None or not _is_own(path):
            return
        try:
            with closing(sqlite3.connect(path, timeout=WAIT)) as table:
                table.execute("PRAGMA synchronous = OFF")  # a power cut may damage the file, which is noticed
                table.execute("CREATE TABLE IF NOT EXISTS memo (key BLOB PRIMARY KEY, body BLOB)")
                use(table)
        except sqlite3.Error as error:
            is_busy = isinstance(error, sqlite3.OperationalError) and "no such column" not in str(error)
            if not is_busy:  # it is no memo
                with suppress(OSError):
                    path.unlink()
        except (TypeError, ValidationError):
            pass  # something else is kept there


def _is_own(path: Path) -> bool:
    """Whether the file is ours; it is made if possible."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(0o600, exist_ok=True)
        return not hasattr(os, "geteuid") or path.stat().st_uid == os.geteuid()
    except OSError:
        return path.is_file() and os.access(path, os.R_OK)


def _seal(key: bytes, body: bytes) -> bytes:
    return blake2b(body, digest_size=_SEAL, key=key).digest()


def key_of(*parts: object) -> bytes:
    """The digest of plain data."""
    return blake2b(encoded(parts), digest_size=16).digest()


def encoded(value: object) -> bytes:
    return msgpack.encode(value, enc_hook=str)  # a field may hold an id


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


@cache
def tools() -> str:
    """The digest of our own code and of all packages beside it."""
    places = {Path(place) for place in sys.path if place.endswith("-packages")}
    packages = sorted(found.name for place in places for found in place.glob("*.dist-info"))
    code = sha256(f"{sys.version} {packages}".encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        code.update(f"{path.relative_to(_PACKAGE)}:".encode() + sha256(path.read_bytes()).digest())
    return code.hexdigest()
