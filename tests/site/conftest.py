"""Lets the tests of this folder import `books`, `links` and the hostile texts; compares pages with those kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

GOLDEN = Path(__file__).parents[1] / "golden" / "pages"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a page with the one that is kept under a name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.md"
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; UPDATE_GOLDEN=1 writes it anew"

    return compare
