"""`triagebook init`: creates a working book in any folder, and overwrites nothing."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.book import file_category
from triagebook.cli.init import ignoring
from triagebook.model.catalog import Catalog
from triagebook.render import templates
from triagebook.store.load import load
from triagebook.store.yaml import read, read_plain

FOUR = ("--title", "Login fails", "--severity", "high", "--summary", "Nobody can log in.")
MADE = """\
created   {0}issues/catalog.yaml
created   {0}issues/.gitattributes
created   {0}mkdocs.yml
created   {0}site/about.md
created   {0}issues/.schema
created   {0}.gitignore
"""


def test_it_lists_the_created_files_and_the_next_step(run: Callable[..., Any], here: Path) -> None:
    ran = run("init")
    assert (ran.code, ran.out, ran.err) == (0, MADE.format(""), "next: triagebook new\n")
    for made in ("issues/catalog.yaml", "mkdocs.yml", "site/about.md"):
        assert (here / made).read_bytes() == (templates() / "new-book" / Path(made).name).read_bytes()
    assert (here / ".gitignore").read_text() == "/build/\n"
    assert run("schema", "--check").code == 0


def test_running_it_again_changes_nothing(run: Callable[..., Any], here: Path) -> None:
    run("init")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    ran = run("init", "--title", "Other")
    assert (ran.code, ran.err) == (0, "next: triagebook new\n")
    assert ran.out == (
        "kept      issues/catalog.yaml\nkept      issues/.gitattributes\nkept      mkdocs.yml\n"
        "kept      site/about.md\nkept      issues/.schema\nkept      .gitignore\n"
    )
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_existing_files_are_kept(run: Callable[..., Any], here: Path) -> None:
    """A repository has its own site and .gitignore."""
    (here / "mkdocs.yml").write_text("site_name: Mine\n")
    (here / ".gitignore").write_bytes(b"*.pyc\r\nlogs")
    ran = run("init")
    assert ran.out == (
        "created   issues/catalog.yaml\ncreated   issues/.gitattributes\nkept      mkdocs.yml\n"
        "created   issues/.schema\nupdated   .gitignore\n"
    )
    assert ran.err == "next: add `triagebook` to `plugins` in mkdocs.yml, then: triagebook new\n"
    assert (here / "mkdocs.yml").read_text() == "site_name: Mine\n"
    assert (here / ".gitignore").read_bytes() == b"*.pyc\r\nlogs\r\n/build/\r\n"
    assert not (here / "site").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "/build/\n"),
        ("a", "a\n/build/\n"),
        ("a\n", "a\n/build/\n"),
        ("build\n", "build\n"),
        ("/build/", "/build/"),
        (" build/ \n", " build/ \n"),
        ("builds/\n", "builds/\n/build/\n"),
        ("!build/x\n", "!build/x\n/build/\n"),
    ],
)
def test_gitignore_gets_one_line_unless_it_has_it(old: str, new: str) -> None:
    assert ignoring(old) == new


@pytest.mark.parametrize("name", ["with space", "ünïcode-価格", "-dash", "a/b/c", "it's"])
def test_a_named_folder_is_created(name: str, run: Callable[..., Any], here: Path) -> None:
    """The output says how to go there; then the first issue can be created."""
    ran = run("init", "--", name)
    assert (ran.code, ran.out) == (0, MADE.format(f"{name}/"))
    shown = re.fullmatch("next: (cd .+), then: triagebook new\n", ran.err)
    assert shown
    done = subprocess.run(f"{shown[1]} && ls mkdocs.yml", shell=True, cwd=here, capture_output=True, check=False)  # noqa: S602
    assert done.stdout == b"mkdocs.yml\n"
    assert run("new", *FOUR, cwd=here / name).out == "issues/1/issue.yaml\n"
    assert run("check", cwd=here / name).code == 0
    assert "Login fails" in run("list", cwd=here / name).out


def test_book_names_the_folder_too(run: Callable[..., Any], here: Path) -> None:
    """But not together with DIR."""
    assert run("init", "--book", "there").out == MADE.format("there/")
    ran = run("init", "here", "--book", "there")
    assert ran.code == 2
    assert ran.err == "error: --book and DIR mean the same; give one of them\n  see: triagebook init --help\n"
    assert not (here / "here").exists()


def test_git_ignores_the_built_site_and_nothing_else(run: Callable[..., Any], here: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=here, check=True)
    run("init")
    (here / "build").mkdir()
    (here / "build" / "index.html").write_text("built")
    status = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=here, capture_output=True, text=True, check=True
    )
    names = [line[3:] for line in status.stdout.splitlines()]
    assert "issues/.schema/issue.json" in names
    assert "issues/catalog.yaml" in names
    assert not [name for name in names if name.startswith("build")]


def test_any_title_is_accepted(run: Callable[..., Any], here: Path) -> None:
    """For the book and its site."""
    title = "Ours: \"all\" of 'them' # 價格"
    assert run("init", "--title", title).code == 0
    assert Catalog.model_validate(read_plain((here / "issues/catalog.yaml").read_text(encoding="utf-8"))).title == title
    site_name = read((here / "mkdocs.yml").read_text(encoding="utf-8")).values["site_name"]
    assert site_name.scalar == title


def test_unsuitable_folders_and_titles_are_refused(
    transcript: Callable[[list[str]], str], golden: Callable[[str, str], None], here: Path
) -> None:
    (here / "file").write_text("a file")
    (here / "book").mkdir()
    (here / "book" / "catalog.yaml").write_text("title: A book\n")
    (here / "other").mkdir()
    (here / "other" / "issues").write_text("a file")
    before = sorted(here.rglob("*"))
    folders = ["book", "file", "file/below", "other", "--title ''", "--title 'a\nb'", "--title 8 a b"]
    golden("errors-init", transcript([f"triagebook init {words}" for words in folders]))
    assert sorted(here.rglob("*")) == before


def test_the_hints_in_the_catalog_are_valid(run: Callable[..., Any], here: Path) -> None:
    """Each is valid without its `# `, and refers only to existing names."""
    run("init")
    path = here / "issues" / "catalog.yaml"
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f"{first}\n{re.sub(r'^# (?=[a-z ])', '', rest, flags=re.MULTILINE)}", encoding="utf-8")
    catalog = Catalog.model_validate(read_plain(path.read_text(encoding="utf-8")))
    assert list(catalog.components) == ["login", "checkout"]
    assert list(catalog.streams) == ["chat"]
    assert not re.search(r" TB[12]\d\d ", run("check").out)


@pytest.mark.parametrize(
    ("path", "category"),
    [
        ("tests/test_a.py", "tests"),
        ("src/app/tests/a.py", "tests"),
        ("test_a.py", "tests"),
        ("src/latest_news.py", "product"),
        ("README.md", "documents"),
        ("docs/a/b.png", "documents"),
        ("src/app.py", "product"),
    ],
)
def test_the_file_categories_of_a_new_book(path: str, category: str) -> None:
    """The first matching pattern decides."""
    text = (templates() / "new-book" / "catalog.yaml").read_text(encoding="utf-8")
    catalog = Catalog.model_validate(read_plain(text))
    assert file_category(catalog, path) == category


def test_the_site_of_a_new_book_can_be_built(run_installed: Callable[..., Any], here: Path) -> None:
    """With a page for each issue."""
    run_installed("init")
    run_installed("new", *FOUR)
    ran = run_installed("build")
    assert (ran.code, ran.err) == (0, "")
    assert "Login fails" in (here / "build" / "site" / "issues" / "1" / "index.html").read_text(encoding="utf-8")
    assert (here / "build" / "site" / "about.html").is_file()


def test_assistants_are_told_once_and_what_is_written_stays(run: Callable[..., Any], here: Path) -> None:
    (here / "AGENTS.md").write_text("# Our rules\n", encoding="utf-8")
    assert "updated   AGENTS.md\n" in run("init", "--agents").out
    told = (here / "AGENTS.md").read_text(encoding="utf-8")
    assert told.startswith("# Our rules\n\n## Issues and evidence (triagebook)\n")
    assert "kept      AGENTS.md\n" in run("init", "--agents").out
    assert (here / "AGENTS.md").read_text(encoding="utf-8") == told


@pytest.mark.parametrize(
    ("files", "required"),
    [
        ((), ["staging", "production"]),
        (("pyproject.toml",), ["local"]),
        (("Cargo.toml",), ["local"]),
        (("pyproject.toml", "Dockerfile"), ["staging", "production"]),
    ],
)
def test_a_library_is_proven_locally(
    files: tuple[str, ...], required: list[str], run: Callable[..., Any], here: Path
) -> None:
    for name in files:
        (here / name).touch()
    assert ("looks like a library" in run("init").err) == (required == ["local"])
    assert list(load(here / "issues").book.catalog.required) == required


@pytest.mark.parametrize(
    ("remote", "entry"),
    [
        ("https://user:secret@example.org/team/shop.git", "shop: https://example.org/team/shop"),
        ("git@example.org:team/My.Shop.git", "my-shop: https://example.org/team/My.Shop"),
        ("../elsewhere", "here: None"),
    ],
)
def test_the_catalog_gets_the_address_of_the_repository(
    remote: str, entry: str, run: Callable[..., Any], here: Path
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=here, check=True)
    assert run("init").code == 0
    repositories = load(here / "issues").book.catalog.repositories
    assert [f"{name}: {one.url}" for name, one in repositories.items()] == [entry]
