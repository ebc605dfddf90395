"""Recognizes files by their names: what tools leave in a work tree, what a run writes, and what is a test."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path, PurePosixPath

_WRITTEN: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "file_kinds.toml").read_text(encoding="utf-8"))
LEFTOVERS, _FOLDERS, _TEST_FOLDERS = (
    frozenset(_WRITTEN[kind]) for kind in ("leftovers", "output_folders", "test_folders")
)
_DATA, _OUTPUT, _RESULTS, _BUILT, _CODE, _READ_FIRST, _TEST_PROJECT, _TEST_NAMES = (
    re.compile("|".join(_WRITTEN[kind]))
    for kind in (
        "in_output_folders", "output", "results", "built", "code", "read_first", "test_projects", "test_names",
    )
)  # fmt: skip
_GENERATED = re.compile(rb"generated\b", re.IGNORECASE)


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
