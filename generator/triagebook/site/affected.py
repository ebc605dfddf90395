"""The affected files of an issue as its page shows them: by kind, counted, each line leading to the code."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from msgspec import Struct

from triagebook.book import Book, category_of
from triagebook.facts.base.record_facts import count_files, count_lines
from triagebook.markdown import Linked
from triagebook.model.affected import Affected, Location, LocationState

from .linker import Linker


class LocationView(Struct, frozen=True):
    """A file with its lines, and what the record says of them in a few words."""

    path: Linked
    lines: tuple[int, ...]
    said: list[object]
    record: Location


class Branch(Struct, frozen=True):
    """A line of the tree: a folder with what is in it counted, or a file with its lines."""

    depth: int
    name: str
    files: int
    places: int
    locations: list[LocationView]  # of a file


class FileGroup(Struct, frozen=True):
    """The files of one kind."""

    title: str
    files: int
    places: int
    tree: list[Branch]


class AffectedView(Struct, frozen=True):
    """All affected files of an issue."""

    linker: Linker
    record: Affected
    repository: object
    commit: Linked
    found: str
    files: int
    places: int
    groups: list[FileGroup]


def affected_view(book: Book, affected: Affected, link: Linker) -> AffectedView:
    """The locations, grouped as the catalog's file categories stand."""
    link = link.at(affected.source)
    kinds: dict[str, list[Location]] = {name: [] for name in book.catalog.file_categories}
    for location in affected.locations:
        kinds.setdefault(category_of(book.catalog, location), []).append(location)
    return AffectedView(
        linker=link,
        record=affected,
        repository=link(affected.source.repository),
        commit=link.commit(affected.source.commit),
        found=_found(affected),
        files=count_files(affected.locations),
        places=count_lines(affected.locations),
        groups=[_group(book, kind, locations, link) for kind, locations in kinds.items() if locations],
    )


def _group(book: Book, kind: str, locations: list[Location], link: Linker) -> FileGroup:
    known = book.catalog.file_categories.get(kind)
    title = known.title if known else kind or "Of no kind that the catalog names"
    by_path: dict[str, list[Location]] = {}
    for location in locations:
        by_path.setdefault(str(location.at.path), []).append(location)
    return FileGroup(title, count_files(locations), count_lines(locations), list(_tree(by_path, "", 0, link)))


def _tree(files: Mapping[str, list[Location]], below: str, depth: int, link: Linker) -> Iterator[Branch]:
    """The files below a folder, folders first; one that holds a single folder is told with it on one line."""
    folders: dict[str, dict[str, list[Location]]] = {}
    for path, locations in files.items():
        folder = path[len(below) :].rpartition("/")[0].partition("/")[0]
        folders.setdefault(folder, {})[path] = locations
    for folder, inside in sorted(folders.items(), key=lambda item: (not item[0], item[0])):
        if folder:
            shared = posixpath.commonpath([posixpath.dirname(path) for path in inside]) + "/"
            every = [location for locations in inside.values() for location in locations]
            yield Branch(depth, shared[len(below) :], len(inside), count_lines(every), [])
            yield from _tree(inside, shared, depth + 1, link)
    for path, locations in sorted(folders.get("", {}).items()):
        name = path[len(below) :]
        yield Branch(
            depth, name, 1, count_lines(locations), [_location(location, name, link) for location in locations]
        )


def _location(location: Location, name: str, link: Linker) -> LocationView:
    said: list[object] = []
    if location.state is not LocationState.OPEN:
        said.append(location.state.value)
    if location.commit:
        said.append(link.commit(location.commit))
    if location.priority is not None:
        said.append(f"priority {location.priority}")
    path = Linked(name, link.place(location.at).target, code=True)
    return LocationView(path, location.at.lines, said, location)


def _found(affected: Affected) -> str:
    scan = affected.scan
    if scan is None:
        return ""
    parts = [f"found by {scan.by}" if scan.by else "found"]
    if scan.on:
        parts.append(f"on {scan.on}")
    if scan.files is not None:
        parts.append(f"in {scan.files:,} files")
    return " ".join(parts)
