"""The index of the search: what is in it, that it is the same every time, and what happens without Pagefind."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.pages import CATALOG, MINIMAL, PATTERN, load_book, make_book
from tests.kit.paths import FULL, ROOT
from triagebook.site.content import SiteContent
from triagebook.site.search_entries import SearchEntry, entries, written
from triagebook.site.search_index import END, LONGEST, PATIENCE, SPLIT, SearchError, _frequent, split_names, write_index
from triagebook.store.load import load

CONFIG = """
site_name: Test
docs_dir: site
site_dir: build
use_directory_urls: {folders}
theme: {{name: material, font: false}}
plugins: [{plugins}]
"""


@pytest.fixture(scope="module")
def full() -> SiteContent:
    return SiteContent(load(FULL).book)


def written_to(folder: Path, found: Iterable[SearchEntry]) -> Path:
    write_index([(re.sub(r"md$", "html", entry.path), entry) for entry in found], folder, {}, "en")
    return folder


def fragments(index: Path) -> dict[str, dict[str, Any]]:
    """What Pagefind keeps of each entry, by address."""
    texts = (gzip.decompress(path.read_bytes()) for path in (index / "fragment").iterdir())
    read = [json.loads(text[text.index(b"{") :]) for text in texts]
    return {re.sub(r"^/|(?<=#)(.*)\.html$", r"\1", fragment["url"]): fragment for fragment in read}


def shown(text: str) -> str:
    """A text as the script puts it together again."""
    return text.replace(f"{SPLIT} ", "").replace(f"{END} ", " · ")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ── what is in it ────────────────────────────────────────────────────────────────────────────────────


def test_an_issue_has_all_that_people_search_for(tmp_path: Path) -> None:
    record = MINIMAL + (
        "symptoms: [\"TypeError: object X can't be used in 'await' expression\"]\n"
        "suites: {unit: {category: unit, path: tests/unit/test_chat.py, class: TestChat, "
        "tests: {'test_opens[a-b]': It opens}}}\n"
        "fix: {changes: [{path: app/chat/routes.py, what: One await less}]}\n"
    )
    affected = "source: {repository: app, commit: 5222b25608c3}\nlocations: ['app/chat/consumers.py:3']\n"
    book = load_book(tmp_path, {"7/issue.yaml": record, "7/affected.yaml": affected}).book
    [issue] = [entry for entry in entries(SiteContent(book)) if entry.kind == "Issue"]
    assert (issue.id, issue.title, issue.note) == ("7", "The chat does not open", "high, open")
    text = "\n".join(issue.texts)
    for wanted in (
        "Nobody can chat.",
        "TypeError: object X can't be used in 'await' expression",
        "tests/unit/test_chat.py::TestChat test_opens[a-b]",
        "app/chat/routes.py",
        "app/chat/consumers.py",
        "Test plan",
    ):
        assert wanted in text


def test_every_kind_of_page_can_be_found(full: SiteContent) -> None:
    found = {entry.kind for entry in entries(full)}
    assert found == {"Issue", "Pattern", "Contradictions", "Page", "Rule", "Schema"}


def test_facts_in_prose_are_filled_in(tmp_path: Path) -> None:
    record = MINIMAL.replace("Nobody can chat.", "There are {{ affected.locations }} of `{{ affected.locations }}`.")
    [issue, *_] = entries(SiteContent(load_book(tmp_path, {"7/issue.yaml": record}).book))
    assert "There are unknown of `{{ affected.locations }}`." in "\n".join(issue.texts)


def test_a_hand_written_page_is_found_by_its_sections() -> None:
    heading = '<h2 id="more">More<a class="headerlink" href="#more">¶</a></h2>'
    html = f"<h1>Guide</h1>\n<p>First &amp; last</p>\n{heading}<p>x</p>"
    head, section = written("guide/index.md", "Guide &amp; more", html)
    assert (head.kind, head.title, head.texts, head.anchor) == ("Guide", "Guide & more", ("Guide First & last",), "")
    assert (section.title, section.texts, section.anchor) == ("More · Guide & more", ("x",), "more")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("app/chat/consumers.py", ["app/", "chat/", "consumers.", "py"]),
        ("test_x.py::TestX::test_a[b-c]", ["test_x.", "py::", "TestX::", "test_a[", "b-", "c]"]),
        ("object can't be 'awaited'", ["object", "can't", "be", "'awaited'"]),
        ("a\n  `code` **bold**\u2003end", ["a", "code", "bold", "end"]),
        ("src\\app\\a.cs", ["src\\", "app\\", "a.", "cs"]),
    ],
)
def test_names_are_split_at_punctuation(text: str, words: list[str]) -> None:
    assert split_names(text).replace(SPLIT, "").split(" ") == words


def test_pagefind_keeps_what_it_is_told(tmp_path: Path) -> None:
    hostile = '<img src=x onerror=alert(1)> "quoted" \\ \ud800 app/a.py'
    entry = SearchEntry("issues/1/index.html", "Issue", hostile, (hostile, "next"), id="1", note="high, open")
    [fragment] = fragments(written_to(tmp_path, [entry])).values()
    told = hostile.replace("\ud800", "?")
    assert shown(fragment["content"]) == f"{told} · next"
    assert shown(fragment["meta"]["title"]) == told
    assert [fragment["meta"][name] for name in ("id", "kind", "note")] == ["1", "Issue", "high, open"]


def test_a_section_with_a_very_long_anchor_is_found(tmp_path: Path) -> None:
    entry = SearchEntry("notes.html", "Page", "Long", anchor="a" * (LONGEST + 100))
    assert list(fragments(written_to(tmp_path, [entry]))) == ["notes.html#0"]


def test_words_that_all_of_many_pages_have_are_named() -> None:
    own = {f"own{number}": 1 for number in range(10_000)}
    starts, words = _frequent({"common": 10_000, "compass": 10_000, **own}, 10_000)
    assert starts == ["common", "compass", "own"]
    assert words == ["common", "compass"]
    few = int(PATIENCE**0.5) // 4
    assert _frequent({"common": few, "compass": few, **dict(list(own.items())[:few])}, few) == ([], [])


# ── the same every time ──────────────────────────────────────────────────────────────────────────────


def test_the_same_book_gives_the_same_bytes(full: SiteContent, tmp_path: Path) -> None:
    first, again = (files(written_to(tmp_path / name, entries(full))) for name in ("first", "again"))
    assert first == again
    assert {"pagefind.js", "pagefind-entry.json", "known.json"} <= set(first)
    assert not [name for name in first if "ui" in name]


# ── in a site ────────────────────────────────────────────────────────────────────────────────────────


def build(folder: Path, *options: str, plugins: str = "triagebook", folders: str = "false", **env: str) -> str:
    """Builds a site as people do, and gives what it says; the exit code is its last word."""
    make_book(folder / "issues", {"1/issue.yaml": MINIMAL, "patterns/p.yaml": PATTERN, "catalog.yaml": CATALOG})
    (folder / "site").mkdir()
    (folder / "site" / "notes.md").write_text("# Notes\n\n## On call\n\nWho answers the telephone.\n")
    (folder / "mkdocs.yml").write_text(CONFIG.format(plugins=plugins, folders=folders))
    run = subprocess.run(
        [sys.executable, "-m", "tests.kit.sparse", "build", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{run.stdout}{run.stderr}{run.returncode}"


@pytest.mark.parametrize(("folders", "page", "section"), [("false", ".html", "notes.html"), ("true", "/", "notes/")])
def test_addresses_are_those_of_the_site(tmp_path: Path, folders: str, page: str, section: str) -> None:
    assert build(tmp_path, "--strict", folders=folders).endswith("0")
    built = tmp_path / "build" / "assets" / "triagebook" / "search"
    found = fragments(built)
    assert f"{section}#on-call" in found
    assert found[f"{section}#on-call"]["content"] == "Who answers the telephone."
    assert ("issues/1/index.html" if page == ".html" else "issues/1/") in found
    known = json.loads((built / "known.json").read_text())
    assert known["reports"]["Test plan"] == f"report-test-plan{page}"


def test_the_search_of_the_theme_goes_first(tmp_path: Path) -> None:
    assert build(tmp_path, "--strict", plugins="search, triagebook").endswith("0")
    assert not list(tmp_path.glob("**/pagefind-entry.json"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A Pagefind that ends at once."""
    program = tmp_path / "pagefind"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return program


def test_without_pagefind_the_site_is_built_and_says_so(tmp_path: Path) -> None:
    said = build(tmp_path, PAGEFIND_BINARY_PATH=str(tmp_path / "nowhere"))
    assert "the site has no search" in said
    assert "cannot be run: No such file or directory; reinstall `pagefind[extended]`" in said
    assert "Traceback" not in said
    assert said.endswith("0")
    assert list(tmp_path.glob("**/issues/1/index.html"))


def test_without_pagefind_a_strict_build_fails(tmp_path: Path) -> None:
    said = build(tmp_path, "--strict", PAGEFIND_BINARY_PATH=str(tmp_path / "nowhere"))
    assert "Aborted with 1 warnings in strict mode!" in said
    assert said.endswith("1")


def test_a_pagefind_that_fails_is_named(broken: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(broken))
    with pytest.raises(SearchError, match=f"{broken} failed: exit code 1"):
        written_to(tmp_path / "index", [SearchEntry("a.html", "Page", "A")])


def test_the_message_of_pagefind_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pagefind"
    program.write_text("#!/bin/sh\necho no room >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(program))
    with pytest.raises(SearchError, match="failed: no room"):
        written_to(tmp_path / "index", [SearchEntry("a.html", "Page", "A")])
