"""Suites and tests that reproduce a defect or prove its fix, with their expected outcomes."""

from enum import StrEnum
from typing import ClassVar

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from .base import Day, Json, Line, Many, Named, Path, Prose, Record, Short, Text, keyed, optional, required, several
from .building_blocks import Command
from .refs import CategoryRef, EnvironmentRef, PersonRef
from .values import DocRef, Quantity


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
        fail: Json = {
            "description": "The error text, or one of several",
            "examples": ["TypeError: object X can't be used in 'await' expression"],
            "anyOf": [text, {"type": "array", "items": text, "minItems": 1}],
        }
        failure = {"type": "object", "properties": {"fail": fail}, "required": ["fail"], "additionalProperties": False}
        return {"description": cls.__doc__, "anyOf": [{"enum": list(cls.outcome)}, failure]}


class Flaky(Record):
    """A test without a stable outcome, and until when that is accepted."""

    why: Prose = required("Why it does not", "The order of two events is not fixed")
    owner: PersonRef = required("Who fixes it", "backend")
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
    base: Line | None = optional("The class that it is derived from", "SSotAsyncTestCase")
    purpose: Prose | None = optional("What it is for", "The corrected calls give a manager")
    state: SuiteState | None = optional("Planned or written", "written")
    needs: Many[Line] = several("What it needs to run", ["deployed-build"])
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
