"""The search, as people use it: opened with the usual keys, it finds what is typed or pasted, and says what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.kit.sites import Site

from .conftest import Served
from .queries import REAL, VARIED

PAYLOAD = "<img src=x onerror=alert(1)>"


def ask(page: Page, words: str) -> Locator:
    """The results of a search, once they are those of these words."""
    if not page.get_by_role("dialog").is_visible():
        page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    field.fill(words)
    expect(page.locator(".book-search__results")).to_have_attribute("aria-busy", "false")
    return page.get_by_role("option")


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text", text);
            const event = new ClipboardEvent("paste", { clipboardData: data, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def missed(page: Page, queries: Sequence[tuple[str, str]]) -> list[str]:
    """The queries whose first result is another than the one that is wanted."""
    found = []
    for text, wanted in queries:
        ask(page, "" if "\n" in text else text)
        if "\n" in text:
            paste(page, text)
            expect(page.locator(".book-search__results")).to_have_attribute("aria-busy", "false")
        titles = page.locator(".book-search__title").all_inner_texts()
        if not titles or not titles[0].startswith(tuple(wanted.split("|"))):
            found.append(f"{text!r}: {titles[:3]}")
    return found


def test_nearly_all_that_people_paste_is_answered_first(page: Page, real_site: Site, varied_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    wrong = missed(page, REAL)
    page.goto(varied_site.file("index.html"))
    wrong += missed(page, VARIED)
    assert len(REAL) + len(VARIED) >= 50
    assert len(wrong) <= 2, wrong


def test_a_hit_leads_to_its_place(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    for words, place in (("TOTAL TEST SCORE: 22/23 PASSED", "claim-"), ("websocket_ssot.py:1233", "affected-files")):
        ask(page, words)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"issues/1231/index\.html#{place}"))
        expect(page.locator(":target")).to_be_in_viewport()


@pytest.mark.parametrize("key", ["/", "s", "f", "Control+k", "Meta+k"])
def test_it_opens_with_the_usual_keys_and_closes_with_escape(page: Page, real_site: Site, key: str) -> None:
    page.goto(real_site.at("issues/1184/index.html"))
    page.keyboard.press(key)
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("s/")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("s/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_closing_the_search_returns_the_focus_to_its_button(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    button = page.get_by_role("button", name="Search")
    button.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()


def test_arrow_keys_choose_among_the_results(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    results = ask(page, "websocket manager factory")
    field = page.get_by_role("combobox", name="Search")
    expect(results.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_have_attribute("aria-selected", "true")
    expect(results.nth(0)).to_have_attribute("aria-selected", "false")
    expect(field).to_have_attribute("aria-activedescendant", results.nth(1).get_attribute("id") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(results.last).to_have_attribute("aria-selected", "true")


def test_it_says_when_nothing_is_found(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    results = ask(page, "qqqzzzxxx")
    expect(page.get_by_role("status")).to_have_text("Nothing found")
    expect(results).to_have_count(0)


def test_little_is_loaded_before_the_first_result(page: Page, varied_site: Site) -> None:
    page.goto(varied_site.at("index.html"))
    loaded: list[int] = []
    page.on("response", lambda response: loaded.append(int(response.headers["content-length"])))
    ask(page, "handler 44 gave up")
    assert 0 < sum(loaded) < 1_000_000


def test_nothing_is_loaded_before_it_is_opened(page: Page, real_site: Site) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(real_site.at("index.html"))
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if "search.data" in url]


def test_text_of_records_is_shown_as_text(page: Page, served: Served) -> None:
    page.goto(served.site_of("marked-up", marked_up).at("index.html"))
    result = ask(page, "onerror").first
    expect(result.locator(".book-search__title")).to_have_text(f"1 · {PAYLOAD}")
    expect(result.locator(".book-search__text")).to_contain_text(PAYLOAD)
    expect(page.locator(".book-search img")).to_have_count(0)


def marked_up(folder: Path) -> None:
    """A book with markup where the search shows a text."""
    (folder / "1").mkdir(parents=True)
    (folder / "catalog.yaml").write_text("title: Marked up\npeople: {developer: Developer}\n")
    texts = f"title: '{PAYLOAD}'\nsummary: x\nsymptoms: ['{PAYLOAD}']\n"
    (folder / "1" / "issue.yaml").write_text(f"{texts}severity: high\nopened: 2025-09-15\nowner: developer\n")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_search_fits_every_window(page: Page, real_site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(real_site.at("index.html"))
    ask(page, "websocket_manager await")
    for box in (page.locator(".book-search"), page.get_by_role("option").first):
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
