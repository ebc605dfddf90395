"""The affected files of an issue as a tree of folders, for its page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from triagebook.model.affected import Location


class Branch(Struct, frozen=True):
    """A line of the tree: a folder, or a file with its locations."""

    depth: int
    name: str
    locations: Sequence[Location] = ()  # none for a folder


def tree(locations: Sequence[Location]) -> list[Branch]:
    by_path: dict[str, list[Location]] = {}
    for location in locations:
        by_path.setdefault(str(location.at.path), []).append(location)
    return list(_below(by_path, "", 0))


def _below(files: Mapping[str, list[Location]], above: str, depth: int) -> Iterator[Branch]:
    """The files below a folder, folders first. A folder that holds only another folder shares its line."""
    folders: dict[str, dict[str, list[Location]]] = {}
    for path, locations in files.items():
        folder = path[len(above) :].rpartition("/")[0].partition("/")[0]
        folders.setdefault(folder, {})[path] = locations
    for folder, inside in sorted(folders.items(), key=lambda item: (not item[0], item[0])):
        if folder:
            shared = posixpath.commonpath([posixpath.dirname(path) for path in inside]) + "/"
            yield Branch(depth, shared[len(above) :])
            yield from _below(inside, shared, depth + 1)
    for path, locations in sorted(folders.get("", {}).items()):
        yield Branch(depth, path[len(above) :], locations)
