"""Recognizes test files and fixtures by the conventions of common test runners."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_FOLDERS = frozenset(
    {"test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "__fixtures__", "__snapshots__"}
    | {"__mocks__", "e2e"}
)
_PROJECT = re.compile(r".+\.(?:Tests?|Specs?)")  # a .NET project of tests: `Shop.Tests/`
_NAMES = re.compile(
    r"conftest\.py|test_.+\.py|.+_test\.(?:py|go|rb|cc|cpp|exs)|.+_spec\.rb"
    r"|.+[.-](?:test|spec)\.[cm]?[jt]sx?|(?:Test.+|.+(?:Tests?|TestCase|IT))\.(?:java|kt|scala|groovy|cs|php|swift)"
)


def is_named_as_test(path: str) -> bool:
    """Whether the name of a file alone says that it is a test: `test_cart.py`, `cart_test.go`, `CartTest.java`."""
    return _NAMES.fullmatch(PurePosixPath(path).name) is not None


def is_test_file(path: str) -> bool:
    """Whether a file is a test or a fixture, by its name or its folder."""
    folders = PurePosixPath(path).parts[:-1]
    return is_named_as_test(path) or any(part in _FOLDERS or _PROJECT.fullmatch(part) for part in folders)
