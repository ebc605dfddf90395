"""Tells the tutorial: writes its files, runs its commands in order, and keeps what each printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.kit.commands import BARE_PYTEST

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
# What differs from one telling to the next: commits, days, times and durations.
_VARIES = re.compile(r"\b[0-9a-f]{7,40}\b|\d{4}-\d\d-\d\d(?:[T ][\d:.]+Z?)?|\d+(?:\.\d+)? ?s\b")


@dataclass(frozen=True)
class Said:
    """A command with what the tutorial says it prints, and what it printed."""

    command: str
    expected: str
    printed: str
    code: int


def tell(text: str, here: Path) -> Iterator[Said]:
    """Every command of a text, one after the other, each once it has ended."""
    for language, title, block in _BLOCK.findall(text):
        if title:
            path = here / title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block, encoding="utf-8")
        elif language == "console":
            for command, expected in _commands(block):
                yield _run(here, command, expected)


def _commands(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def _run(here: Path, command: str, expected: str) -> Said:
    who = {f"GIT_{role}_{part}": "dev@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "GIT_", "COV"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    more = {"PATH": path, "COLUMNS": "120", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["bash", "-uo", "pipefail", "-c", command], cwd=here, env={**plain, **who, **more, **BARE_PYTEST},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120,
    )  # fmt: skip
    return Said(command, expected, done.stdout, done.returncode)


def differs(said: Said) -> str:
    """Where the output is not what the tutorial shows; `...` stands for anything."""
    wanted = "".join(f"{re.escape(part)}" if index % 2 == 0 else r"(?s:.*?)" for index, part in _parts(said.expected))
    if said.code == 0 and re.fullmatch(wanted, _steady(said.printed)):
        return ""
    return f"$ {said.command}\n{said.printed}[{said.code}]\nthe tutorial shows:\n{said.expected}"


def _parts(expected: str) -> Iterator[tuple[int, str]]:
    """Words and gaps in turns; a gap that is a whole line may stand for no line at all."""
    return enumerate(re.split(r"(^\.\.\.\n|\.\.\.)", _steady(expected), flags=re.MULTILINE))


def _steady(text: str) -> str:
    return _VARIES.sub("~", text)
