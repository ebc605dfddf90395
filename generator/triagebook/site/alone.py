"""A report as a document of its own, in each of its forms: no page stands beside it that it could lead to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from triagebook.book import Book, Entry
from triagebook.facts.case import Case
from triagebook.markdown import Linked, fill, without_figures
from triagebook.render import render, templates
from triagebook.reports import KINDS, Report, make
from triagebook.reports.data import as_data
from triagebook.reports.gfm import normal, plain
from triagebook.reports.page import page

from .page import Asset
from .reports import FORMS, file_path, lookup
from .see import See


class Alone(See):
    """Names and links in a document that stands alone."""

    def __init__(self, book: Book, entry: Entry) -> None:
        super().__init__(book, "report.md", entry)

    def issue(self, issue_id: str, words: str = "") -> Linked:
        entry = self.book.issues.get(issue_id)
        links = entry.issue.links if entry else ()
        return Linked(words or issue_id, next((str(link.url) for link in links), None))

    def issue_at(self, issue_id: str, words: str, at: str, *, code: bool = False) -> Linked:  # noqa: ARG002
        return Linked(words, code=code)

    def pattern(self, pattern_id: str) -> Linked:
        return Linked(super().pattern(pattern_id).text)


def document(report: Report, form: str, own: Path | None = None) -> str:
    """A report as Markdown, HTML or JSON."""
    if form == "json":
        values = lookup(report)
        return json.dumps(
            as_data(report, lambda text: without_figures(fill(text, values))), indent=2, ensure_ascii=False
        )
    see = Alone(report.ground.book, report.ground.entry)
    markdown = render(
        report.template,
        {"report": report.view, "see": see},
        lookup(report),
        own=own,
        about=f"issue {report.ground.entry.id}",
    )
    if form == "md":
        return normal(plain(markdown))
    head = report.view.head
    styles = templates() / "reports" / "report.css"
    return page(markdown, report.figures.used, f"{head.title}: {head.id} · {head.issue}", styles, lambda _: None)


def report_files(case: Case, own: Path | None) -> Iterator[Asset]:
    for kind in KINDS:
        for form in FORMS:
            yield Asset(file_path(case.entry.id, kind, form), partial(_document, kind, case, form, own))


def _document(kind: str, case: Case, form: str, own: Path | None) -> str:
    return document(make(kind, case), form, own)
