"""The common form of test results: tests with outcomes, the file's own counts, and errors outside tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from triagebook.model.evidence import Outcome


class CaseResult(Struct, frozen=True):
    """The result of one test, named `file::class::function` as far as the format gives that."""

    name: str
    outcome: Outcome
    error: str | None = None
    seconds: float | None = None
    attempts: int = 1  # the result is that of the last attempt


class SuiteProblem(Struct, frozen=True):
    """A module, package or set-up that failed or was skipped before any of its tests could run."""

    name: str
    says: str
    skipped: bool = False


class Results(Struct, frozen=True):
    """The results in one file."""

    format: str
    cases: tuple[CaseResult, ...]
    stated: Mapping[str, int] = field(default_factory=dict)  # the counts stated in the file
    problems: tuple[SuiteProblem, ...] = ()
    tool: str | None = None
    at: str | None = None  # when it ran, as written in the file
    failed_suites: int = 0  # suites that the runner counts as failed in addition to their tests

    @property
    def counts(self) -> dict[str, int]:
        """The totals of the tests; each problem outside a test counts as an error or a skip."""
        ended = Counter(case.outcome for case in self.cases)
        left_out = sum(problem.skipped for problem in self.problems)
        return {
            "tests": len(self.cases),
            "passed": ended[Outcome.PASSED],
            "failed": ended[Outcome.FAILED] + self.failed_suites,
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
        counts = self.counts
        return max(0, self._stated("failed", "errors") - counts["failed"] - counts["errors"])

    def _expected_ranges(self) -> Iterator[tuple[str, int, int, int]]:
        """Each stated count, with the smallest and largest count that the tests allow.

        Runners differ in how they count expected failures, modules that can't be loaded, and errors.
        """
        counts, problems, stated = self.counts, len(self.problems), self.stated
        if "tests" in stated:
            yield "tests", stated["tests"], counts["tests"], counts["tests"] + problems
        if "passed" in stated:
            yield "passed", stated["passed"], counts["passed"], counts["passed"] + counts["xpassed"]
        if "failed" in stated or "errors" in stated:
            wrong = counts["failed"] + counts["errors"]
            least = wrong - self.failed_suites - sum(not one.skipped for one in self.problems)
            yield "failures and errors", self._stated("failed", "errors"), least, wrong + counts["xpassed"]
        if "skipped" in stated:
            left_out = sum(one.skipped for one in self.problems)
            yield "skipped", stated["skipped"], counts["skipped"] - left_out, counts["skipped"] + counts["xfailed"]

    def _stated(self, *names: str) -> int:
        return sum(self.stated.get(name, 0) for name in names)


def counted(given: Mapping[str, object], names: Mapping[str, str]) -> dict[str, int]:
    """The counts stated in a file, under our names; several of its counts may add up to one."""
    stated: dict[str, int] = {}
    for key, name in names.items():
        count = given.get(key)
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 10**9:
            stated[name] = stated.get(name, 0) + count
    return stated
