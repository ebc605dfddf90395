"""A folder that an ordinary user owns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def as_nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of somebody who is no administrator. To one, permissions mean nothing."""
    if not hasattr(os, "geteuid"):
        pytest.skip("the system has no such permissions")
    administrator = os.geteuid() == 0
    if administrator:
        os.seteuid(65534)
    try:
        with tempfile.TemporaryDirectory(dir=_system_folder()) as folder:
            monkeypatch.setattr(tempfile, "tempdir", folder)  # for the locks
            (Path(folder) / "issues").mkdir()
            yield Path(folder) / "issues"
            for path in Path(folder).rglob("*"):
                path.chmod(0o755)
    finally:
        if administrator:
            os.seteuid(0)


def _system_folder() -> str:
    """The system's own folder for temporary files, which anybody may use."""
    return "/tmp" if Path("/tmp").is_dir() else os.getcwd()  # noqa: S108, PTH109
