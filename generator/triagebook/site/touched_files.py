"""The page of files: which issues affect a file of the source code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from triagebook.book import natural
from triagebook.markdown import Linked
from triagebook.model.defect import Source
from triagebook.model.values import Place

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paging import SHORT, FirstFew, Listing, further, some
from .paths import BOOK, FILES

SHARED_FILES = 20  # listed first, as several issues affect them


class TouchedFile(Struct):
    """A file of the source code with its affected lines and the issues that affect it."""

    source: Source
    at: Place
    lines: set[int] = field(default_factory=set)
    issues: list[str] = field(default_factory=list)


class TouchedFileRow(Struct, frozen=True):
    """A file in a table."""

    path: Linked
    places: int
    issues: FirstFew


def files_pages(content: SiteContent) -> Iterator[Page]:
    files = _touched(content)
    lines = [(file, few) for file in files for few in _in_lines(file.issues)]
    listing = Listing("files", "Files", FILES, "files", lines, _file_rows, at="By folder")
    shared = sorted(
        (file for file in files if len(file.issues) > 1), key=lambda file: (-len(file.issues), file.at.path)
    )
    yield Page(content.link(FILES), "Files", "pages/files.md.j2", partial(_files, len(files), shared, listing), BOOK)
    yield from further(content.book, BOOK, listing)


def _files(total: int, shared: list[TouchedFile], listing: Listing[Line], link: Linker) -> Mapping[str, object]:
    return {
        "total": total,
        "shared": [_file_row(file, file.issues, link) for file in shared[:SHARED_FILES]],
        "files": listing.part(link),
    }


def _touched(content: SiteContent) -> list[TouchedFile]:
    """Every affected file once."""
    found: dict[tuple[str, str], TouchedFile] = {}
    affected = ((name, case.entry.affected) for name, case in content.cases.items() if case.entry.affected)
    for name, record in affected:
        for location in record.locations:
            key = str(location.at.path), str(record.source.repository)
            file = found.setdefault(key, TouchedFile(record.source, location.at))
            file.lines.update(location.at.lines or (0,))
            if name not in file.issues[-1:]:
                file.issues.append(name)
    return [found[key] for key in sorted(found)]


Line = tuple[TouchedFile, Sequence[str]]


def _in_lines(issues: Sequence[str]) -> Iterator[Sequence[str]]:
    """The issues of a file in portions that fit on a line."""
    issues = sorted(issues, key=natural)
    yield from (issues[at : at + SHORT] for at in range(0, len(issues), SHORT))


def _file_rows(lines: Sequence[Line], link: Linker) -> list[TouchedFileRow]:
    return [_file_row(file, issues, link) for file, issues in lines]


def _file_row(file: TouchedFile, issues: Sequence[str], link: Linker) -> TouchedFileRow:
    links = [link.issue_at(name, name, "affected-files") for name in issues]
    target = link.at(file.source).place(file.at).target
    return TouchedFileRow(Linked(file.at.path, target, code=True), len(file.lines), some(links))
