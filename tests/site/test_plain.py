"""The pages as plain Markdown: the same words, in a form that other engines read alike."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
import yaml

from tests.kit.links import problems
from tests.kit.markup import to_html
from tests.kit.pages import MINIMAL, make_book
from tests.kit.paths import COMMAND, ROOT
from triagebook.site.flavour import flavoured

EXTENSIONS = ["tables", "pymdownx.superfences", "pymdownx.tasklist"]


def pages(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, "pages", "--out", "out", *arguments]
    return subprocess.run(command, cwd=here, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the book of this repository."""
    here = tmp_path_factory.mktemp("plain")
    done = pages(here, "--book", str(ROOT / "issues"))
    assert done.returncode == 0
    assert re.fullmatch(r"without the source code: .*\n", done.stderr)
    return here / "out"


def test_the_settings_name_no_plugin(written: Path) -> None:
    settings = yaml.safe_load((written / "mkdocs.yml").read_text())
    assert settings["plugins"] == []
    for path in re.findall(r"[\w/-]+\.md", json.dumps(settings["nav"])):
        assert (written / "docs" / path).is_file(), path


def test_no_internal_mark_is_left_in_a_page(written: Path) -> None:
    for path in written.rglob("*.md"):
        assert not re.search("[\ufdd0-\ufdef]", path.read_text(encoding="utf-8")), path


def test_properdocs_builds_them_strictly(written: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "properdocs", "build", "--strict"]
    build += ["-f", str(written / "mkdocs.yml"), "-d", str(tmp_path / "site")]
    done = subprocess.run(build, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list(problems(tmp_path / "site")) == []


def test_a_second_run_overwrites_the_pages(tmp_path: Path) -> None:
    make_book(tmp_path / "issues", {"1/issue.yaml": MINIMAL, "2/issue.yaml": MINIMAL})
    assert pages(tmp_path).returncode == 0
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    (tmp_path / "out/docs/stale.md").write_text("old")
    assert pages(tmp_path).returncode == 0
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == first


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    make_book(tmp_path / "issues", {"1/issue.yaml": MINIMAL})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    done = pages(tmp_path)
    assert done.returncode == 2
    assert "holds files that `triagebook pages` did not write" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


# ── the flavour ──────────────────────────────────────────────────────────────────────────────────────


class Shape(HTMLParser):
    """The blocks of a page, nested as they are, with their words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in {"ul", "ol", "li", "pre", "blockquote", "td", "th"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        for word in data.split():
            self.found.append((" ".join(self.open), word))


TEXTS = {
    "nested": "- a\n  - b\n    - c\n  - d\n- e\n",
    "numbered": "1. a\n   - b\n2. c\n",
    "after words": "text\n- a\n- b\n",
    "paragraphs": "- a\n\n  more\n\n  - b\n- c\n",
    "code in a list": "- a\n\n  ```sh\n  run  it\n    in\n  ```\n\n- b\n",
    "code that looks like a list": "```\n- a\n  - b\n1. c\n```\n\n- d\n  - e\n",
    "escapes": r"a \<b> \~c\~ \$d\$ https:\//e.example f\@g.example \&amp; \*h\*",
    "table": "| a | b |\n|---|---|\n| `x \\| y` | c \\| d |\n",
    "ends": "- a\n  - b\n\nwords after\n\n- c\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_both_markdown_parsers_give_the_same_page(text: str) -> None:
    other = markdown.markdown(flavoured(text), extensions=EXTENSIONS, tab_length=4)
    assert Shape(other).found == Shape(to_html(text).body).found


def test_an_alert_becomes_a_quote_with_its_word() -> None:
    assert flavoured("> [!WARNING]\n> Look.\n") == "> **Warning**\n>\n> Look.\n"
