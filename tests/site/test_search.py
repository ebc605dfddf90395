"""What the search can find: every issue with all that people paste, and every kind of page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kit.pages import MINIMAL, PATTERN, load_book
from tests.kit.paths import FULL
from triagebook.site.content import SiteContent
from triagebook.site.search import SearchEntry, entries, search_data, written
from triagebook.store.load import load


@pytest.fixture(scope="module")
def full() -> SiteContent:
    return SiteContent(load(FULL).book)


def issue_of(folder: Path, files: dict[str, str]) -> SearchEntry:
    [issue, *_] = entries(SiteContent(load_book(folder, files).book))
    assert issue.kind == "Issue"
    return issue


def test_an_issue_has_all_that_people_search_for_with_its_place(tmp_path: Path) -> None:
    record = MINIMAL + (
        "owner: developer\n"
        "symptoms: [\"TypeError: object X can't be used in 'await' expression\"]\n"
        "suites: {unit: {category: unit, path: tests/unit/test_chat.py, class: TestChat, "
        "tests: {'test_opens[a-b]': It opens}}}\n"
        "fix: {changes: [{path: app/chat/routes.py, what: One await less, commit: ab14a73d8}]}\n"
    )
    affected = "source: {repository: app, commit: 5222b25608c3}\nlocations: ['app/chat/consumers.py:3']\n"
    claims = "title: A\nclaims: [{says: All passed, lines: 1, disputed: It is not}]\n"
    files = {"7/issue.yaml": record, "7/affected.yaml": affected, "7/claims/a.yaml": claims}
    issue = issue_of(tmp_path, files)
    assert (issue.id, issue.title) == ("7", "The chat does not open")
    assert issue.note.startswith("high, open: ")
    for part in (
        ("", "Nobody can chat."),
        ("symptoms", "TypeError: object X can't be used in 'await' expression"),
        ("tests", "tests/unit/test_chat.py::TestChat test_opens[a-b]"),
        ("fix", "app/chat/routes.py ab14a73d8 One await less"),
        ("affected-files", "app/chat/consumers.py"),
        ("claim-a-md-l1", "All passed"),
        ("what-the-record-says", "developer Developer"),
    ):
        assert part in issue.parts


def test_every_kind_of_page_can_be_found(full: SiteContent) -> None:
    found = {entry.kind for entry in entries(full)}
    of_catalog = {"Person", "Component", "Environment", "Revenue"}
    assert found == {"Issue", "Pattern", "Claims", "Page", "Rule", "Schema"} | of_catalog


def test_a_pattern_brings_its_expressions(tmp_path: Path) -> None:
    pattern = PATTERN + "errors: ['object \\w+ can']\n"
    found = entries(SiteContent(load_book(tmp_path, {"1/issue.yaml": MINIMAL, "patterns/p.yaml": pattern}).book))
    assert [entry.expressions for entry in found if entry.kind == "Pattern"] == [("object \\w+ can",)]


def test_facts_in_prose_are_filled_in(tmp_path: Path) -> None:
    record = MINIMAL.replace("Nobody can chat.", "There are {{ affected.locations }} of `{{ affected.locations }}`.")
    issue = issue_of(tmp_path, {"7/issue.yaml": record})
    assert ("", "There are unknown of `{{ affected.locations }}`.") in issue.parts


def test_a_hand_written_page_is_found_by_its_sections() -> None:
    heading = '<h2 id="more">More<a class="headerlink" href="#more">¶</a></h2>'
    html = f"<h1>Guide</h1>\n<p>First &amp; last</p>\n{heading}<p>x</p>"
    [page] = written("guide/index.md", "Guide &amp; more", html)
    assert (page.kind, page.title) == ("Guide", "Guide & more")
    assert page.parts == (("", "Guide First & last"), ("more", "More: x"))


def test_the_data_are_a_script_with_addresses(full: SiteContent) -> None:
    found = [(entry.path.replace(".md", ".html"), entry) for entry in entries(full)]
    text = search_data(found, folders=False)
    data = json.loads(text.removeprefix("const triagebookSearch = ").removesuffix(";\n"))
    assert data["reports"]["Test plan"] == "report-test-plan.html"
    assert data["entries"][0]["url"] == "issues/7/index.html"
    assert text == search_data(found, folders=False)
