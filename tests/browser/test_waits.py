"""What the bench waits for in a browser comes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.bench.in_browser import WAITS, search
from tests.kit.sites import Site


@pytest.mark.parametrize("what", ["table", "filter"])
def test_a_wait_returns_what_appears(page: Page, varied_site: Site, what: str) -> None:
    assert WAITS[what](page, varied_site.at("").rstrip("/"), "75") > 0


def test_a_wait_returns_a_search_result(page: Page, varied_site: Site) -> None:
    page.set_default_timeout(10_000)
    assert search(page, varied_site.at("").rstrip("/"), "75", "{}") > 0
