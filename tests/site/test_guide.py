"""The guide is true: the commands of the first issue run as they stand, and end where the guide says."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.kit.commands import BARE_PYTEST
from tests.kit.paths import ROOT
from triagebook.cli.main import app

GUIDE = ROOT / "site" / "guide"


def test_the_first_issue_comes_to_a_proven_fix(tmp_path: Path) -> None:
    text = (GUIDE / "first.md").read_text(encoding="utf-8")
    said = []
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if language == "sh":
            said.append(run(tmp_path, block))
        else:
            name = re.match(r"# (\S+)\n", block)
            assert name, "a file begins with its name"
            (tmp_path / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name[1]).write_text(block)
    assert "stage  validated" in said[-2]
    assert "**Stage: validated.**" in said[-1]
    assert (tmp_path / "build/site/issues/1/index.html").is_file()


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
