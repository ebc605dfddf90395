"""What the bench waits for in a browser comes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.bench.in_browser import WAITS, search
from tests.kit.sites import Site


@pytest.mark.parametrize("what", ["table", "filter"])
def test_what_is_waited_for_comes(page: Page, varied_site: Site, what: str) -> None:
    assert WAITS[what](page, varied_site.at("").rstrip("/"), "75") > 0


def test_a_result_of_the_search_comes(page: Page, varied_site: Site) -> None:
    page.set_default_timeout(10_000)
    assert search(page, varied_site.at("").rstrip("/"), "75", "{}") > 0
