"""What there is to tell of a check, whatever the format."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from triagebook.findings import Finding, Level, RuleNote

ERRORS = frozenset({Level.ERROR})


class CheckResult(Struct, frozen=True, dict=True):
    """Findings, with all that the formats say about them."""

    findings: Sequence[Finding]
    root: Path  # the book's folder, as it is to be named
    rules: Sequence[RuleNote] = ()
    known: Sequence[Finding] | None = None  # what a baseline holds already; None: there is no baseline
    failing: Collection[Level] = ERRORS

    @cached_property
    def names(self) -> dict[str, str]:
        """What the rules are called, by code."""
        return {rule.code: rule.name for rule in self.rules}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each rule in the list, by code."""
        return {rule.code: number for number, rule in enumerate(self.rules)}

    def title(self, finding: Finding) -> str:
        """The code and the name of the rule that found it."""
        return f"{finding.code} {self.names.get(finding.code, '')}".rstrip()

    def place(self, finding: Finding) -> str:
        """The file of a finding."""
        return (self.root / finding.file).as_posix()

    def fails(self, finding: Finding) -> bool:
        """Is this one of those that make the check fail?"""
        return finding.severity in self.failing and not finding.accepted
