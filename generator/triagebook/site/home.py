"""The home page: the four counts, next actions, recent changes, what expires, and the open issues by environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from triagebook.book import natural
from triagebook.markdown import Linked

from .charts import over_time, stages
from .content import SiteContent
from .issues import number_of_issues
from .next_actions import COUNTS, expiring_of, next_actions_of
from .overviews import matrix
from .page import Page
from .paths import ENVIRONMENTS, HOME, ISSUES, NEXT_ACTIONS
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS

ON_HOME = 3  # lines of each list, so that all lists and the matrix below them fit on one screen
IN_MATRIX = 5


def home_page(content: SiteContent) -> Page:
    view = partial(_view, content)
    return Page(HOME, content.book.catalog.title, "pages/home.md.j2", view, content.linker, HOME, wide=True)


def _view(content: SiteContent) -> Mapping[str, object]:
    counts, chart, linker = counts_of(content), over_time(content), content.linker
    return {
        "title": content.book.catalog.title,
        "summary": content.book.catalog.summary,
        "lead": number_of_issues(content),
        "any": bool(content.book.issues),
        "source": content.inquiry.source,
        "counts": counts,
        "well": well(content, counts),
        "few": ON_HOME,
        "changes": list(changes_of(content)),
        "since": content.changes.since,
        "why_unknown": content.changes.why_unknown,
        "actions": next_actions_of(content),
        "expiring": expiring_of(content),
        "matrix": matrix(content.book, content.open[:IN_MATRIX]),
        "all_environments": linker.to(ENVIRONMENTS, "all environments"),
        "more_open": len(content.open) > IN_MATRIX,
        "unread": content.book.unread_issues,
        "all_issues": linker.to(ISSUES, "the list of issues"),
        "findings": content.findings,
        "over_time": chart,
        "stages": stages(content),
        "charts": {"over-time": chart} if chart.drawn else {},
        "all_pages": [linker.to(section.path, section.title) for section in BOOK_SECTIONS + REFERENCE_SECTIONS],
    }


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def counts_of(content: SiteContent) -> list[tuple[int, Linked]]:
    """The four figures that the home page leads with."""
    found = ((content.fact(name).value, words, title) for name, words, title, _ in COUNTS)
    return [
        (value, content.linker.to(NEXT_ACTIONS, words, title))
        for value, words, title in found
        if isinstance(value, int)
    ]


def well(content: SiteContent, counts: Iterable[tuple[int, Linked]]) -> str:
    """A sentence for a book in which nothing needs attention; empty for any other."""
    if any(number for number, _ in counts) or content.findings or content.book.unread or not content.book.issues:
        return ""
    if not content.open:
        return "All is well: every issue is closed, and the check finds nothing."
    return "All is well: nothing is contradicted, nothing fails, every fix is proven and every issue has an owner."


def changes_of(content: SiteContent) -> Iterator[tuple[Linked, list[str]]]:
    """The changed issues, patterns and catalog, each with those of its files that changed."""
    by_record: dict[str, list[str]] = {}
    for file in sorted(content.changes.files, key=natural):
        first, _, rest = file.partition("/")
        if rest and not first.startswith(".") and file.endswith((".yaml", ".yml")):
            by_record.setdefault(first if first != "patterns" else file, []).append(rest)
        elif file == "catalog.yaml":
            by_record.setdefault(file, []).append("")
    for record, files in by_record.items():
        if record in content.book.issues:
            yield content.linker.titled(record), [name for name in map(_changed, files) if name]
        else:
            yield content.linker.file(record), []


def _changed(file: str) -> str:
    folder, _, name = file.rpartition("/")
    return name.removesuffix(".yaml") if folder == "evidence" else {"issue.yaml": "record"}.get(file, name)
