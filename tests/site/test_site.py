"""The built site: strict, whole, and with nothing from elsewhere."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.links import problems, read_site
from tests.kit.pages import MINIMAL, PATTERN, make_book
from tests.kit.paths import FULL
from tests.kit.sites import build, like_this_repository, sites_folder
from triagebook.errors import TriagebookError
from triagebook.site.mkdocs.build import build_site
from triagebook.store.load import load

pytestmark = pytest.mark.usefixtures("few_rules")

CONFIG = """
site_name: Test
docs_dir: site
site_dir: build/site
use_directory_urls: false
theme: {name: material, font: false, features: [navigation.tabs]}
plugins: [triagebook]
nav: [{Start: index.md}, {All issues: issues/index.md}, {Known causes: patterns/index.md}, {Notes: notes.md}]
"""

INJECTION = '"><script>alert(1)</script><img src=https://evil.example/x.png onerror=alert(1)>'


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """MkDocs keeps a handler and a level once it has been used from its command line."""
    level = logging.getLogger("mkdocs").level
    yield
    logging.getLogger("mkdocs").setLevel(level)


def make_site(folder: Path, files: dict[str, str], config: str = CONFIG) -> Path:
    """A repository with a book, a page of its own and the settings of a site; the file that holds these."""
    make_book(folder / "issues", files)
    (folder / "site").mkdir()
    (folder / "site" / "notes.md").write_text("# Notes\n\n[issue](issues/1/index.md#what-the-record-says)\n")
    (folder / "mkdocs.yml").write_text(config)
    return folder / "mkdocs.yml"


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this repository, built by `mkdocs --strict` as people run it; the browser's tests use it, too."""
    return build(sites_folder(tmp_path_factory) / "real", like_this_repository)


# ── the site of this repository ──────────────────────────────────────────────────────────────────────


def test_all_links_of_the_real_site_lead_somewhere(real_site: Path) -> None:
    assert list(problems(real_site)) == []
    assert {"index.html", "issues/1184/index.html", "patterns/awaited-sync-call/index.html"} <= set(
        read_site(real_site)
    )


def test_the_styles_of_the_real_site_fetch_nothing(real_site: Path) -> None:
    for sheet in real_site.rglob("*.css"):
        text = re.sub(r"url\((['\"]?)data:.*?\1\)", "", sheet.read_text(encoding="utf-8"))
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", text), sheet


def test_a_page_has_its_contents_beside_it_and_its_place_above(real_site: Path) -> None:
    report = (real_site / "issues/1231/report-test-strategy.html").read_text(encoding="utf-8")
    contents = report[report.index("md-nav--secondary") :]
    assert 'href="#sources-of-the-figures" class="md-nav__link"' in contents
    page = (real_site / "issues/1231/index.html").read_text(encoding="utf-8")
    assert "md-nav__link" not in page[page.index("md-nav--secondary") :], "it has tabs instead"
    assert re.search(r'md-path__list.*?href="../../index.html".*?href="../index.html"', page, re.DOTALL)
    assert re.search(r"md-tabs__item--active[^<]*<a href=\"../index.html\"[^<]*Issues", page)
    assert "<title>1231 · " in page


def test_the_site_map_names_the_pages(tmp_path: Path) -> None:
    config = CONFIG + "site_url: https://docs.example.org/sub/path/\n"
    site = build_site(make_site(tmp_path, {"1/issue.yaml": MINIMAL}, config), strict=True)
    assert "https://docs.example.org/sub/path/issues/1/index.html" in (site / "sitemap.xml").read_text()
    page = (site / "issues/1/index.html").read_text()
    assert '<link rel="canonical" href="https://docs.example.org/sub/path/issues/1/index.html">' in page
    assert "https://docs.example.org/sub/path/issues/1/index.html" in (site / "llms.txt").read_text()
    assert list(problems(site)) == []  # below any path: all addresses are relative
    assert 'href="/sub/path/assets/' in (site / "404.html").read_text()


def test_a_link_to_the_repository_asks_its_host_for_nothing(tmp_path: Path) -> None:
    config = CONFIG + "repo_url: https://github.com/example/shop\n"
    page = (build_site(make_site(tmp_path, {"1/issue.yaml": MINIMAL}, config), strict=True) / "index.html").read_text()
    assert 'href="https://github.com/example/shop"' in page
    assert 'data-md-component="source"' not in page, "the theme's script fetches stars and forks for it"


