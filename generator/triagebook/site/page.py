"""A page of the site, and a file beside the pages: its path, and how to make it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from triagebook import markup
from triagebook.markdown import Lookup, placed
from triagebook.render import render

from .linker import Linker


class Page(Struct, frozen=True):
    """A page of the site. Its view is made with the page, so that not all views are in memory at once."""

    path: str  # in the site's sources, where a hand-written page would lie: `issues/1184/index.md`
    title: str
    template: str
    view: Callable[[], Mapping[str, object]]
    linker: Linker
    section: str = ""  # the path of the parent page
    lookup: Lookup | None = None  # of the facts that its prose names
    wide: bool = False  # without a table of contents beside it

    def text(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        """The page as Markdown with marks, and its view. Templates in the folder `own` override ours."""
        markdown, view = self.marked(own)
        return placed(markdown, self.relative), view

    def html(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        """The page as HTML for `markup.finished`, and its view."""
        markdown, view = self.marked(own)
        return markup.placed(markup.parsed(markdown), self.relative), view

    def marked(self, own: Path | None, **more: object) -> tuple[str, Mapping[str, object]]:
        """The page as Markdown whose links name paths of the site, and its view."""
        view = {"linked": self.linker, **self.view(), **more}
        return render(self.template, view, self.lookup, own=own, about=self.title), view

    def relative(self, target: str) -> str:
        """The address of another page, or of a heading, as seen from this page."""
        path, mark, anchor = target.partition("#")
        here = path == self.path and mark
        return ("" if here else _relative(path, posixpath.dirname(self.path))) + mark + anchor


class Asset(Struct, frozen=True):
    """A file of the site other than a page: data for programs, or a report to download."""

    path: str
    make: Callable[[], str]


@cache
def _relative(path: str, folder: str) -> str:
    return posixpath.relpath(path, folder or ".")
