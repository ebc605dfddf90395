"""Recognizes files by their names: what tools leave in a work tree, what a run writes, and what is a test."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

LEFTOVERS = frozenset(
    {"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".venv", "venv"}
    | {"node_modules", ".nyc_output", ".coverage", ".DS_Store"}
)
# Of files that git does not track, these are the output of a test run or of this tool.
_FOLDERS = frozenset({"test-results", "test-reports", "surefire-reports", "failsafe-reports", "htmlcov", "coverage"})
_DATA = re.compile(r".+\.(?:xml|jsonl?|html|css|svg|png|txt|info|lcov|zip|webm)")
_OUTPUT = re.compile(
    r".+\.(?:trx|lcov|gcda|gcno|coverprofile|profraw|log|md)|\.coverage\..+|cover(?:age)?\.out|TEST-.+\.xml"
    r"|mkdocs\.yml|\.gitignore"
)
_RESULTS = re.compile(
    r"(?:.*[-_.])?(?:junit|results?|reports?|coverage|lcov|cobertura|jacoco|ctrf|xunit|nunit|before|after)"
    r"(?:[-_.].*)?\.(?:xml|jsonl?|info|html|txt|out|tap|sarif)",
    re.IGNORECASE,
)
# Folders of built or downloaded files, if git ignores the whole folder.
_BUILT = re.compile(
    r"build|_build|dist|target|out|bin|obj|site|vendor|deps|wheels|\.eggs|.+\.egg-info|\.[a-z]+|bower_components"
    r"|__pypackages__|site-packages"
)
_CODE = re.compile(
    r".+\.(?:py|pth|[cm]?jsx?|(?<!\.d\.)[cm]?tsx?|go|java|kts?|scala|groovy|rb|php|cs|fs|swift|rs|c|cc|cpp|hh?|hpp|exs?|pl|lua)"
)
# What runners and interpreters read without being asked to.
_READ_FIRST = re.compile(
    r"conftest\.py|(?:site|user)customize\.py|\.?pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|package\.json"
    r"|(?:jest|vitest|vite|babel|karma)\.config\..+|\.mocharc.*|\.babelrc|go\.(?:mod|work)|pom\.xml|build\.gradle.*"
)
_GENERATED = re.compile(rb"generated\b", re.IGNORECASE)
# By the conventions of common test runners.
_TEST_FOLDERS = frozenset(
    {"test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "__fixtures__", "__snapshots__"}
    | {"__mocks__", "e2e"}
)
_TEST_PROJECT = re.compile(r".+\.(?:Tests?|Specs?)")  # of .NET: `Shop.Tests/`
_TEST_NAMES = re.compile(
    r"conftest\.py|test_.+\.py|.+_test\.(?:py|go|rb|cc|cpp|exs)|.+_spec\.rb"
    r"|.+[.-](?:test|spec)\.[cm]?[jt]sx?|(?:Test.+|.+(?:Tests?|TestCase|IT))\.(?:java|kt|scala|groovy|cs|php|swift)"
)


def is_below(path: str, place: str) -> bool:
    """Whether a path is that of a place, or lies in that folder; all lie in the nameless one."""
    return not place or f"{path}/".startswith(f"{place.rstrip('/')}/")


def is_leftover(path: str) -> bool:
    """Whether a file belongs to a cache or to installed dependencies."""
    return not LEFTOVERS.isdisjoint(PurePosixPath(path).parts) or path.endswith(".pyc")


def is_output(path: str) -> bool:
    """Whether an untracked file is output, by its name: neither code nor the data of a test."""
    *folders, name = PurePosixPath(path).parts
    if _OUTPUT.fullmatch(name):
        return True
    if not _FOLDERS.isdisjoint(folders):
        return _DATA.fullmatch(name) is not None
    return not folders and _RESULTS.fullmatch(name) is not None


def is_built(folder: str) -> bool:
    """Whether an ignored folder contains built or downloaded files, by its name."""
    return folder in LEFTOVERS or folder in _FOLDERS or _BUILT.fullmatch(folder) is not None


def is_hidden_code(path: str, *, alone: bool) -> bool:
    """Whether a file that git ignores is code that a run of tests may read.

    Ignored `alone` it is, by its ending. In a folder that is ignored as a whole only what is read without being asked
    for counts: the rest was compiled there, or the committed code names it.
    """
    name = PurePosixPath(path).name
    return bool(_READ_FIRST.fullmatch(name) or (_CODE.fullmatch(name) if alone else name == "__init__.py"))


def is_generated(path: str, begin: bytes) -> bool:
    """Whether a file says in its first lines that a tool generated it, and is none that is read first."""
    return not _READ_FIRST.fullmatch(PurePosixPath(path).name) and _GENERATED.search(begin) is not None


@lru_cache(maxsize=1 << 14)  # every test of a run asks for every file that the run kept
def is_named_as_test(path: str) -> bool:
    """Whether the name of a file alone says that it is a test: `test_cart.py`, `cart_test.go`, `CartTest.java`."""
    return _TEST_NAMES.fullmatch(PurePosixPath(path).name) is not None


@lru_cache(maxsize=1 << 14)
def is_test_file(path: str) -> bool:
    """Whether a file is a test or a fixture, by its name or its folder."""
    folders = PurePosixPath(path).parts[:-1]
    return is_named_as_test(path) or any(part in _TEST_FOLDERS or _TEST_PROJECT.fullmatch(part) for part in folders)


def is_read_by_tests(path: str, test: str) -> bool:
    """Whether a file is no test, and lies where helpers and data of a test do: in its topmost folder of tests."""
    return is_test_file(path) and not is_named_as_test(path) and is_below(path, _folder_of_tests(test))


@lru_cache(maxsize=1 << 10)
def _folder_of_tests(test: str) -> str:
    """The topmost folder of tests around a test, else its own folder; empty at the top."""
    *folders, _ = PurePosixPath(test).parts
    top = next((n for n, part in enumerate(folders, 1) if part in _TEST_FOLDERS or _TEST_PROJECT.fullmatch(part)), None)
    return "/".join(folders[:top])


def may_be_imported(path: str) -> bool:
    """Whether a file is code, which others name without its ending."""
    return _CODE.fullmatch(PurePosixPath(path).name) is not None
