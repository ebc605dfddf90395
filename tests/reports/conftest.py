"""Lets the tests of this folder import `cases` and what other folders hold; compares documents with those kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "facts"), str(HERE.parent / "site")]

GOLDEN = HERE.parent / "golden" / "reports"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a document, byte for byte, with the one that is kept under a name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"{name} is not kept yet; UPDATE_GOLDEN=1 writes it"
        assert text == path.read_bytes().decode(), f"{name} differs; UPDATE_GOLDEN=1 writes it anew"

    return compare
