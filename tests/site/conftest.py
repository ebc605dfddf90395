"""Compares pages with those that are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit import golden as kept


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    return lambda name, text: kept.compare(f"pages/{name}.md", text)
