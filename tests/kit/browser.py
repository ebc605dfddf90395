"""The browser: Chromium, as the system has it, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # what asks for another host gets no answer
)
MISSING = "no Chromium: install it (Debian: apt-get install chromium) or name it in TRIAGEBOOK_CHROMIUM"


def chromium() -> str | None:
    """Where Chromium is: named by TRIAGEBOOK_CHROMIUM, else found on the path."""
    named = os.environ.get("TRIAGEBOOK_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def opened(path: str) -> Iterator[Browser]:
    root = os.name == "posix" and os.geteuid() == 0  # Chromium's sandbox does not work for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET, chromium_sandbox=not root)
        yield browser
        browser.close()
