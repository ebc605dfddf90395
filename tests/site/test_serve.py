"""`triagebook build` and `serve`, as people run them."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.kit.commands import Ran, git, triagebook
from tests.kit.pages import MINIMAL, make_book
from tests.kit.paths import COMMAND

pytestmark = pytest.mark.usefixtures("few_rules")

Run = Callable[..., Ran]
CONFIG = """
site_name: Shop
docs_dir: site
site_dir: build/site
use_directory_urls: false
theme: {name: material, font: false}
plugins: [triagebook]
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A repository with a book and a site of one page."""
    make_book(tmp_path / "issues", {"1231/issue.yaml": MINIMAL + "owner: backend\n"})
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "notes.md").write_text("# Notes\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def run(here: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process."""
    monkeypatch.chdir(here)
    return triagebook


def test_a_strict_build_says_what_it_fails_for(here: Path) -> None:
    (here / "site" / "more.md").write_text("[here](nowhere.md)\n", encoding="utf-8")
    command = [COMMAND, "build", "--strict"]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert "'more.md' contains a link 'nowhere.md'" in done.stderr


def test_build_says_where_the_site_is(run: Run, here: Path) -> None:
    done = run("build", "--strict")
    assert done.code == 0
    assert re.fullmatch(r"without the source code: .*\n", done.stderr)
    assert done.out == "1 issue, no findings: build/site/index.html\n"
    assert (here / "build/site/issues/1231/index.html").is_file()


def test_build_shows_findings_and_fails(run: Run, here: Path) -> None:
    (here / "issues/1231/issue.yaml").write_text(MINIMAL + "owner: backend\nrelations: [{to: '404', kind: related}]\n")
    done = run("build")
    assert done.code == 1
    assert "issues/1231/issue.yaml:7:" in done.out
    assert "404" in (here / "build/site/index.html").read_text()


def test_build_without_mkdocs_yml_says_what_to_do(run: Run, here: Path) -> None:
    (here / "mkdocs.yml").unlink()
    (here / ".git").mkdir()
    done = run("build")
    assert (done.code, done.out) == (2, "")
    assert "there is no mkdocs.yml" in done.stderr
    assert "triagebook init" in done.stderr


def test_serve_shows_every_edit(here: Path) -> None:
    template = here / "templates/pages/issue.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text('{% include "triagebook/pages/issue.md.j2" %}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [COMMAND, "serve", "--no-source", "--address", address]
    served = subprocess.Popen(command, cwd=here, stderr=subprocess.DEVNULL)
    try:
        page = f"http://{address}/issues/1231/index.html"
        assert wait_for(page, "Nobody can chat.")
        assert wait_for(page, "Without the source code: ")
        edit(here / "issues/1231/issue.yaml", "Nobody can chat.", "Everybody can chat again.")
        assert wait_for(page, "Everybody can chat again.")
        assert wait_for(page, "Without the source code: ")
        make_book(here / "issues", {"1300/issue.yaml": MINIMAL})
        assert wait_for(f"http://{address}/issues/1300/index.html", "Nobody can chat.")
        edit(here / "issues/catalog.yaml", "title: Backend team", "title: Server team")
        assert wait_for(page, "Server team")
        edit(template, "%}", "%}\n\nSaid by our own template.")
        assert wait_for(page, "Said by our own template.")
        edit(here / "mkdocs.yml", "site_name: ", "site_name: Our own ")
        assert wait_for(page, "Our own")
    finally:
        served.terminate()
        served.wait(timeout=20)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("abc", "`abc` is not HOST:PORT"),
        ("99999", "`99999` is not HOST:PORT"),
        ("127.0.0.1:99999", "`99999` is not a port"),
        ("127.0.0.1:", "`` is not a port"),
        ("a b:80", "`a b:80` is not HOST:PORT"),
    ],
)
def test_an_invalid_address_is_explained_in_two_lines(run: Run, address: str, says: str) -> None:
    done = run("serve", "--address", address)
    assert (done.code, done.out) == (2, "")
    assert says in done.stderr
    assert len(done.err.splitlines()) == 2


def test_build_says_what_changed_since_a_revision(run: Run, here: Path) -> None:
    git(here, "init", "-q")
    (here / ".gitignore").write_text("/build/\n")
    git(here, "add", "--all")
    git(here, "commit", "-qm", "first")
    assert run("build").code == 0
    assert "git has no earlier commit" in (here / "build/site/index.html").read_text()
    (here / "issues/1231/issue.yaml").write_text(MINIMAL + "owner: backend\npriority: 1\n")
    git(here, "commit", "-qam", "second")
    assert run("build").code == 0
    assert "Last changed on " in (here / "build/site/index.html").read_text()
    done = run("build", "--since", "v9")
    assert done.code == 2
    assert "since: v9" in done.stderr


def wait_for(address: str, words: str) -> bool:
    """Does a page come to hold what is expected, in good time?"""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310  (our own server)
                if words in re.sub(r"\s+", " ", answer.read().decode()):
                    return True
        except OSError:
            pass
        time.sleep(0.2)
    return False
