"""No library's warning reaches a user of the commands that read a book."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kit.paths import FULL


@pytest.mark.parametrize(
    "command", [["show", "7"], ["list"], ["facts", "7"], ["facts", "7", "--format", "json"], ["claims", "7"], ["check"]]
)
def test_standard_error_has_only_the_note_on_the_source_code(command: list[str]) -> None:
    arguments = [sys.executable, "-W", "error", "-m", "triagebook", *command, "--book", str(FULL)]
    done = subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode in {0, 1}, done.stderr
    notes = done.stderr.splitlines()
    assert len(notes) <= 1, "a note says which source code was used"
    assert all(note.startswith(("compared with ", "without the source code: ")) for note in notes)
