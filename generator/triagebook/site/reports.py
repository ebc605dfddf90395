"""The reports on an issue: a page for each, and the same as files to download."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from triagebook import markup
from triagebook.facts.case import Case
from triagebook.markdown import SLOT, without_figures

from .content import SiteContent
from .linker import Linker
from .page import Asset, Page
from .paths import FACTS, file_path, issue_path, report_path
from .report_document import ReportDocument

FORMS: Mapping[str, str] = {"md": "Markdown", "json": "JSON"}
SOURCES = "Sources of the figures"


def title_of(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def report_title(issue_id: str, kind: str) -> str:
    return f"{issue_id} · {title_of(kind)}"


class ReportPage(Page, frozen=True, kw_only=True):
    """The page of a report: a frame around the document that its files are made from."""

    document: Callable[[], ReportDocument]

    def html(self, own: Path | None = None) -> tuple[str, Mapping[str, object]]:
        frame, view = self.marked(own, body=SLOT)
        body = markup.parsed(frame).replace(f"<p>{SLOT}</p>\n", self.document().html)
        return markup.placed(body, self.relative), view


def report_outputs(content: SiteContent, case: Case) -> Iterator[Page | Asset]:
    """The reports on an issue, each as a page and as Markdown."""
    for kind, described in content.kinds.items():
        document = partial(content.report, case, described)
        yield ReportPage(
            path=report_path(case.entry.id, kind),
            title=report_title(case.entry.id, kind),
            template="pages/report.md.j2",
            view=partial(_view, document, case, kind, content.linker),
            linker=content.linker,
            section=issue_path(case.entry.id),
            document=document,
        )
        yield Asset(file_path(case.entry.id, kind, "md"), partial(_markdown, document))


def _markdown(document: Callable[[], ReportDocument]) -> str:
    return document().document("md")


def _view(document: Callable[[], ReportDocument], case: Case, kind: str, linker: Linker) -> Mapping[str, object]:
    return {
        "body": document().markdown,
        "title": SOURCES,
        "used": document().report.figures,
        "up": linker.to(issue_path(case.entry.id), f"Issue {case.entry.id}"),
        "files": [linker.to(file_path(case.entry.id, kind, form), words) for form, words in FORMS.items()],
        "facts": linker.to(FACTS, "All facts"),
    }


def with_figures(body: str) -> str:
    """The page with a link from each figure to its source."""
    text, mark, sources = body.rpartition(f">{SOURCES}<")
    if not mark:
        return without_figures(body)
    text = markup.with_figures(text, lambda number, words: f'<a class="figure" href="#figure-{number}">{words}</a>')
    sources = markup.with_figures(sources, lambda number, words: f'<span id="figure-{number}">{words}</span>')
    return f"{text}{mark}{sources}"
