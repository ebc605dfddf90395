"""Components and files: which part of the product, and which file, has which issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from triagebook.book import natural
from triagebook.facts.case import Case
from triagebook.markdown import Linked
from triagebook.model.catalog import Component
from triagebook.model.defect import Source
from triagebook.model.values import Place

from .page import Page
from .paging import SHORT, Listing, Part, Some, further, share, some
from .rows import issue_rows
from .see import BOOK, COMPONENTS, FILES, See
from .shelf import Shelf

SHARED_FILES = 20  # files that many issues touch, before all the others


class ComponentView(Struct, frozen=True):
    """A part of the product with its issues."""

    link: Linked
    title: str
    record: Component | None  # none where the catalog does not know it
    owner: object
    open: int
    closed: int
    issues: Part


class Touched(Struct):
    """A file of the source code: where it is seen, its places, and the issues that touch it."""

    source: Source
    at: Place
    lines: set[int] = field(default_factory=set)
    issues: list[str] = field(default_factory=list)


class FileRow(Struct, frozen=True):
    """A file in a table."""

    path: Linked
    places: int
    issues: Some


# ── components ───────────────────────────────────────────────────────────────────────────────────────


def components_pages(shelf: Shelf) -> Iterator[Page]:
    by_component: dict[str, list[Case]] = {name: [] for name in shelf.book.catalog.components}
    for case in shelf.ordered:
        for name in case.issue.components:
            by_component.setdefault(str(name), []).append(case)
    room = share(len(by_component))
    components = {name: _listing(shelf, name, cases, room) for name, cases in by_component.items()}
    none = [case for case in shelf.ordered if not case.issue.components]
    title = "Issues of no component"
    without = Listing("issues", title, COMPONENTS, "components", none, issue_rows, at=title, room=SHORT)
    view = partial(_components, shelf, components, without)
    yield Page(COMPONENTS, "Components", "pages/components.md.j2", view, BOOK)
    yield from further(shelf.book, BOOK, *components.values(), without)


def _components(shelf: Shelf, components: Mapping[str, Listing[Case]], without: Listing[Case]) -> Mapping[str, object]:
    see = See(shelf.book, COMPONENTS)
    views = [_component(shelf, name, issues, see) for name, issues in components.items()]
    return {"see": see, "components": views, "without": without.part(see)}


def _listing(shelf: Shelf, name: str, cases: list[Case], room: int) -> Listing[Case]:
    record = shelf.book.catalog.components.get(name)
    title = str(record.title) if record else name
    return Listing("issues", title, COMPONENTS, f"components/{name}", cases, issue_rows, at=title, room=room)


def _component(shelf: Shelf, name: str, issues: Listing[Case], see: See) -> ComponentView:
    record = shelf.book.catalog.components.get(name)
    open_ = sum(case.issue.closed is None for case in issues.items)
    return ComponentView(
        link=issues.to(1, issues.title, see),
        title=issues.title,
        record=record,
        owner=see(record.owner) if record and record.owner else "",
        open=open_,
        closed=len(issues.items) - open_,
        issues=issues.part(see),
    )


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def files_pages(shelf: Shelf) -> Iterator[Page]:
    files = _touched(shelf)
    lines = [(file, few) for file in files for few in _in_lines(file.issues)]
    listing = Listing("files", "Files", FILES, "files", lines, _file_rows, at="By folder")
    shared = sorted(
        (file for file in files if len(file.issues) > 1), key=lambda file: (-len(file.issues), file.at.path)
    )
    yield Page(FILES, "Files", "pages/files.md.j2", partial(_files, shelf, len(files), shared, listing), BOOK)
    yield from further(shelf.book, BOOK, listing)


def _files(shelf: Shelf, total: int, shared: list[Touched], listing: Listing[Line]) -> Mapping[str, object]:
    see = See(shelf.book, FILES)
    return {
        "see": see,
        "total": total,
        "shared": [_file_row(file, file.issues, see) for file in shared[:SHARED_FILES]],
        "files": listing.part(see),
    }


def _touched(shelf: Shelf) -> list[Touched]:
    """Every file that an issue affects, each once."""
    found: dict[tuple[str, str], Touched] = {}
    affected = ((name, case.entry.affected) for name, case in shelf.cases.items() if case.entry.affected)
    for name, record in affected:
        for location in record.locations:
            key = str(location.at.path), str(record.source.repository)
            file = found.setdefault(key, Touched(record.source, location.at))
            file.lines.update(location.at.lines or (0,))
            if name not in file.issues[-1:]:
                file.issues.append(name)
    return [found[key] for key in sorted(found)]


Line = tuple[Touched, Sequence[str]]


def _in_lines(issues: Sequence[str]) -> Iterator[Sequence[str]]:
    """The issues of a file, as many at once as a line has room for: one that all of them touch takes several lines."""
    issues = sorted(issues, key=natural)
    yield from (issues[at : at + SHORT] for at in range(0, len(issues), SHORT))


def _file_rows(lines: Sequence[Line], see: See) -> list[FileRow]:
    return [_file_row(file, issues, see) for file, issues in lines]


def _file_row(file: Touched, issues: Sequence[str], see: See) -> FileRow:
    links = [see.issue_at(name, name, "affected-files") for name in issues]
    target = see.at(file.source).place(file.at).target
    return FileRow(Linked(file.at.path, target, code=True), len(file.lines), some(links))
