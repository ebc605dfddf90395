"""Planned tests, and how results are matched to them: by file, class and function. Parameters fold into a test."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from triagebook.code.file_kinds import is_named_as_test
from triagebook.model.evidence import Held, Phase, TestRun
from triagebook.model.suites import Expectation, Test

_PARAMETERS = re.compile(r"\[.*\]$", re.DOTALL)
_NUMBER = re.compile(r"(?:\[#\d+\])+$")


class PlannedTest(Struct, frozen=True):
    """A planned test, with what it inherits from its suite."""

    suite: str
    name: str
    category: str
    path: str | None
    class_: str | None
    test: Test
    before: Expectation | None
    after: Expectation | None
    was: str | None = None
    implied: bool = False  # its suite lists no tests, and this one ran
    dropped: bool = False  # no suite lists it any more, but a run recorded what was expected of it

    @property
    def key(self) -> tuple[str, str]:
        return self.suite, self.name

    @property
    def held(self) -> Held:
        """What is expected of it now."""
        return Held.model_construct(before=self.before, after=self.after)  # both are read and checked already

    @property
    def proves_nothing(self) -> bool:
        """Whether the same outcome is expected before and after the fix."""
        return proves_nothing(self.held)

    def is_due(self, phase: Phase | None) -> bool:
        """Whether anything is expected of it in a phase, or in any."""
        return not self.dropped and any(self.held.at(one) for one in ([phase] if phase else Phase))

    @property
    def place(self) -> tuple[str | None, str | None, str]:
        """File, class and function, as far as the plan names them."""
        path, class_, function = split_name(self.name)
        return path or self.path, class_ or self.class_, function

    def is_called(self, result: str) -> bool:
        return self.is_now_called(result) or self.was_called(result)

    def is_now_called(self, result: str) -> bool:
        return self._is(result, self.name)

    def was_called(self, result: str) -> bool:
        return self.was is not None and self._is(result, self.was)

    def fits_suite(self, result: str, suite: str | None) -> bool:
        """A run of another suite can include this test only if both name its file."""
        if not self.suite or suite is None or suite == self.suite:
            return True
        return self.path is not None and split_name(result)[0] is not None

    def _is(self, result: str, name: str) -> bool:
        path, class_, function = split_name(name)
        return agree((path or self.path, class_ or self.class_, function), split_name(result))


def proves_nothing(held: Held) -> bool:
    """Whether the same outcome is expected before and after the fix, which says nothing about the fix."""
    return bool(held.before and held.after and held.before.expected == held.after.expected)


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str | None, str | None, str]:
    """File, class and function of a test's name; the parameters in brackets fold into it."""
    *before, function = without_parameters(name).split("::")
    path = before.pop(0) if before and ("/" in before[0] or before[0].endswith(".py")) else None
    return path, "::".join(before) or None, function


def absent_files(results: Iterable[str], there: Collection[str]) -> list[str]:
    named = {path for result in results if (path := split_name(result)[0]) and not path.startswith("/")}
    return sorted(path for path in named if path not in there and (path.endswith(".py") or is_named_as_test(path)))


def without_parameters(name: str) -> str:
    return _PARAMETERS.sub("", name)


def without_number(name: str) -> str:
    """A name without the number that tells two results of one name apart."""
    return _NUMBER.sub("", name)


def parameters(name: str) -> str:
    """The parameters in brackets at the end of a test's name."""
    found = _PARAMETERS.search(without_number(name)) if "[" in name else None
    return found[0] if found else ""


def agree(own: tuple[str | None, str | None, str], other: tuple[str | None, str | None, str]) -> bool:
    """Whether two names can mean the same test. The file of the first may be a folder."""
    (path, class_, function), (other_path, other_class, other_function) = own, other
    return (
        function == other_function
        and (class_ is None or other_class is None or class_ == other_class)
        and (path is None or other_path is None or path == other_path or other_path.startswith(path.rstrip("/") + "/"))
    )


class RecordedExpectations:
    """What a run recorded as expected of its tests, looked up by the name of a result."""

    def __init__(self, run: TestRun) -> None:
        self._run = run
        self._by_function: dict[str, list[str]] = {}
        for name in sorted(run.expected):
            self._by_function.setdefault(split_name(name)[2], []).append(name)

    def name_for(self, result: str) -> str | None:
        """The name under which the expectation for a result was recorded."""
        if result in self._run.expected:
            return result
        named = self._by_function.get(split_name(result)[2], ())
        return next((name for name in named if agree(split_name(name), split_name(result))), None)

    def of(self, result: str) -> Held | None:
        name = self.name_for(result)
        return self._run.expected[name] if name is not None else None


class PlannedTests:
    """The planned tests of an issue, looked up by the name of a result."""

    def __init__(self, tests: Iterable[PlannedTest], suites: Collection[str]) -> None:
        self._suites = frozenset(suites)
        self._by_function: dict[str, list[PlannedTest]] = {}
        self._found: dict[tuple[str, str | None], list[PlannedTest]] = {}
        for test in tests:
            for function in {split_name(name)[2] for name in (test.name, test.was) if name}:
                self._by_function.setdefault(function, []).append(test)

    def find(self, result: str, suite: str | None) -> list[PlannedTest]:
        """The tests that a result may belong to in a run of a suite; dropped ones only if no other matches."""
        asked = (result, suite)
        if asked not in self._found:
            self._found[asked] = self._find(result, suite)
        return self._found[asked]

    def _find(self, result: str, suite: str | None) -> list[PlannedTest]:
        called = [test for test in self._by_function.get(split_name(result)[2], ()) if test.is_called(result)]
        listed = self._in_suite([test for test in called if not test.dropped], result, suite)
        return listed or self._in_suite([test for test in called if test.dropped], result, suite)

    def _in_suite(self, tests: list[PlannedTest], result: str, suite: str | None) -> list[PlannedTest]:
        """Tests of the named suite go first."""
        if suite not in self._suites:  # no suite is named, or one that was renamed since
            return tests
        inside = [test for test in tests if test.suite == suite]
        return inside or [test for test in tests if test.fits_suite(result, suite)]


def is_ambiguous(tests: Iterable[PlannedTest]) -> bool:
    """Whether these are different tests, rather than one test in several suites."""
    return len({test.place for test in tests}) > 1


def expected_in(run: TestRun) -> Iterator[tuple[str, str, Held]]:
    """The expectations that a run recorded: under which name, of which result, and what was expected."""
    expectations, answered = RecordedExpectations(run), set()
    for result in sorted(run.results):
        if name := expectations.name_for(result):
            answered.add(name)
            yield name, result, run.expected[name]
    yield from ((name, name, held) for name, held in sorted(run.expected.items()) if name not in answered)
