"""Reads test runners that write one JSON event per line: `go test -json` and dart."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined
from .results import CaseResult, Results, SuiteProblem

Json = dict[str, Any]

_GO = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}
_LONGEST = 1e9  # seconds
_DART = {"success": Outcome.PASSED, "failure": Outcome.FAILED, "skipped": Outcome.SKIPPED}


def go_test(events: list[Json]) -> Results:
    """Read tests and subtests. With `-count` a test runs several times, with one result each.

    A package that fails without a failed test is a problem of its own, whether its build failed or it ended early.
    """
    output: dict[tuple[str, str], list[str]] = defaultdict(list)
    builds: dict[str, list[str]] = defaultdict(list)
    running: dict[tuple[str, str], None] = {}
    failed: dict[str, str] = {}
    cases, explained = [], set()
    for event in events:
        action, key = event.get("Action"), (str(event.get("Package") or ""), str(event.get("Test") or ""))
        if action == "build-output":
            builds[str(event.get("ImportPath"))].append(str(event.get("Output") or ""))
        elif action == "output":
            output[key].append(str(event.get("Output") or ""))
        elif action == "run":
            running[key] = None
        elif action in _GO and key[1]:
            running.pop(key, None)
            printed = error_text("".join(output.pop(key, ()))) if action != "pass" else None
            took = event.get("Elapsed")
            spent = float(took) if isinstance(took, int | float) and 0 <= took < _LONGEST else None
            cases.append(CaseResult(joined(*key), _GO[action], printed, spent))
            explained |= {key[0]} if action == "fail" else set()
        elif action == "fail":
            failed[key[0]] = str(event.get("FailedBuild") or failed.get(key[0], ""))
    for key in running:
        text = error_text("".join(output[key]), "it did not finish")
        cases.append(CaseResult(joined(*key), Outcome.ERROR, text))
        explained.add(key[0])
    problems = []
    for package, build in failed.items():
        if build or package not in explained:
            text = "".join(builds.get(build) or output[package, ""])
            problems.append(SuiteProblem(package or "a package", error_text("it failed outside any test", text) or ""))
    at = next((str(event["Time"]) for event in events if event.get("Time")), None)
    return Results("go-test-json", tuple(cases), problems=tuple(problems), tool="go test", at=at)


def dart(events: list[Json]) -> Results:
    suites: dict[Any, str] = {}
    started: dict[Any, tuple[str, int]] = {}
    errors: dict[Any, list[str]] = defaultdict(list)
    cases, problems, tool = [], [], None
    for event in events:
        match event.get("type"):
            case "start":
                tool = f"dart test {event.get('runnerVersion') or ''}".strip()
            case "suite":
                suites[event["suite"].get("id")] = str(event["suite"].get("path") or "").replace("\\", "/")
            case "testStart":
                test = event["test"]
                name = joined(suites.get(test.get("suiteID")), test.get("name"))
                started[test.get("id")] = name, _whole(event.get("time"))
            case "error":
                errors[event.get("testID")] += [str(event.get("error") or ""), str(event.get("stackTrace") or "")]
            case "testDone":
                name, since = started.pop(event.get("testID"), ("unnamed", 0))
                problem = error_text(*errors[event.get("testID")])
                result = "skipped" if event.get("skipped") else event.get("result")
                if not event.get("hidden"):
                    outcome = _DART.get(str(result), Outcome.ERROR)
                    cases.append(CaseResult(name, outcome, problem, max(0, _whole(event.get("time")) - since) / 1000))
                elif result in {"failure", "error"}:
                    problems.append(SuiteProblem(name, problem or "it did not load"))
    cases += [CaseResult(name, Outcome.ERROR, "it did not finish") for name, _ in started.values()]
    return Results("dart-json", tuple(cases), problems=tuple(problems), tool=tool)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**12 else 0
