"""A report as a document in each format, outside the site."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from triagebook.markdown import fill, placed, plain, without_figures
from triagebook.render import render, templates
from triagebook.reports import Report
from triagebook.views.record import record_view

from .linker import Linker, elsewhere

FileLink = Callable[[str], str | None]  # a file of the book -> its address relative to the report


class ReportDocument:
    """A report as text. Its page and its files share the same Markdown and HTML."""

    def __init__(self, report: Report, own: Path | None = None) -> None:
        self.report = report
        self._data_of = replace(report, figures=report.figures.copy())  # each form states figures of its own
        self.own = own  # templates that go before ours

    @cached_property
    def markdown(self) -> str:
        """With marks for figures and for links within the site."""
        return written(self.report, self.own)

    @cached_property
    def html(self) -> str:
        """The HTML that `markup` parses from it, still to be placed and finished."""
        from triagebook import markup  # noqa: PLC0415  (each form brings what the others can do without)

        return markup.parsed(self.markdown)

    def document(self, form: str, link: FileLink = lambda _: None) -> str:
        """The report as Markdown, HTML or JSON. `link` gives the addresses of the book's files."""
        if form == "json":
            return self._json()
        if form == "html":
            return self._page(link)
        return plain(placed(self.markdown, self._way))

    def _page(self, link: FileLink) -> str:
        from triagebook import markup  # noqa: PLC0415
        from triagebook.reports.page import page  # noqa: PLC0415

        report, head = self.report, self.report.view.head
        title, styles = f"{head.title}: {head.id} · {head.issue}", templates() / "reports" / "report.css"
        of = " ".join([report.kind.id, *(f"with-{name}" for name in report.appendices)])
        return page(markup.placed(self.html, self._way), report.figures.used, title, styles, link, of)

    @property
    def data(self) -> dict[str, Any]:
        """The report for programs."""
        from triagebook.reports.data import as_data  # noqa: PLC0415

        values = self._data_of.figures.lookup
        return as_data(self._data_of, lambda text: without_figures(fill(text, values)))

    def _json(self) -> str:
        from msgspec import json  # noqa: PLC0415

        return json.format(json.encode(self.data, enc_hook=str)).decode() + "\n"

    @property
    def _way(self) -> Callable[[str], str | None]:
        return partial(elsewhere, self.report.case.book)


class Footnotes:
    """The sources of what a report states, numbered in the order of first mention."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self._numbers: dict[str, int] = {}

    def number(self, text: str, always: bool = False) -> int | None:  # noqa: FBT001, FBT002  (called by templates)
        """The number of the footnote with this text; None if sources are not shown, but for those that always are."""
        return self._numbers.setdefault(text, len(self._numbers) + 1) if self.shown or always else None

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(self._numbers)


def written(report: Report, own: Path | None) -> str:
    """The Markdown of a report, with marks. Templates in the folder `own` override ours."""
    case = report.case
    view = {
        **(record_view(case, report.figures) if "records" in report.appendices else {}),
        "report": report.view,
        "linked": Linker(case.book, case.entry),
        "appendices": report.appendices,
        "footnotes": Footnotes(shown="sources" in report.appendices),
    }
    return render(report.kind.template, view, report.figures.lookup, own=own, about=f"issue {case.entry.id}")
