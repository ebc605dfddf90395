"""The table of issues in a browser: filtered and sorted, with all of it in the address; and without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bench.make_book import write
from tests.kit.sites import Site

from .conftest import Served

TABLE = "issues/index.html"
MANY = 250
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"

CATALOG = {
    "title": "Many",
    "environments": {"staging": "Staging", "production": "Production"},
    "repositories": {"app": "https://example.org/app"},
    "required": ["staging"],
    "components": {"chat": "Chat", "export": "Export"},
    "people": {"developer": "Developer", "tester": "Tester"},
}
AFFECTED = {"source": {"repository": "app", "commit": "5222b25608c3"}, "locations": ["app/a.py:1"]}


def put_book(folder: Path) -> None:
    """Issues: every second is critical, every third is the developer's, and every fifth is closed."""
    records = {"catalog.yaml": CATALOG, "patterns/leak.yaml": {"title": "A leak", "summary": "It leaks."}}
    for number in range(1, MANY + 1):
        issue: dict[str, object] = {
            "title": f"Number {number} `fails`" if number != 13 else HOSTILE,
            "severity": "critical" if number % 2 == 0 else "low",
            "opened": f"2025-{1 + number % 12:02}-01",
            "summary": "It fails.",
            "components": ["chat"] if number % 4 else ["export"],
        }
        if number % 3 == 0:
            issue["owner"] = "developer"
        if number % 5 == 0:
            issue["closed"] = {"on": "2025-12-31", "as": "declined"}
        if number % 7 == 0:
            issue |= {"causes": [{"pattern": "leak"}], "environments": {"seen": ["production"]}}
            records[f"{number}/affected.yaml"] = AFFECTED
        records[f"{number}/issue.yaml"] = issue
    for name, record in records.items():
        write(folder / name, record)


@pytest.fixture(scope="session")
def many_site(served: Served) -> Site:
    return served.site_of("many", put_book)


def numbers(page: Page) -> list[int]:
    """The issues that the table shows, from the top."""
    return [int(text) for text in page.locator("tbody tr td:first-child").all_inner_texts()]


def found(page: Page) -> Locator:
    return page.get_by_role("status")


def choose(page: Page, facet: str, *values: str) -> None:
    page.get_by_role("button", name=facet).first.click()
    for value in values:
        page.get_by_role("group", name=facet).get_by_role("checkbox", name=value).check()
    page.keyboard.press("Escape")


def asked(page: Page) -> str:
    return page.url.partition("?")[2]


# ── what is found ────────────────────────────────────────────────────────────────────────────────────


def test_all_issues_are_counted_and_rows_are_drawn_on_demand(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(TABLE))
    more = page.get_by_role("button", name="more of")
    expect(more).to_have_text("Show 100 more of 150")
    assert numbers(page)[:3] == [2, 4, 6]  # open and severe first, as the page has them without a script
    more.click()
    expect(page.locator("tbody tr").nth(100).get_by_role("link").first).to_be_focused()
    expect(more).to_have_text("Show 50 more of 50")
    more.click()
    expect(more).to_be_hidden()
    assert sorted(numbers(page)) == list(range(1, MANY + 1))
    expect(page.locator(".pager")).to_have_count(0)


def test_words_filter_by_number_title_and_facets(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(TABLE))
    words = page.get_by_role("searchbox")
    words.fill("NUMBER 17")
    expect(found(page)).to_have_text("13 of 250 issues")
    words.fill("17 developer")
    expect(found(page)).to_have_text("4 of 250 issues")
    assert sorted(numbers(page)) == [117, 171, 174, 177]
    words.fill("no such thing")
    expect(found(page)).to_contain_text("No issue fits")
    expect(page.locator("tbody")).to_be_hidden()
    page.get_by_role("button", name="Clear").click()
    expect(words).to_be_focused()
    expect(page.locator("tbody")).to_be_visible()
    assert asked(page) == ""


def test_values_of_a_facet_add_up_and_facets_narrow_each_other(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(TABLE))
    choose(page, "State", "open")
    expect(found(page)).to_have_text("200 of 250 issues")
    choose(page, "Severity", "critical")
    expect(found(page)).to_have_text("100 of 250 issues")
    choose(page, "Severity", "low")
    expect(found(page)).to_have_text("200 of 250 issues")
    choose(page, "Owner", "Developer")
    choose(page, "Pattern", "A leak")
    expect(found(page)).to_have_text("9 of 250 issues")
    assert sorted(numbers(page)) == [n for n in range(1, 251) if n % 3 == 0 and n % 7 == 0 and n % 5]


def test_each_value_shows_how_many_issues_it_would_give(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(f"{TABLE}?owner=developer"))
    page.get_by_role("button", name="Severity").first.click()
    expect(page.get_by_role("group", name="Severity").locator("label")).to_have_text(["critical41", "low42"])
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Owner: Developer").click()
    expect(page.get_by_role("group", name="Owner").locator("label")).to_have_text(["Developer83", "nobody167"])


@pytest.mark.parametrize(
    ("facet", "value", "number"),
    [
        ("State", "closed as declined", 50),
        ("Severity", "low", 125),
        ("Stage", "triaged", 35),
        ("Component", "Export", 62),
        ("Pattern", "no pattern", 215),
        ("Environment", "Production: unknown", 35),
        ("Owner", "nobody", 167),
    ],
)
def test_each_facet_filters_the_issues(page: Page, many_site: Site, facet: str, value: str, number: int) -> None:
    page.goto(many_site.at(TABLE))
    choose(page, facet, value)
    expect(found(page)).to_have_text(f"{number} of 250 issues")


