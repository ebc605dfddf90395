"""The reports on an issue: a page each, and the same as files to take away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from triagebook.facts.case import Case
from triagebook.markdown import FIGURE_CLOSE, FIGURE_DIGITS, FIGURE_OPEN, without_figures
from triagebook.reports import KINDS, Report, make

from .page import Page
from .see import FACTS, See, issue_path, report_path

FORMS: Mapping[str, str] = {"md": "Markdown", "html": "HTML", "json": "JSON"}
SOURCES = "Where the figures come from"

_FIGURE = re.compile(f"{FIGURE_OPEN}([{FIGURE_DIGITS}]+)([^{FIGURE_CLOSE}]*){FIGURE_CLOSE}")
_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)


def title_of(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def file_path(issue_id: str, kind: str, form: str) -> str:
    """Where a report lies in one of its forms."""
    return f"issues/{issue_id}/{kind}.{form}"


class _Desk:
    """Where one report lies at a time: it is made for its page, and gone when the next one is."""

    def __init__(self) -> None:
        self.report: Report | None = None

    def view(self, kind: str, case: Case) -> Mapping[str, object]:
        self.report = report = make(kind, case)
        path = report_path(case.entry.id, kind)
        see = See(case.book, path, case.entry)
        return {
            "template": report.template,
            "report": report.view,
            "see": see,
            "title": SOURCES,
            "used": report.figures,
            "up": see.to(issue_path(case.entry.id), f"Issue {case.entry.id}"),
            "files": [see.to(file_path(case.entry.id, kind, form), words) for form, words in FORMS.items()],
            "facts": see.to(FACTS, "All facts"),
        }

    def lookup(self, name: str) -> str | None:
        return self.report.figures.lookup(name) if self.report else None


def report_pages(case: Case) -> Iterator[Page]:
    desk = _Desk()
    for kind in KINDS:
        title = f"{case.entry.id} · {title_of(kind)}"
        path = report_path(case.entry.id, kind)
        view = partial(desk.view, kind, case)
        yield Page(path, title, "pages/report.md.j2", view, issue_path(case.entry.id), desk.lookup)


def with_figures(body: str) -> str:
    """The page with a link from each figure to the line that says where it comes from."""
    if FIGURE_OPEN not in body:
        return body
    body = _CODE.sub(lambda block: without_figures(block[0]), body)
    text, mark, sources = body.rpartition(f">{SOURCES}<")
    if not mark:
        return without_figures(body)
    sources = _FIGURE.sub(lambda found: f'<span id="figure-{_number(found[1])}">{found[2]}</span>', sources)
    text = _FIGURE.sub(lambda found: f'<a class="figure" href="#figure-{_number(found[1])}">{found[2]}</a>', text)
    return f"{text}{mark}{sources}"


def _number(digits: str) -> int:
    return int("".join(str(FIGURE_DIGITS.index(digit)) for digit in digits))
