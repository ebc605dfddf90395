"""An issue: the defect, its impact and causes, the fix, its proof, and the owner of the next step."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from .base import (
    Commit,
    Count,
    Day,
    Id,
    Keyed,
    Line,
    Many,
    Named,
    Path,
    Prose,
    Record,
    Short,
    Text,
    keyed,
    optional,
    required,
    several,
)  # fmt: skip
from .building_blocks import Code, Detector, Link, Statement, Step
from .defect import (
    Cause,
    Certainty,
    Environments,
    Impact,
    Introduced,
    IssueKind,
    Noticed,
    Promise,
    Relation,
    Severity,
    Source,
    Symptom,
)
from .planning import Work
from .refs import ComponentRef, EnvironmentRef, IssueRef, OptionRef, PersonRef
from .values import DocRef, Sourced


class Ending(StrEnum):
    """How an issue ended."""

    FIXED = "fixed"
    DUPLICATE = "duplicate"
    DECLINED = "declined"
    CANNOT_REPRODUCE = "cannot-reproduce"
    SPLIT = "split"


class Closed(Record):
    """That the issue was closed."""

    on: Day = required("The day", "2025-10-01")
    as_: Ending = required("How it ended", "fixed")
    by: PersonRef | None = optional("Who closed it", "backend")
    into: Many[IssueRef] = several("The original of a duplicate, or the parts of a split", ["1184"])
    why: Prose | None = optional("Why", "Proven in production")


class People(Record):
    """Who had to do with the issue, beside its owner."""

    reported: Many[PersonRef] = several("Who reported it", ["backend"])
    prepared: Many[PersonRef] = several("Who prepared the record or its documents", ["claude-code"])
    review: Many[PersonRef] = several("Whose review is required", ["senior-backend-engineer"])
    reviewed: Many[PersonRef] = several("Who has reviewed it", ["senior-backend-engineer"])


class Option(Sourced):
    """One option for the fix."""

    title: Line = required("The option, in one line", "Remove `await` from the calls")
    what: Prose | None = optional("What it means to do", "Every call loses one word")
    why: Many[Prose] = several("Its advantages", ["The factory has nothing to wait for"])
    why_not: Many[Prose] = several("Its disadvantages", ["Changes every caller for no gain"])


class Change(Sourced):
    """One change that the fix makes: to a file, or to a setting."""

    path: Path | None = optional("The file that changes", "app/routes/websocket_ssot.py")
    setting: Line | None = optional("The setting that changes", "WEBSOCKET_TIMEOUT")
    what: Many[Prose] = several("What changes", "Four awaits removed")
    was: Text | None = optional("The old value", "30 s")
    now: Text | None = optional("The new value", "60 s")
    environment: EnvironmentRef | None = optional("The environment, if it applies only there", "staging")
    commit: Commit | None = optional("The commit that made it", "ab14a73d8429")

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if (self.path is None) == (self.setting is None):
            raise ValueError("needs either `path` or `setting`: write one of the two")
        return self


class SideEffect(Short, Sourced, short="what"):
    """Something the fix might change besides, and what was found about it."""

    what: Prose = required("What might change", "Timing of the calls")
    says: Prose | None = optional("What was found", "Slightly faster")


class Fix(Record):
    """How it is fixed."""

    options: Keyed[Option] = keyed("The options considered", {"drop-await": {"title": "Remove `await`"}})
    chosen: OptionRef | None = optional("The chosen option", "drop-await")
    why: Prose | None = optional("Why this option", "The function is synchronous and should stay so")
    code: Many[Code] = several("Code before and after", [{"before": "await get()", "after": "get()"}])
    changes: Many[Change] = several("What was changed", [{"path": "app/routes.py", "what": "Four awaits removed"}])
    unrelated: Many[Change] = several(
        "Changes in the same commit, no part of the fix", [{"path": "tests/test_load.py"}]
    )
    keeps: Many[Statement] = several("What must stay as it is", ["One manager a user"])
    verified: Many[Statement] = several("What was confirmed in the source code", ["The factory is synchronous"])
    side_effects: Many[SideEffect] = several("Possible side effects", ["Timing of the calls"])


class Lesson(Short, Sourced, short="says"):
    """What was learned."""

    says: Prose = required("What was learned", "A factory that looks asynchronous will be awaited")


class Waiver(Record):
    """A finding that a named person accepts, for a time. It stays visible."""

    rule: Id = required("The rule whose finding is accepted", "TB412")
    at: Line | None = optional("The field it is about, if not the whole record", "criteria.connects")
    who: PersonRef = required("Who accepts it", "backend")
    why: Prose = required("Why", "Staging is rebuilt this week")
    until: Day = required("The last day on which it is accepted", "2025-12-31")


class Issue(Work):
    """One issue. Four fields make one: title, severity, opened, summary; all else grows with the work."""

    title: Line = required("What is wrong, in one line", "Four calls await the synchronous WebSocket manager factory")
    severity: Severity = required("How severe it is", "critical")
    opened: Day = required("The day it was opened", "2025-09-15")
    summary: Prose = required("What happens, to whom, and since when", "Every connection fails with a TypeError.")

    kind: IssueKind | None = optional("The kind of defect, if its text does not tell", "crash")
    priority: Count | None = optional("The order: 1 before 2", 1)
    owner: PersonRef | None = optional("Who owns the next step", "backend")
    due: Day | None = optional("The day it must be done", "2025-09-30")
    closed: Closed | None = optional("When it was closed, and how", {"on": "2025-10-01", "as": "fixed"})
    components: Many[ComponentRef] = several("The components that have the defect", ["websocket-routes"])
    labels: Many[Line] = several("Words to search for", ["golden-path"])
    links: Many[Link] = several("Related URLs", ["https://github.com/netra-systems/netra-apex/issues/1231"])
    people: People | None = optional("The people involved", {"reported": ["backend"]})
    introduced: Introduced | None = optional("Where the defect came from", "5222b25608c3")
    relations: Many[Relation] = several("Relations to other issues", [{"to": "1184", "kind": "same-cause"}])
    environments: Environments = optional(
        "Where it was observed, and where the fix must be proven", {"seen": ["staging"]}, Environments.model_construct()
    )

    symptoms: Many[Symptom] = several("The symptoms", ["TypeError: object X can't be used in 'await' expression"])
    reproduce: Many[Step] = several("How to reproduce it, step by step", ["Open two chats at once"])
    source: Source | None = optional("The code it refers to", {"repository": "zen", "commit": "5222b25608c3"})
    detector: Detector | None = optional("What finds it, if not the pattern's detector", {"regex": "await get"})
    causes: Many[Cause] = several("Why it happens", [{"pattern": "awaited-sync-call", "state": "confirmed"}])
    noticed: Many[Noticed] = several("Related findings", ["A coroutine is never awaited"])
    impact: Impact | None = optional("Whom it harms, and how much", {"segments": ["free", "enterprise"]})
    promises: Keyed[Promise] = keyed(
        "Names that must exist before and after the fix", {"events": {"title": "Events", "names": ["agent_started"]}}
    )

    fix: Fix | None = optional("How it is fixed", {"why": "The function is synchronous"})

    next: Many[Step] = several("What comes next", [{"do": "run staging-journey", "owner": "backend", "priority": 1}])
    sources: Named[Many[DocRef]] = keyed(
        "Where a section was read, by its key, or the keys that lead to a part of it", {"impact": ["plan.md#L10-L15"]}
    )
    lessons: Many[Lesson] = several("What was learned", ["A factory that looks asynchronous will be awaited"])
    waivers: Many[Waiver] = several(
        "Findings accepted for a time", [{"rule": "TB412", "who": "backend", "why": "Rebuilt", "until": "2025-12-31"}]
    )

    @property
    def changes(self) -> Sequence[Change]:
        """What was changed to fix it."""
        return self.fix.changes if self.fix else ()

    @property
    def possible_causes(self) -> Sequence[Cause]:
        """The causes that are not ruled out."""
        return [cause for cause in self.causes if cause.state is not Certainty.RULED_OUT]

    @property
    def fix_commits(self) -> list[str]:
        return sorted({str(change.commit) for change in self.changes if change.commit})

    def others(self) -> Iterator[IssueRef]:
        """The issues that it names."""
        yield from (relation.to for relation in self.relations)
        yield from (noticed.issue for noticed in self.noticed if noticed.issue)
        yield from self.closed.into if self.closed else ()

    @property
    def state(self) -> str:
        """The state in a word or two: open, or closed as what."""
        return f"closed as {self.closed.as_.value.replace('-', ' ')}" if self.closed else "open"
