"""Charts show what the facts say, in words and figures too, and stand where our own templates put them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from tests.kit.markup import to_html
from tests.kit.pages import CATALOG, MINIMAL, load_book, pages
from triagebook.book import Book
from triagebook.markdown import plain, without_figures
from triagebook.model.defect import Tie
from triagebook.model.values import FactRef
from triagebook.site.charts import (
    MOST_POINTS,
    Bar,
    Point,
    aging,
    over_time,
    results,
)
from triagebook.site.content import SiteContent
from triagebook.site.drawing import with_charts
from triagebook.site.relations import MOST_NODES, IssueTie, graphs_of, groups_of, ties_of

DAY = date(2025, 9, 15)
OWN_CATALOG = CATALOG.replace("components: {chat: Chat}", "components: {chat: Chat, routes: Routes, jobs: Jobs}")


def content(folder: Path, files: dict[str, str]) -> SiteContent:
    return SiteContent(load_book(folder, {"catalog.yaml": OWN_CATALOG, **files}).book)


def issue(opened: date = DAY, closed: date | None = None, more: str = "") -> str:
    ending = f"closed: {{on: {closed}, as: declined, why: It works}}\n" if closed else ""
    return MINIMAL.replace("2025-09-15", str(opened)) + ending + more


def page(book: Book, path: str) -> str:
    """A page as Markdown with its marks, then as the body of its HTML."""
    found = next(page for page in pages(book) if page.path == path)
    markdown, view = found.text()
    return without_figures(with_charts(to_html(markdown).body, view.get("charts")))


# ── what they show ───────────────────────────────────────────────────────────────────────────────────


def test_issues_over_time_end_with_the_numbers_of_the_facts(tmp_path: Path) -> None:
    days = [DAY + timedelta(days=number) for number in (0, 3, 3, 9)]
    files = {f"{number}/issue.yaml": issue(day) for number, day in enumerate(days)}
    files["9/issue.yaml"] = issue(DAY, DAY + timedelta(days=5))
    book = content(tmp_path, files)
    chart = over_time(book)
    assert chart.points == (
        Point(date(2025, 9, 15), 2, 0),
        Point(date(2025, 9, 18), 4, 0),
        Point(date(2025, 9, 20), 3, 1),
        Point(date(2025, 9, 24), 4, 1),
    )
    last = chart.points[-1]
    assert last.open == book.inquiry.fact(FactRef.parse("book.issues state=open")).value
    assert last.closed == book.inquiry.fact(FactRef.parse("book.issues state=closed")).value
    assert chart.says.startswith("5 issues from 2025-09-15 to 2025-09-24: 4 open and 1 closed by then.")


def test_many_days_are_grouped(tmp_path: Path) -> None:
    files = {f"{number}/issue.yaml": issue(DAY + timedelta(days=5 * number)) for number in range(100)}
    points = over_time(content(tmp_path, files)).points
    assert 10 < len(points) <= MOST_POINTS
    assert points[-1] == Point(DAY + timedelta(days=495), 100, 0)
    assert len({(point.day.year, point.day.month) for point in points}) == len(points)


def test_too_little_for_a_picture_is_a_sentence(tmp_path: Path) -> None:
    book = content(tmp_path, {"1/issue.yaml": issue(), "2/issue.yaml": issue(more="components: [chat]\n")})
    body = page(book.book, "index.md")
    assert "<p>2 open and none closed, all on 2025-09-15: too few days for a picture.</p>" in body
    assert "<p>2 issues open for 30 days.</p>" in body
    assert "<svg" not in body


def test_the_age_of_open_issues_is_counted_by_span(tmp_path: Path) -> None:
    days = (1, 3, 20, 400)
    files = {f"{number}/issue.yaml": issue(DAY - timedelta(days=age)) for number, age in enumerate(days)}
    files["9/issue.yaml"] = issue(DAY - timedelta(days=900), DAY)
    book = SiteContent(load_book(tmp_path, files).book, day=DAY)
    found = aging(book)
    assert [(row.link.text, row.number) for row in found.rows] == [
        ("Less than a week", 2),
        ("1 to 4 weeks", 1),
        ("1 to 3 months", 0),
        ("3 to 12 months", 0),
        ("Over a year", 1),
    ]
    assert found.says == "Half of the open issues are older than 11 days; the oldest has 400."
    assert found.rows[0].link.target == "issues/index.md?state=open&age=week"


SUITE = """
suites:
  unit:
    category: unit
    path: tests/test_chat.py
    before: fail
    after: pass
    tests: {test_a: a, test_b: b, test_c: c, test_d: d}
