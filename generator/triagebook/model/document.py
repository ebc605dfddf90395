"""A document about an issue: what it is, and what it states line by line, compared with what the record proves."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import Struct

from .base import (
    Commit,
    Day,
    Flag,
    Id,
    Line,
    Many,
    Named,
    Path,
    Prose,
    Record,
    Scalar,
    Text,
    Url,
    keyed,
    optional,
    required,
    several,
)  # fmt: skip
from .refs import CriterionRef, EvidenceRef, PersonRef, SuiteRef
from .values import Digest, DocRef, FactRef, Place, Quantity

_SUFFIX = re.compile(r"\.[A-Za-z]{1,8}$")


class Contradiction(StrEnum):
    """What goes wrong in reports that are written by hand."""

    heading: str  # of such claims

    def __new__(cls, value: str, heading: str = "") -> Self:
        kind = str.__new__(cls, value)
        kind._value_, kind.heading = value, heading
        return kind

    SUM = "sum", "Parts that do not add up"
    TWO_VALUES = "two-values", "One thing with two values"
    THRESHOLD = "threshold", "Targets that differ or are missed"
    INFLATED_COUNT = "inflated-count", "Counts that include more than proof"
    VACUOUS = "vacuous", "Tests and checks that cannot tell fixed from broken"
    IMPOSSIBLE_EXPECTATION = "impossible-expectation", "Expectations that cannot come true"
    WEAK_CHECK = "weak-check", "Checks that cover only a part"
    DESTRUCTIVE = "destructive", "Commands that destroy more than they need"
    PREMATURE_TICK = "premature-tick", "Ticks set too early"
    VERDICT_WITHOUT_EVIDENCE = "verdict-without-evidence", "Verdicts without evidence"
    UNMEASURED = "unmeasured", "Not measured, or not measurable"
    NOT_ANSWERED = "not-answered", "Criteria without an answer"
    EXPECTED_FAILURE = "expected-failure", "Failures called expected"
    SHRINKING = "shrinking-denominator", "Tests that disappeared"
    SCOPE = "scope", "Scopes that differ"
    FIX_AND_CHANGE = "fix-and-change", "Fix and change that disagree"
    UNRELATED_CHANGE = "unrelated-change", "Changes that no cause explains"
    ESTIMATE = "estimate", "Estimates that do not add up"
    DATE = "date", "Days and times that cannot be"
    DRIFT = "drift", "Names and locations that do not exist"
    PLACEHOLDER = "placeholder", "Gaps"
    SEVERITY_AND_RISK = "severity-and-risk", "Severity and risk mixed up"
    ENVIRONMENT = "environment", "Claims that depend on or blame an environment"
    UNSOURCED = "unsourced-figure", "Figures without a source"
    DUPLICATE = "undetected-duplicate", "Two issues, one cause"
    LOOSE_END = "loose-end", "Loose ends"
    MISSING_METADATA = "missing-metadata", "Missing data about the document"
    ENCODING = "encoding", "Text that was decoded wrongly"
    PATH_STYLE = "path-style", "Paths of one machine"


class Lines(Scalar, Struct, frozen=True):
    """A line of the document, or the first and last of several: `90`, `44-88`."""

    first: int
    last: int

    pattern: ClassVar[str] = r"L?([1-9]\d*)(?:-L?([1-9]\d*))?"

    @classmethod
    def parse(cls, text: str) -> Self:
        match = re.fullmatch(cls.pattern, text)
        if match is None:
            raise ValueError(f"`{text}` is not a line of the document: write `90`, or `44-88`")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ValueError(f"`{text}` runs backwards: write the first line first")
        return cls(first, last)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class About(Record):
    """What a claim concerns."""

    suite: Many[SuiteRef] = several("A suite of the record", ["fix-validation"])
    test: Many[Line] = several("A test of the record, by its name", ["test_health_endpoint_works"])
    criterion: Many[CriterionRef] = several("A criterion or a metric", ["connects"])
    command: Many[Text] = several("A command, as the record has it", ["python -m pytest -k issue_1231 -v"])
    step: Many[Line] = several("A step, by the keys that lead to it", ["plan.phases.business.steps.0"])
    location: Many[Place] = several("A location in the code", ["app/routes.py:85"])
    fact: FactRef | None = optional("The fact that the value or state is of", "tests.pass_rate phase=after")
    field: Many[Line] = several("Another part of the record, by the keys that lead to it", ["noticed.0"])


class Audited(StrEnum):
    """What an audit found out about a claim."""

    HOLDS = "holds"
    CONTRADICTED = "contradicted"
    UNVERIFIED = "unverified"
    NOT_CHECKABLE = "not-checkable"


class Claim(Record):
    """A statement of the document."""

    says: Text = required("The statement, in its original words", "22/23 passed (95.7 %)")
    lines: Many[Lines] = several("The lines where it stands; none if it is the document as a whole", ["90"])
    also: Many[DocRef] = several("Other documents that state it too", ["1231-test-strategy.md#L8"])
    about: About = optional("What it concerns", {"suite": "fix-validation"}, About.model_construct())
    value: Quantity | None = optional("The stated value", "22/23")
    state: Id | None = optional("The stated state, if the fact is a state", "proven")
    parts: Named[Quantity] = keyed("The parts that it adds up", {"integration tests": "16", "unit tests": "28"})
    kind: Contradiction | None = optional("The kind of contradiction, if it is one", "sum")
    disputed: Prose | None = optional("Why it does not hold, and what is true instead", "No run in staging exists")
    evidence: Many[EvidenceRef] = several("The evidence against it, or for it", ["2025-09-15-scan"])
    audited: Audited | None = optional("What `triagebook audit` found out about it", "contradicted")
    why: Text | None = optional("Why, in the words of the audit", "the parts add up to 44, not to 47")
    note: Prose | None = optional("A note for the reader", "The strategy has no date")


class Tick(Record):
    """A box that the document ticks, or leaves open."""

    says: Text = required("What it ticks", "Event delivery restored")
    lines: Many[Lines] = several("The lines where it stands", ["152"])
    open: Flag = optional("Whether the box is open", "true", default=False)


class Document(Record):
    """A document about the issue."""

    title: Line = required("Its title", "Test strategy")
    kind: Id | None = optional("The kind of document", "validation-report")
    name: Line | None = optional("The name by which records cite it, if not its file's", "docs/strategy.md")
    path: Path | None = optional("The path of the file in its repository", "reports/1231-test-strategy.md")
    url: Url | None = optional("Its address", "https://example.org/strategy")
    commit: Commit | None = optional("The commit at which it reads so", "5222b25608c3")
    date: Day | None = optional("Its date, as it states it", "2025-09-15")
    by: Many[PersonRef] = several("Who wrote it, as it states it", ["claude-code"])
    digest: Digest | None = optional("The digest of its text when it was read", f"sha256:{64 * '0'}")
    says: Prose | None = optional("What it is", "A strategy, written before the fix")
    claims: Many[Claim] = several("What it states", [{"says": "22/23 passed", "lines": "90"}])
    ticks: Many[Tick] = several("The boxes that it ticks", [{"says": "Event delivery restored", "lines": "152"}])
    names: Named[Named[Many[Lines]]] = keyed(
        "Names in its own words, such as its suites, phases, classes and endpoints, with their lines",
        {"suites": {"Bug Reproduction": "23"}},
    )
    from_: Many[DocRef] = several("Where it is named", "1231-test-strategy.md#L220")


def places(document: str, lines: Iterable[Lines]) -> tuple[DocRef, ...]:
    """Lines of a document as sources; the document as a whole if there are none."""
    return tuple(DocRef(document, one.first, one.last) for one in lines) or (DocRef(document),)


def document_name(stem: str, document: Document) -> str:
    """The name by which records cite the document in `claims/STEM.yaml`."""
    return str(document.name or (stem if _SUFFIX.search(stem) else f"{stem}.md"))
