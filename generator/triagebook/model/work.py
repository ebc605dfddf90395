"""How a fix is proven and brought out: suites, plan, criteria, risks. A pattern's playbook holds the same."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import GetJsonSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema

from .base import (
    Commit,
    Day,
    Id,
    Json,
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
from .common import Command, Done, Step
from .refs import CategoryRef, EnvironmentRef, PersonRef, PhaseRef, SuiteRef
from .values import DocRef, FactRef, Quantity


class Expectation(Record):
    """What a test should do: `pass`, `skip`, `fail`, or `{fail: the error text}`."""

    outcome: ClassVar[tuple[str, ...]] = ("pass", "fail", "skip")

    expected: Line
    errors: tuple[Text, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: object) -> object:
        if isinstance(data, str):
            if data not in cls.outcome:
                raise ValueError(f"`{data}` is none of `pass`, `fail`, `skip`, or `{{fail: the error text}}`")
            return {"expected": data}
        if isinstance(data, dict) and set(data) == {"fail"}:
            texts = data["fail"]
            return {"expected": "fail", "errors": texts if isinstance(texts, list) else [texts]}
        if isinstance(data, cls | None):
            return data
        raise ValueError("is not an expectation: write `pass`, `skip`, `fail`, or `{fail: the error text}`")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        text: Json = {"type": "string", "minLength": 1}
        return {
            "description": cls.__doc__,
            "anyOf": [
                {"enum": list(cls.outcome)},
                {
                    "type": "object",
                    "properties": {
                        "fail": {
                            "description": "The error text, or one of several",
                            "examples": ["TypeError: object X can't be used in 'await' expression"],
                            "anyOf": [text, {"type": "array", "items": text, "minItems": 1}],
                        }
                    },
                    "required": ["fail"],
                    "additionalProperties": False,
                },
            ],
        }


class Flaky(Record):
    """That a test does not always end the same way, and until when that is put up with."""

    why: Prose = required("Why it does not", "The order of two events is not fixed")
    owner: PersonRef = required("Who mends it", "backend")
    until: Day = required("The last day the excuse holds", "2025-12-31")


class Test(Short):
    """One test of a suite; what it leaves out it has from the suite."""

    short = "proves"

    proves: Prose | None = optional("What it proves", "The health endpoint answers")
    before: Expectation | None = optional(
        "What it does before the fix", {"fail": "can't be used in 'await' expression"}
    )
    after: Expectation | None = optional("What it does after the fix", "pass")
    was: Line | None = optional("The name it had before", "test_health_old")
    markers: Many[Line] = several("Its markers, beside those of the suite", ["mission_critical"])
    code: Text | None = optional("Its code, where the plan carries it", "def test_health(): ...")
    flaky: Flaky | None = optional(
        "If it does not always end the same", {"why": "Order of events", "owner": "backend", "until": "2025-12-31"}
    )
    note: Prose | None = optional("What to know about it", "Needs a free port")
    from_: Many[DocRef] = several("Where it was read", "1231-validation-report.md#L47")


class Aim(Short):
    """Something a suite is to cover, where no test is named for it. It counts as no test."""

    short = "says"

    says: Prose = required("What is to be covered", "Isolation between users")
    expect: Prose | None = optional("What it should show", "Stays as it is, with the defect in place")
    from_: Many[DocRef] = several("Where it was read", "1184-test-execution-plan.md#L37")


class SuiteState(StrEnum):
    """Whether the tests of a suite exist."""

    PLANNED = "planned"
    WRITTEN = "written"


class Suite(Record):
    """Tests that are run together, to reproduce the defect or to prove its fix."""

    title: Line | None = optional("A name for people", "Bug reproduction")
    category: CategoryRef = required("What kind of tests they are, from the catalog", "unit")
    path: Path | None = optional("The file or folder of the tests", "tests/unit/test_issue_1231_fix_validation.py")
    class_: Line | None = optional("The class that holds them", "TestFixValidation")
    purpose: Prose | None = optional("What it is for", "The corrected calls give a manager")
    state: SuiteState | None = optional("Planned or written", "written")
    needs: Many[Line] = several("What must be there to run it", ["deployed-build"])
    environments: Many[EnvironmentRef] = several("Where it is run", ["staging"])
    command: Many[Command] = several("How it is run", "python -m pytest tests/unit/test_fix.py -v")
    markers: Many[Line] = several("Markers of all its tests", ["issue_1231"])
    takes: Quantity | None = optional("The time it takes", "2 min")
    before: Expectation | None = optional("What its tests do before the fix", "fail")
    after: Expectation | None = optional("What its tests do after the fix", "pass")
    code: Text | None = optional("What its tests need above them: imports, fixtures", "import pytest")
    tests: Named[Test] = keyed("Its tests, by name", {"test_health": "The health endpoint answers"})
    covers: Many[Aim] = several("What it is to cover, where no test is named for it yet", ["Isolation between users"])
    note: Prose | None = optional("What to know about it", "Runs against the deployed build")
    from_: Many[DocRef] = several("Where it was read", "1231-test-strategy.md#L23")


class Way(Record):
    """Another way to do what a phase does, with steps of its own."""

    title: Line = required("The way, in one line", "With sed, all files at once")
    steps: Many[Step] = several("What to do, in order", ["Keep a copy of each file"])
    note: Prose | None = optional("What to know about it", "The plan prefers to go file by file")
    from_: Many[DocRef] = several("Where it was read", "1184-remediation-plan.md#L89")


class Phase(Record):
    """A part of the plan."""

    title: Line | None = optional("A name for people", "Reproduce the defect")
    goal: Prose | None = optional("What it is for", "Tests that fail for the right reason")
    environment: EnvironmentRef | None = optional("Where it happens", "staging")
    suites: Many[SuiteRef] = several("The suites it runs", ["reproduction"])
    steps: Many[Step] = several("What to do, in order", [{"do": "Run the suite", "takes": "5 min"}])
    instead: Many[Way] = several("Other ways to do the same", [{"title": "With sed", "steps": ["Keep a copy"]}])
    takes: Quantity | None = optional("The time it takes, where its steps do not say", "20 min")
    from_: Many[DocRef] = several("Where it was read", "1231-test-strategy.md#L111")


class Horizon(Record):
    """A stretch of time that things are to be done in."""

    within: Quantity | None = optional("How long it is", "30 min")
    steps: Many[Step] = several("What is to be done in it", ["Apply the fix"])
    from_: Many[DocRef] = several("Where it was read", "1231-test-strategy.md#L180")


class Plan(Record):
    """What is to be done, in order and in time."""

    before: Many[Step] = several("Checks before the work begins", ["Staging is up"])
    phases: Keyed[Phase] = keyed("The parts of the work, in order", {"reproduce": {"steps": ["Run the suite"]}})
    during: Many[Step] = several("Checks while it is done", ["Local tests pass"])
    after: Many[Step] = several("Checks when it is done", ["No call is left that awaits the factory"])
    timeline: Keyed[Horizon] = keyed(
        "The same by horizon", {"immediate": {"within": "30 min", "steps": ["Apply the fix"]}}
    )


class Attempt(Record):
    """One try to deploy."""

    on: Day | None = optional("The day", "2025-09-15")
    outcome: Line = required("How it ended: `done`, `failed` or `abandoned`", "failed")
    commit: Commit | None = optional("The commit that was deployed", "ab14a73d8")
    build: Line | None = optional("The build that was deployed", "backend-00412")
    says: Prose | None = optional("What happened", "The build timed out")
    by: PersonRef | None = optional("Who did it", "backend")
    from_: Many[DocRef] = several("Where it was read", "1231-validation-report.md#L112")

    @field_validator("outcome")
    @classmethod
    def _known(cls, outcome: Line) -> Line:
        if outcome not in {"done", "failed", "abandoned"}:
            raise ValueError(f"`{outcome}` is none of `done`, `failed`, `abandoned`")
        return outcome


class Deployment(Record):
    """How the fix gets into one environment."""

    steps: Many[Step] = several("What to do, in order", ["Deploy the build"])
    checks: Many[Step] = several("What must hold", ["All five events arrive"])
    attempts: Many[Attempt] = several("What was tried", [{"on": "2025-09-15", "outcome": "failed"}])


class Watch(Short):
    """Something to keep an eye on once the fix is out."""

    short = "watch"

    watch: Prose = required("What to watch", "Connections that fail")
    measure: FactRef | None = optional("The measured value", "websocket.connection_success")
    alert: Quantity | None = optional("When to raise an alarm", "less than 95 %")
    command: Many[Command] = several("How to look", "kubectl logs deploy/backend")
    environment: EnvironmentRef | None = optional("Where", "production")
    owner: PersonRef | None = optional("Who watches", "backend")
    done: Done | None = optional("When the watch was set up", "2025-09-20")
    from_: Many[DocRef] = several("Where it was read", "1184-test-plan.md#L450")


class Message(Short):
    """Something to tell people."""

    short = "says"

    says: Prose = required("What to tell", "Share the test results")
    to: Line | None = optional("Whom", "the team")
    via: Line | None = optional("Where", "the issue in the tracker")
    done: Done | None = optional("When it was told", "2025-09-16")
    from_: Many[DocRef] = several("Where it was read", "1184-remediation-plan.md#L300")


class Trouble(Record):
    """What to do when something goes wrong."""

    when: Prose = required("What goes wrong", "Import errors")
    steps: Many[Step] = several(
        "What to do", [{"do": "See whether the framework is there", "command": "python -c ..."}]
    )
    from_: Many[DocRef] = several("Where it was read", "1184-test-execution-plan.md#L172")


class Target(Short):
    """What must be true before the issue counts as fixed (a criterion), or what is watched (a metric)."""

    short = "says"

    says: Prose = required("What must be true", "Connections succeed")
    kind: Id | None = optional("Technical or business", "technical")
    measure: FactRef | None = optional("The fact or measured value that answers it", "tests.pass_rate phase=after")
    target: Quantity | None = optional("The value it must have", "at least 95 %")
    baseline: Quantity | None = optional("The value before the fix", "9/18")
    environment: EnvironmentRef | None = optional("Where", "staging")
    phase: PhaseRef | None = optional("The phase of the plan it closes", "reproduce")
    note: Prose | None = optional("What to know about it", "Per day, over a week")
    from_: Many[DocRef] = several("Where it was read", "1231-test-strategy.md#L156")


class Level(StrEnum):
    """How likely a risk is, and how bad."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Risk(Record):
    """What may go wrong with the fix."""

    kind: Id = required("What kind of risk", "regression")
    level: Level = required("How high it is", "low")
    why: Prose | None = optional("Why", "One keyword a call")
    mitigation: Many[Prose] = several("What is done about it", "The suite runs in CI")
    from_: Many[DocRef] = several("Where it was read", "1184-remediation-plan.md#L261")


class Work(Record):
    """What is planned to fix and prove: part of an issue, and the playbook of a pattern."""

    suites: Keyed[Suite] = keyed("What is run to reproduce or to prove", {"reproduction": {"category": "unit"}})
    plan: Plan | None = optional("What is to be done", {"before": ["Staging is up"]})
    criteria: Keyed[Target] = keyed("What must be true before it counts as fixed", {"connects": "Connections succeed"})
    metrics: Keyed[Target] = keyed("What is watched besides", {"latency": "Answers stay as quick as they were"})
    risks: Many[Risk] = several("What may go wrong with the fix", [{"kind": "regression", "level": "low"}])
    deployment: Keyed[Deployment] = keyed(
        "How the fix is brought out, by environment", {"staging": {"steps": ["Deploy"]}}
    )
    rollback: Many[Step] = several("How to take it back", "Revert the commit.")
    monitoring: Many[Watch] = several("What to watch once it is out", ["Connections that fail"])
    communication: Many[Message] = several("Whom to tell what", [{"to": "the team", "says": "The fix is out"}])
    troubleshooting: Many[Trouble] = several("What to do when a run goes wrong", [{"when": "Import errors"}])