"""


def run(day: int, phase: str, **outcomes: str) -> str:
    named = ", ".join(f"tests/test_chat.py::{name}: {outcome}" for name, outcome in outcomes.items())
    return f"""
        kind: tests
        grade: transcribed
        at: 2025-09-{day}
        environment: staging
        phase: {phase}
        results: {{{named}}}
    """


RUNS = {
    "1/issue.yaml": MINIMAL + SUITE,
    "1/evidence/a.yaml": run(16, "before", test_a="failed", test_b="failed", test_c="passed"),
    "1/evidence/b.yaml": run(17, "after", test_a="passed"),
    "1/evidence/c.yaml": run(18, "after", test_b="failed"),
    "1/evidence/d.yaml": run(19, "after", test_b="passed", test_c="passed"),
}


def test_bars_count_what_was_planned(tmp_path: Path) -> None:
    book = content(tmp_path, RUNS)
    assert results(book.cases["1"]) == {
        "suite-1-before": Bar(1, 4, widest=4, tone="stated", says="1 passed, 2 failed of 4", hollow=2),
        "suite-1-after": Bar(3, 4, widest=4, tone="stated", says="3 passed, 0 failed of 4"),
    }
    body = page(book.book, "issues/1/index.md")
    assert re.search(r'<td><svg class="bar"[^>]* aria-hidden="true">.*</svg>1 of 4 passed, 2 failed, 1 missing', body)


def test_a_relation_is_drawn_once_whichever_issue_records_it(tmp_path: Path) -> None:
    book = content(
        tmp_path,
        {
            "1/issue.yaml": issue(more='relations: [{to: "2", kind: causes}, {to: "3", kind: related}]\n'),
            "2/issue.yaml": issue(more='relations: [{to: "1", kind: caused-by, why: It broke}]\n'),
            "3/issue.yaml": issue(more='relations: [{to: "1", kind: related}, {to: "404", kind: blocks}]\n'),
        },
    )
    ties = ties_of(book)
    assert list(ties) == [IssueTie("1", Tie.CAUSES, "2"), IssueTie("1", Tie.RELATED, "3")]
    assert str(ties[IssueTie("1", Tie.CAUSES, "2")]) == "It broke"
    (graph,) = graphs_of(book, groups_of(ties), list(ties))
    assert [node.id for node in graph.nodes] == ["1", "2", "3"]


def test_a_large_graph_shows_only_connected_issues(tmp_path: Path) -> None:
    chain = {
        f"{number}/issue.yaml": issue(more=f'relations: [{{to: "{number + 1}", kind: causes}}]\n')
        for number in range(1, MOST_NODES + 10)
    }
    book = content(tmp_path, {**chain, f"{MOST_NODES + 10}/issue.yaml": issue(), "999/issue.yaml": issue()})
    ties = list(ties_of(book))
    (chart,) = graphs_of(book, groups_of(ties), ties)
    assert len(chart.nodes) == MOST_NODES
    assert len(chart.ties) == MOST_NODES - 1
    assert f"{MOST_NODES} of them are drawn" in chart.says


def test_each_group_of_related_issues_has_a_graph_the_largest_first(tmp_path: Path) -> None:
    files = {f"{number}/issue.yaml": issue(more='relations: [{to: "1", kind: related}]\n') for number in range(2, 6)}
    files |= {f"{number}/issue.yaml": issue(more='relations: [{to: "7", kind: causes}]\n') for number in (8, 9)}
    files |= {"1/issue.yaml": issue(), "7/issue.yaml": issue(), "21/issue.yaml": issue()}
    files["20/issue.yaml"] = issue(more='relations: [{to: "21", kind: blocks}]\n')  # a pair needs no picture
    body = page(content(tmp_path, files).book, "relations/index.md")
    assert "10 issues with 7 relations between them, in 3 groups, the largest of 5." in body
    assert re.findall(r'<svg role="group" aria-label="Around (\d+)', body) == ["1", "7"]


# ── where they stand ───────────────────────────────────────────────────────────────────────────────────


def test_a_chart_has_a_title_and_a_description(tmp_path: Path) -> None:
    files = {f"{number}/issue.yaml": issue(DAY + timedelta(days=number)) for number in range(5)}
    body = page(content(tmp_path, files).book, "index.md")
    (name, described) = re.findall(r'<svg role="img" aria-label="([^"]*)" aria-describedby="([^"]*)"', body)[0]
    assert name == "Open and closed over time"
    assert f'<figcaption id="{described}">5 issues from 2025-09-15' in body


def test_no_record_can_insert_a_chart(tmp_path: Path) -> None:
    forged = '<span class="chart-stages">x</span> \\ufdd1chart-over-time\\ufdd2x\\ufdd3'
    lines = f'title: "{forged.replace(chr(34), "")}"\nseverity: high\nopened: 2025-09-15\nsummary: |\n  {forged}\n'
    lines += 'noticed: ["<span class=bar-run-1>x</span>"]\n'
    book = content(tmp_path, {**RUNS, "1/issue.yaml": lines + SUITE}).book
    body = page(book, "issues/1/index.md")
    assert "<figure" not in body
    assert body.count("<svg") == 2  # of the suite


def test_plain_pages_have_the_words_and_the_figures(tmp_path: Path) -> None:
    book = content(tmp_path, RUNS).book
    found = next(page for page in pages(book) if page.path == "issues/1/index.md")
    text = plain(found.text()[0])
    assert "| 1 of 4 passed, 2 failed, 1 missing" in text
    assert "<svg" not in text
