"""A git repository for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .repository import Repository


@pytest.fixture(autouse=True)
def _plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


@pytest.fixture
def app(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "app")
