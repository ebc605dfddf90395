"""A real browser (Chromium, driven by Playwright) on real sites. What a test asks for:

- `page`: a fresh browser window. The test fails at its end if the page wrote an error to the console, threw, opened
  a dialog, asked for something that is not there, or for anything outside the site: nobody has to look for that.
- `real_site`, `proven_site`, `varied_site`: the sites of the book of this repository, of the story whose fix is
  proven, and of 300 issues in every state. Each is a `Site` (see `sites.py`): `site.at(path)` is the address of a page
  on a server, below a path of its own; `site.file(path)` that of the same page in a folder; `site.pages` all paths by
  kind.
- `site`: the three of them in turn.

    def test_a_word_leads_to_its_issue(page: Page, real_site: Site) -> None:
        page.goto(real_site.at("issues/index.html"))
        page.get_by_role("link", name="1184").click()
        expect(page.locator("h1")).to_contain_text("1184")

Without a browser these tests are skipped; where CI=true it must be there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response

from tests.kit import varied
from tests.kit.browser import MISSING, chromium, opened
from tests.kit.paths import PROVEN, ROOT
from tests.kit.server import address_of
from tests.kit.sites import Site, as_init_makes_it, build, like_this_repository, sites_folder

LEFT = "net::ERR_ABORTED"  # the page was left, or the answer is a download


# ── sites ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Served:
    """A folder that the workers of a run share, on a server."""

    folder: Path
    url: str

    def site(self, name: str, prepare: Callable[[Path], object], module: str = "mkdocs") -> Site:
        """The site that is built in a new folder from what `prepare` puts there (see `sites.py`)."""
        folder = build(self.folder / name, prepare, module)
        return Site(name, folder, f"{self.url}/{folder.relative_to(self.folder).as_posix()}/")

    def site_of(self, name: str, put_book: Callable[[Path], object]) -> Site:
        """The site of a book, which `put_book` writes to a new folder."""
        return self.site(name, partial(as_init_makes_it, put_book=put_book), "tests.kit.sparse")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shared = sites_folder(tmp_path_factory)
    with address_of(shared) as url:
        yield Served(shared, url)


@pytest.fixture(scope="session")
def real_site(served: Served) -> Site:
    return served.site("real", like_this_repository)


@pytest.fixture(scope="session")
def proven_site(served: Served) -> Site:
    return served.site_of("proven", partial(shutil.copytree, PROVEN))


@pytest.fixture(scope="session")
def varied_site(served: Served) -> Site:
    """Issues in every state: see `tests/kit/varied.py`."""
    return served.site("varied", _varied, "tests.kit.sparse")


def _varied(folder: Path) -> None:
    varied.make(folder, today=date.today())  # noqa: DTZ011  (ages and due days are those of whoever builds)
    shutil.copy(ROOT / "templates" / "new-book" / "mkdocs.yml", folder)
    (folder / "site").mkdir()
    shutil.copy(ROOT / "templates" / "new-book" / "about.md", folder / "site")


@pytest.fixture(params=["real", "proven", "varied"])
def site(request: pytest.FixtureRequest) -> Site:
    made = request.getfixturevalue(f"{request.param}_site")
    assert isinstance(made, Site)
    return made


# ── the browser ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="package")  # no longer: while Playwright runs, nothing else in the process can use asyncio
def browser() -> Iterator[Browser]:
    """One for all tests of a worker. Most tests want `page`."""
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with opened(path) as browser:
        yield browser


@dataclass
class Watch:
    """Hears what goes wrong on a page."""

    allowed: tuple[str, ...]
    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("dialog", self.dialog)
        page.on("request", self.request)
        page.on("requestfailed", self.failed)
        page.on("response", self.response)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def request(self, request: Request) -> None:
        if not request.url.startswith(self.allowed):
            self.problems.append(f"outside: {request.url}")

    def failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.problems.append(f"failed: {request.url} {request.failure}")

    def response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A fresh window; fails the test at its end if something went wrong on it."""
    watch = Watch((f"{served.url}/", f"{served.folder.as_uri()}/", "data:", "blob:", "about:"))
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(10_000)
    context.on("page", watch.over)  # those that it opens, too
    yield context.new_page()
    context.close()
    if watch.problems:
        pytest.fail("\n".join(watch.problems))
