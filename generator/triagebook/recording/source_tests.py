"""Finds the file of each test that a result file names alone, as those of Go, Jest and Maven do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from msgspec.structs import replace

from triagebook.code import git
from triagebook.code.checkout import Checkout
from triagebook.code.file_kinds import is_named_as_test, is_read_by_tests, is_test_file, may_be_imported
from triagebook.facts.ledger.planned_tests import split_name, without_parameters

from .result_names import NamedResult

_CALL = re.compile(r"\b(describe|context|suite|it|test|specify)(?:\.\w+)*\s*\(\s*(['\"`])((?:\\.|(?!\2).)+)\2")
_GROUPS = {"describe", "context", "suite"}
_SCRIPTS = re.compile(r".+\.[cm]?[jt]sx?")
_CLASSES = (".java", ".kt", ".scala", ".groovy")
_FUNCTION = re.compile(r"^func (\w+)\(", re.MULTILINE)
_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)


class SourceTests:
    """The test files of a commit, or of the work tree where none is named, below a folder."""

    def __init__(self, checkout: Checkout, commit: str | None, below: str = "") -> None:
        self._checkout, self._commit, self._below = checkout, commit, below

    def with_files(self, results: Iterable[NamedResult], planned: Sequence[str]) -> list[NamedResult]:
        """The results, each named by the file of its test where exactly one fits; where several fit, they are noted.

        Names that the plan uses as they are stay.
        """
        return [self._with_file(one, keeps_name=one.name in planned) for one in results]

    def read_by(self, tests: Iterable[str]) -> set[str]:
        """The helpers and data that test files name, and that these name."""
        helpers = [path for path in self._all if is_test_file(path) and not is_named_as_test(path)]
        found, waiting = set[str](), [(test, test) for test in sorted(set(tests))]
        while waiting:
            test, file = waiting.pop()
            text = self._text(file) if helpers else ""
            named = {
                path for path in helpers if path not in found and is_read_by_tests(path, test) and _names(text, path)
            }
            found |= named
            waiting += ((test, path) for path in sorted(named))
        return found

    def _with_file(self, one: NamedResult, *, keeps_name: bool) -> NamedResult:
        path, class_, function = split_name(one.name)
        name = without_parameters(one.name)
        if (path and PurePosixPath(path).suffix in {*_CLASSES, ".py"}) or (path and _SCRIPTS.fullmatch(path)):
            return one
        is_go = path or re.match(r"(?:Test|Example|Fuzz)\w*", function)
        if is_go and (found := list(self._in_go(path or class_, function))):
            return self._named(one, found, f"{function}{one.name[len(name) :]}", keeps_name=keeps_name)
        if (class_ and "." in class_) or (class_ and function.isidentifier()):
            classes = self._classes.get(re.split(r"\.|::", class_.partition("$")[0])[-1], ())
            found = [file for file in classes if _is_class(file, class_)]
            return replace(one, fits=tuple(found)) if len(found) > 1 else one
        found = sorted(set(self._in_scripts(name.replace("::", " "))))
        return self._named(one, found, one.name, keeps_name=keeps_name) if found else one

    def _named(self, one: NamedResult, found: Sequence[str], name: str, *, keeps_name: bool) -> NamedResult:
        if len(found) > 1:
            return replace(one, fits=tuple(sorted(found)))
        return one if keeps_name else replace(one, name=f"{found[0]}::{name}")

    # ── Go ───────────────────────────────────────────────────────────────────────────────────────────

    def _in_go(self, package: str | None, function: str) -> Iterator[str]:
        """The test files of a package that define a test; of a sub-test, the function that runs it."""
        folder = self._folder_of(package)
        for file in self._functions.get(function.partition("/")[0], ()):
            if folder in {None, str(PurePosixPath(file).parent)}:
                yield file

    @cached_property
    def _functions(self) -> dict[str, list[str]]:
        """The test files that define each function of Go."""
        found: dict[str, list[str]] = {}
        for file in self._files:
            if file.endswith("_test.go"):
                for function in _FUNCTION.findall(self._text(file)):
                    found.setdefault(function, []).append(file)
        return found

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
        return [path for path in self._all if path.startswith(self._below) and is_named_as_test(path)]

    @cached_property
    def _classes(self) -> dict[str, list[str]]:
        """The test files of classes, by the name of the class without its package."""
        found: dict[str, list[str]] = {}
        for file in self._files:
            if file.endswith(_CLASSES):
                found.setdefault(PurePosixPath(file).stem, []).append(file)
        return found

    def _in_scripts(self, name: str) -> Iterator[str]:
        """The test files in JavaScript with a test whose title, after those of its groups, is the name."""
        words = name.split(" ")
        for number in range(len(words)):
            above = " ".join(words[:number]).rstrip(" >")
            for file, groups in self._titles.get(" ".join(words[number:]), ()):
                if not above or any(above.endswith(group) for group in groups):
                    yield file

    @cached_property
    def _titles(self) -> dict[str, list[tuple[str, set[str]]]]:
        """The test files in JavaScript by the titles of their tests, each with the titles of its groups."""
        found: dict[str, list[tuple[str, set[str]]]] = {}
        for path in self._files:
            if _SCRIPTS.fullmatch(path):
                calls = _CALL.findall(self._text(path))
                groups = {title for call, _, title in calls if call in _GROUPS}
                for title in {title for call, _, title in calls if call not in _GROUPS}:
                    found.setdefault(title, []).append((path, groups))
        return found

    def _text(self, path: str) -> str:
        if self._commit is not None:
            return git.text(self._checkout.objects.text(self._commit, path) or b"")
        file = self._checkout.root / path
        return git.text(file.read_bytes()) if file.is_file() else ""


def _names(text: str, path: str) -> bool:
    """Whether a text names a file: code without its ending."""
    name = PurePosixPath(path).stem if may_be_imported(path) else PurePosixPath(path).name
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?!\w)|\.{re.escape(name)}\b", text) is not None


def _is_class(file: str, class_: str) -> bool:
    """Whether a file is that of a class, by the folders of its package."""
    place = class_.partition("$")[0].replace(".", "/").replace("::", "/")
    return f"/{file.rpartition('.')[0]}".endswith(f"/{place}")
