"""Reads the JSON reports of test runners: CTRF, pytest-json-report, jest, mocha, rspec."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined, skip_reason
from .results import CaseResult, Results, SuiteProblem, case, counted

Json = dict[str, Any]

_CTRF = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "skipped": Outcome.SKIPPED, "pending": Outcome.SKIPPED}
_CTRF_COUNTS = {
    "tests": "tests", "passed": "passed", "failed": "failed", "skipped": "skipped", "pending": "skipped",
    "other": "skipped",
}  # fmt: skip
_PYTEST = {
    "passed": Outcome.PASSED, "failed": Outcome.FAILED, "error": Outcome.ERROR, "skipped": Outcome.SKIPPED,
    "xfailed": Outcome.XFAILED, "xpassed": Outcome.XPASSED,
}  # fmt: skip
_PYTEST_COUNTS = {"total": "tests", "passed": "passed", "failed": "failed", "error": "errors", "skipped": "skipped"}
_JEST = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}
_JEST_COUNTS = {
    "numTotalTests": "tests", "numPassedTests": "passed", "numFailedTests": "failed", "numPendingTests": "skipped",
    "numTodoTests": "skipped",
}  # fmt: skip
_MOCHA_COUNTS = {"tests": "tests", "passes": "passed", "failures": "failed", "pending": "skipped"}
_RSPEC = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "pending": Outcome.SKIPPED}
_RSPEC_COUNTS = {"example_count": "tests", "failure_count": "failed", "pending_count": "skipped"}
_SPEC_FILE = re.compile(r"[\w./-]+\.rb\b")


def ctrf(document: Json) -> Results:
    results = document["results"]
    cases = []
    for test in results.get("tests", []):
        suite = test.get("suite")
        suites = suite if isinstance(suite, list) else [suite]
        file = test.get("filePath")
        outcome = _CTRF.get(test.get("status"), Outcome.SKIPPED)
        name = [_path(file), *(str(part) for part in suites if part and part != file), test.get("name")]
        took, tries = _milliseconds(test.get("duration")), 1 + _retries(test)
        cases.append(case(name, outcome, [test.get("message"), test.get("trace")], took, tries))
    summary, tool = results.get("summary") or {}, results.get("tool") or {}
    environment = (results.get("environment") or {}).get("testEnvironment")
    return Results(
        "ctrf-json",
        tuple(cases),
        counted(summary, _CTRF_COUNTS),
        tool=_tool(tool.get("name"), tool.get("version")),
        at=_epoch(summary.get("start"), 1000),
        environments=(str(environment),) if environment else (),
    )


def pytest_json(document: Json) -> Results:
    version = ((document.get("environment") or {}).get("Packages") or {}).get("pytest")
    return Results(
        "pytest-json-report",
        tuple(_pytest_case(test) for test in document.get("tests", [])),
        counted(document.get("summary") or {}, _PYTEST_COUNTS),
        tuple(_pytest_problem(found) for found in document.get("collectors", []) if _went_wrong(found)),
        _tool("pytest", version),
        _epoch(document.get("created"), 1),
    )


def _pytest_case(test: Json) -> CaseResult:
    parts = [test.get(when) or {} for when in ("setup", "call", "teardown")]
    errors = [(part.get("crash") or {}).get("message") for part in parts] + [part.get("longrepr") for part in parts]
    again = test.get("outcome") == "rerun"  # the parts describe the last attempt
    ended = "failed" if again and any(part.get("outcome") == "failed" for part in parts) else "passed"
    outcome = _PYTEST.get(ended if again else str(test.get("outcome")), Outcome.ERROR)
    error = _pytest_error(test, outcome, [str(text) for text in errors if text])
    took = sum(float(part.get("duration") or 0) for part in parts)
    return CaseResult(joined(test.get("nodeid")), outcome, error, _seconds(took), 1 + again)


def _pytest_error(test: Json, outcome: Outcome, texts: list[str]) -> str | None:
    if outcome is Outcome.PASSED:
        return None
    if outcome is Outcome.SKIPPED:
        return error_text(*map(skip_reason, texts))
    if not texts and outcome is Outcome.ERROR:  # for sub-tests the plugin keeps only the last outcome
        return error_text(f"the report says `{test.get('outcome')}`, which is not an outcome")
    return error_text(*texts)


def _went_wrong(collector: Json) -> bool:
    return collector.get("outcome") in {"failed", "skipped"}


def _pytest_problem(collector: Json) -> SuiteProblem:
    skipped = collector.get("outcome") == "skipped"
    what = "the whole module was skipped" if skipped else "it could not be collected"
    text = str(collector.get("longrepr") or "")
    says = error_text(what, skip_reason(text) if skipped else text)
    return SuiteProblem(joined(collector.get("nodeid") or "a module"), says or what, skipped)


def jest(document: Json) -> Results:
    """Read the JSON of jest or vitest. A file that fails to load has no tests."""
    cases, problems = [], []
    for file in document["testResults"]:
        path = _path(file.get("name"))
        tests = file.get("assertionResults") or []
        for test in tests:
            outcome = _JEST.get(test.get("status"), Outcome.SKIPPED)
            texts = [str(text) for text in test.get("failureMessages") or [] if outcome is Outcome.FAILED]
            name = [path, *map(str, test.get("ancestorTitles") or []), test.get("title") or test.get("fullName")]
            took, tries = (
                _milliseconds(test.get("duration")),
                max(1, _tries(test.get("invocations")), 1 + _length(test.get("retryReasons"))),
            )
            cases.append(case(name, outcome, texts, took, tries))
        if file.get("status") == "failed" and not any(test.get("status") == "failed" for test in tests):
            problems.append(SuiteProblem(joined(path), error_text(file.get("message")) or "it did not run"))
    stated = counted(document, _JEST_COUNTS)
    return Results(
        "jest-json", tuple(cases), stated, tuple(problems), "jest or vitest", _epoch(document.get("startTime"), 1000)
    )


def mocha(document: Json) -> Results:
    pending = {_mocha_key(test) for test in document.get("pending", [])}
    tests = document.get("tests", [])
    cases = []
    for test in tests:
        problem = test.get("err") or {}
        outcome = Outcome.FAILED if problem else Outcome.PASSED
        outcome = Outcome.SKIPPED if _mocha_key(test) in pending else outcome
        took, tries = _milliseconds(test.get("duration")), 1 + _tries(test.get("currentRetry"))
        cases.append(CaseResult(_mocha_name(test), outcome, _mocha_error(test), took, tries))
    known = {_mocha_key(test) for test in tests}
    hooks = [test for test in document.get("failures", []) if _mocha_key(test) not in known]
    problems = tuple(SuiteProblem(_mocha_name(hook), _mocha_error(hook) or "it failed") for hook in hooks)
    stats = document.get("stats") or {}
    return Results("mocha-json", tuple(cases), counted(stats, _MOCHA_COUNTS), problems, "mocha", stats.get("start"))


def _mocha_key(test: Json) -> tuple[Any, Any]:
    return test.get("file"), test.get("fullTitle")


def _mocha_name(test: Json) -> str:
    return joined(_path(test.get("file")), test.get("fullTitle") or test.get("title"))


def _mocha_error(test: Json) -> str | None:
    problem = test.get("err") or {}
    return error_text(problem.get("message"), problem.get("stack") or problem.get("estack"))


def rspec(document: Json) -> Results:
    cases = []
    for example in document.get("examples", []):
        problem = example.get("exception") or {}
        outcome = _RSPEC.get(example.get("status"), Outcome.ERROR)
        texts = [_rspec_message(problem), example.get("pending_message")]
        path = str(example.get("file_path") or "").removeprefix("./")
        name = [_path(path), example.get("full_description") or example.get("description")]
        cases.append(case(name, outcome, texts, _seconds(example.get("run_time"))))
    summary = document.get("summary") or {}
    outside = _tries(summary.get("errors_outside_of_examples_count"))
    texts = [str(text) for text in document.get("messages", []) if "error" in str(text).lower()]
    texts += ["an error occurred outside of examples"] * min(outside - len(texts), 100)
    return Results(
        "rspec-json",
        tuple(cases),
        counted(summary, _RSPEC_COUNTS),
        tuple(_rspec_problem(text) for text in texts[:outside]),
        _tool("rspec", document.get("version")),
    )


def _rspec_message(problem: Json) -> str | None:
    """Class and message as Ruby prints them."""
    return ": ".join(str(part).strip() for part in (problem.get("class"), problem.get("message")) if part) or None


def _rspec_problem(text: str) -> SuiteProblem:
    file = _SPEC_FILE.search(text)
    return SuiteProblem(
        file[0].removeprefix("./") if file else "outside of examples", error_text(text) or "it did not load"
    )


def _path(file: object) -> str | None:
    return str(file).replace("\\", "/") if file else None


def _tool(name: object, version: object) -> str | None:
    return " ".join(str(part) for part in (name, version) if part) or None


def _retries(test: dict[str, Any]) -> int:
    """How often a test of CTRF was tried again; one that is called flaky was at least once."""
    attempts = _length(test.get("retryAttempts"))
    return max(_tries(test.get("retries")), attempts, 1 if test.get("flaky") is True else 0)


def _length(value: Any) -> int:  # noqa: ANN401  (whatever the file holds)
    return len(value) if isinstance(value, list) else 0


def _tries(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 1000 else 0


def _milliseconds(value: object) -> float | None:
    return _seconds(value / 1000) if isinstance(value, int | float) else None


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _epoch(value: object, per_second: int) -> str | None:
    if not isinstance(value, int | float) or not 0 < value / per_second < 4e9:
        return None
    return datetime.fromtimestamp(value / per_second, UTC).isoformat(timespec="seconds")
