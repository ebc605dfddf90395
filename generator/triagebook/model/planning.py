"""How a fix is proven and released: plan, criteria, risks. A pattern's playbook holds the same."""

from enum import StrEnum
from typing import Literal

from .base import Commit, Day, Id, Keyed, Line, Many, Prose, Record, Short, keyed, optional, required, several
from .building_blocks import Command, Done, Step
from .refs import EnvironmentRef, PersonRef, PhaseRef, SuiteRef
from .suites import Suite
from .values import FactRef, Quantity, Sourced


class Way(Sourced):
    """An alternative to a phase, with its own steps."""

    title: Line = required("The alternative, in one line", "With sed, all files at once")
    steps: Many[Step] = several("What to do, in order", ["Keep a copy of each file"])
    note: Prose | None = optional("A note for the reader", "The plan prefers to go file by file")


class PlanPhase(Sourced):
    """A part of the plan."""

    title: Line | None = optional("The title", "Reproduce the defect")
    goal: Prose | None = optional("What it is for", "Tests that fail for the right reason")
    environment: EnvironmentRef | None = optional("Where it happens", "staging")
    suites: Many[SuiteRef] = several("The suites it runs", ["reproduction"])
    steps: Many[Step] = several("What to do, in order", [{"do": "Run the suite", "takes": "5 min"}])
    instead: Many[Way] = several("Alternatives to this phase", [{"title": "With sed", "steps": ["Keep a copy"]}])
    takes: Quantity | None = optional("The duration, if its steps do not state it", "20 min")


class Horizon(Sourced):
    """A stretch of time that things are to be done in."""

    within: Quantity | None = optional("Its length", "30 min")
    steps: Many[Step] = several("What to do within it", ["Apply the fix"])


class Plan(Record):
    """What is to be done, in order and in time."""

    before: Many[Step] = several("Checks before the work begins", ["Staging is up"])
    phases: Keyed[PlanPhase] = keyed("The parts of the work, in order", {"reproduce": {"steps": ["Run the suite"]}})
    during: Many[Step] = several("Checks while it is done", ["Local tests pass"])
    after: Many[Step] = several("Checks when it is done", ["No call is left that awaits the factory"])
    timeline: Keyed[Horizon] = keyed("The work by horizon", {"immediate": {"within": "30 min"}})


class Attempt(Sourced):
    """One try to deploy."""

    on: Day | None = optional("The day", "2025-09-15")
    outcome: Literal["done", "failed", "abandoned"] = required("How it ended", "failed")
    commit: Commit | None = optional("The commit that was deployed", "ab14a73d8")
    build: Line | None = optional("The build that was deployed", "backend-00412")
    says: Prose | None = optional("What happened", "The build timed out")
    by: PersonRef | None = optional("Who did it", "backend")


class Deployment(Record):
    """How the fix gets into one environment."""

    steps: Many[Step] = several("What to do, in order", ["Deploy the build"])
    checks: Many[Step] = several("What must hold", ["All five events arrive"])
    attempts: Many[Attempt] = several("What was tried", [{"on": "2025-09-15", "outcome": "failed"}])


class Watch(Short, Sourced, short="watch"):
    """Something to keep an eye on once the fix is out."""

    watch: Prose = required("What to watch", "Connections that fail")
    measure: FactRef | None = optional("The measured value", "websocket.connection_success")
    alert: Quantity | None = optional("When to alert", "less than 95 %")
    command: Many[Command] = several("How to look", "kubectl logs deploy/backend")
    environment: EnvironmentRef | None = optional("Where", "production")
    owner: PersonRef | None = optional("Who watches", "backend")
    done: Done | None = optional("When it was set up", "2025-09-20")


class Message(Short, Sourced, short="says"):
    """A message to send."""

    says: Prose = required("What to tell", "Share the test results")
    to: Line | None = optional("Whom", "the team")
    via: Line | None = optional("Where", "the issue in the tracker")
    done: Done | None = optional("When it was sent", "2025-09-16")


class Trouble(Sourced):
    """What to do when something goes wrong."""

    when: Prose = required("What goes wrong", "Import errors")
    steps: Many[Step] = several("What to do", ["Check that the framework is installed"])


class Target(Short, Sourced, short="says"):
    """What must be true before the issue counts as fixed (a criterion), or what is watched (a metric)."""

    says: Prose = required("What must be true", "Connections succeed")
    kind: Id | None = optional("Technical or business", "technical")
    measure: FactRef | None = optional("The fact or measured value that answers it", "tests.pass_rate phase=after")
    target: Quantity | None = optional("The value it must have", "at least 95 %")
    baseline: Quantity | None = optional("The value before the fix", "9/18")
    environment: EnvironmentRef | None = optional("Where", "staging")
    phase: PhaseRef | None = optional("The phase of the plan it closes", "reproduce")
    note: Prose | None = optional("A note for the reader", "Per day, over a week")


class RiskLevel(StrEnum):
    """How likely a risk is, and how bad."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Risk(Sourced):
    """What may go wrong with the fix."""

    kind: Id = required("What kind of risk", "regression")
    level: RiskLevel = required("How high it is", "low")
    why: Prose | None = optional("Why", "One keyword a call")
    mitigation: Many[Prose] = several("What is done about it", "The suite runs in CI")


class Work(Record):
    """What is planned to fix and prove: part of an issue, and the playbook of a pattern."""

    suites: Keyed[Suite] = keyed("Tests of the defect or the fix", {"reproduction": {"category": "unit"}})
    plan: Plan | None = optional("What is to be done", {"before": ["Staging is up"]})
    criteria: Keyed[Target] = keyed("What must be true before it counts as fixed", {"connects": "Connections succeed"})
    metrics: Keyed[Target] = keyed("Other measured values to watch", {"latency": "Answers stay as quick as they were"})
    risks: Many[Risk] = several("What may go wrong with the fix", [{"kind": "regression", "level": "low"}])
    deployment: Keyed[Deployment] = keyed("How the fix is deployed, by environment", {"staging": {"steps": ["Deploy"]}})
    rollback: Many[Step] = several("How to roll it back", "Revert the commit.")
    monitoring: Many[Watch] = several("What to watch after the release", ["Connections that fail"])
    communication: Many[Message] = several("What to tell whom", [{"to": "the team", "says": "The fix is out"}])
    troubleshooting: Many[Trouble] = several("What to do when a run goes wrong", [{"when": "Import errors"}])

    @property
    def measures(self) -> set[str]:
        """The facts and measured values that criteria, metrics and watches ask for, by name."""
        asking: list[Target | Watch] = [*self.criteria.values(), *self.metrics.values(), *self.monitoring]
        return {one.measure.name for one in asking if one.measure}
