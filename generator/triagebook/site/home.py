"""The home page: what is contradicted, what fails, what waits, and the command that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from triagebook.book import natural
from triagebook.markdown import Linked

from .charts import over_time, stages
from .overview import OVERVIEW, REFERENCES
from .rows import finding_view, matrix
from .see import ENVIRONMENTS, HOME, ISSUES, TURNS, See
from .shelf import Shelf
from .turns import COUNTS, ends_of, turns_of

ON_HOME = 3  # lines of each list before it leads on: all stand on one screen, and the matrix below them
IN_MATRIX = 5
FINDINGS_ON_HOME = 50


class Count(Struct, frozen=True):
    """One of the four figures that the home page leads with."""

    number: int
    link: Linked
    kind: str  # bad where there is something, good where there is nothing


class Change(Struct, frozen=True):
    """An issue, a pattern or the catalog, and which of its files changed."""

    what: Linked
    files: list[str]


def home_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, HOME)
    turns, ends, changes = turns_of(shelf), ends_of(shelf), list(changes_of(shelf, see))
    counts = counts_of(shelf, see)
    charts = {"over-time": over_time(shelf), "stages": stages(shelf)}
    return {
        "see": see,
        "title": shelf.book.catalog.title,
        "summary": shelf.book.catalog.summary,
        "lead": lead(shelf),
        "any": bool(shelf.book.issues),
        "counts": counts,
        "well": well(shelf, counts),
        "changes": changes[:ON_HOME],
        "more_changes": len(changes) - ON_HOME,
        "since": shelf.changes.since,
        "why_unknown": shelf.changes.why_unknown,
        "turns": turns.rows(turns.items[:ON_HOME], see),
        "all_turns": turns.to(1, "whose turn it is", see),
        "more_turns": len(turns.items) - ON_HOME,
        "ends": ends.rows(ends.items[:ON_HOME], see),
        "all_ends": ends.to(1, "all that ends", see),
        "more_ends": len(ends.items) - ON_HOME,
        "matrix": matrix(shelf.open[:IN_MATRIX], see),
        "all_environments": see.to(ENVIRONMENTS, "all environments"),
        "more": len(shelf.open) > IN_MATRIX,
        "unread": shelf.book.unread_issues,
        "all_issues": see.to(ISSUES, "the list of issues"),
        "findings": [finding_view(finding, see) for finding in shelf.findings[:FINDINGS_ON_HOME]],
        "number_of_findings": len(shelf.findings),
        "over_time": charts["over-time"],
        "stages": charts["stages"],
        "charts": {name: chart for name, chart in charts.items() if chart.drawn},
        "elsewhere": [see.to(path, title) for path, title, _ in OVERVIEW + REFERENCES],
    }


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def lead(shelf: Shelf) -> str:
    """How many issues there are, in a sentence."""
    number, open_ = len(shelf.book.issues), len(shelf.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def counts_of(shelf: Shelf, see: See) -> list[Count]:
    found = ((shelf.fact(name).value, words, title) for name, words, title, _ in COUNTS)
    return [
        Count(value, see.to(TURNS, words, title), "bad" if value else "good")
        for value, words, title in found
        if isinstance(value, int)
    ]


def well(shelf: Shelf, counts: Iterable[Count]) -> str:
    """One sentence where nothing needs anybody."""
    if any(count.number for count in counts) or shelf.findings or shelf.book.unread or not shelf.book.issues:
        return ""
    if not shelf.open:
        return "All is well: every issue is closed, and all records hold together."
    return "All is well: nothing is contradicted, nothing fails, every fix is proven and every issue has an owner."


def changes_of(shelf: Shelf, see: See) -> Iterator[Change]:
    """The changed records, an issue a line."""
    by_record: dict[str, list[str]] = {}
    for file in sorted(shelf.changes.files, key=natural):
        first, _, rest = file.partition("/")
        if rest and not first.startswith(".") and file.endswith((".yaml", ".yml")):
            by_record.setdefault(first if first != "patterns" else file, []).append(rest)
        elif file == "catalog.yaml":
            by_record.setdefault(file, []).append("")
    for record, files in by_record.items():
        if record in shelf.book.issues:
            yield Change(see.titled(record), [name for name in map(_changed, files) if name])
        else:
            yield Change(see.file(record), [])


def _changed(file: str) -> str:
    folder, _, name = file.rpartition("/")
    return name.removesuffix(".yaml") if folder == "evidence" else {"issue.yaml": "record"}.get(file, name)
