"""What the bench waits for in a browser comes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.bench.in_browser import WAITS
from tests.kit.sites import Site


@pytest.mark.parametrize("what", WAITS)
def test_what_is_waited_for_comes(page: Page, varied_site: Site, what: str) -> None:
    assert WAITS[what](page, varied_site.at("").rstrip("/"), "75") > 0
