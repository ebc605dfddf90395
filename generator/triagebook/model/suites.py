"""Suites and tests that reproduce a defect or prove its fix, with their expected outcomes."""

import re
from enum import StrEnum
from typing import ClassVar

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from .base import Day, Json, Line, Many, Named, Path, Prose, Record, Short, Text, keyed, optional, required, several
from .building_blocks import Command
from .refs import CategoryRef, EnvironmentRef, PersonRef
from .values import Quantity, Sourced

_WRITE = "write `pass`, `skip`, `fail`, or `{fail: the error text}`"
_RATE = re.compile(r"(?:(at least|at most) )?(\d{1,9}) of ([1-9]\d{0,8})")


class Expectation(Record):
    """What a test should do: `pass`, `skip`, `fail`, `{fail: the error text}`, or `fails at least 1 of 50`."""

    outcome: ClassVar[tuple[str, ...]] = ("pass", "fail", "skip")

    expected: Line
    errors: tuple[Text, ...] = ()
    rate: str = ""  # of an intermittent defect: `at least 1 of 50`, `0 of 200`

    def meets_rate(self, failures: int, attempts: int) -> bool | None:
        """Whether so many failures in so many attempts meet the rate; None if there were too few attempts."""
        match = _RATE.fullmatch(self.rate)
        if match is None:
            raise ValueError(f"`{self.rate}` is not a rate")
        number, of = int(match[2]), int(match[3])
        if match[1] == "at least":
            enough = failures >= number and failures * of >= number * attempts
            return True if enough else False if attempts >= of else None
        if failures * of > number * max(attempts, of):
            return False
        return True if attempts >= of else None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: object) -> object:
        if isinstance(data, str) and data.startswith("fails "):
            data = {"fails": data.removeprefix("fails ")}
        if isinstance(data, dict) and "fails" in data and set(data) <= {"fails", "error"}:
            rate, texts = str(data["fails"]), data.get("error", [])
            match = _RATE.fullmatch(rate)
            if match is None or int(match[2]) > int(match[3]) or (match[1] == "at least" and match[2] == "0"):
                raise ValueError(f"`{rate}` is not a rate: write `fails at least 1 of 50` or `fails 0 of 200`")
            expected = "fail" if match[1] == "at least" else "pass"
            return {"expected": expected, "errors": texts if isinstance(texts, list) else [texts], "rate": rate}
        if isinstance(data, str):
            if data not in cls.outcome:
                raise ValueError(f"`{data}` is not an expectation: {_WRITE}")
            return {"expected": data}
        if isinstance(data, dict) and set(data) == {"fail"}:
            texts = data["fail"]
            return {"expected": "fail", "errors": texts if isinstance(texts, list) else [texts]}
        if isinstance(data, cls | None):
            return data
        raise ValueError(f"is not an expectation: {_WRITE}")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        text: Json = {"type": "string", "minLength": 1}
        fail: Json = {
            "description": "The error text, or one of several",
            "examples": ["TypeError: object X can't be used in 'await' expression"],
            "anyOf": [text, {"type": "array", "items": text, "minItems": 1}],
        }
        rate: Json = {
            "description": "Of an intermittent defect: how many of how many attempts fail",
            "examples": ["at least 1 of 50"],
            "type": "string",
            "pattern": rf"^{_RATE.pattern}$",
        }
        failure = {"type": "object", "properties": {"fail": fail}, "required": ["fail"], "additionalProperties": False}
        failures = {"properties": {"fails": rate, "error": fail}, "required": ["fails"]}
        words = [{"enum": list(cls.outcome)}, {"type": "string", "pattern": rf"^fails {_RATE.pattern}$"}]
        return {"description": cls.__doc__, "anyOf": [*words, failure, {**failure, **failures}]}


class Flaky(Record):
    """A test without a stable outcome, and until when that is accepted."""

    why: Prose = required("Why it is flaky", "The order of two events is not fixed")
    owner: PersonRef = required("Who fixes it", "backend")
    until: Day = required("The last day on which it is accepted", "2025-12-31")


class Test(Short, Sourced, short="proves"):
    """One test of a suite; what it leaves out it has from the suite."""

    proves: Prose | None = optional("What it proves", "The health endpoint answers")
    before: Expectation | None = optional("What it does before the fix", {"fail": "can't be used"})
    after: Expectation | None = optional("What it does after the fix", "pass")
    was: Line | None = optional("The name it had before", "test_health_old")
    markers: Many[Line] = several("Its markers, in addition to those of the suite", ["mission_critical"])
    code: Text | None = optional("Its code, if the plan includes it", "def test_health(): ...")
    flaky: Flaky | None = optional(
        "Why its outcome varies", {"why": "Order of events", "owner": "backend", "until": "2025-12-31"}
    )
    note: Prose | None = optional("A note for the reader", "Needs a free port")


class Aim(Short, Sourced, short="says"):
    """Something a suite is to cover, where no test is named for it. It counts as no test."""

    says: Prose = required("What must be covered", "Isolation between users")
    expect: Prose | None = optional("What it should show", "Stays as it is, with the defect in place")


class SuiteState(StrEnum):
    """Whether the tests of a suite exist."""

    PLANNED = "planned"
    WRITTEN = "written"


class Suite(Sourced):
    """Tests that are run together, to reproduce the defect or to prove its fix."""

    title: Line | None = optional("The title", "Bug reproduction")
    category: CategoryRef = required("The kind of tests, from the catalog", "unit")
    path: Path | None = optional("The file or folder of the tests", "tests/unit/test_issue_1231_fix_validation.py")
    file: Path | None = optional("A file beside the record with the code of its tests", "tests/test_fix.py")
    class_: Line | None = optional("The class that holds them", "TestFixValidation")
    base: Line | None = optional("The base class", "SSotAsyncTestCase")
    purpose: Prose | None = optional("What it is for", "The corrected calls give a manager")
    state: SuiteState | None = optional("Planned or written", "written")
    needs: Many[Line] = several("What it needs to run", ["deployed-build"])
    environments: Many[EnvironmentRef] = several("Where it is run", ["staging"])
    command: Many[Command] = several("How it is run", "python -m pytest tests/unit/test_fix.py -v")
    markers: Many[Line] = several("Markers of all its tests", ["issue_1231"])
    takes: Quantity | None = optional("The duration", "2 min")
    before: Expectation | None = optional("What its tests do before the fix", "fail")
    after: Expectation | None = optional("What its tests do after the fix", "pass")
    code: Text | None = optional("Setup code of the tests: imports, fixtures", "import pytest")
    tests: Named[Test] = keyed("Its tests, by name", {"test_health": "The health endpoint answers"})
    covers: Many[Aim] = several("What it must cover, if no test is named yet", ["Isolation between users"])
    note: Prose | None = optional("A note for the reader", "Runs against the deployed build")
