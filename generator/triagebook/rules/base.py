"""The base class of all rules: code, explanation, examples and remedy beside the check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.facts.claims import ClaimState
from triagebook.findings import Edit, Field, Finding, RuleDescription
from triagebook.model.affected import Affected
from triagebook.model.evidence import Evidence

Problem: TypeAlias = tuple[Field, str]  # the field, and what is wrong with it


class Rule(RuleDescription):
    """A consistency check of records.

    The examples in `rules.toml` are parts of a record: a line `# NAME.yaml` begins another file; a small catalog and
    the required fields of all files are filled in, and after `# NAME.yaml, sealed` those of evidence that triagebook
    recorded. `triagebook rules` prints the examples, and the tests run them.
    """

    descriptions = Path(__file__).parent / "rules.toml"

    def find(self, case: Case) -> Iterable[Finding]:
        """Check one issue, file by file. A rule that proposes edits or a remedy of its own overrides this.

        Its findings are kept until what they rest on changes: the files of the issue, the catalog and the patterns, the
        source code it names, and the day. A rule that needs something of other issues is one of the book.
        """
        entry = case.entry
        for field, says in self.in_issue(case):
            yield self.finding(case.file, field, says)
        for field, says in self.in_affected(case, entry.affected) if entry.affected else ():
            yield self.finding(case.affected_file, field, says)
        for name, record in entry.evidence.items():
            for field, says in self.in_evidence(case, name, record):
                yield self.finding(case.evidence_file(name), field, says)
        for state in case.claims if type(self).in_claim is not Rule.in_claim else ():
            for field, says in self.in_claim(case, state):
                yield self.finding(state.file, ("claims", state.index, *field), says)

    def in_issue(self, case: Case) -> Iterable[Problem]:
        return ()

    def in_affected(self, case: Case, affected: Affected) -> Iterable[Problem]:
        return ()

    def in_evidence(self, case: Case, name: str, record: Evidence) -> Iterable[Problem]:
        return ()

    def in_claim(self, case: Case, state: ClaimState) -> Iterable[Problem]:
        """Check one claim; the field is one of the claim."""
        return ()

    def find_after(self, case: Case, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Check one issue, given all findings of the other rules in it."""
        return ()

    def find_in_book(self, book: Book) -> Iterable[Finding]:
        """Check the catalog and the patterns, or issues against each other by their outlines."""
        return ()

    @classmethod
    def finding(cls, file: str, field: Field, says: str, do: str = "", *edits: Edit) -> Finding:
        own, inside, _ = file.partition("/")
        remedy = re.sub(r"\bID\b", own, cls.remedy) if inside and own != "patterns" else cls.remedy
        return Finding(cls.code, cls.severity, file, field, says, do or remedy, edits=edits)
