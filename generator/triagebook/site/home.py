"""The home page: what is contradicted, what fails, what waits, and the command that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from triagebook.book import natural
from triagebook.markdown import Linked

from .charts import over_time, stages
from .content import SiteContent
from .linker import Linker
from .next_actions import COUNTS, expiries_of, next_actions_of
from .overview import OVERVIEW, REFERENCES
from .paths import ENVIRONMENTS, HOME, ISSUES, NEXT_ACTIONS
from .table_rows import finding_view, matrix

ON_HOME = 3  # lines of each list before it leads on: all stand on one screen, and the matrix below them
IN_MATRIX = 5
FINDINGS_ON_HOME = 50


class Count(Struct, frozen=True):
    """One of the four figures that the home page leads with."""

    number: int
    link: Linked
    kind: str  # bad where there is something, good where there is nothing


class ChangedRecord(Struct, frozen=True):
    """An issue, a pattern or the catalog, and which of its files changed."""

    what: Linked
    files: list[str]


def home_view(content: SiteContent) -> Mapping[str, object]:
    link = Linker(content.book, HOME)
    turns, ends, changes = next_actions_of(content), expiries_of(content), list(changes_of(content, link))
    counts = counts_of(content, link)
    charts = {"over-time": over_time(content), "stages": stages(content)}
    return {
        "see": link,
        "title": content.book.catalog.title,
        "summary": content.book.catalog.summary,
        "lead": lead(content),
        "any": bool(content.book.issues),
        "counts": counts,
        "well": well(content, counts),
        "changes": changes[:ON_HOME],
        "more_changes": len(changes) - ON_HOME,
        "since": content.changes.since,
        "why_unknown": content.changes.why_unknown,
        "turns": turns.rows(turns.items[:ON_HOME], link),
        "all_turns": turns.to(1, "whose turn it is", link),
        "more_turns": len(turns.items) - ON_HOME,
        "ends": ends.rows(ends.items[:ON_HOME], link),
        "all_ends": ends.to(1, "all that ends", link),
        "more_ends": len(ends.items) - ON_HOME,
        "matrix": matrix(content.open[:IN_MATRIX], link),
        "all_environments": link.to(ENVIRONMENTS, "all environments"),
        "more": len(content.open) > IN_MATRIX,
        "unread": content.book.unread_issues,
        "all_issues": link.to(ISSUES, "the list of issues"),
        "findings": [finding_view(finding, link) for finding in content.findings[:FINDINGS_ON_HOME]],
        "number_of_findings": len(content.findings),
        "over_time": charts["over-time"],
        "stages": charts["stages"],
        "charts": {name: chart for name, chart in charts.items() if chart.drawn},
        "elsewhere": [link.to(path, title) for path, title, _ in OVERVIEW + REFERENCES],
    }


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def lead(content: SiteContent) -> str:
    """How many issues there are, in a sentence."""
    number, open_ = len(content.book.issues), len(content.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def counts_of(content: SiteContent, link: Linker) -> list[Count]:
    found = ((content.fact(name).value, words, title) for name, words, title, _ in COUNTS)
    return [
        Count(value, link.to(NEXT_ACTIONS, words, title), "bad" if value else "good")
        for value, words, title in found
        if isinstance(value, int)
    ]


def well(content: SiteContent, counts: Iterable[Count]) -> str:
    """One sentence where nothing needs anybody."""
    if any(count.number for count in counts) or content.findings or content.book.unread or not content.book.issues:
        return ""
    if not content.open:
        return "All is well: every issue is closed, and all records hold together."
    return "All is well: nothing is contradicted, nothing fails, every fix is proven and every issue has an owner."


def changes_of(content: SiteContent, link: Linker) -> Iterator[ChangedRecord]:
    """The changed records, an issue a line."""
    by_record: dict[str, list[str]] = {}
    for file in sorted(content.changes.files, key=natural):
        first, _, rest = file.partition("/")
        if rest and not first.startswith(".") and file.endswith((".yaml", ".yml")):
            by_record.setdefault(first if first != "patterns" else file, []).append(rest)
        elif file == "catalog.yaml":
            by_record.setdefault(file, []).append("")
    for record, files in by_record.items():
        if record in content.book.issues:
            yield ChangedRecord(link.titled(record), [name for name in map(_changed, files) if name])
        else:
            yield ChangedRecord(link.file(record), [])


def _changed(file: str) -> str:
    folder, _, name = file.rpartition("/")
    return name.removesuffix(".yaml") if folder == "evidence" else {"issue.yaml": "record"}.get(file, name)
