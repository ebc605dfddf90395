"""A page of the site, and a file beside the pages: its path, and how to make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from triagebook.markdown import Lookup
from triagebook.markup import parsed
from triagebook.render import render

from .linker import Linker


class Page(Struct, frozen=True):
    """A page of the site. Its view is made with the page, so that not all views are in memory at once."""

    link: Linker  # links from this page
    title: str
    template: str
    view: Callable[[Linker], Mapping[str, object]]
    section: str = ""  # the path of the parent page
    lookup: Lookup | None = None  # of the facts that its prose names
    wide: bool = False  # without a table of contents beside it

    def text(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        """The page as Markdown with marks, and its view. Templates in the folder `own` override ours."""
        view = {"linked": self.link, **self.view(self.link)}
        return render(self.template, view, self.lookup, own=own, about=self.title), view

    def html(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        """The page as HTML for `markup.finished`, and its view."""
        markdown, view = self.text(own)
        return parsed(markdown), view

    @property
    def path(self) -> str:
        """Its path in the site's sources, where a hand-written page would lie: `issues/1184/index.md`."""
        return self.link.here

    @property
    def url(self) -> str:
        """Its address from the root of the site: `issues/1184/`."""
        return self.path.removesuffix("index.md")


class Asset(Struct, frozen=True):
    """A file of the site other than a page: data for programs, or a report to download."""

    path: str
    make: Callable[[], str]
