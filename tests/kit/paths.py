"""Where things are: this repository and its books, the installed command, and the folder of a test run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
KIT = TESTS / "kit"
BOOK = ROOT / "issues"  # the book of this repository
FULL = TESTS / "site" / "full"  # a book whose records fill every field
PROVEN = TESTS / "story" / "book"  # the book of the tutorial: its fix is proven
COMMAND = Path(sys.executable).with_name("triagebook")


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole test run, however many workers it has."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
