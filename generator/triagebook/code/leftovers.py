"""Recognizes files that tools leave in a work tree and that are no part of the code."""

from __future__ import annotations

import re
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
