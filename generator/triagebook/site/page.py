"""What a page of the site is, and a file beside it: where it lies, and how it is made when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from triagebook.markdown import Lookup
from triagebook.markup import parsed
from triagebook.render import render


class Page(Struct, frozen=True):
    """A page of the site. Its view is made when the page is, so a site never holds all of them at once."""

    path: str  # in the site's sources, where a hand-written page would lie: `issues/1184/index.md`
    title: str
    template: str
    view: Callable[[], Mapping[str, object]]
    section: str = ""  # the page that it belongs to, which is above it
    lookup: Lookup | None = None  # the values of the names that its prose may hold
    wide: bool = False  # whether it takes the room of the contents beside it

    def text(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        """The page as Markdown with marks, and the view it shows. Templates in the folder `own` go before ours."""
        view = self.view()
        return render(self.template, view, self.lookup, own=own, about=self.title), view

    def html(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        """The page as HTML that `markup.finished` makes whole, and the view it shows."""
        markdown, view = self.text(own)
        return parsed(markdown), view

    @property
    def url(self) -> str:
        """Its address from the root of the site: `issues/1184/`."""
        return self.path.removesuffix("index.md")


class Asset(Struct, frozen=True):
    """A file of the site that is no page: data for programs, a report to take away."""

    path: str
    make: Callable[[], str]
