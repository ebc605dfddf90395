"""The base class of all rules: code, explanation, examples and remedy beside the check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Edit, Field, Finding, Level, RuleNote
from triagebook.model.issue import Contradiction


class Rule:
    """A consistency check. The docstring of a rule says in one sentence what it finds.

    `bad` and `good` are parts of a record: a line `# NAME.yaml` begins another file; a small catalog and
    the required fields of issues and unsealed evidence are filled in. `triagebook rules` prints the examples, and the
    tests run them.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Level] = Level.ERROR
    why: ClassVar[str]
    remedy: ClassVar[str]
    bad: ClassVar[str]
    good: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()  # codes: this rule is skipped where one of these has a finding
    kinds: ClassVar[
        tuple[Contradiction, ...]
    ] = ()  # disputed claims of these kinds answer findings at the fields in their `shows`
    quiet: ClassVar[bool] = False  # runs only when selected

    def survey(self, book: Book) -> None:
        """Prepare what `find` needs to know of the whole book, before issues are checked in several processes."""

    def find(self, case: Case) -> Iterable[Finding]:  # noqa: ARG002
        """Check one issue."""
        return ()

    def find_after(self, case: Case, findings: Sequence[Finding]) -> Iterable[Finding]:  # noqa: ARG002
        """Check one issue, given all findings of the other rules in it."""
        return ()

    def find_in_book(self, book: Book) -> Iterable[Finding]:  # noqa: ARG002
        """Check the catalog and the patterns, or records against each other."""
        return ()

    @classmethod
    def finding(cls, file: str, field: Field, says: str, do: str = "", *edits: Edit) -> Finding:
        return Finding(cls.code, cls.severity, file, field, says, do or cls.remedy, edits=edits)

    @classmethod
    def summary(cls) -> str:
        return (cls.__doc__ or "").strip()

    @classmethod
    def note(cls) -> RuleNote:
        return RuleNote(cls.code, cls.name, cls.severity, cls.summary(), cls.why, cls.remedy)
