"""The test results of the fixture files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from triagebook.intake.results import Results
from triagebook.intake.tests import read

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def results() -> Callable[[str], Results]:
    """The results in a fixture."""
    return lambda name: read((FIXTURES / name).read_bytes())
