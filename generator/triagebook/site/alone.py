"""A report as a document of its own, in each of its forms: no page stands beside it that it could lead to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from triagebook.facts.case import Case
from triagebook.markdown import fill, without_figures
from triagebook.render import render, templates
from triagebook.reports import KINDS, Report, make
from triagebook.reports.data import as_data
from triagebook.reports.gfm import plain
from triagebook.reports.page import page

from .page import Asset
from .reports import FORMS, file_path
from .see import Alone


class Copy:
    """One report to take away. Its forms are written one after the other, and what they share is made once."""

    def __init__(self, kind: str, case: Case, own: Path | None) -> None:
        self.kind, self.case, self.own = kind, case, own
        self.made: tuple[Report, str] | None = None

    def write(self, form: str) -> str:
        """The report as Markdown, HTML or JSON; after the last of them nothing is kept."""
        report, markdown = self.made = self.made or self._make()
        match form:
            case "md":
                return plain(markdown)
            case "html":
                head, styles = report.view.head, templates() / "reports" / "report.css"
                title = f"{head.title}: {head.id} · {head.issue}"
                return page(markdown, report.figures.used, title, styles, lambda _: None)
        self.made = None
        values = report.figures.lookup
        data = as_data(report, lambda text: without_figures(fill(text, values)))
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

    def _make(self) -> tuple[Report, str]:
        report = make(self.kind, self.case)
        view = {"report": report.view, "see": Alone(self.case.book, self.case.entry)}
        about = f"issue {self.case.entry.id}"
        return report, render(report.template, view, report.figures.lookup, own=self.own, about=about)


def report_files(case: Case, own: Path | None) -> Iterator[Asset]:
    for kind in KINDS:
        copy = Copy(kind, case, own)
        for form in FORMS:
            yield Asset(file_path(case.entry.id, kind, form), partial(copy.write, form))
