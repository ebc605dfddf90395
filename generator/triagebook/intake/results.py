"""The common form of test results: tests with outcomes, the file's own counts, and errors outside tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined


class CaseResult(Struct, frozen=True):
    """The result of one test, named `file::class::function` as far as the format gives that."""

    name: str
    outcome: Outcome
    error: str | None = None
    seconds: float | None = None
    attempts: int = 1  # the result is that of the last attempt

    @property
    def failed(self) -> bool:
        return self.outcome in {Outcome.FAILED, Outcome.ERROR}


def case(
    name: Iterable[str | None], outcome: Outcome, texts: Iterable[str | None], took: float | None, attempts: int = 1
) -> CaseResult:
    """A result from the parts of its name, and the texts about what went wrong, if it did."""
    error = error_text(*texts) if outcome is not Outcome.PASSED else None
    return CaseResult(joined(*name), outcome, error, took, attempts)


class SuiteProblem(Struct, frozen=True):
    """A module, package or set-up that failed or was skipped before any of its tests could run."""

    name: str
    says: str
    skipped: bool = False


class Results(Struct, frozen=True):
    """The results in one file.

    `stated` has the counts that the file states: tests, ran (without skipped ones), passed, failed, errors, skipped. A
    format that counts errors as failures states no errors.
    """

    format: str
    cases: tuple[CaseResult, ...]
    stated: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[SuiteProblem, ...] = ()
    tool: str | None = None
    at: str | None = None  # when it ran, as written in the file
    environments: tuple[str, ...] = ()  # the names that the file has for where it ran, the surest first
    repeated: int = 0  # failures of tests that had failed already, which some runners count

    @property
    def counts(self) -> dict[str, int]:
        """The totals of the tests; each problem outside a test counts as an error or a skip."""
        ended = Counter(case.outcome for case in self.cases)
        left_out = sum(problem.skipped for problem in self.problems)
        return {
            "tests": len(self.cases),
            "passed": ended[Outcome.PASSED],
            "failed": ended[Outcome.FAILED],
            "errors": ended[Outcome.ERROR] + len(self.problems) - left_out,
            "skipped": ended[Outcome.SKIPPED] + left_out,
            "xfailed": ended[Outcome.XFAILED],
            "xpassed": ended[Outcome.XPASSED],
        }

    def disagreements(self) -> list[str]:
        """Stated counts that can't be right for the listed tests, however the runner counts."""
        return [
            f"the file states {stated} {name}, but lists {least}"
            for name, stated, least, most in self._expected_ranges()
            if not least <= stated <= most
        ]

    def lost_failures(self) -> int:
        """The number of failures and errors that the file counts but does not list."""
        return max(
            (stated - most for name, stated, _, most in self._expected_ranges() if name == _WRONG and stated > most),
            default=0,
        )

    def _expected_ranges(self) -> Iterator[tuple[str, int, int, int]]:
        """Each stated count, with the smallest and largest count that the tests allow.

        Runners differ in how they count expected failures, modules that can't be loaded, and errors.
        """
        counts, stated = self.counts, self.stated
        left_out = sum(one.skipped for one in self.problems)
        unlisted = counts["tests"] + len(self.problems)
        if "tests" in stated:
            yield "tests", stated["tests"], counts["tests"], unlisted
        if "ran" in stated:
            apart = counts["skipped"] - left_out + counts["xfailed"]
            yield "tests that ran", stated["ran"], counts["tests"] - apart, unlisted
        if "passed" in stated:
            most = counts["passed"] + counts["xpassed"] + counts["xfailed"]
            yield "passed", stated["passed"], counts["passed"], most
        if "failed" in stated or "errors" in stated:
            wrong = counts["failed"] + counts["errors"]
            least = wrong - (len(self.problems) - left_out)
            most = wrong + counts["xpassed"] + self.repeated
            yield _WRONG, stated.get("failed", 0) + stated.get("errors", 0), least, most
        if "skipped" in stated:
            yield "skipped", stated["skipped"], counts["skipped"] - left_out, counts["skipped"] + counts["xfailed"]


_WRONG = "failures and errors"


def counted(given: Mapping[str, object], names: Mapping[str, str]) -> dict[str, int]:
    """The counts stated in a file, under our names; several of its counts may add up to one."""
    stated: dict[str, int] = {}
    for key, name in names.items():
        count = given.get(key)
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 10**9:
            stated[name] = stated.get(name, 0) + count
    return stated


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of counts. One that is missing in a part is unknown for the whole."""
    parts = list(counts)
    names = [name for name in (parts[0] if parts else ()) if all(name in part for part in parts)]
    return {name: sum(part[name] for part in parts) for name in names}


def merged(parts: list[Results]) -> Results:
    """The results of documents that were written into one file."""
    first = parts[0]
    return Results(
        first.format,
        tuple(case for part in parts for case in part.cases),
        added(part.stated for part in parts),
        tuple(problem for part in parts for problem in part.problems),
        first.tool,
        first.at,
        tuple(dict.fromkeys(name for part in parts for name in part.environments)),
        sum(part.repeated for part in parts),
    )
