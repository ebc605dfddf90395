"""What every reader of test results gives: tests with outcomes, the file's own counts, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from triagebook.errors import TriagebookError
from triagebook.model.evidence import Outcome

MAX_ERROR = 4000  # characters of an error text that are kept


class UnreadableError(TriagebookError):
    """A result file that can't be read."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its name as `file::class::function`, as far as the format tells, and how it ended."""

    name: str
    outcome: Outcome
    error: str | None = None
    seconds: float | None = None
    attempts: int = 1  # a runner that tries again ends with the last


@dataclass(frozen=True, slots=True)
class Results:
    """What one file holds."""

    format: str
    cases: tuple[Case, ...]
    stated: Mapping[str, int] = field(default_factory=dict)  # the counts that the file gives for itself
    trouble: tuple[str, ...] = ()  # what ended before a test could run: a build, a collection, a set-up
    tool: str | None = None
    at: str | None = None  # when it ran, as an ISO 8601 time
    failed_suites: int = 0  # suites that the runner itself counts as failed, beside their tests

    @property
    def counts(self) -> dict[str, int]:
        """The totals, from the cases; trouble outside of any test is an error of its own."""
        ended = Counter(case.outcome for case in self.cases)
        return {
            "tests": len(self.cases),
            "passed": ended[Outcome.PASSED],
            "failed": ended[Outcome.FAILED] + self.failed_suites,
            "errors": ended[Outcome.ERROR] + len(self.trouble),
            "skipped": ended[Outcome.SKIPPED],
            "xfailed": ended[Outcome.XFAILED],
            "xpassed": ended[Outcome.XPASSED],
        }

    def disagreements(self) -> list[str]:
        """Where the file's own counts are not those of its tests."""
        counts = self.counts
        return [
            f"the file says {stated} {name}, its tests are {counts[name]}"
            for name, stated in self.stated.items()
            if name in counts and stated != counts[name]
        ]


def joined(*parts: str | None) -> str:
    """A test's name of its parts, the missing ones left out."""
    return "::".join(" ".join(part.split()) for part in parts if part and part.strip()) or "unnamed"


def error_text(*parts: str | None) -> str | None:
    """The error text of its parts, each once, without the characters that YAML can't hold."""
    kept: list[str] = []
    for part in parts:
        text = "".join(c for c in (part or "").strip() if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f"))
        if text and not any(text in known for known in kept):
            kept = [known for known in kept if known not in text] + [text]
    whole = "\n".join(kept)
    return (whole if len(whole) <= MAX_ERROR else f"{whole[:MAX_ERROR]}\n[cut: {len(whole)} characters]") or None
