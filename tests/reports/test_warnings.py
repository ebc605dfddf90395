"""No warning of a library reaches the reader of a report."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.paths import FULL
from triagebook.reports import KINDS


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_every_kind_of_report_is_written_without_a_warning(form: str, tmp_path: Path) -> None:
    """The record fills every field, a measured value included."""
    command = ["report", "7", "all", "--format", form, "--out", str(tmp_path), "--book", str(FULL)]
    *lines, note = stderr(command)
    assert note.startswith("without the source code: "), "which source code the answer used is always named"
    assert lines == [f"wrote {(tmp_path / f'7-{kind}.{form}').as_posix()}" for kind in KINDS]


def test_the_schema_is_printed_without_a_warning() -> None:
    assert stderr(["report", "--schema", "validation-report"]) == []


def stderr(arguments: list[str]) -> list[str]:
    """What a command says beside its output, with every warning made an error."""
    command = [sys.executable, "-W", "error", "-m", "triagebook", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()
