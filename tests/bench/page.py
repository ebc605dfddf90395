"""The page of the site that shows the results: made from the data alone, so it can be made again from a kept file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .charts import Bar, Bars, Growth, seconds_in_words
from .measure import FLOOR, TRIAGEBOOK, Limits
from .ours import DAILY
from .results import Figure, Results
from .targets import TARGETS

HERE = Path(__file__).parent
_ITEMS = {  # what tools write that get an item for each issue, not the same pages
    "doorstop": "one page in all",
    "strictdoc": "a page an issue",
    "sphinx-needs": "a page an issue",
}
_GROWING = ("check, cold", "site, cold")


class Row(NamedTuple):
    """A line of a table: what was measured, at every size."""

    tool: str
    what: str
    cells: Sequence[str]
    memory: str
    rate: str
    growth: str


def write(results: Results, path: Path) -> None:
    known = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,  # noqa: S701  (Markdown of our own figures)
    )  # fmt: skip
    path.write_text(known.get_template("page.md.j2").render(_view(results)), encoding="utf-8")


def _view(results: Results) -> dict[str, Any]:
    return {
        **results.about,
        "sizes": results.sizes,
        "daily": list(_daily(results)),
        "targets": [target.verdict(results) for target in TARGETS],
        "check": list(_rows(results, "check", "read the records")),
        "commands": list(_rows(results, "facts", "report")),
        "site": list(_rows(results, "site", "serve", "copy the site")),
        "browser": list(_rows(results, "browser")),
        "prompt": [figure for figure in _without_a_book(results) if not figure.what.startswith("scan")],
        "scan": [figure for figure in _without_a_book(results) if figure.what.startswith("scan")],
        "not_measured": [figure for figure in results.figures if figure.why_not],
        "check_chart": _bars(results, "check, cold"),
        "site_chart": _bars(results, "site, cold"),
        "changed_chart": _bars(results, "site, one record changed"),
        "growth_chart": _growth(results),
    }


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────


def _rows(results: Results, *beginnings: str) -> Iterator[Row]:
    """A row for each thing that begins so, in the order in which they were measured."""
    names = dict.fromkeys((f.tool, f.what) for f in results.figures if f.issues and f.what.startswith(beginnings))
    for tool, what in sorted(names, key=lambda name: _rank(name[0])):
        found = [results.figure(tool, what, size) for size in results.sizes]
        last = next((figure for figure in reversed(found) if figure and figure.seconds), None)
        growth = results.growth(tool, what)
        yield Row(
            tool,
            what,
            [_cell(figure) for figure in found],
            f"{last.megabytes:,.0f} MB" if last else "",
            f"{last.kilobytes / last.seconds:,.0f} KB/s" if last and last.seconds and last.kilobytes else "",
            f"{growth:.2f}" if growth is not None else "",
        )


def _daily(results: Results) -> Iterator[Row]:
    """What people do all day, in their words."""
    rows = {row.what: row for what in DAILY for row in _rows(results, what) if row.tool == TRIAGEBOOK}
    yield from (rows[what]._replace(what=words) for what, words in DAILY.items() if what in rows)


def _rank(tool: str) -> int:
    """Ours first, the floor last."""
    return {TRIAGEBOOK: 0, FLOOR: 2}.get(tool, 1)


def _cell(figure: Figure | None) -> str:
    if figure is None or figure.seconds is None:
        return "unfinished" if figure and figure.unfinished else "not measured"
    return seconds_in_words(figure.seconds)


def _without_a_book(results: Results) -> Iterator[Figure]:
    return (figure for figure in results.figures if not figure.issues and figure.seconds)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────


def _bars(results: Results, what: str) -> str:
    """The tools beside each other on the largest book that triagebook and another one got through."""
    for size in reversed(results.sizes):
        found = [bar for f in results.figures if (f.what, f.issues) == (what, size) and (bar := _bar(results, f))]
        if what == "site, one record changed" and (anew := results.figure("mkdocs-material", "site, cold", size)):
            found += filter(None, [_bar(results, anew)])  # it builds all of a site whatever changed
        if len(found) > 1 and any(bar.ours for bar in found):
            drawn = Bars(tuple(sorted(found, key=lambda bar: bar.seconds)))
            return drawn.svg(f"{what[0].upper()}{what[1:]}: {size:,} issues")
    return ""


def _bar(results: Results, figure: Figure) -> Bar | None:
    less = _ITEMS.get(figure.tool) if figure.what.startswith("site") else None
    name = f"{figure.tool}, {less}" if less else figure.tool
    if figure.unfinished:
        longest = Limits(**results.about["limits"]).of(figure.tool)
        return Bar(name, longest, f"over {longest:.0f} s")
    if figure.seconds is None:
        return None
    return Bar(name, figure.seconds, seconds_in_words(figure.seconds), ours=figure.tool == TRIAGEBOOK)


def _growth(results: Results) -> str:
    points = [
        (figure.what, figure.issues, 1000 * figure.seconds / figure.issues)
        for figure in results.figures
        if figure.tool == TRIAGEBOOK and figure.issues and figure.seconds and figure.what in _GROWING
    ]
    if len({issues for _, issues, _ in points}) < 2:
        return ""
    return Growth(tuple(points)).svg("Milliseconds an issue, as a book grows: level is best")
