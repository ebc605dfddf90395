"""Long lists: split into pages that plain links lead through, and the issues as data for the table in the browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.kit.markup import to_html
from tests.kit.pages import MINIMAL, PATTERN, assets, load_book, pages
from triagebook.markdown import plain
from triagebook.site.content import SiteContent
from triagebook.site.issue_table import issues_data

MANY = 450

CATALOG = """
title: Many
environments: {staging: Staging, production: Production}
required: [staging]
components: {chat: Chat, export: Export}
segments: {free: Free}
streams: {sales: {title: Sales, worth: 500000 USD/year, from: "https://example.org/plan"}}
people: {developer: Developer, tester: Tester}
"""

FULL_OF = """
components: [chat]
impact:
  segments: [free]
  revenue: [{stream: sales, at_risk: 1000 USD/year}]
  share: [{of: the platform, amount: 1 %}]
causes: [{pattern: p}]
waivers: [{rule: TB412, who: developer, why: later, until: 2026-01-01}]
"""
STATED = """
title: Report
claims: [{says: "1 of 2", lines: 1, kind: sum, disputed: It is not}, {says: All is well}]
"""
AFFECTED = """
source: {repository: app, commit: 5222b25608c3}
locations: ["app/shared.py:1", "app/own_NUMBER.py:2"]
"""
SEEN = """
kind: observation
grade: attested
at: 2025-09-16
by: developer
environment: staging
says: It happens
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> SiteContent:
    """A book where every list is long."""
    files = {"catalog.yaml": CATALOG, "patterns/p.yaml": PATTERN}
    for number in range(1, MANY + 1):
        files[f"{number}/issue.yaml"] = MINIMAL + FULL_OF
        files[f"{number}/claims/report.yaml"] = STATED
        files[f"{number}/affected.yaml"] = AFFECTED.replace("NUMBER", str(number))
        files[f"{number}/evidence/seen.yaml"] = SEEN
    loaded = load_book(tmp_path_factory.mktemp("many"), files)
    assert not loaded.findings
    return SiteContent(loaded.book)


@pytest.fixture(scope="module")
def shown(many: SiteContent) -> dict[str, str]:
    """The Markdown of the pages that lists are on, by path."""
    listed = (page for page in pages(many.book, content=many) if not re.match(r"issues/\d|rules|schema", page.path))
    return {page.path: plain(page.text()[0]) for page in listed}


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("begins", "further"),
    [
        ("issues/index.md", "issues/page/"),
        ("people/nobody.md", "people/nobody/"),
        ("environments/index.md", "environments/"),
        ("impact/index.md", "impact/streams/sales/"),
        ("impact/index.md", "impact/customers/free/"),
        ("claims/index.md", "claims/"),
        ("claims/sum.md", "claims/sum/"),
        ("patterns/p/index.md", "patterns/p/"),
    ],
)
def test_each_issue_of_a_long_list_is_on_one_page(shown: dict[str, str], begins: str, further: str) -> None:
    rest = [text for path, text in shown.items() if re.fullmatch(rf"{further}\d+\.md", path)]
    assert rest
    later = [number for text in rest for number in issues_in(text)]
    assert len(set(later)) == len(later)
    first = set(range(1, MANY + 1)).difference(later)
    assert first <= set(issues_in(shown[begins]))
    assert len(first) <= 100


def issues_in(text: str) -> list[int]:
    """The issues that lines of a list begin with, or headings name."""
    named = re.findall(r"^(?:\||-|##) +\[(\d+)[^\]]*\]\([^)]*?(\d+)/index\.md", text, re.MULTILINE)
    cells = re.findall(r"^\| Free \| (.*) \|$", text, re.MULTILINE)
    return [int(number) for number, _ in named] + [int(n) for c in cells for n in re.findall(r"\[(\d+)\]", c)]


def test_every_piece_of_evidence_is_listed(shown: dict[str, str]) -> None:
    texts = [text for path, text in shown.items() if path.startswith("evidence/")]
    told = [int(number) for text in texts for number in re.findall(r"\[(\d+) .*`seen`", text, re.MULTILINE)]
    assert sorted(told) == list(range(1, MANY + 1))


def test_a_file_that_all_issues_touch_names_them_all(shown: dict[str, str]) -> None:
    texts = [text for path, text in shown.items() if path.startswith("files/")]
    by_folder = "\n".join(text.partition("## By folder")[2] or text for text in texts)
    rows = re.findall(r"^\| `app/shared\.py` \| 1 \| (.*) \|$", by_folder, re.MULTILINE)
    assert sorted(int(n) for row in rows for n in re.findall(r"\[(\d+)\]", row)) == list(range(1, MANY + 1))
    assert "and 430 more" in shown["files/index.md"].partition("## By folder")[0]
    assert sum(by_folder.count(f"| `app/own_{number}.py` |") for number in range(1, MANY + 1)) == MANY


