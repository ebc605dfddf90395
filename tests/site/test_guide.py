"""The guide is true: the commands of the first issue run as they stand, and end where the guide says."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.kit.commands import BARE_PYTEST
from tests.kit.paths import ROOT
from triagebook.cli.main import app, outcome

GUIDE = ROOT / "site" / "guide"


# What the pages take for granted: files of a project, and names in its catalog.
JUNIT = '<testsuite name="t"><testcase classname="test_cart" name="test_total_counts_every_item"/></testsuite>'
DOCUMENT = "# Validation report\n\n**Status:** FIXED AND VALIDATED\n\nStaging was not accessible.\n"
TAKEN_FOR_GRANTED = {
    "junit.xml": JUNIT,
    "out/linux.xml": JUNIT.replace("testsuite name", "testsuite hostname='ci-linux' name", 1),
    "out/windows.xml": JUNIT.replace("testsuite name", "testsuite hostname='ci-windows' name", 1) + "\n",
    "load.json": '{"chat.connected": "97.2 %"}',
    "docs/validation-report.md": DOCUMENT,
    "build.log": "TypeError: object Socket can't be used in 'await' expression\nKeyError: 'rate'\n",
}
ENVIRONMENTS = "environments: {ci: CI, ci-linux: Linux, ci-windows: Windows, staging: Staging, "
# Where its commands run: with the first issue, or with the book of this repository.
EXECUTED = {"evidence": "shop", "prove": "shop", "records": "shop", "schema": "shop", "engines": "shop"}
EXECUTED |= {"audit": "own", "ci": "own", "reports": "own"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The repository that the first page makes, and what its commands printed."""
    here, said = tmp_path_factory.mktemp("first"), []
    text = (GUIDE / "first.md").read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if language == "sh":
            said.append(run(here, block))
        else:
            name = re.match(r"# (\S+)\n", block)
            assert name, "a file begins with its name"
            (here / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (here / name[1]).write_text(block)
    return here, said


def test_the_first_issue_comes_to_a_proven_fix(shop: tuple[Path, list[str]]) -> None:
    here, said = shop
    assert "stage  validated" in said[-2]
    assert "**Stage: validated.**" in said[-1]
    assert (here / "build/site/issues/1/index.html").is_file()


@pytest.mark.parametrize("page", EXECUTED)
def test_no_command_in_a_block_of_a_page_is_refused(
    page: str, shop: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Each is executed where the page takes it to be; it may have findings, and does not fail."""
    here, own = tmp_path / "shop", EXECUTED[page] == "own"
    shutil.copytree(ROOT / "issues", here / "issues") if own else shutil.copytree(shop[0], here, symlinks=True)
    if not own:
        catalog = here / "issues/catalog.yaml"
        text = catalog.read_text(encoding="utf-8").replace("environments: {", ENVIRONMENTS)
        catalog.write_text(text.replace("people: {", "people: {backend: Backend, "), encoding="utf-8")
    monkeypatch.chdir(here)
    for name, value in {"EDITOR": "true", **BARE_PYTEST}.items():
        monkeypatch.setenv(name, value)
    for number, line in enumerate(blocks(GUIDE / f"{page}.md")):
        for name, text in TAKEN_FOR_GRANTED.items():
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            (here / name).write_text(text + "\n" * number, encoding="utf-8")  # a file is recorded only once
        evidence = next((path.stem for path in sorted(here.glob("issues/1/evidence/*.yaml"))), "")
        given = re.sub(r"2026-05-04T100000Z-cart-local|EVIDENCE", evidence, line.replace("npm ci", "true"))
        command, _, file = given.partition(" > ")
        if command.startswith("triagebook ") and (page == "prove" or " prove " not in command):
            name, *words = shlex.split(command, comments=True)[1:]
            code = outcome([name, *words, *(["--yes"] if name in {"prove", "run"} else [])])
            said = capfd.readouterr()
            assert code in {0, 1}, f"{line}\n{said.err}"
            if file:
                (here / file).write_text(said.out, encoding="utf-8")


def blocks(page: Path) -> list[str]:
    """The lines of the blocks of commands."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.findall(r"^```(sh|console)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    lines = [(kind, line) for kind, block in found for line in block.splitlines()]
    return [line.removeprefix("$ ") for kind, line in lines if kind == "sh" or line.startswith("$ ")]


def run(here: Path, commands: str) -> str:
    who = {f"GIT_{role}_{part}": "dev@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    found = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "GIT_"))}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=here, env={**plain, **who, **BARE_PYTEST, "PATH": found}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def commands(page: Path) -> list[str]:
    """The commands in the blocks of a page, and in its text where they have arguments."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = "\n".join(re.findall(r"^ *```(?:sh|console|bash)\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE))
    inline = re.findall(r"`(triagebook [a-z][^`\n]*)`", text)
    found = re.findall(r"^[ $]*(triagebook [a-z][^#\n]*)", blocks, re.MULTILINE)
    return [re.split(r" \d?[|>&;]|\n", line)[0].strip() for line in (*found, *inline)]


PAGES = [*sorted(GUIDE.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_names_is_understood(page: Path) -> None:
    for line in commands(page):
        name, *arguments = shlex.split(
            re.sub(r"\.\.\.|[][]", "", line).replace("KIND", "summary").replace("postmortem", "summary")
        )[1:]
        command = app.get_command(click.Context(app), name)
        assert command, line
        # The text may name a command without its arguments; some options answer at once.
        with contextlib.suppress(click.MissingParameter, click.exceptions.Exit):
            command.make_context(name, arguments)
