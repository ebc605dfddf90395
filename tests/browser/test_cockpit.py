"""An issue as a cockpit: what matters on the first screen, tabs that links lead into, what one can do with a page."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.kit.sites import Site

TABS = ("Overview", "Fix", "Tests and evidence", "Claims", "Plan", "Reports")


def test_the_first_screen_says_what_matters(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("issues/1231/index.html"))
    for words in ("Fix committed", "Error", "Cause", "Where", "Fix", "Next", "triaged"):
        expect(page.get_by_text(words, exact=False).and_(page.locator(":visible")).first).to_be_in_viewport()
    expect(page.locator(".highlight .gd, .highlight .gi").first).to_be_in_viewport()
    expect(
        page.locator("li", has=page.get_by_text("Next", exact=True)).get_by_text("triagebook").first
    ).to_be_in_viewport()


def test_links_lead_into_tabs_and_no_tab_is_long(page: Page, real_site: Site) -> None:
    for issue in ("1184", "1231"):
        page.goto(real_site.at(f"issues/{issue}/index.html"))
        expect(page.get_by_role("tab")).to_have_text(list(TABS))
        for name in TABS:
            page.get_by_role("tab", name=name, exact=True).click()
            expect(page.locator("section.tab:not([hidden])")).to_have_count(1)
            assert page.evaluate("document.documentElement.scrollHeight") <= 6000, (issue, name)
    page.goto(real_site.at("issues/1231/index.html#criteria"))
    expect(page.get_by_role("tab", selected=True)).to_have_text("Tests and evidence")
    expect(page.locator("#criteria")).to_be_in_viewport()
    page.get_by_role("tab", name="Claims").click()
    page.go_back()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Tests and evidence")
    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Claims")).to_be_focused()


def test_without_a_script_the_tabs_follow_one_below_the_other(browser: Browser, proven_site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(proven_site.at("issues/12/index.html"))
    for name in ("Overview", "Tests and evidence", "Reports"):
        expect(page.get_by_role("heading", name=name, exact=False).first).to_be_visible()
    context.close()


def test_ordinary_issues_are_short(page: Page, varied_site: Site) -> None:
    for issue in ("2", "3", "5", "6", "8"):
        page.goto(varied_site.at(f"issues/{issue}/index.html"))
        for tab in page.get_by_role("tab").all():
            tab.click()
            assert page.evaluate("document.documentElement.scrollHeight") <= 3000, (issue, tab.inner_text())


def test_every_part_of_the_page_shows_the_same_state(page: Page, varied_site: Site) -> None:
    page.goto(varied_site.at("issues/12/index.html#timeline"))
    expect(page.locator(".admonition")).to_contain_text("Failed in staging: 1 of 2 tests.")
    expect(page.locator(".book")).not_to_contain_text("not proven")
    expect(page.locator(".event-failed").last).to_be_visible()
    page.goto(varied_site.at("issues/6/index.html"))
    expect(page.locator(".admonition")).to_contain_text("Closed as declined: The page works as it should.")
    expect(page.locator(".book")).not_to_contain_text("Missing for")
    page.goto(varied_site.at("issues/3/index.html#timeline"))
    expect(page.locator(".event-flaky").first).to_be_visible()


def test_a_count_of_today_opens_the_table_with_as_many_rows(page: Page, varied_site: Site) -> None:
    for word in ("failed", "regressed", "expiring", "contradicted"):
        page.goto(varied_site.at("index.html"))
        count = page.locator("li", has=page.get_by_role("link", name=word, exact=True)).locator("[class^=count-]")
        number = count.inner_text()
        page.get_by_role("link", name=word, exact=True).click()
        expect(page.locator(".issues-count")).to_have_text(f"{number} of 300 issues")


def test_any_two_runs_are_compared(page: Page, varied_site: Site) -> None:
    page.goto(varied_site.at("issues/3/index.html#difference-of-two-runs"))
    expect(page.get_by_role("status").filter(has_text="ended differently")).to_have_text(
        "1 of 2 tests ended differently."
    )
    page.get_by_role("combobox", name="Second run").select_option("after")
    expect(page.get_by_role("status").filter(has_text="ended differently")).to_have_text(
        "2 of 2 tests ended differently."
    )


def test_a_table_is_copied_with_its_filter(page: Page, varied_site: Site, tmp_path: Path) -> None:
    page.goto(varied_site.at("issues/index.html?needs=failed"))
    expect(page.locator(".issues-count")).to_have_text("30 of 300 issues")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download this table as CSV").click()
    started.value.save_as(tmp_path / "issues.csv")
    rows = list(csv.reader((tmp_path / "issues.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 31
    assert rows[0][:3] == ["issue", "title", "bottom line"]
    assert not [title for _, title, line, *_ in rows[1:] if line in title]


def test_a_page_is_copied_as_markdown(page: Page, proven_site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(proven_site.at("issues/12/index.html"))
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert re.match(r"# 12 · ", text)
    assert "## Reports" in text
    assert "| Report | What it says |" in text


@pytest.mark.parametrize("width", [360, 1440])
def test_every_badge_and_the_board_fit(page: Page, varied_site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(varied_site.at("board/index.html"))
    expect(page.locator("section.column")).to_have_count(6)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.request.get(varied_site.at("badge.svg")).text().startswith("<svg")
    assert "failed in staging" in page.request.get(varied_site.at("issues/12/badge.svg")).text()


def test_twenty_things_are_two_clicks_away(page: Page, real_site: Site) -> None:
    """From the first page: a tab, then a link of the page or of its sidebar."""
    wanted = {
        "Today": (), "Issues": ("Board", "People"), "Claims": ("Ticks set too early",), "Evidence": (),
        "Explore": ("Components", "Files", "Environments", "Impact", "Patterns", "Relations"),
        "Docs": ("First issue", "Tutorial", "Records", "Verdicts", "CI", "The site", "Rules", "Facts", "Schema"),
    }  # fmt: skip
    tabs = page.locator(".md-tabs")
    assert len(wanted) + sum(map(len, wanted.values())) >= 20
    for tab, links in wanted.items():
        page.goto(real_site.at("index.html"))
        tabs.get_by_role("link", name=tab, exact=True).click()
        expect(page.locator(".md-tabs__item--active")).to_have_text(tab)
        for link in links:
            expect(page.locator(".md-main").get_by_role("link", name=link, exact=True).first).to_be_visible()