# ── what pages may hold ──────────────────────────────────────────────────────────────────────────────


def test_a_full_book_makes_a_whole_site(tmp_path: Path) -> None:
    shutil.copytree(FULL, tmp_path / "issues")
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL})
    site = build_site(config, strict=True)
    assert list(problems(site)) == []
    page = (site / "issues/7/index.html").read_text()
    assert '<span class="severity-critical">critical</span>' in page
    assert '<span class="k">await</span>' in page
    assert "awaited in 3 places, and {{ not.known }}" in page
    assert not re.search("[\ufdd0-\ufdef]", page)


def test_what_is_injected_into_records_stays_text(tmp_path: Path) -> None:
    text = INJECTION.replace('"', '\\"')
    issue = f"""
    title: "{text}"
    severity: high
    opened: 2025-09-15
    summary: "{text} [x](javascript:alert(1)) ![y](https://evil.example/y.png) {{{{ config }}}} {{% raw %}}"
    labels: ["{text}"]
    symptoms: [{{error: "{text}"}}]
    links: [{{url: "https://example.org/'onmouseover='alert(1)", title: "{text}"}}]
    suites: {{s: {{category: unit, command: "{text}", tests: {{"{text}": "{text}"}}}}}}
    """
    claims = f"""
    title: "{text}"
    name: "{text}"
    claims: [{{says: "{text}", lines: 1}}]
    """
    pattern = PATTERN.replace("A synchronous call", INJECTION.replace('"', "'")).replace("title: ", "title: x ")
    files = {
        "1/issue.yaml": issue,
        "1/claims/a.yaml": claims,
        "catalog.yaml": f'title: "{text}"',
        "patterns/p.yaml": pattern,
    }
    config = make_site(tmp_path, files)
    assert not load(tmp_path / "issues").findings
    site = build_site(config, strict=True)
    assert list(problems(site)) == []
    for page in read_site(site).values():
        assert not [attributes for tag, attributes in page.tags if tag == "img"]
        assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
        assert not [link for link in page.links if link.lower().startswith("javascript:")]
        text = (site / page.path).read_text()
        assert not re.search(r"<script>\s*alert|evil\.example/x\.png on", re.sub(r"&lt;.*?&gt;", "", text)), page.path


def test_links_of_records_lead_to_pages_or_nowhere(tmp_path: Path) -> None:
    text = (
        "summary: '[a](../2/index.md) [b](../../notes.md) [c](../gone.md) [d](#gone) [e](//evil.example) [f](http://[)'"
    )
    files = {"1/issue.yaml": MINIMAL.replace("summary: Nobody can chat.", text), "2/issue.yaml": MINIMAL}
    site = build_site(make_site(tmp_path, files), strict=True)
    page = (site / "issues/1/index.html").read_text()
    assert '<a href="../2/index.html">a</a> <a href="../../notes.html">b</a> <a>c</a>' in page
    assert list(problems(site)) == []


def test_findings_are_shown_and_do_not_stop_the_build(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL, "2/issue.yaml": "title: [", "9/issue.yaml": "titel: x"})
    site = build_site(config, strict=True)
    home = (site / "index.html").read_text()
    assert "2 issues cannot be read and are missing here: 2, 9." in home
    assert "TB101" in home


# ── pages of one's own ───────────────────────────────────────────────────────────────────────────────


def test_a_hand_written_page_replaces_a_generated_one(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL})
    (tmp_path / "site" / "index.md").write_text("# My own home\n")
    site = build_site(config, strict=True)
    assert "My own home" in (site / "index.html").read_text()
    assert "The chat does not open" in (site / "issues/index.html").read_text()


def test_the_navigation_may_rename_pages(tmp_path: Path) -> None:
    site = build_site(make_site(tmp_path, {"1/issue.yaml": MINIMAL}), strict=True)
    assert re.findall(r'class="md-tabs__link">\s*(.*?)\s*</a>', (site / "index.html").read_text()) == [
        "Start", "All issues", "Known causes", "Notes",
    ]  # fmt: skip