def test_plain_links_lead_from_each_page_of_a_list_to_the_next(shown: dict[str, str]) -> None:
    assert "1 to 100 of 450 · page 1 [2](page/2.md) … [5](page/5.md)" in shown["issues/index.md"]
    assert "401 to 450 of 450 · page [1](../index.md) … [4](4.md) 5" in shown["issues/page/5.md"]
    assert "\n# Sales, page 2\n" in "\n" + shown["impact/streams/sales/2.md"]
    assert (
        "21 to 120 of 450 · page [1](../../index.md#sales) 2 [3](3.md) … [6](6.md)"
        in shown["impact/streams/sales/2.md"]
    )


def test_a_component_shows_a_few_issues_and_leads_to_the_table_of_all(shown: dict[str, str]) -> None:
    _, _, text = shown["components/index.md"].partition("## Chat")
    assert len(issues_in(text)) == 5
    assert "[All 450 issues](../issues/index.md?component=chat)" in text


def test_of_many_pages_the_first_the_last_and_the_neighbours_are_linked(tmp_path: Path) -> None:
    files = {f"{number}/issue.yaml": MINIMAL for number in range(1, 601)}
    book = load_book(tmp_path, files).book
    third = next(page for page in pages(book) if page.path == "issues/page/3.md")
    text = plain(third.text()[0])
    assert "page [1](../index.md) [2](2.md) 3 [4](4.md) … [6](6.md)" in text


def test_no_page_is_long(shown: dict[str, str]) -> None:
    for path, text in shown.items():
        assert len(to_html(text).body) < 250_000, path


def test_no_two_pages_have_the_same_place(many: SiteContent) -> None:
    paths = [re.sub(r"(/index)?\.md$", "", page.path) for page in pages(many.book, content=many)]
    assert len(set(paths)) == len(paths)


def test_a_short_list_has_no_page_links(tmp_path: Path) -> None:
    files = {
        "1/issue.yaml": MINIMAL + FULL_OF,
        "2/issue.yaml": MINIMAL,
        "patterns/p.yaml": PATTERN,
        "catalog.yaml": CATALOG,
    }
    for page in pages(load_book(tmp_path, files).book):
        assert not re.search(r"/\d+\.md$", page.path)
        assert "· page" not in page.text()[0]


def test_the_file_for_assistants_names_the_most_urgent_and_leads_to_the_rest(tmp_path: Path) -> None:
    files = {f"{number}/issue.yaml": MINIMAL for number in range(1, 1003)}
    content = SiteContent(load_book(tmp_path, files).book)
    text = next(asset for asset in assets(content) if asset.path == "llms.txt").make()
    assert text.count("](issues/") == 1000 + text.count("- [Issues](issues/index.md)")
    assert "- [2 more](api/issues.json): closed and less severe ones" in text


# ── data ─────────────────────────────────────────────────────────────────────────────────────────────


def data_of(folder: Path, files: dict[str, str]) -> dict[str, Any]:
    text = issues_data(SiteContent(load_book(folder, {"catalog.yaml": CATALOG, **files}).book)).make()
    found = re.fullmatch(r"const triagebookIssues = (.*);\n", text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_data_of_each_issue_agree_with_its_page(tmp_path: Path) -> None:
    files = {
        "2/issue.yaml": MINIMAL + "owner: developer\ncomponents: [export, chat]\ncauses: [{pattern: p}]",
        "10/issue.yaml": MINIMAL + "closed: {on: 2025-10-01, as: cannot-reproduce}\nenvironments: {seen: [production]}",
        "patterns/p.yaml": PATTERN,
    }
    data = data_of(tmp_path, files)
    first, last = data["issues"]
    assert (first["id"], first["title"], first["opened"]) == ("2", "The chat does not open", "2025-09-15")
    assert (first["state"], first["severity"], first["stage"]) == ("open", "high", "reported")
    assert (first["component"], first["pattern"], first["owner"]) == (["export", "chat"], ["p"], ["developer"])
    assert (last["state"], last["owner"], last["component"]) == ("closed as cannot reproduce", [], [])
    assert last["environment"] == ["staging:unknown", "production:unknown"]
    assert last["line"].startswith("Closed as cannot reproduce")
    assert data["titles"]["component"]["chat"] == "Chat"
    assert data["titles"]["owner"]["developer"] == "Developer"
    assert data["order"]["severity"] == ["critical", "high", "medium", "low"]


def test_a_book_without_issues_has_data_too(tmp_path: Path) -> None:
    assert data_of(tmp_path, {})["issues"] == []
