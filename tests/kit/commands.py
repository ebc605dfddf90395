"""Runs command lines of triagebook in this process, which is fast, and git with an identity of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click import formatting
from click.testing import CliRunner

from triagebook.cli.main import outcome

SOURCE = ("compared with ", "without the source code")
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in {"NAME": "A developer", "EMAIL": "developer@example.org"}.items()
}
# A pytest with our plugin alone: to load all that are installed here takes two seconds.
BARE_PYTEST = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "triagebook.pytest_plugin"}
_OF_A_HOOK = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"}  # variables that lead to another repository


@dataclass(frozen=True)
class Ran:
    """The result of a run."""

    code: int
    out: str
    stderr: str = ""

    @property
    def err(self) -> str:
        """Standard error without the note that says which source code was used."""
        return "".join(line for line in self.stderr.splitlines(keepends=True) if not line.startswith(SOURCE))

    @property
    def source(self) -> str:
        return "".join(line.rstrip() for line in self.stderr.splitlines() if line.startswith(SOURCE))


def triagebook(
    *arguments: object, stdin: str = "", env: Mapping[str, str | None] | None = None, color: bool = False
) -> Ran:
    """The result of a command line in the current folder."""
    with CliRunner().isolation(stdin, env, color) as (out, err, _):
        formatting.FORCED_WIDTH = None  # the runner makes it 80; it is put back at the end
        code = outcome([str(argument) for argument in arguments])
    return Ran(code, out.getvalue().decode(), err.getvalue().decode())


def git(folder: Path, *arguments: str, **env: str) -> str:
    """The output of git in a folder, whatever the configuration of this machine; it must succeed."""
    plain = {key: value for key, value in os.environ.items() if key not in _OF_A_HOOK}
    variables = plain | IDENTITY | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull} | env
    done = subprocess.run(["git", *arguments], cwd=folder, env=variables, check=True, capture_output=True, text=True)
    return done.stdout
