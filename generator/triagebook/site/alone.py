"""A report as a document of its own, in each of its forms: no page stands beside it that it could lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from triagebook.facts.case import Case
from triagebook.markdown import fill, placed, plain, without_figures
from triagebook.render import render, templates
from triagebook.reports import Report, make

from .see import Portable, elsewhere

FileLink = Callable[[str], str | None]  # a file of the book -> the address it is seen at from the report


class Desk:
    """Where reports are made, one at a time: the page of a report and its files come from the same text."""

    def __init__(self, own: Path | None = None) -> None:
        self.own = own  # templates that go before ours
        self._case: Case | None = None
        self._made: tuple[Report, str] | None = None

    def take(self, case: Case, kind: str) -> tuple[Report, str]:
        """A report and its Markdown; kept until another one is taken."""
        if self._made is None or self._case is not case or self._made[0].kind != kind:
            report = make(kind, case)
            self._case, self._made = case, (report, written(report, self.own))
        return self._made

    def document(self, case: Case, kind: str, form: str) -> str:
        return document(*self.take(case, kind), form)


def written(report: Report, own: Path | None) -> str:
    """The Markdown of a report, with marks. Templates in the folder `own` go before ours."""
    ground = report.ground
    view = {"report": report.view, "see": Portable(ground.book, ground.entry)}
    return render(report.template, view, report.figures.lookup, own=own, about=f"issue {ground.entry.id}")


def document(report: Report, markdown: str, form: str, link: FileLink = lambda _: None) -> str:
    """The report as Markdown, HTML or JSON. `link` says where the files of the book are seen from it."""
    if form == "json":
        from pydantic_core import to_json  # noqa: PLC0415  (each form brings what the others can do without)

        from triagebook.reports.data import as_data  # noqa: PLC0415

        values = report.figures.lookup
        data = as_data(report, lambda text: without_figures(fill(text, values)))
        return to_json(data, indent=2).decode() + "\n"
    alone = placed(markdown, partial(elsewhere, report.ground.book))
    if form == "html":
        from triagebook.reports.page import page  # noqa: PLC0415

        head, styles = report.view.head, templates() / "reports" / "report.css"
        title = f"{head.title}: {head.id} · {head.issue}"
        return page(alone, report.figures.used, title, styles, link, report.kind)
    return plain(alone)
