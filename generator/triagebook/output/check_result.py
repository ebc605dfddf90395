"""The result of a check, the input of every format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from triagebook.findings import Finding, Level, RuleDescription


def fails(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether findings make a command fail: errors do, and warnings under `--strict`; accepted ones do not."""
    failing = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    return any(finding.severity in failing and not finding.accepted for finding in findings)


class CheckResult(Struct, frozen=True):
    """The findings of a check, with all that the formats need to know about them."""

    findings: Sequence[Finding]
    root: Path  # the book's folder, as shown to the user
    rules: Sequence[type[RuleDescription]] = ()
    known: Sequence[Finding] | None = None  # findings in the baseline; None if there is no baseline
    strict: bool = False
    source: str = ""  # which source code the book was compared with

    def title(self, finding: Finding) -> str:
        """The code and name of a finding's rule."""
        name = next((rule.name for rule in self.rules if rule.code == finding.code), "")
        return f"{finding.code} {name}".rstrip()

    def place(self, finding: Finding) -> str:
        return (self.root / finding.file).as_posix()

    def fails(self, finding: Finding) -> bool:
        return fails([finding], strict=self.strict)
