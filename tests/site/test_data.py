"""The files for scripts and assistants: complete, valid, and the same as the pages say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kit.pages import MINIMAL, assets, load_book
from tests.kit.paths import FULL
from triagebook.reports import KINDS
from triagebook.site.content import SiteContent
from triagebook.store.load import Loaded, load


def files(loaded: Loaded) -> dict[str, str]:
    return {asset.path: asset.make() for asset in assets(SiteContent(loaded.book, loaded.findings))}


@pytest.fixture(scope="module")
def full() -> dict[str, str]:
    return files(load(FULL))


def test_the_list_has_the_main_fields_of_every_issue(full: dict[str, str]) -> None:
    issues = json.loads(full["api/issues.json"])
    assert [issue["id"] for issue in issues] == ["7", "9"]
    assert issues[0]["page"] == "issues/7/index.md"
    assert issues[0]["environments"] == {"staging": "unknown", "production": "unknown"}
    assert issues[0]["state"] == "closed as split"


def test_the_data_of_an_issue_are_complete(full: dict[str, str]) -> None:
    issue = json.loads(full["api/issues/7.json"])
    assert issue["record"]["issue"]["title"] == issue["title"]
    assert set(issue["record"]["evidence"]) == {"grep", "rate", "run-before", "seen"}
    assert issue["verdict"]["stage"] == issue["stage"] == "triaged"
    facts = {fact["name"]: fact for fact in issue["facts"]}
    assert (facts["affected.locations"]["value"], facts["affected.locations"]["unit"]) == (3, "locations")
    assert facts["tests.passed"]["value"] is None
    assert facts["tests.passed"]["why_unknown"]
    assert issue["claims"][0]["state"]


def test_health_counts_what_the_home_page_counts(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"1/issue.yaml": MINIMAL, "2/issue.yaml": "title: ["})
    health = json.loads(files(loaded)["api/health.json"])
    assert (health["issues"], health["open"], health["unowned"], health["failing"]) == (1, 1, 1, 0)
    assert health["unread"] == ["2/issue.yaml"]
    assert health["stages"]["reported"] == 1


def test_an_assistant_finds_every_issue(full: dict[str, str]) -> None:
    text = full["llms.txt"]
    assert text.startswith("# Test book\n\n> A book for tests.\n")
    assert "- [9 · The chat does not open](issues/9/index.md): high, open, reported; [data](api/issues/9.json)" in text


def test_the_same_book_gives_the_same_bytes(full: dict[str, str]) -> None:
    assert files(load(FULL)) == full


def test_every_report_can_be_downloaded_in_every_format(full: dict[str, str]) -> None:
    assert {f"issues/7/{kind}.{form}" for kind in KINDS for form in ("md", "json")} <= set(full)
    assert json.loads(full["issues/7/summary.json"])["report"] == "summary"
