"""What every reader of test results gives: tests with outcomes, the file's own counts, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from triagebook.errors import TriagebookError
from triagebook.model.evidence import Outcome


class UnreadableError(TriagebookError):
    """A result file that can't be read."""


class CaseResult(Struct, frozen=True):
    """One test: its name as `file::class::function`, as far as the format tells, and how it ended."""

    name: str
    outcome: Outcome
    error: str | None = None
    seconds: float | None = None
    attempts: int = 1  # a runner that tries again ends with the last


class SuiteProblem(Struct, frozen=True):
    """What ended before a test of it could run: a module, a package, a set-up; or was left out as a whole."""

    name: str
    says: str
    skipped: bool = False


class Results(Struct, frozen=True):
    """What one file holds."""

    format: str
    cases: tuple[CaseResult, ...]
    stated: Mapping[str, int] = field(default_factory=dict)  # the counts that the file gives for itself
    trouble: tuple[SuiteProblem, ...] = ()
    tool: str | None = None
    at: str | None = None  # when it ran, as the file writes it
    failed_suites: int = 0  # suites that the runner itself counts as failed, beside their tests

    @property
    def counts(self) -> dict[str, int]:
        """The totals, from the cases; trouble outside of any test is an error, or a skip, of its own."""
        ended = Counter(case.outcome for case in self.cases)
        left_out = sum(trouble.skipped for trouble in self.trouble)
        return {
            "tests": len(self.cases),
            "passed": ended[Outcome.PASSED],
            "failed": ended[Outcome.FAILED] + self.failed_suites,
            "errors": ended[Outcome.ERROR] + len(self.trouble) - left_out,
            "skipped": ended[Outcome.SKIPPED] + left_out,
            "xfailed": ended[Outcome.XFAILED],
            "xpassed": ended[Outcome.XPASSED],
        }

    def disagreements(self) -> list[str]:
        """Where the file's own counts can't be those of its tests, however its runner counts."""
        return [
            f"the file says {stated} {name}, its tests are {least}"
            for name, stated, least, most in self._held_against()
            if not least <= stated <= most
        ]

    def lost_failures(self) -> int:
        """Failures and errors that the file counts and does not list."""
        counts = self.counts
        return max(0, self._stated("failed", "errors") - counts["failed"] - counts["errors"])

    def _held_against(self) -> Iterator[tuple[str, int, int, int]]:
        """Each count that is stated, with the least and the most that the tests may come to.

        Runners differ in what they make of an expected failure, of a module that could not be read, of the line
        between a failure and an error.
        """
        counts, trouble, stated = self.counts, len(self.trouble), self.stated
        if "tests" in stated:
            yield "tests", stated["tests"], counts["tests"], counts["tests"] + trouble
        if "passed" in stated:
            yield "passed", stated["passed"], counts["passed"], counts["passed"] + counts["xpassed"]
        if "failed" in stated or "errors" in stated:
            wrong = counts["failed"] + counts["errors"]
            least = wrong - self.failed_suites - sum(not one.skipped for one in self.trouble)
            yield "failures and errors", self._stated("failed", "errors"), least, wrong + counts["xpassed"]
        if "skipped" in stated:
            left_out = sum(one.skipped for one in self.trouble)
            yield "skipped", stated["skipped"], counts["skipped"] - left_out, counts["skipped"] + counts["xfailed"]

    def _stated(self, *names: str) -> int:
        return sum(self.stated.get(name, 0) for name in names)


def counted(given: Mapping[str, object], names: Mapping[str, str]) -> dict[str, int]:
    """The counts that a file gives for itself, by our names; several of its own may make one of ours."""
    stated: dict[str, int] = {}
    for key, name in names.items():
        count = given.get(key)
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 10**9:
            stated[name] = stated.get(name, 0) + count
    return stated
