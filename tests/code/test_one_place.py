"""Only one package starts git."""

from __future__ import annotations

import re
from pathlib import Path

import triagebook

ROOT = Path(triagebook.__file__).parent
# These start other programs: the commands of the user, and the search engine of the site.
OTHERS = {"recording/process.py"}


def test_only_the_package_code_starts_git() -> None:
    starts = re.compile(
        r"^\s*(?:import|from) (?:subprocess|pty|pexpect)\b|\bos\.(?:system|popen|exec\w*|spawn\w*)\(", re.MULTILINE
    )
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if starts.search(path.read_text())}
    assert {name for name in found if not name.startswith("code/")} == OTHERS
    named = {name for name in OTHERS if re.search(r"[\"']git[\"']", (ROOT / name).read_text())}
    assert not named
