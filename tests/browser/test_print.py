"""What comes out of the printer: the page itself, whole, without what is only of use on a screen."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import normalize

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.kit.paths import BOOK
from tests.kit.reports import REAL, real, written
from tests.kit.sites import Site
from triagebook.reports import KINDS

ON_SCREEN_ONLY = ".md-header, .md-tabs, .md-sidebar, .md-footer, .md-path, .md-top, .headerlink, .md-code__nav"
SEEN = "all => all.filter((each) => each.checkVisibility({ checkVisibilityCSS: true })).map((each) => each.className)"
CLIPPED = """all => all.filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent.slice(0, 80))"""


@pytest.mark.parametrize("kind", ["index.html", "issues/*/index.html", "issues/*/report-test-plan.html"])
def test_a_printed_page_has_no_navigation(page: Page, real_site: Site, kind: str) -> None:
    page.goto(real_site.at(real_site.pages[kind][0]))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 990})  # what an A4 page has between its margins
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.eval_on_selector_all(ON_SCREEN_ONLY, SEEN) == []
    assert page.eval_on_selector_all("details", "all => all.filter((each) => !each.open).length") == 0
    assert page.eval_on_selector_all(".book :is(pre, code, .md-typeset__scrollwrap, .md-typeset__table)", CLIPPED) == []
    assert page.locator("h1").is_visible()


SHEETS = {"summary": 1, "remediation-checklist": 5, "claims-report": 20}  # three for the other kinds


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_takes_few_sheets(page: Page, tmp_path: Path, kind: str) -> None:
    for issue_id in REAL:
        page.set_content(written(real(issue_id), kind, "html", BOOK))
        page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
        assert len(PdfReader(tmp_path / "report.pdf").pages) <= SHEETS.get(kind, 3)


def test_folded_sections_are_printed(page: Page, real_site: Site, tmp_path: Path) -> None:
    page.goto(real_site.at("issues/1231/index.html"))
    folded = page.eval_on_selector_all("details:not([open])", "all => all.map((each) => each.textContent)")
    assert folded
    page.pdf(path=tmp_path / "issue.pdf", format="A4")
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "issue.pdf").pages)
    printed = re.sub(r"\W", "", normalize("NFKC", text))  # a word may be told in parts, and with ligatures
    for fold in folded:
        words = re.findall(r"\b[a-z]{3,12}\b", fold)
        assert sum(word in printed for word in words) > 0.95 * len(words), fold[:80]