def test_a_heading_sorts_up_then_down_then_not(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(TABLE))
    before = numbers(page)
    heading = page.get_by_role("columnheader", name="Issue")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert numbers(page) == list(range(1, 101))
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert numbers(page) == list(range(250, 150, -1))
    heading.get_by_role("button").click()
    expect(heading).not_to_have_attribute("aria-sort", re.compile(".*"))
    assert numbers(page) == before


@pytest.mark.parametrize(
    ("column", "cell"), [("Title", 2), ("Severity", 3), ("State", 4), ("Stage", 5), ("Components", 6), ("Opened", 7)]
)
def test_every_column_sorts(page: Page, many_site: Site, column: str, cell: int) -> None:
    page.goto(many_site.at(TABLE))
    page.get_by_role("columnheader", name=column).get_by_role("button").click()
    order = {"critical": "0", "low": "1", "open": "0"}
    texts = page.locator(f"tbody tr td:nth-child({cell})").all_inner_texts()
    keys = [order.get(text, text.lower()) for text in texts]
    assert keys == sorted(keys)


# ── the address ──────────────────────────────────────────────────────────────────────────────────────


def test_the_back_button_undoes_each_filter(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(TABLE))
    choose(page, "State", "open")
    page.get_by_role("searchbox").press_sequentially("number 1")
    page.get_by_role("columnheader", name="Opened").get_by_role("button").click()
    expect(found(page)).to_contain_text(" of 250 issues")
    assert asked(page) == "q=number+1&state=open&sort=opened"
    page.go_back()
    assert asked(page) == "q=number+1&state=open"
    page.go_back()  # the words are one step, however many letters they have
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(found(page)).to_have_text("200 of 250 issues")
    page.go_back()
    expect(found(page)).to_have_text("")
    page.go_forward()
    expect(page.get_by_role("button", name="State: open")).to_be_visible()
    expect(found(page)).to_have_text("200 of 250 issues")


def test_a_url_opens_its_filter(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(f"{TABLE}?q=number&severity=critical&owner=developer&owner=gone&sort=-issue&sort=x"))
    expect(page.get_by_role("searchbox")).to_have_value("number")
    expect(page.get_by_role("button", name="Severity: critical")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Issue")).to_have_attribute("aria-sort", "descending")
    assert numbers(page)[:2] == [246, 240]


def test_going_back_from_an_issue_keeps_the_filter(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(f"{TABLE}?q=developer&sort=issue"))
    page.get_by_role("link", name="6", exact=True).click()
    expect(page.locator("h1")).to_contain_text("6 · Number 6")
    page.go_back()
    expect(found(page)).to_have_text("83 of 250 issues")
    assert numbers(page)[:2] == [3, 6]


# ── for everybody ────────────────────────────────────────────────────────────────────────────────────


def test_the_keyboard_alone_is_enough(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(TABLE))
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("search").get_by_role("button", name="State")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="open")).to_be_focused()
    page.keyboard.press("Space")
    expect(found(page)).to_have_text("200 of 250 issues")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="State: open")).to_be_focused()
    heading = page.get_by_role("columnheader", name="Title").get_by_role("button")
    for _ in range(20):
        page.keyboard.press("Tab")
        if heading.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Title")).to_have_attribute("aria-sort", "ascending")
    ring = heading.evaluate("button => getComputedStyle(button).outlineStyle")
    assert ring == "solid"


def test_the_table_works_from_a_folder(page: Page, many_site: Site) -> None:
    page.goto(many_site.file(TABLE))
    page.get_by_role("searchbox").fill("number 200")
    expect(found(page)).to_have_text("1 of 250 issues")
    assert asked(page) == "q=number+200"
    page.reload()
    expect(found(page)).to_have_text("1 of 250 issues")
    page.get_by_role("link", name="200", exact=True).click()
    expect(page.locator("h1")).to_contain_text("200 · Number 200")


def test_a_title_is_text_and_its_code_is_code(page: Page, many_site: Site) -> None:
    page.goto(many_site.at(f"{TABLE}?sort=issue"))
    expect(page.locator("tbody tr").nth(12).locator("td").nth(1)).to_contain_text(HOSTILE)
    expect(page.locator("tbody tr").nth(0).locator("code")).to_have_text("fails")


def test_without_a_script_plain_links_lead_through_all(browser: Browser, many_site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(many_site.at(TABLE))
    every = numbers(page)
    for number in ("2", "3"):
        page.locator(".pager").get_by_role("link", name=number, exact=True).click()
        every += numbers(page)
    assert sorted(every) == list(range(1, MANY + 1))
    expect(page.get_by_role("searchbox")).to_have_count(0)
    context.close()


def test_on_a_narrow_screen_a_list_sorts(page: Page, many_site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(many_site.at(TABLE))
    page.get_by_label("Sort").select_option("-issue")
    assert numbers(page)[:2] == [250, 249]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Owner").click()
    box = page.get_by_role("group", name="Owner").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_other_pages_do_not_load_the_data(page: Page, many_site: Site) -> None:
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(many_site.at("components/index.html"))
    assert not [url for url in asked_for if "issues.data" in url]
