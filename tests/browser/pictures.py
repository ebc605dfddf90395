"""Takes the screenshots in the README, light and dark: of the book of this repository, and of the varied one.

Run it with `python -m tests.browser.pictures`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser

from tests.kit import varied
from tests.kit.browser import MISSING, chromium, opened
from tests.kit.paths import ROOT

PICTURES = ROOT / "site" / "pictures"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, opened(path) as browser:
        of_many = Path(folder, "many")
        varied.make(of_many, today=date.today())  # noqa: DTZ011  (ages are those of whoever looks)
        shutil.copytree(
            ROOT / "templates" / "new-book", of_many, dirs_exist_ok=True, ignore=lambda *_: ["catalog.yaml"]
        )
        (of_many / "site").mkdir(exist_ok=True)
        shutil.move(of_many / "about.md", of_many / "site")
        for source, site in ((ROOT, "real"), (of_many, "varied")):
            build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(Path(folder, site))]
            subprocess.run(build, cwd=source, check=True)
        for scheme in SCHEMES:
            take(browser, Path(folder, "real"), "issue", "issues/1231/index.html", scheme)
            take(browser, Path(folder, "varied"), "today", "index.html", scheme)


def take(browser: Browser, site: Path, name: str, path: str, scheme: Literal["light", "dark"]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page.goto((site / path).as_uri(), wait_until="networkidle")
    page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
    page.close()


if __name__ == "__main__":
    main()
