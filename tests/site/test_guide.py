"""The guide is true: the commands of the first issue run as they stand, and end where the guide says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.kit.commands import BARE_PYTEST
from tests.kit.paths import ROOT
from triagebook.cli.main import SUMMARIES

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


def test_every_command_that_the_guide_names_exists() -> None:
    code = re.compile(r"(?:^|`)triagebook ([a-z]+)", re.MULTILINE)
    for page in GUIDE.glob("*.md"):
        assert set(code.findall(page.read_text(encoding="utf-8"))) <= set(SUMMARIES), page.name
