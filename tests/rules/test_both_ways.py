"""Several processes find in a book what one finds in it, in the same order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.books import book_of, files_of
from tests.kit.paths import KIT
from triagebook.rules import RULES

BOTH_WAYS = KIT / "both_ways.py"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does the work")
def test_a_book_with_every_bad_example(tmp_path: Path) -> None:
    files = []
    for number, rule in enumerate(RULES, start=100):
        for name, text in files_of(rule.bad).items():
            if name.startswith("1/"):
                files.append(f"# {number}{name[1:]}\n{text.strip()}\n")
    loaded = book_of("".join(["\n", *files]), tmp_path)
    assert len(loaded.book.names("issue")) == len(RULES) + 2
    command = [sys.executable, BOTH_WAYS, tmp_path]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    findings, of_processes = ended.stdout.split(" findings, ")
    assert int(findings) > len(RULES)
    assert of_processes == "several processes\n"
