"""Components and files: which part of the product, and which file, has which issues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triagebook.book import natural
from triagebook.facts.case import Case
from triagebook.markdown import Linked
from triagebook.model.catalog import Component

from .rows import IssueRow, issue_rows
from .see import COMPONENTS, FILES, See
from .shelf import Shelf

UNFOLDED = 200  # files that one table holds
MOST = 2000  # files on a page; where there are more, those that several issues touch are told


@dataclass(frozen=True, slots=True)
class ComponentView:
    """A part of the product with its issues."""

    link: Linked
    title: str
    record: Component | None  # none where the catalog does not know it
    owner: object
    open: int
    closed: int
    issues: list[IssueRow]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the source code, and the issues that touch it."""

    path: Linked
    places: int
    issues: list[Linked]


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one folder."""

    title: str
    files: list[FileRow]


# ── components ───────────────────────────────────────────────────────────────────────────────────────


def components_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, COMPONENTS)
    by_component: dict[str, list[Case]] = {name: [] for name in shelf.book.catalog.components}
    for case in shelf.ordered:
        for name in case.issue.components:
            by_component.setdefault(str(name), []).append(case)
    none = [case for case in shelf.ordered if not case.issue.components]
    return {
        "see": see,
        "components": [_component(shelf, name, cases, see) for name, cases in by_component.items()],
        "without": issue_rows(none, see),
    }


def _component(shelf: Shelf, name: str, cases: list[Case], see: See) -> ComponentView:
    record = shelf.book.catalog.components.get(name)
    title = str(record.title) if record else name
    open_ = sum(case.issue.closed is None for case in cases)
    return ComponentView(
        link=see.to(COMPONENTS, title, title),
        title=title,
        record=record,
        owner=see(record.owner) if record and record.owner else "",
        open=open_,
        closed=len(cases) - open_,
        issues=issue_rows(cases, see),
    )


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def files_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, FILES)
    found = list(_files(shelf, see))
    shown = found if len(found) <= MOST else [row for row in found if len(row.issues) > 1][:MOST]
    folders: dict[str, list[FileRow]] = {}
    for row in shown:
        folders.setdefault(row.path.text.rpartition("/")[0], []).append(row)
    shared = [row for row in found if len(row.issues) > 1]
    return {
        "see": see,
        "total": len(found),
        "all_shown": len(shown) == len(found),
        "folded": len(shown) > UNFOLDED,
        "rows": shown,
        "shared": sorted(shared, key=lambda row: (-len(row.issues), row.path.text))[:20],
        "folders": [Folder(folder or "At the root", rows) for folder, rows in sorted(folders.items())],
    }


def _files(shelf: Shelf, see: See) -> list[FileRow]:
    """Every file that an issue affects, each once."""
    places: dict[tuple[str, str], set[int]] = {}
    issues: dict[tuple[str, str], set[str]] = {}
    targets: dict[tuple[str, str], str | None] = {}
    for case in shelf.cases.values():
        affected = case.entry.affected
        there = see.at(affected.source) if affected else see
        for location in affected.locations if affected else ():
            key = str(affected.source.repository) if affected else "", str(location.at.path)
            places.setdefault(key, set()).update(location.at.lines or (0,))
            issues.setdefault(key, set()).add(case.entry.id)
            targets.setdefault(key, there.place(location.at).target)
    return [
        FileRow(
            path=Linked(key[1], targets[key], code=True),
            places=len(places[key]),
            issues=[see.issue_at(name, name, "affected-files") for name in sorted(issues[key], key=natural)],
        )
        for key in sorted(issues, key=lambda key: (key[1], key[0]))
    ]
