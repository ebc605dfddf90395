"""What `serve` makes when somebody asks for it is what a build makes, also after the records were edited."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mkdocs.commands.build import build
from mkdocs.config import load_config

from triagebook.cache_folder import VARIABLE as CACHE
from triagebook.site.mkdocs.plugin import TriagebookPlugin
from triagebook.site.mkdocs.preview import Preview
from triagebook.site.search import DATA as SEARCH

from .repository import CONFIG, RECORD_EDITS, Repository, replace, there_or_not, write

pytestmark = pytest.mark.usefixtures("few_rules")

ELSEWHERE = ("assets/triagebook/search/", "sitemap.xml")  # an index has its own test; a preview needs no site map


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Without what MkDocs says of the broken records that are made here."""
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    yield
    logging.getLogger("mkdocs").setLevel(logging.NOTSET)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    return Repository(tmp_path / "repository")


def previewed(repository: Repository) -> Preview | None:
    """The preview of a site, as a server has it."""
    config = load_config(str(repository.folder / "mkdocs.yml"), site_dir=str(repository.folder / "shown"))
    plugin = config.plugins["triagebook"]
    assert isinstance(plugin, TriagebookPlugin)
    config.plugins.on_startup(command="serve", dirty=False)
    build(config)
    return plugin.preview


def differing(repository: Repository, preview: Preview) -> list[str]:
    """The files that are not as a build makes them, though somebody asked for each."""
    made = {name: content for name, content in repository.build().items() if not name.startswith(ELSEWHERE)}
    for name in made:
        preview.make(name)
    shown = repository.folder / "shown"
    return [name for name, content in made.items() if (shown / name).read_bytes() != content]


def test_a_page_is_built_when_it_is_requested(repository: Repository) -> None:
    preview = previewed(repository)
    assert preview
    shown = repository.folder / "shown"
    assert not (shown / "issues").exists()
    preview.make("issues/4/report-summary.html")
    assert [path.name for path in (shown / "issues").rglob("*") if path.is_file()] == ["report-summary.html"]
    preview.make("issues/4/nowhere.html")
    preview.make("../../mkdocs.yml")
    assert len([path for path in (shown / "issues").rglob("*") if path.is_file()]) == 1


@settings(max_examples=1, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(names=st.permutations(list(RECORD_EDITS)))
def test_after_any_edits_the_preview_equals_a_build(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("preview")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(folder / "cache"))
        repository = Repository(folder / "repository")
        preview = previewed(repository)
        assert preview
        assert differing(repository, preview) == []
        for name in names:
            RECORD_EDITS[name](repository.folder, 0)
            assert preview.renew()
            assert differing(repository, preview) == [], name


def test_a_requested_page_shows_the_current_record(repository: Repository) -> None:
    """Also before the server finds out that something changed."""
    preview = previewed(repository)
    assert preview
    page = repository.folder / "shown/issues/4/index.html"
    preview.make("issues/4/index.html")
    assert "The chat does not open" in page.read_text()
    replace("issues/4/issue.yaml", "The chat does not open", "The chat is shut")(repository.folder, 0)
    preview.make("issues/4/index.html")
    assert "The chat is shut" in page.read_text()
    assert preview.renew(), "it has turned to it already"


def test_pages_that_need_a_build_are_left_to_it(repository: Repository) -> None:
    """The navigation leads to an issue that is gone, and somebody asks for another one before the server knows."""
    write(repository.folder / "mkdocs.yml", CONFIG.replace("{Notes: notes.md}", "{Four: issues/4/index.md}"))
    preview = previewed(repository)
    assert preview
    (repository.folder / "issues/4/issue.yaml").unlink()
    preview.make("issues/4/index.html")
    assert not preview.renew()


@pytest.mark.parametrize("directories", [True, False])
def test_every_address_is_found(repository: Repository, *, directories: bool) -> None:
    write(repository.folder / "mkdocs.yml", CONFIG.replace("urls: false", f"urls: {str(directories).lower()}"))
    preview = previewed(repository)
    assert preview
    assert differing(repository, preview) == []


@pytest.mark.parametrize(
    "edit",
    [
        replace("issues/catalog.yaml", "title: ", "title: New "),
        replace("issues/patterns/awaited-sync-call.yaml", "summary: ", "summary: Often: "),
        replace("docs/notes.md", "# Notes", "# Remarks"),
        replace("mkdocs.yml", "site_name: Test", "site_name: Trial"),
        there_or_not("templates/reports/summary.md.j2", '{% extends "triagebook/reports/summary.md.j2" %}'),
    ],
)
def test_a_change_that_affects_many_issues_needs_a_build(repository: Repository, edit: object) -> None:
    write(repository.folder / "templates/pages/own.md.j2", "")
    preview = previewed(repository)
    assert preview
    assert preview.renew(), "nothing changed"
    edit(repository.folder, 0)  # type: ignore[operator]
    assert not preview.renew()


def test_another_plugin_sees_all_pages_at_once(repository: Repository) -> None:
    (repository.folder / "hook.py").write_text("def on_page_content(html, page, config, files):\n    return html\n")
    write(repository.folder / "mkdocs.yml", CONFIG + "hooks: [hook.py]\n")
    assert previewed(repository) is None
    assert (repository.folder / "shown/issues/4/report-summary.html").exists()


def test_the_search_data_are_built_when_they_are_requested(repository: Repository) -> None:
    preview = previewed(repository)
    assert preview
    data = repository.folder / "shown" / SEARCH
    assert not data.exists()
    preview.make(SEARCH)
    assert data.exists()
