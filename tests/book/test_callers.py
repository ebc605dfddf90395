"""The suite `callers` of 1184 runs each awaited call of product code, and tells broken callers from fixed ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from tests.kit.paths import BOOK
from tests.kit.reports import real

SUITE = BOOK / "1184/tests/test_issue_1184_callers.py"
FACTORY = """
class Manager: ...
def get_websocket_manager():
    return Manager()
"""
CALLER = """
from {factory} import get_websocket_manager
async def caller():
    try:
        return {word} get_websocket_manager()
    except TypeError:
        return None
"""


def load(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_awaited_line_of_product_code_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    suite, run = load(SUITE), {}

    def product(name: str) -> Any:
        return MagicMock(path=f"netra_backend/app/{name.replace('.', '/')}.py")

    def assert_managers(module: Any, expected: dict[str, int], *_: object) -> None:
        run[module.path] = sum(expected.values())

    monkeypatch.setattr(suite, "product", product)
    monkeypatch.setattr(suite, "assert_managers", assert_managers)
    for test in [each for name, each in vars(suite).items() if name.startswith("test_")]:
        test(*(MagicMock() for _ in range(test.__code__.co_argcount)))
    affected = real("1184").entry.affected
    assert affected
    recorded = [location.at for location in affected.locations if location.at.path.startswith("netra_backend/app/")]
    assert run == {at.path: sum(len(other.lines) for other in recorded if other.path == at.path) for at in recorded}


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """A module that calls the factory with the given word before the call."""
    (tmp_path / "factory_of_1184.py").write_text(FACTORY, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def make(word: str) -> Any:
        path = tmp_path / f"caller_{word}.py"
        path.write_text(CALLER.format(factory="factory_of_1184", word=word), "utf-8")
        return load(path)

    return make


def test_a_caught_type_error_fails_and_a_plain_call_passes(caller: Callable[[str], Any]) -> None:
    check, tracer = load(SUITE).assert_managers, sys.gettrace()
    try:
        with pytest.raises(AssertionError, match="Manager can't be used in 'await' expression"):
            check(broken := caller("await"), {"caller": 1}, broken.caller())
        check(fixed := caller(""), {"caller": 1}, fixed.caller())
        with pytest.raises(AssertionError, match=r"called by \{'caller': 1\}, not by \{'other': 1\}"):
            check(fixed, {"other": 1}, fixed.caller())
    finally:
        sys.settrace(tracer)
