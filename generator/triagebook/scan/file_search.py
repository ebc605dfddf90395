"""Searches the files of a folder with several detectors; each file is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from .detectors import CompiledDetector
from .files import Inside, NotSearchedError, is_recordable, read_file

Track = Callable[[Sequence[str]], Iterable[str]]  # passes the files on one by one, and shows the progress


class Matches(Struct, frozen=True):
    """What one detector found: for each file the lines and their text."""

    found: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    searched: frozenset[str] = frozenset()
    skipped: Mapping[str, str] = field(default_factory=dict)  # its files that were not searched, and why
    garbled: frozenset[str] = frozenset()  # files with a match that are not UTF-8: read as far as they can be

    @property
    def lines(self) -> int:
        return sum(map(len, self.found.values()))

    def places(self) -> set[tuple[str, int]]:
        return {(path, line) for path, lines in self.found.items() for line in lines}


def search_files(
    folder: Path, paths: Sequence[str], searches: Sequence[CompiledDetector], track: Track = iter
) -> list[Matches]:
    """Search with each detector in the files that it is for."""
    inside, root = Inside(folder), str(folder)
    found: list[dict[str, dict[int, str]]] = [{} for _ in searches]
    searched: list[set[str]] = [set() for _ in searches]
    skipped: list[dict[str, str]] = [{} for _ in searches]
    garbled: set[str] = set()
    for path in track(paths):
        wanted = [number for number, search in enumerate(searches) if search.is_for(path)]
        if not wanted or not inside(path):
            continue
        try:
            data = _read(root, path)
        except NotSearchedError as why:
            if str(why):
                for number in wanted:
                    skipped[number][path] = str(why)
            continue
        for number in wanted:
            searched[number].add(path)
            if lines := searches[number].lines(data):
                found[number][path] = lines
                if not _is_utf8(data):
                    garbled.add(path)
    return [
        Matches(one, frozenset(files), left_out, frozenset(garbled & one.keys()))
        for one, files, left_out in zip(found, searched, skipped, strict=True)
    ]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read(root: str, path: str) -> bytes:
    if not is_recordable(path):
        raise NotSearchedError("no record can hold its name")
    return read_file(f"{root}/{path}")
