"""The reports on an issue: a page each, and the same as files to take away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from triagebook.facts.case import Case
from triagebook.markdown import FIGURE_CLOSE, FIGURE_DIGITS, FIGURE_OPEN, placed, without_figures
from triagebook.reports import KINDS

from .page import Asset, Page
from .see import FACTS, See, issue_path, report_path
from .shelf import Shelf

FORMS: Mapping[str, str] = {"md": "Markdown", "html": "HTML", "json": "JSON"}
SOURCES = "Where the figures come from"

_FIGURE = re.compile(f"{FIGURE_OPEN}([{FIGURE_DIGITS}]+)([^{FIGURE_CLOSE}]*){FIGURE_CLOSE}")
_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)


def title_of(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def file_path(issue_id: str, kind: str, form: str) -> str:
    """Where a report lies in one of its forms."""
    return f"issues/{issue_id}/{kind}.{form}"


def report_outputs(shelf: Shelf, case: Case) -> Iterator[Page | Asset]:
    """The reports on an issue, each as a page and then as files: so what they share is made once."""
    for kind in KINDS:
        title = f"{case.entry.id} · {title_of(kind)}"
        path = report_path(case.entry.id, kind)
        yield Page(path, title, "pages/report.md.j2", partial(_view, shelf, case, kind), issue_path(case.entry.id))
        for form in FORMS:
            yield Asset(file_path(case.entry.id, kind, form), partial(shelf.desk.document, case, kind, form))


def _view(shelf: Shelf, case: Case, kind: str) -> Mapping[str, object]:
    report, markdown = shelf.desk.take(case, kind)
    see = See(case.book, report_path(case.entry.id, kind), case.entry)
    return {
        "body": placed(markdown, see.page),
        "title": SOURCES,
        "used": report.figures,
        "up": see.to(issue_path(case.entry.id), f"Issue {case.entry.id}"),
        "files": [see.to(file_path(case.entry.id, kind, form), words) for form, words in FORMS.items()],
        "facts": see.to(FACTS, "All facts"),
    }


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
