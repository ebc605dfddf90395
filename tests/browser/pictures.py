"""Takes the screenshots in the README from the site of this repository, light and dark.

Run it with `python -m tests.browser.pictures`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser

from tests.kit.browser import MISSING, chromium, opened
from tests.kit.paths import ROOT

PICTURES = ROOT / "site" / "pictures"
PAGES = {"issue": "issues/1231/index.html"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, opened(path) as browser:
        subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder], cwd=ROOT, check=True)
        for scheme in SCHEMES:
            take(browser, Path(folder), scheme)


def take(browser: Browser, site: Path, scheme: Literal["light", "dark"]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    for name, path in PAGES.items():
        page.goto((site / path).as_uri(), wait_until="networkidle")
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
    page.close()


if __name__ == "__main__":
    main()
