"""Whatever is written into a record: no page runs it, and none asks for anything from elsewhere."""

from __future__ import annotations

import re
import shutil
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.kit.paths import ROOT
from tests.kit.sites import Site, as_init_makes_it

from .conftest import Served
from .payloads import PAYLOADS

OURS = ("rules/", "facts/", "schema/", "reference/", "about.html", "404.html")  # these show no record

# What a browser would act on, by element: our pages hold none of it between their own parts.
ACTIVE = """() => [...document.querySelectorAll("body *")].flatMap((element) =>
  [...element.attributes]
    .filter(({ name, value }) => /^on/i.test(name) || /^\\s*((java|vb)script:|data:text)/i.test(value))
    .map(({ name }) => `${element.localName} ${name}`)
    .concat(element.matches(".book :is(script, iframe, object, embed, form:not(.issues-filter), base, link, meta, " +
      "style)") ? [element.localName] : []))"""


@pytest.fixture(scope="session")
def injected_site(served: Served) -> Site:
    prepare = partial(as_init_makes_it, put_book=partial(shutil.copytree, ROOT / "tests" / "site" / "full"))
    return served.site("injected", prepare, "tests.browser.injected")


def test_the_payloads_would_run_unescaped(browser: Browser) -> None:
    """Else nothing is proven below: as a page of their own, they do what they are made for."""
    assert len(set(PAYLOADS)) >= 60
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content("\n\n".join(payload for payload in PAYLOADS if "refresh" not in payload))
    page.wait_for_function("window.__pwned")
    context.close()


def test_no_text_of_a_record_runs_as_a_script(page: Page, injected_site: Site) -> None:
    shown = 0
    for kind, paths in injected_site.pages.items():
        if kind.startswith(OURS):
            continue
        page.goto(injected_site.at(paths[0]))
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        assert page.evaluate(ACTIVE) == [], paths[0]
        assert page.evaluate("window.__pwned") is None, paths[0]
        shown += "window.__pwned=1" in page.inner_text("body")
    assert shown >= 20, "the texts are there to be read"


def test_what_is_copied_as_markdown_has_no_live_element(page: Page, injected_site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    path = next(paths[0] for kind, paths in injected_site.pages.items() if kind == "issues/*/index.html")
    page.goto(injected_site.at(path))
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    words = re.sub(
        r"^( *)(```+)$.*?^\1\2$|(?<!\\)(`+)(?!`).*?(?<!`)\3(?!`)", "", copied, flags=re.DOTALL | re.MULTILINE
    )
    assert r"\<script" in words
    assert not re.search(r"(?<!\\)<[a-z/!]|(?<!\\)\]\((?!https?:|mailto:|file:)", words, re.IGNORECASE)
