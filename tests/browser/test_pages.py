"""Every kind of page opens without a complaint, fits the window, and can be used by everybody, in light and in dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.kit.links import problems
from tests.kit.sites import Site, kind_of

WIDTHS = (360, 768, 1440)
# The same whatever the book: one site is enough for them.
VARIED = ("index.html", "board/index.html", "people/index.html", "issues/index.html", "issues/12/index.html")
SAME = ("guide/", "rules/", "schema/", "facts/", "reference/")
# The page for errors has addresses from the root of a server, so it works where a site knows its own address.
ROOTED = "404.html"
REPORT = re.compile(r"issues/[^/]+/(?!index)[^/]+")

WIDER = """(width) => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > width + 1).map((each) => each.outerHTML.slice(0, 100))[0]"""


def each_kind(site: Site) -> Iterator[str]:
    """Of each kind of page the one with the most in it."""
    for kind, paths in site.pages.items():
        if kind != ROOTED and (site.name == "real" or not kind.startswith(SAME)):
            yield paths[0]


def test_the_sample_has_every_kind_of_page(real_site: Site) -> None:
    kinds = "index issues/index issues/*/index issues/*/report-summary patterns/*/index"
    more = "components/index files/index environments/index impact/index evidence/index claims/index"
    last = "explore/index board/index people/index people/* claims/* rules/* facts/index schema/* guide/*"
    assert {f"{kind}.html" for kind in f"{kinds} {more} {last}".split()} <= set(real_site.pages)


def test_pages_open_from_a_folder(page: Page, proven_site: Site) -> None:
    for path in each_kind(proven_site):
        page.goto(proven_site.file(path))
        assert page.title(), path


def test_pages_in_light_fit_every_window_and_axe_accepts_the_wide_one(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = []
    for path in each_kind(site):
        page.goto(site.at(path))
        assert page.title(), path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.scrollingElement.scrollWidth") > width:
                found.append(f"{path} at {width} pixels: {page.evaluate(WIDER, width)}")
        # Each kind once: axe needs a second for a page. The real reports are long, those of the proven story will do.
        if site.name == ("proven" if REPORT.fullmatch(path) else "real"):
            found += [f"{path}: {violation}" for violation in violations(page)]
    assert found == []


def test_pages_in_dark_are_accepted_by_axe_in_a_narrow_window(page: Page, site: Site, proven_site: Site) -> None:
    """So each rule meets both layouts. Each kind is looked at once more, in the proven story where that has it."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    proven = {kind_of(PurePath(path)) for path in each_kind(proven_site)}
    found = []
    for path in each_kind(site):
        if site.name == "varied":  # some pages that grow with a book, and the second pages of lists
            chosen = path in VARIED or path.endswith("/2.html")
        else:
            chosen = site.name == "proven" or not (REPORT.fullmatch(path) or kind_of(PurePath(path)) in proven)
        if chosen:
            page.goto(site.at(path))
            found += [f"{path}: {violation}" for violation in violations(page)]
    assert found == []


def test_axe_accepts_open_folds_and_results(page: Page, proven_site: Site) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(proven_site.at("issues/12/index.html"))
    found = []
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        found += list(violations(page))
    page.keyboard.press("/")
    page.keyboard.type("await")
    page.locator(".book-search [role=option]").first.wait_for()
    assert [*found, *violations(page)] == []


def violations(page: Page) -> Iterator[str]:
    for violation in Axe().run(page).response["violations"]:
        for node in violation["nodes"][:3]:
            message = next((check["message"] for check in node["any"] + node["all"] + node["none"]), "")
            yield f"{violation['id']} {node['target']} {message}"


def test_the_colours_follow_the_system(page: Page, real_site: Site) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(real_site.at("index.html"))
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    brightness = [sum(map(int, ground[4:-1].split(","))) for ground in grounds]
    assert brightness[0] > 700
    assert brightness[1] < 200


def test_downloads_open(page: Page, site: Site) -> None:
    """A report in each of its forms, from the page of its issue; and what programs read."""
    issue = site.pages["issues/*/report-summary.html"][0].rpartition("/")[0]
    page.goto(site.at(f"{issue}/index.html"))
    addresses = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
    forms = [address for address in addresses if address.endswith((".md", ".json")) and "/issues/" in address]
    assert len(forms) >= 12, "six reports, each as Markdown and as JSON"
    for address in {*forms, site.at("api/issues.json"), site.at("api/health.json"), site.at("llms.txt")}:
        answer = page.request.get(address)
        assert answer.ok, address
        assert answer.text().strip(), address
        if address.endswith(".json"):
            json.loads(answer.text())
    for entry in page.request.get(site.at("api/issues.json")).json():
        assert page.request.get(site.at(f"api/issues/{entry['id']}.json")).json()["id"] == entry["id"]


def test_all_links_and_anchors_lead_somewhere(proven_site: Site) -> None:
    """Those of the real site are followed in `tests/site`; the varied book has no kind of page that they lack."""
    assert list(problems(proven_site.folder)) == []
