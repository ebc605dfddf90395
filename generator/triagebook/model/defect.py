"""The defect: its symptoms, causes and impact, and related findings."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import WithJsonSchema, field_validator, model_validator

from .base import Commit, Day, Line, Many, Prose, Record, Short, Text, optional, required, several
from .refs import EnvironmentRef, EvidenceRef, IssueRef, PatternRef, PersonRef, RepositoryRef, SegmentRef, StreamRef
from .values import DocRef, Place, Quantity, Sourced


class Severity(StrEnum):
    """How much harm the defect does."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class IssueKind(StrEnum):
    """The kind of a defect, which decides what is proposed for it. Of two that a text reads like, the first counts."""

    SECURITY = "security"
    DATA = "data"
    FLAKY_TEST = "flaky-test"
    BUILD = "build"
    PERFORMANCE = "performance"
    REGRESSION = "regression"
    CRASH = "crash"
    WRONG_RESULT = "wrong-result"


class Certainty(StrEnum):
    """How sure we are of a cause."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    RULED_OUT = "ruled-out"


class Tie(StrEnum):
    """How two issues belong together."""

    says: str  # about the issue that records it
    named: str  # the kind by which the other issue records it too
    answered: str

    def __new__(cls, value: str, says: str = "", back: str = "", answer: str = "") -> Self:
        tie = str.__new__(cls, value)
        tie._value_, tie.says, tie.named, tie.answered = value, says, back, answer
        return tie

    @property
    def back(self) -> Self | None:
        """How the other issue records it too; None if it is named from one side only."""
        return type(self)(self.named) if self.named else None

    @property
    def answer(self) -> str:
        """What it says about the other issue."""
        return self.back.says if self.back else self.answered

    SAME_CAUSE = "same-cause", "Has the same cause as", "same-cause"
    DUPLICATE_OF = "duplicate-of", "Is a duplicate of", "", "Has a duplicate in"
    PARENT = "parent", "Is a part of", "child"
    CHILD = "child", "Has a part in", "parent"
    BLOCKS = "blocks", "Blocks", "blocked-by"
    BLOCKED_BY = "blocked-by", "Is blocked by", "blocks"
    CAUSED_BY = "caused-by", "Was caused by", "causes"
    CAUSES = "causes", "Causes", "caused-by"
    REGRESSION_OF = "regression-of", "Is a regression of", "", "Came back as"
    RELATED = "related", "Is related to", "related"


class Source(Record):
    """The state of the source code that the record refers to."""

    repository: RepositoryRef = required("The repository, from the catalog", "zen")
    commit: Commit = required("The commit at which every `path:line` of the record holds", "5222b25608c3")


class Introduced(Short, short="commit"):
    """Where the defect came from."""

    commit: Commit | None = optional("The commit that introduced it", "5222b25608c3")
    on: Day | None = optional("The day it was introduced", "2025-09-15")
    by: Prose | None = optional("What introduced it", "The move to a single factory")


class Relation(Record):
    """A tie to another issue."""

    to: IssueRef = required("The other issue", "1184")
    kind: Tie = required("How the issues are related", "same-cause")
    why: Prose | None = optional("Why, in a sentence", "Other callers of the same factory")


class Environments(Record):
    """Where the defect was seen, and where its fix must be proven."""

    seen: Many[EnvironmentRef] = several("The environment in which it was observed", ["staging"])
    prove: Many[EnvironmentRef] = several("Where it must be proven, beside the catalog's", ["staging"])


class Symptom(Short, Sourced, short="error"):
    """How the defect shows."""

    error: Text | None = optional("The exact text of the error", "TypeError: object X can't be used")
    says: Prose | None = optional("What people observe, if there is no error text", "The chat does not open")
    seen: Many[EnvironmentRef] = several("The environment in which it was observed", ["staging"])
    at: Many[Place] = several("The line that raises it", "app/routes.py:1233")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.error is None and self.says is None:
            raise ValueError("says nothing: write the `error`, or what people see in `says`")
        return self


class Why(Short, Sourced, short="says"):
    """One step of the chain from the symptom to the root cause."""

    says: Prose = required("The reason", "The factory looks asynchronous to its callers")
    at: Many[Place] = several("The location that shows it", "app/websocket_manager.py:309")
    evidence: Many[EvidenceRef] = several("The evidence for it", ["2025-09-15-trace"])


class Cause(Short, Sourced, short="says"):
    """Why it happens: a known pattern, or in words."""

    pattern: PatternRef | None = optional("The known root cause, from `patterns/`", "awaited-sync-call")
    says: Prose | None = optional("The cause, in words", "The factory is synchronous, its callers await it")
    state: Certainty = optional("How sure we are", "confirmed", Certainty.SUSPECTED)
    at: Many[Place] = several("Where it is in the code", "app/websocket_manager.py:383")
    why: Many[Why] = several("The chain of reasons, from the symptom down", ["The routes await what is not awaitable"])
    factors: Many[Prose] = several("Contributing factors", ["No test calls the routes for real"])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.pattern is None and self.says is None:
            raise ValueError("says nothing: name the `pattern`, or write the cause in `says`")
        return self


class Noticed(Short, Sourced, short="what"):
    """A related finding: another defect noticed during the work."""

    what: Prose = required("What was noticed", "A coroutine is never awaited")
    error: Text | None = optional("Its error text", "RuntimeWarning: coroutine 'check' was never awaited")
    at: Many[Place] = several("Where", "app/websocket_manager.py:309")
    issue: IssueRef | None = optional("The issue that tracks it", "1240")
    owner: PersonRef | None = optional("Who takes care of it", "backend")


class Revenue(Sourced):
    """Revenue that the defect endangers."""

    stream: StreamRef = required("The revenue stream, from the catalog", "websocket-chat")
    at_risk: Quantity = required("How much of it is at risk", "at least 500000 USD/year")


_PERCENT = r"(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)"
_SHARE = (
    r"^(?:(?:at least|at most|more than|less than|about) )?"
    rf"(?:{_PERCENT}(?: to {_PERCENT})? ?%|\d+/\d+|[01](?:\.\d+)?)$"
)


class Share(Sourced):
    """A share of something that the defect takes away."""

    of: Line = required("What the share is of", "platform value")
    amount: Annotated[Quantity, WithJsonSchema({"type": "string", "pattern": _SHARE})] = required(
        "How much of it, from 0 to 100 %", "90 %"
    )

    @field_validator("amount")
    @classmethod
    def _in_range(cls, amount: Quantity) -> Quantity:
        ratio = amount.into("%")
        if ratio is None:
            raise ValueError(f"`{amount}` is not a share: write it as `90 %` or `9/10`")
        if any(bound is not None and not Fraction(0) <= bound <= Fraction(100) for bound in (ratio.low, ratio.high)):
            raise ValueError(f"`{amount}` is not between 0 and 100 %")
        return amount


class Broken(Short, Sourced, short="what"):
    """Something that does not work, and for whom."""

    what: Prose = required("What is broken", "isolation between users")
    for_: Line | None = optional("For whom", "enterprise")


class Promise(Sourced):
    """Names that the product promises to those who use it: the events it sends, the methods it has."""

    title: Line = required("What they are", "Events of every agent run")
    names: Many[Line] = required("The names", ["agent_started", "agent_completed"])
    note: Prose | None = optional("A note for the reader", "In this order")


class Impact(Record):
    """Whom the defect harms, and how much."""

    segments: Many[SegmentRef] = several("The customers it reaches", ["free", "enterprise"])
    goal: Prose | None = optional("What the business wants here", "Chat that people can rely on")
    value: Prose | None = optional("What a fix is worth", "Chat opens again")
    strategy: Prose | None = optional("The long-term consequence", "Staging tells the truth about production")
    revenue: Many[Revenue] = several("The money at risk", [{"stream": "chat", "at_risk": "at least 5 USD/year"}])
    share: Many[Share] = several("Shares of something lost", [{"of": "platform value", "amount": "90 %"}])
    broken: Many[Broken] = several("What does not work, and for whom", [{"what": "connection", "for": "every user"}])
    workaround: Prose | None = optional("How to avoid it until it is fixed", "Reload the page")
    from_: Many[DocRef] = several("Where segments, goal, value and strategy were read", "1184-test-plan.md#L12-L15")
