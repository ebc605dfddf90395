"""The search, as people use it: opened with the usual keys, it finds what is typed or pasted, and says what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.kit.sites import Site

from .conftest import Served

ERROR = "TypeError: object _UnifiedWebSocketManagerImplementation can't be used in 'await' expression"
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


@pytest.mark.parametrize(
    ("words", "kind", "title"),
    [
        ("1184", "Issue", "1184 ·"),
        ("#1231", "Issue", "1231 ·"),
        ("callers factory scripts", "Issue", "1184 ·"),
        (ERROR, "Issue", "1231 ·"),
        (f"E   {ERROR}", "Issue", "1231 ·"),
        ("netra_backend/app/services/agent_service_core.py", "Issue", "1184 ·"),
        ("agent_service_core.py:12", "Issue", "1184 ·"),
        ("test_websocket_manager_user_isolation", "Issue", "1184 ·"),
        ("TestMissionCriticalWebSocketEvents1184::test_websocket_manager_user_isolation[a-b]", "Issue", "1184 ·"),
        ("user isolation test", "Issue", "1184 ·"),
        ("1184 test plan", "Report", "1184 · Test plan"),
        ("awaited-sync-call", "Pattern", "A synchronous call is awaited"),
        ("TB412", "Rule", "TB412 · waiver-of-nothing"),
        ("pages of your own", "Guide", "Pages of your own · The site"),
        ("parts that do not add up", "Contradictions", "Parts that do not add up"),
    ],
)
def test_it_finds(page: Page, real_site: Site, words: str, kind: str, title: str) -> None:
    page.goto(real_site.at("index.html"))
    first = ask(page, words).first
    expect(first).to_contain_text(title)
    expect(first.locator(".book-search__kind")).to_have_text(re.compile(f"^{kind}"))
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile(re.escape(title.rpartition(" · ")[2] or title.removesuffix(" ·"))))


@pytest.mark.parametrize("key", ["/", "s", "f", "Control+k", "Meta+k"])
def test_it_opens_with_the_usual_keys_and_closes_with_escape(page: Page, real_site: Site, key: str) -> None:
    page.goto(real_site.at("issues/1184/index.html"))
    page.keyboard.press(key)
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("s/")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("s/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_it_opens_with_its_button_which_has_the_focus_again_after_it(page: Page, real_site: Site) -> None:
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


def test_lines_that_are_pasted_are_searched_for_as_words(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    page.keyboard.press("/")
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text", text);
            const event = new ClipboardEvent("paste", { clipboardData: data, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        ERROR.replace(" ", "\n  "),
    )
    expect(page.get_by_role("combobox", name="Search")).to_have_value(ERROR)
    expect(page.get_by_role("option").first).to_contain_text("1231 ·")


def test_it_says_when_there_is_nothing(page: Page, real_site: Site) -> None:
    page.goto(real_site.at("index.html"))
    results = ask(page, "qqqzzzxxx")
    expect(page.get_by_role("status")).to_have_text("Nothing found")
    expect(results).to_have_count(0)


def test_a_name_that_many_share_leads_to_the_one_that_was_meant(page: Page, large_site: Site) -> None:
    page.goto(large_site.at("index.html"))
    for words in ("75", "app/area_25/issue_75/module_2.py", "TypeError: object Manager75 can't be used in 'await'"):
        expect(ask(page, words).first.locator(".book-search__title")).to_have_text(re.compile("^75 · "))


def test_little_is_loaded_before_the_first_result(page: Page, large_site: Site) -> None:
    page.goto(large_site.at("index.html"))
    loaded: list[int] = []
    page.on("response", lambda response: loaded.append(int(response.headers["content-length"])))
    ask(page, "TypeError: object Manager75 can't be used in 'await' expression")
    assert 0 < sum(loaded) < 1_000_000


def test_nothing_is_loaded_before_it_is_opened(page: Page, real_site: Site) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(real_site.at("index.html"))
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if "pagefind" in url]


def test_from_a_folder_it_says_that_it_does_not_work(page: Page, real_site: Site) -> None:
    page.goto(real_site.file("index.html"))
    page.keyboard.press("/")
    expect(page.get_by_role("status")).to_contain_text("Search does not work in pages that are opened from a folder")


def test_what_records_hold_is_shown_as_text(page: Page, served: Served) -> None:
    page.goto(served.site_of("marked-up", marked_up).at("index.html"))
    [result] = ask(page, "onerror").all()
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
def test_it_fits(page: Page, real_site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(real_site.at("index.html"))
    ask(page, "websocket_manager await")
    for box in (page.locator(".book-search"), page.get_by_role("option").first):
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