def test_settings_without_a_navigation_get_the_usual_one(tmp_path: Path) -> None:
    site = build_site(make_site(tmp_path, {"1/issue.yaml": MINIMAL}, CONFIG[: CONFIG.index("nav:")]), strict=True)
    assert re.findall(r'class="md-tabs__link">\s*(.*?)\s*</a>', (site / "index.html").read_text()) == [
        "Today", "Issues", "Claims", "Evidence", "Explore", "Docs",
    ]  # fmt: skip
    docs = (site / "reference/index.html").read_text()
    assert re.search(r'href="\.\./notes\.html" class="md-nav__link"', docs)


def test_a_broken_link_in_a_hand_written_page_is_a_warning(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"2/issue.yaml": MINIMAL})  # the notes lead to issue 1
    with pytest.raises(TriagebookError, match="1 warnings in strict mode"):
        build_site(config, strict=True)


def test_a_broken_anchor_in_a_hand_written_page_is_a_warning(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL}, CONFIG + "validation: {anchors: warn}\n")
    assert build_site(config, strict=True)
    (tmp_path / "site" / "notes.md").write_text("# Notes\n\n[issue](issues/1/index.md#gone)\n")
    with pytest.raises(TriagebookError, match="strict mode"):
        build_site(config, strict=True)


def test_pages_keep_the_sidebar_where_there_are_no_tabs(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL}, CONFIG.replace(", features: [navigation.tabs]", ""))
    page = (build_site(config, strict=True) / "issues/1/index.html").read_text()
    assert not re.search(r'data-md-type="navigation" hidden', page)


def test_directory_urls_work_too(tmp_path: Path) -> None:
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL}, CONFIG.replace("use_directory_urls: false\n", ""))
    page = (build_site(config, strict=True) / "issues/index.html").read_text()
    assert '<a href="1/">' in page


def test_the_same_book_makes_the_same_pages(tmp_path: Path) -> None:
    shutil.copytree(FULL, tmp_path / "issues")
    config = make_site(tmp_path, {"1/issue.yaml": MINIMAL})
    first = {path: path.read_bytes() for path in build_site(config, strict=True).rglob("*.html")}
    assert first == {path: path.read_bytes() for path in build_site(config, strict=True).rglob("*.html")}


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="one processor")
def test_several_processes_build_the_same_pages_as_one(tmp_path: Path) -> None:
    files = {f"{number}/issue.yaml": MINIMAL for number in range(1, 9)} | {"patterns/p.yaml": PATTERN}
    config = make_site(tmp_path / "here", files)
    build = "import sys; from triagebook.cli.main import run; run()"
    alone = f"import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); {build}"
    built = []
    for code in (build, alone):
        subprocess.run(
            [sys.executable, "-c", code, "build"], cwd=config.parent, check=True, capture_output=True, timeout=120
        )
        site = config.parent / "build" / "site"
        built.append({path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()})
    assert built[0] == built[1]


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_book_can_be_in_another_folder(tmp_path: Path) -> None:
    make_book(tmp_path / "records" / "issues", {"1/issue.yaml": MINIMAL})
    config = make_site(tmp_path, {}, CONFIG.replace("[triagebook]", "[{triagebook: {book: records}}]"))
    assert (build_site(config, strict=True) / "issues/1/index.html").is_file()


def test_a_missing_book_is_explained_in_one_line(tmp_path: Path) -> None:
    config = make_site(tmp_path, {}, CONFIG.replace("[triagebook]", "[{triagebook: {book: gone}}]"))
    with pytest.raises(TriagebookError, match=r"there is no book in .*gone"):
        build_site(config, strict=False)


def test_a_site_without_the_plugin_is_an_error(tmp_path: Path) -> None:
    config = make_site(tmp_path, {}, CONFIG.replace("plugins: [triagebook]", "plugins: []"))
    with pytest.raises(TriagebookError, match="does not use the plugin"):
        build_site(config, strict=False)


def test_a_loaded_book_must_be_that_of_the_site(tmp_path: Path) -> None:
    config = make_site(tmp_path / "a", {"1/issue.yaml": MINIMAL})
    other = load(make_book(tmp_path / "b", {"2/issue.yaml": MINIMAL}))
    with pytest.raises(TriagebookError, match="builds the site of another book"):
        build_site(config, strict=False, loaded=other)
