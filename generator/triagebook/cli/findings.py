"""All that is wrong with a book: with its files, and between its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.book import natural
from triagebook.findings import Severity
from triagebook.rules import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triagebook.findings import Finding
    from triagebook.store.load import Loaded


def all_findings(loaded: Loaded) -> list[Finding]:
    """The findings, each where it stands, in the order of the issues."""
    findings = loaded.placed([*loaded.findings, *check(loaded.book)])
    return sorted(findings, key=lambda finding: natural(finding.file))


def fail(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Do these findings make a command fail? Errors do, under `--strict` warnings too; what is accepted does not."""
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(finding.severity in failing and not finding.accepted for finding in findings)
