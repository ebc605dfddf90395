"""A build that uses what the last one made is the build that a clean one is, whatever was changed in between."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests.kit.hypotheses import examples
from tests.kit.pages import MINIMAL
from triagebook.cache_folder import VARIABLE as CACHE
from triagebook.errors import TriagebookError
from triagebook.site.mkdocs.cache import ASIDE

from .repository import CAUSED, CONFIG, RECORD_EDITS, Edit, Repository, replace, there_or_not, write

pytestmark = pytest.mark.usefixtures("few_rules")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # MkDocs notes in a compressed file when it was made
    return Repository(tmp_path / "repository")


# ── any edit ─────────────────────────────────────────────────────────────────────────────────────────


def damage(folder: Path, number: int) -> None:
    """A file of the site that somebody wrote to, or removed."""
    made = sorted(path for path in (folder / "made/issues").rglob("*") if path.is_file())
    path = made[number % len(made)]
    path.unlink() if number % 2 else path.write_text("Somebody else wrote this.")


def spoil(folder: Path, number: int) -> None:
    """What is remembered, cut off, changed, or replaced by something else."""
    for path in (folder.parent / "cache").glob("*.sqlite*"):
        content = path.read_bytes()
        at = number % len(content)
        path.write_bytes((content[:at], content[:at] + b"7" + content[at + 1 :], b"{}")[number % 3])


EDITS: dict[str, Edit] = {
    **RECORD_EDITS,
    "an issue like others": there_or_not("issues/6/issue.yaml", MINIMAL + CAUSED),  # a preview does not look for it
    "nothing": lambda _, __: None,
    "the catalog": replace("issues/catalog.yaml", "title: ", "title: New "),
    "a pattern": replace("issues/patterns/awaited-sync-call.yaml", "summary: ", "summary: Often: "),
    "a page": replace("docs/notes.md", "[issue]", "[an issue]"),
    "the title of a page": replace("docs/notes.md", "# Notes", "# Remarks"),
    "a page in the place of one": there_or_not("docs/issues/4/index.md", "# By hand\n"),
    "the settings": replace("mkdocs.yml", "site_name: Test", "site_name: Trial"),
    "addresses": replace("mkdocs.yml", "use_directory_urls: false", "use_directory_urls: true"),
    "an own template": there_or_not(
        "templates/reports/summary.md.j2",
        '{% extends "triagebook/reports/summary.md.j2" %}{% block next %}{% endblock %}',
    ),
    "a file of the site": damage,
    "what is remembered": spoil,
}


@examples(1, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_after_any_edits_a_build_equals_a_clean_build(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(folder / "cache"))
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        repository = Repository(folder / "repository")
        repository.build()
        for number, name in enumerate(data.draw(st.permutations(list(EDITS)))):
            EDITS[name](repository.folder, data.draw(st.integers(0, 10_000), label=name))
            made = repository.build()
            if number % 4 == 0:  # what went wrong before is wrong here, too
                assert made == repository.clean(), name


# ── what is used again ───────────────────────────────────────────────────────────────────────────────


def made_again(repository: Repository) -> set[str]:
    """The issues that the next build makes again."""
    folders = [path for path in (repository.folder / "made/issues").iterdir() if (path / "summary.json").exists()]
    before = {path.name: stamp(path) for path in folders}
    repository.build()
    return {issue for issue, then in before.items() if stamp(repository.folder / "made/issues" / issue) != then}


def stamp(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_an_edit_rebuilds_only_the_pages_that_show_it(repository: Repository) -> None:
    repository.build()
    assert made_again(repository) == set()
    EDITS["a document"](repository.folder, 0)
    assert made_again(repository) == {"4"}
    EDITS["a title"](repository.folder, 0)
    assert made_again(repository) == {"1", "2", "3", "9"}, "these show the title of 2"
    EDITS["an issue that others name"](repository.folder, 0)
    assert made_again(repository) == {"4", "9"}, "4 is named by the new one, which 9 names"
    EDITS["an issue like others"](repository.folder, 0)
    assert made_again(repository) == {"1", "7"}, "these are like the new one"
    EDITS["the catalog"](repository.folder, 0)
    assert made_again(repository) == {"1", "2", "3", "4", "6", "7", "8", "9"}


def test_an_unchanged_site_is_built_without_reading_a_record(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repository.build()
    monkeypatch.setattr("triagebook.store.load._Binder._entry", None)
    assert repository.build() == made


def test_templates_are_compiled_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the theme, too: that takes as long as a small site."""
    repository.build()
    EDITS["a document"](repository.folder, 0)
    monkeypatch.setattr("jinja2.Environment._generate", None)
    assert made_again(repository) == {"4"}


def test_a_site_restored_elsewhere_is_used(repository: Repository, tmp_path: Path) -> None:
    """With its cache, as in CI: in another folder, with other inodes and times."""
    repository.build()
    shutil.copytree(repository.folder, tmp_path / "elsewhere")
    repository.folder = tmp_path / "elsewhere"
    assert made_again(repository) == set()


def test_a_file_that_was_overwritten_is_built_again(repository: Repository) -> None:
    made = repository.build()
    (repository.folder / "made/issues/4/summary.md").write_text("Not ours")
    assert made_again(repository) == {"4"}
    assert repository.site() == made


def test_without_a_cache_every_page_is_built(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv(CACHE, str(tmp_path / "a file" / "cache"))
    made = repository.build()
    assert made_again(repository) == {"1", "2", "3", "4", "7", "9"}
    assert repository.site() == made


def test_with_another_plugin_every_page_is_built(repository: Repository) -> None:
    (repository.folder / "hook.py").write_text("def on_env(env, config, files):\n    return env\n")
    write(repository.folder / "mkdocs.yml", CONFIG + "hooks: [hook.py]\n")
    repository.build()
    assert made_again(repository) == {"1", "2", "3", "4", "7", "9"}


def test_a_build_leaves_no_temporary_files_and_keeps_hidden_ones(repository: Repository) -> None:
    repository.build()
    (repository.folder / "made/.git").write_text("gitdir: elsewhere\n")
    repository.build()
    assert (repository.folder / "made/.git").exists()
    assert not (repository.folder / "made" / ASIDE).exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("templates/reports/summary.md.j2", "{{ nobody }}"),  # while pages are made
        ("docs/notes.md", b"\xff"),  # before
    ],
)
def test_a_failed_build_leaves_no_temporary_files(repository: Repository, name: str, text: str | bytes) -> None:
    repository.build()
    path = repository.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((TriagebookError, UnicodeDecodeError)):
        repository.build()
    assert not (repository.folder / "made" / ASIDE).exists()
    path.write_bytes(before) if before else path.unlink()
    assert repository.build() == repository.clean()
