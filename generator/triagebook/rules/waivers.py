"""TB4xx: waivers must accept an existing finding and not be expired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from triagebook.facts.case import Case
from triagebook.findings import Field, Finding, Level
from triagebook.model.issue import Waiver
from triagebook.model.suites import Test

from .base import Problem, Rule
from .parts import suites_and_tests


def ways_to(file: str, field: Field) -> tuple[str, ...]:
    """How a waiver may name a field: by its keys, in a document below the name of its file."""
    way = ".".join(map(str, field))
    _, _, inside = file.partition("/claims/")
    return (way, f"{inside.removesuffix('.yaml')}.{way}") if inside else (way,)


def concerns(waiver: Waiver, finding: Finding) -> bool:
    if waiver.rule != finding.code or waiver.at is None:
        return waiver.rule == finding.code
    return any(f"{way}.".startswith(f"{waiver.at}.") for way in ways_to(finding.file, finding.field))


def expired(until: date, as_of: date | None) -> bool:
    """Whether the last day has passed; False if today is unknown."""
    return as_of is not None and as_of > until


class ExcuseExpired(Rule, code="TB411", severity=Level.WARNING):
    """A waiver, or the excuse for a flaky test, has expired."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for index, waiver in enumerate(case.issue.waivers):
            if expired(waiver.until, case.as_of):
                yield ("waivers", index, "until"), f"the waiver of {waiver.rule} expired on {waiver.until}"
        for way, test in suites_and_tests(case.issue):
            if isinstance(test, Test) and test.flaky and expired(test.flaky.until, case.as_of):
                yield (*way, "flaky", "until"), f"`{way[-1]}` may be flaky until {test.flaky.until} only"


class WaiverOfNothing(Rule, code="TB412", severity=Level.WARNING):
    """A waiver accepts a finding that does not exist."""

    def find_after(self, case: Case, findings: Sequence[Finding]) -> Iterator[Finding]:
        nowhere = {
            finding.field[1] for finding in findings if finding.code == "TB204" and finding.field[0] == "waivers"
        }
        for index, waiver in enumerate(case.issue.waivers):
            accepts = any(concerns(waiver, finding) for finding in findings)
            of_the_source = waiver.rule.startswith("TB5") and case.source.head is None
            is_over = case.as_of is None or expired(waiver.until, case.as_of)
            if not (accepts or index in nowhere or of_the_source or is_over):
                says = f"{waiver.rule} has no finding{f' at `{waiver.at}`' if waiver.at else ''} to accept"
                yield self.finding(case.file, ("waivers", index, "at" if waiver.at else "rule"), says)
