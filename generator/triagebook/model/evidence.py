"""Evidence: one observation, appended and never edited."""

import json
import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from triagebook.findings import Plain

from .base import (
    Commit,
    Count,
    Flag,
    Line,
    Many,
    Named,
    Once,
    Path,
    Prose,
    Record,
    Short,
    Text,
    When,
    keyed,
    optional,
    required,
    several,
)
from .refs import EnvironmentRef, PersonRef, SuiteRef
from .suites import Expectation
from .values import Digest, DocRef, FactRef, Quantity, Sourced

_FIGURE = re.compile(r"\d+(?:[.,]\d+)?(?:/\d+)?")


def seal_of(plain: Plain) -> str:
    """The digest of a record as it is written, its own seal left out; order and layout do not count."""
    content = {key: value for key, value in plain.items() if key != "seal"} if isinstance(plain, dict) else plain
    return Digest.of(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


class Grade(StrEnum):
    """Who vouches for a piece of evidence."""

    MACHINE = "machine"
    ATTESTED = "attested"
    TRANSCRIBED = "transcribed"


class Phase(StrEnum):
    """Before or after the fix."""

    BEFORE = "before"
    AFTER = "after"


class Outcome(StrEnum):
    """How a test ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"


class SourceFile(Record):
    """The file that a piece of evidence was read from."""

    name: Line = required("Its name", "junit.xml")
    sha256: Digest = required("Its digest", "sha256:" + "0" * 64)
    format: Line | None = optional("Its format", "junit")
    kept: Path | None = optional("Where it is kept beside the evidence, compressed", "junit.xml.gz")


class Result(Short, Sourced, short="outcome"):
    """How one test ended."""

    outcome: Outcome = required("How it ended", "passed")
    error: Text | None = optional("The error text", "TypeError: object X can't be used in 'await' expression")
    seconds: Quantity | None = optional("How long it took", "0.12 s")
    attempts: Count | None = optional("How many attempts it took; all but the last failed", 2)
    fits: Many[Path] = several("The files that hold a test of that name, if several do", ["a_test.go", "b_test.go"])
    note: Prose | None = optional("What the source says about it", "Expected intermittent")


class Totals(Record):
    """The counts that a source states itself."""

    passed: Count | None = optional("Passed", 22)
    failed: Count | None = optional("Failed", 1)
    errors: Count | None = optional("Ended in an error", 0)
    skipped: Count | None = optional("Skipped", 0)
    warnings: Count | None = optional("Warnings", 9)
    total: Count | None = optional("The total", 23)
    seconds: Quantity | None = optional("How long it took", "1.34 s")


class Held(Record):
    """What was expected of a test when the evidence was recorded."""

    before: Expectation | None = optional("Before the fix", "fail")
    after: Expectation | None = optional("After the fix", "pass")

    def at(self, phase: Phase) -> Expectation | None:
        return self.before if phase is Phase.BEFORE else self.after


class Evidence(Record):
    """What all evidence says: where, when, on which code, by whom."""

    grade: Grade = required("Machine, attested or transcribed", "machine")
    at: When = required("When it was observed", "2025-09-15T14:30:00Z")
    environment: EnvironmentRef | None = optional("The environment in which it was observed", "staging")
    phase: Phase | None = optional("Before or after the fix", "after")
    commit: Commit | None = optional("The commit it was observed at", "ab14a73d8429")
    dirty: Flag | None = optional("Whether the work tree had uncommitted changes", "false")
    build: Line | None = optional("The build it was observed in", "backend-00412")
    by: PersonRef | None = optional("Who observed it", "backend")
    tool: Line | None = optional("The program that observed it", "pytest 8.4.1")
    source: SourceFile | None = optional("The file it was read from", {"name": "a.xml", "sha256": "sha256:" + "0" * 64})
    code: Named[Digest] = keyed("The digests of the code files that it ran on", {"app/routes.py": "sha256:" + "0" * 64})
    from_: Many[DocRef] = several("The document it was typed from", "1231-validation-report.md#L44-L56")
    note: Prose | None = optional("A note for the reader", "The report names no commit")
    seal: Digest | None = optional("The digest of this evidence, written by the tool", "sha256:" + "0" * 64)

    _sealed: bool = PrivateAttr(default=False)

    @property
    def sealed(self) -> bool:
        """Whether the seal is that of the content."""
        return self._sealed

    @model_validator(mode="wrap")
    @classmethod
    def _look_at_seal(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(data)
        made._sealed = made.seal is not None and isinstance(data, dict) and seal_of(data) == made.seal  # noqa: SLF001
        return made


class TestRun(Evidence):
    """A run of tests."""

    kind: Literal["tests"] = required("A run of tests", "tests")
    suite: SuiteRef | None = optional("The suite that was run", "fix-validation")
    command: Text | None = optional("The command that was run", "python -m pytest tests/unit -v")
    tests_from: Commit | None = optional("The commit of the tests, if they were laid over another", "ab14a73d8429")
    exit_code: Count | None = optional("The exit code", 0)
    results: Named[Once[Result]] = keyed("How each test ended, by name", {"test_health": "passed"})
    totals: Totals | None = optional("The totals that the source states", {"passed": 9, "total": 9})
    expected: Named[Once[Held]] = keyed("What was expected when it was recorded", {"test_health": {"after": "pass"}})
    partial: Flag | None = optional("Whether the run was cut off", "true")
    output: Text | None = optional("What it printed", "9 passed in 0.4s")


class CommandOutput(Evidence):
    """The output of a command."""

    kind: Literal["command"] = required("The output of a command", "command")
    command: Text = required("The command", "grep -rn 'await get_websocket_manager' .")
    exit_code: Count | None = optional("The exit code", 1)
    output: Text | None = optional("What it printed", "app/routes.py:1233: ...")


class MeasuredValue(Evidence):
    """A measured value."""

    kind: Literal["value"] = required("A measured value", "value")
    name: FactRef = required("What was measured", "websocket.connection_success")
    value: Quantity = required("The value", "97.2 %")
    how: Prose | None = optional("How it was measured", "From the load balancer's log, one hour")

    _stated: bool | None = PrivateAttr(default=None)

    @property
    def stated(self) -> bool | None:
        """Whether the kept source states the value; None if it was not checked."""
        return self._stated

    def look_at_source(self, text: str) -> None:
        """Note whether the text of its source states the value."""
        self._stated = is_stated(self.value, text)


def is_stated(value: Quantity, text: str) -> bool:
    """Whether a text contains every figure of a value."""
    return set(_FIGURE.findall(str(value))) <= set(_FIGURE.findall(text))


class Observation(Evidence):
    """What a person saw."""

    kind: Literal["observation"] = required("What a person observed", "observation")
    says: Prose = required("The observation", "The chat opens")
    error: Text | None = optional("The error text, if the error occurred again", "TypeError: ...")
    count: Count | None = optional("How many times", 3)
    attached: Many[Path] = several("Files kept beside the evidence", ["screenshot.png"])
    withdraws: Line | None = optional("The evidence that was recorded by mistake", "2025-09-15T143000Z-unit-local")


AnyEvidence = Annotated[TestRun | CommandOutput | MeasuredValue | Observation, Field(discriminator="kind")]
