"""What a rule is: one class that carries its code, what it finds, why that matters, examples and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from triagebook.findings import Edit, Field, Finding, Level, RuleNote
from triagebook.model.issue import Contradiction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from triagebook.book import Book
    from triagebook.facts.case import Case


class Rule:
    """A consistency check. The docstring of a rule is what it finds, in one sentence.

    `bad` and `good` are pieces of a record: a line `# NAME.yaml` begins another file, the four required fields and a
    small catalog stand in by themselves. They are printed by `triagebook rules`, and run by the tests.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Level] = Level.ERROR
    why: ClassVar[str]
    remedy: ClassVar[str]
    bad: ClassVar[str]
    good: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()  # codes: where one of these found something, this rule stays silent
    kinds: ClassVar[tuple[Contradiction, ...]] = ()  # a disputed claim of such a kind answers a finding in its `shows`
    quiet: ClassVar[bool] = False  # runs only where it is asked for

    def survey(self, book: Book) -> None:
        """Gathers what is asked of the whole book for each issue. Several processes then look at issues with it."""

    def find(self, case: Case) -> Iterable[Finding]:  # noqa: ARG002
        """What is wrong with one issue."""
        return ()

    def find_after(self, case: Case, findings: Sequence[Finding]) -> Iterable[Finding]:  # noqa: ARG002
        """What is wrong with one issue in the light of all that the rules found in it."""
        return ()

    def find_in_book(self, book: Book) -> Iterable[Finding]:  # noqa: ARG002
        """What is wrong with the catalog and the patterns, or between records."""
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
