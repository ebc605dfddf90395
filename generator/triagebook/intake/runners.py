"""The JSON of test runners, one document a run: CTRF, pytest-json-report, mocha, rspec."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from triagebook.model.evidence import Outcome

from .results import Case, Results, error_text, joined

Json = dict[str, Any]

_CTRF = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "skipped": Outcome.SKIPPED, "pending": Outcome.SKIPPED}
_PYTEST = {
    "passed": Outcome.PASSED, "failed": Outcome.FAILED, "error": Outcome.ERROR, "skipped": Outcome.SKIPPED,
    "xfailed": Outcome.XFAILED, "xpassed": Outcome.XPASSED,
}  # fmt: skip
_RSPEC = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "pending": Outcome.SKIPPED}


def ctrf(document: Json) -> Results:
    results = document["results"]
    cases = []
    for test in results.get("tests", []):
        suite = test.get("suite")
        suites = suite if isinstance(suite, list) else [suite]
        file = test.get("filePath")
        outcome = _CTRF.get(test.get("status"), Outcome.SKIPPED)
        error = error_text(test.get("message"), test.get("trace")) if outcome is not Outcome.PASSED else None
        name = joined(_path(file), *(str(part) for part in suites if part and part != file), test.get("name"))
        cases.append(Case(name, outcome, error, _milliseconds(test.get("duration")), 1 + int(test.get("retries") or 0)))
    summary, tool = results.get("summary") or {}, results.get("tool") or {}
    stated = {key: summary[key] for key in ("tests", "passed", "failed") if isinstance(summary.get(key), int)}
    return Results(
        "ctrf",
        tuple(cases),
        stated,
        tool=_tool(tool.get("name"), tool.get("version")),
        at=_epoch(summary.get("start"), 1000),
    )


def pytest_json(document: Json) -> Results:
    cases = []
    for test in document.get("tests", []):
        parts = [test.get(when) or {} for when in ("setup", "call", "teardown")]
        errors = [(part.get("crash") or {}).get("message") for part in parts] + [part.get("longrepr") for part in parts]
        outcome = _PYTEST.get(test.get("outcome"), Outcome.ERROR)
        error = error_text(*(str(text) for text in errors if text)) if outcome is not Outcome.PASSED else None
        took = sum(float(part.get("duration") or 0) for part in parts)
        cases.append(Case(joined(test.get("nodeid")), outcome, error, took or None))
    trouble = tuple(
        error_text(f"{found.get('nodeid') or 'a module'} could not be collected", str(found.get("longrepr") or ""))
        or "a collection failed"
        for found in document.get("collectors", [])
        if found.get("outcome") == "failed"
    )
    names = {"total": "tests", "passed": "passed", "failed": "failed", "error": "errors", "skipped": "skipped"}
    summary = document.get("summary") or {}
    stated = {names[key]: value for key, value in summary.items() if key in names and isinstance(value, int)}
    version = ((document.get("environment") or {}).get("Packages") or {}).get("pytest")
    return Results(
        "pytest-json-report",
        tuple(cases),
        stated,
        trouble,
        _tool("pytest", version),
        _epoch(document.get("created"), 1),
    )


def mocha(document: Json) -> Results:
    pending = {_mocha_key(test) for test in document.get("pending", [])}
    cases = []
    for test in document.get("tests", []):
        problem = test.get("err") or {}
        outcome = Outcome.FAILED if problem else Outcome.PASSED
        outcome = Outcome.SKIPPED if _mocha_key(test) in pending else outcome
        error = error_text(problem.get("message"), problem.get("stack"))
        name = joined(_path(test.get("file")), test.get("fullTitle") or test.get("title"))
        tries = 1 + int(test.get("currentRetry") or 0)
        cases.append(Case(name, outcome, error, _milliseconds(test.get("duration")), tries))
    stats = document.get("stats") or {}
    names = {"tests": "tests", "passes": "passed", "failures": "failed", "pending": "skipped"}
    stated = {names[key]: value for key, value in stats.items() if key in names and isinstance(value, int)}
    return Results("mocha", tuple(cases), stated, tool="mocha", at=stats.get("start"))


def _mocha_key(test: Json) -> tuple[Any, Any]:
    return test.get("file"), test.get("fullTitle")


def rspec(document: Json) -> Results:
    cases = []
    for example in document.get("examples", []):
        problem = example.get("exception") or {}
        outcome = _RSPEC.get(example.get("status"), Outcome.ERROR)
        error = error_text(problem.get("class"), problem.get("message"), example.get("pending_message"))
        path = str(example.get("file_path") or "").removeprefix("./")
        name = joined(_path(path), example.get("full_description") or example.get("description"))
        cases.append(Case(name, outcome, error, example.get("run_time")))
    summary = document.get("summary") or {}
    names = {"example_count": "tests", "failure_count": "failed", "pending_count": "skipped"}
    stated = {names[key]: value for key, value in summary.items() if key in names and isinstance(value, int)}
    outside = int(summary.get("errors_outside_of_examples_count") or 0)
    texts = [str(text) for text in document.get("messages", []) if "error" in str(text).lower()]
    trouble = (texts + ["an error occurred outside of examples"] * outside)[:outside]
    return Results("rspec", tuple(cases), stated, tuple(trouble), _tool("rspec", document.get("version")))


def _path(file: object) -> str | None:
    return str(file).replace("\\", "/") if file else None


def _tool(name: object, version: object) -> str | None:
    return " ".join(str(part) for part in (name, version) if part) or None


def _milliseconds(value: object) -> float | None:
    return value / 1000 if isinstance(value, int | float) else None


def _epoch(value: object, per_second: int) -> str | None:
    if not isinstance(value, int | float) or not 0 < value / per_second < 4e9:
        return None
    return datetime.fromtimestamp(value / per_second, UTC).isoformat(timespec="seconds")
