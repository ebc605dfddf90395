"""The affected files, counted by category and group, with the locations that a scan found fixed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from msgspec import Struct

from triagebook.book import Book, category_of
from triagebook.facts.case import Case
from triagebook.model.affected import Affected, Location, LocationState
from triagebook.model.affected import Group as LocationGroup
from triagebook.model.base import Commit, Path
from triagebook.model.refs import RepositoryRef

from .figures import Figure, Figures

NO_CATEGORY = "Of no category in the catalog"


class FileRow(Struct, frozen=True):
    """A file with its locations."""

    path: Path
    lines: tuple[int, ...]
    locations: tuple[Location, ...]
    done: bool  # a scan by the tool found nothing open in it
    stated_done: bool  # the record calls it fixed without such a scan

    @property
    def name(self) -> str:
        """Its name in its folder."""
        return posixpath.basename(self.path)

    @property
    def place(self) -> str:
        """Its name in its folder, and the lines."""
        return f"{self.name}:{','.join(map(str, self.lines))}" if self.lines else self.name

    @property
    def stays(self) -> tuple[Location, ...]:
        """The locations that are left as they are."""
        return tuple(location for location in self.locations if location.stays)


class CategoryRow(Struct, frozen=True):
    """The files of one category."""

    id: str
    title: str
    files: Figure | None
    locations: Figure | None
    open: Figure | None
    rows: tuple[FileRow, ...]

    @property
    def folders(self) -> list[tuple[Path, list[FileRow]]]:
        """Its files by folder."""
        found: dict[str, list[FileRow]] = {}
        for row in self.rows:
            found.setdefault(posixpath.dirname(row.path) or ".", []).append(row)
        return [(Path(folder), files) for folder, files in found.items()]


class GroupRow(Struct, frozen=True):
    """Locations that are changed together."""

    number: str
    group: LocationGroup
    files: Figure | None
    locations: Figure | None


class AffectedView(Struct, frozen=True):
    """How much of the code is affected, and which files."""

    record: Affected
    repository: RepositoryRef
    commit: Commit
    files: Figure | None
    locations: Figure | None
    open: Figure | None
    categories: tuple[CategoryRow, ...]
    groups: tuple[GroupRow, ...]

    @property
    def stays(self) -> bool:
        """Whether some locations are left as they are."""
        return any(location.stays for location in self.record.locations)


def affected_view(case: Case, figures: Figures) -> AffectedView | None:
    affected = case.entry.affected
    if affected is None:
        return None
    scanned = is_scanned(affected)
    return AffectedView(
        record=affected,
        repository=affected.source.repository,
        commit=affected.source.commit,
        files=figures.known("affected.files"),
        locations=figures.known("affected.locations"),
        open=figures.known("affected.locations", state="open"),
        categories=tuple(_categories(case.book, affected, figures, scanned=scanned)),
        groups=tuple(_groups(affected, figures)),
    )


def is_scanned(affected: Affected | None) -> bool:
    """Whether a scan by the tool found the locations, rather than a person or a document."""
    scan = affected.scan if affected else None
    return scan is not None and scan.by is not None and not scan.from_


def _categories(book: Book, affected: Affected, figures: Figures, *, scanned: bool) -> Iterable[CategoryRow]:
    by_category: dict[str, list[Location]] = {name: [] for name in book.catalog.file_categories}
    for location in affected.locations:
        by_category.setdefault(category_of(book.catalog, location), []).append(location)
    for name, locations in by_category.items():
        if locations:
            only = {"category": name} if name else {}
            counted = bool(name) or len(locations) == len(affected.locations)  # no fact counts those of no category
            known = book.catalog.file_categories.get(name)
            yield CategoryRow(
                id=name,
                title=str(known.title) if known else name or NO_CATEGORY,
                files=figures.known("affected.files", **only) if counted else None,
                locations=figures.known("affected.locations", **only) if counted else None,
                open=figures.known("affected.locations", state="open", **only) if counted else None,
                rows=tuple(_files(locations, scanned=scanned)),
            )


def _files(locations: Iterable[Location], *, scanned: bool) -> Iterable[FileRow]:
    by_path: dict[Path, list[Location]] = {}
    for location in locations:
        by_path.setdefault(location.at.path, []).append(location)
    for path, own in by_path.items():
        fixed = all(location.state is LocationState.FIXED for location in own)
        lines = tuple(sorted({line for location in own for line in location.at.lines}))
        yield FileRow(path, lines, tuple(own), done=fixed and scanned, stated_done=fixed and not scanned)


def _groups(affected: Affected, figures: Figures) -> Iterable[GroupRow]:
    for number, group in affected.groups.items():
        files = figures.known("affected.files", priority=number)
        yield GroupRow(number, group, files, figures.known("affected.locations", priority=number))
