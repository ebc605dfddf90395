"""The files of one commit, or of the work tree, and their content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

MOST_BYTES = 2_000_000  # bytes; larger files are not read


class SourceTree:
    """Source code at one commit, or as it is now."""

    def __init__(
        self,
        name: str,
        paths: Iterable[str],
        read: Callable[[str], bytes | None],
        has_commit: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`has_commit` tells whether its repository has a commit, as far as that can be known."""
        self.name, self.has_commit = name, has_commit
        self.files = frozenset(paths)
        self.text = lru_cache(maxsize=256)(lambda path: _decoded(read(path)) if path in self.files else None)

    @cached_property
    def folders(self) -> frozenset[str]:
        return frozenset(str(above) for path in self.files for above in PurePosixPath(path).parents)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = {}
        for path in sorted(self.files):
            by_name.setdefault(path.rpartition("/")[2], []).append(path)
        return by_name

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all files and folders, which code spans often hold."""
        return frozenset(part for path in self.files for part in path.split("/"))

    def has(self, path: str) -> bool:
        return path.rstrip("/") in self.files or path.rstrip("/") in self.folders

    def ending_in(self, path: str) -> list[str]:
        """The files whose path ends in these parts."""
        return [one for one in self._by_name.get(path.rpartition("/")[2], []) if f"/{one}".endswith(f"/{path}")]

    def lines(self, path: str) -> list[str]:
        return (self.text(path) or "").splitlines()

    def count(self, expression: str, suffix: str = "", below: str = "") -> int:
        """The lines that contain a text, in the files with this ending below a folder."""
        start = "" if below in {"", "."} else f"{below.strip('./')}/"
        chosen = (path for path in self.files if path.endswith(suffix) and path.startswith(start))
        return sum(expression in line for path in chosen for line in self.lines(path))


def _decoded(data: bytes | None) -> str | None:
    return None if data is None or len(data) > MOST_BYTES or b"\0" in data[:1024] else data.decode(errors="replace")
