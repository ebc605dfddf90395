"""Finds the files of tests that a result file names without one, as those of Go, Jest and Maven do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from msgspec.structs import replace

from triagebook.code import git
from triagebook.code.checkout import Checkout
from triagebook.code.file_kinds import is_named_as_test
from triagebook.facts.ledger.planned_tests import split_name, without_parameters

from .result_names import NamedResult

_CALL = re.compile(r"\b(describe|context|suite|it|test|specify)(?:\.\w+)*\s*\(\s*(['\"`])((?:\\.|(?!\2).)+)\2")
_GROUPS = {"describe", "context", "suite"}
_SCRIPTS = re.compile(r".+\.[cm]?[jt]sx?")
_CLASSES = (".java", ".kt", ".scala", ".groovy")
_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)


class SourceTests:
    """The test files of a commit, or of the work tree where none is named."""

    def __init__(self, checkout: Checkout, commit: str | None) -> None:
        self._checkout, self._commit = checkout, commit

    def with_files(self, results: Iterable[NamedResult], planned: Sequence[str]) -> list[NamedResult]:
        """The results, each named by the file of its test where exactly one fits; where several fit, they are noted.

        Names that the plan uses as they are stay.
        """
        return [self._with_file(one, keeps_name=one.name in planned) for one in results]

    def _with_file(self, one: NamedResult, *, keeps_name: bool) -> NamedResult:
        path, class_, function = split_name(one.name)
        name = without_parameters(one.name)
        if (path and PurePosixPath(path).suffix in {*_CLASSES, ".py"}) or (path and _SCRIPTS.fullmatch(path)):
            return one
        is_go = path or re.match(r"(?:Test|Example|Fuzz)\w*", function)
        if is_go and (found := list(self._in_go(path or class_, function))):
            return self._named(one, found, f"{function}{one.name[len(name) :]}", keeps_name=keeps_name)
        if (class_ and "." in class_) or (class_ and function.isidentifier()):
            found = [file for file in self._files if file.endswith(_CLASSES) and _is_class(file, class_)]
            return replace(one, fits=tuple(found)) if len(found) > 1 else one
        found = [file for file, titles in self._titles.items() if _fits(name.replace("::", " "), *titles)]
        return self._named(one, found, one.name, keeps_name=keeps_name) if found else one

    def _named(self, one: NamedResult, found: Sequence[str], name: str, *, keeps_name: bool) -> NamedResult:
        if len(found) > 1:
            return replace(one, fits=tuple(sorted(found)))
        return one if keeps_name else replace(one, name=f"{found[0]}::{name}")

    # ── Go ───────────────────────────────────────────────────────────────────────────────────────────

    def _in_go(self, package: str | None, function: str) -> Iterator[str]:
        """The test files of a package that define a test; of a sub-test, the function that runs it."""
        definition = re.compile(rf"^func {re.escape(function.partition('/')[0])}\(", re.MULTILINE)
        folder = self._folder_of(package)
        for file in self._files:
            there = str(PurePosixPath(file).parent)
            if file.endswith("_test.go") and folder in {None, there} and definition.search(self._text(file)):
                yield file

    def _folder_of(self, package: str | None) -> str | None:
        """The folder of a package, by the module that it is in."""
        for place, module in self._modules.items():
            if package == module or str(package).startswith(f"{module}/"):
                below = str(package)[len(module) :].strip("/")
                return str(PurePosixPath(place, below))
        return None

    @cached_property
    def _modules(self) -> dict[str, str]:
        """The folder of each module of Go, with its name; the longest names first."""
        files = [path for path in self._all if PurePosixPath(path).name == "go.mod"]
        named = ((str(PurePosixPath(path).parent), _MODULE.search(self._text(path))) for path in files)
        found = {place: match[1].strip('"') for place, match in named if match}
        return dict(sorted(found.items(), key=lambda item: len(item[1]), reverse=True))

    # ── files ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _all(self) -> list[str]:
        if self._commit is None:
            return list(self._checkout.files)
        return sorted(path for path, _ in self._checkout.objects.files(self._commit))

    @cached_property
    def _files(self) -> list[str]:
        return [path for path in self._all if is_named_as_test(path)]

    @cached_property
    def _titles(self) -> dict[str, tuple[set[str], set[str]]]:
        """Of each test file in JavaScript, the titles of its groups and of its tests."""
        found: dict[str, tuple[set[str], set[str]]] = {}
        for path in self._files:
            if _SCRIPTS.fullmatch(path):
                calls = _CALL.findall(self._text(path))
                groups = {title for call, _, title in calls if call in _GROUPS}
                found[path] = groups, {title for call, _, title in calls if call not in _GROUPS}
        return found

    def _text(self, path: str) -> str:
        if self._commit is not None:
            return git.text(self._checkout.objects.text(self._commit, path) or b"")
        file = self._checkout.root / path
        return git.text(file.read_bytes()) if file.is_file() else ""


def _is_class(file: str, class_: str) -> bool:
    """Whether a file is that of a class, by the folders of its package."""
    place = class_.partition("$")[0].replace(".", "/").replace("::", "/")
    return f"/{file.rpartition('.')[0]}".endswith(f"/{place}")


def _fits(name: str, groups: set[str], tests: set[str]) -> bool:
    """Whether a name is made of the title of a test, after those of its groups."""
    for title in tests:
        above = name.removesuffix(title).rstrip(" >")
        if name.endswith(title) and (not above or any(above.endswith(group) for group in groups)):
            return True
    return False
