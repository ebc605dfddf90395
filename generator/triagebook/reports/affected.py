"""The affected files as a list to work through: by kind and by group, one box a file, ticked from scans."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict

from triagebook.model.affected import Affected, Location, LocationState
from triagebook.model.base import Commit, Path, Prose
from triagebook.model.building_blocks import Detector
from triagebook.model.refs import RepositoryRef
from triagebook.model.values import DocRef

from .figures import Figure
from .ground import Ground

_FEW = 8


class FileRow(Struct, frozen=True):
    """One file with the locations in it."""

    path: Path
    lines: tuple[int, ...]
    locations: tuple[Location, ...]
    done: bool  # a scan of the tool found nothing open in it
    said_done: bool  # the record calls it fixed, and no scan shows it

    @property
    def entry(self) -> Location | None:
        """The one entry that says all there is to say of the file."""
        return self.locations[0] if len(self.locations) == 1 else None


class KindRow(Struct, frozen=True):
    """The files of one kind."""

    id: str
    title: str
    files: Figure | None
    locations: Figure | None
    open: Figure | None
    rows: tuple[FileRow, ...]


class GroupRow(Struct, frozen=True):
    """Locations that are changed together."""

    number: str
    title: str
    why: Prose | None
    from_: tuple[DocRef, ...]
    files: Figure | None
    locations: Figure | None


class Extent(Struct, frozen=True):
    """How much of the code is affected."""

    record: Affected
    repository: RepositoryRef
    commit: Commit
    scanned: bool  # whether a scan of the tool found them
    files: Figure | None
    locations: Figure | None
    open: Figure | None


class AffectedView(Extent, frozen=True):
    """All affected files."""

    kinds: tuple[KindRow, ...]
    groups: tuple[GroupRow, ...]
    detector: Detector | None

    @property
    def few(self) -> bool:
        """Whether each location can be named where not all is about them."""
        return len(self.record.locations) <= _FEW


def extent(ground: Ground) -> Extent | None:
    affected, figures = ground.entry.affected, ground.figures
    if affected is None:
        return None
    return Extent(
        record=affected,
        repository=affected.source.repository,
        commit=affected.source.commit,
        scanned=is_scanned(affected),
        files=figures.known("affected.files"),
        locations=figures.known("affected.locations"),
        open=figures.known("affected.locations", state="open"),
    )


def affected_view(ground: Ground) -> AffectedView | None:
    affected, known = ground.entry.affected, extent(ground)
    if affected is None or known is None:
        return None
    return AffectedView(
        **asdict(known),
        kinds=tuple(_kinds(ground, affected, scanned=known.scanned)),
        groups=tuple(_groups(ground, affected)),
        detector=detector(ground),
    )


def is_scanned(affected: Affected | None) -> bool:
    """Whether a scan of the tool found the locations; what was typed from a document was not."""
    scan = affected.scan if affected else None
    return scan is not None and scan.by is not None and not scan.from_


def detector(ground: Ground) -> Detector | None:
    """What finds the defect: as it was searched for, else the issue's own, else that of its pattern."""
    scan = ground.entry.affected.scan if ground.entry.affected else None
    patterns = (ground.book.patterns.get(cause.pattern) for cause in ground.issue.causes if cause.pattern)
    of_pattern = (pattern.detector for pattern in patterns if pattern)
    known = (scan.detector if scan else None, ground.issue.detector, *of_pattern)
    return next((found for found in known if found), None)


def _kinds(ground: Ground, affected: Affected, *, scanned: bool) -> Iterable[KindRow]:
    by_kind: dict[str, list[Location]] = {name: [] for name in ground.book.catalog.file_categories}
    for location in affected.locations:
        by_kind.setdefault(ground.book.category_of(location), []).append(location)
    for kind, locations in by_kind.items():
        if locations:
            only = {"category": kind} if kind else {}
            counted = bool(kind) or len(locations) == len(affected.locations)  # no fact counts those of no kind
            known = ground.book.catalog.file_categories.get(kind)
            yield KindRow(
                id=kind,
                title=str(known.title) if known else kind or "Of no kind that the catalog names",
                files=ground.figures.known("affected.files", **only) if counted else None,
                locations=ground.figures.known("affected.locations", **only) if counted else None,
                open=ground.figures.known("affected.locations", state="open", **only) if counted else None,
                rows=tuple(_files(locations, scanned=scanned)),
            )


def _files(locations: Iterable[Location], *, scanned: bool) -> Iterable[FileRow]:
    by_path: dict[Path, list[Location]] = {}
    for location in locations:
        by_path.setdefault(location.at.path, []).append(location)
    for path, own in by_path.items():
        fixed = all(location.state is LocationState.FIXED for location in own)
        lines = tuple(sorted({line for location in own for line in location.at.lines}))
        yield FileRow(path, lines, tuple(own), done=fixed and scanned, said_done=fixed and not scanned)


def _groups(ground: Ground, affected: Affected) -> Iterable[GroupRow]:
    for number, group in affected.groups.items():
        yield GroupRow(
            number=number,
            title=str(group.title),
            why=group.why,
            from_=group.from_,
            files=ground.figures.known("affected.files", priority=number),
            locations=ground.figures.known("affected.locations", priority=number),
        )
