"""The JSON of test runners that write an event a line: `go test -json`, dart."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from triagebook.model.evidence import Outcome

from .results import Case, Results, error_text, joined

Json = dict[str, Any]

_GO = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}


def go_test(events: list[Json]) -> Results:
    """Tests and subtests alike; a package that fails without any is trouble."""
    output: dict[tuple[str, str], list[str]] = defaultdict(list)
    ended: dict[tuple[str, str], tuple[Outcome, Any]] = {}
    builds: dict[str, list[str]] = defaultdict(list)
    failed_packages: dict[str, str] = {}
    for event in events:
        action, package, test = event.get("Action"), str(event.get("Package") or ""), event.get("Test")
        if action == "build-output":
            builds[str(event.get("ImportPath"))].append(str(event.get("Output") or ""))
        elif action == "output":
            output[package, str(test or "")].append(str(event.get("Output") or ""))
        elif action in _GO and test:
            ended[package, str(test)] = (_GO[action], event.get("Elapsed"))
        elif action == "fail":
            failed_packages[package] = str(event.get("FailedBuild") or "")
    cases = tuple(
        Case(
            joined(package, test),
            outcome,
            error_text("".join(output[package, test])) if outcome is not Outcome.PASSED else None,
            took if isinstance(took, int | float) else None,
        )
        for (package, test), (outcome, took) in ended.items()
    )
    broken = {package for package, _ in ended}
    trouble = tuple(
        error_text(f"{package} did not run", "".join(builds.get(build, output[package, ""]))) or package
        for package, build in failed_packages.items()
        if build or package not in broken
    )
    at = next((str(event["Time"]) for event in events if event.get("Time")), None)
    return Results("go-test-json", cases, trouble=trouble, tool="go test", at=at, failed_suites=len(trouble))


def dart(events: list[Json]) -> Results:
    suites: dict[Any, str] = {}
    started: dict[Any, tuple[str, int]] = {}
    errors: dict[Any, list[str]] = defaultdict(list)
    cases, trouble, tool = [], [], None
    for event in events:
        match event.get("type"):
            case "start":
                tool = f"dart test {event.get('runnerVersion') or ''}".strip()
            case "suite":
                suites[event["suite"].get("id")] = str(event["suite"].get("path") or "").replace("\\", "/")
            case "testStart":
                test = event["test"]
                started[test.get("id")] = (
                    joined(suites.get(test.get("suiteID")), test.get("name")),
                    int(event.get("time") or 0),
                )
            case "error":
                errors[event.get("testID")] += [str(event.get("error") or ""), str(event.get("stackTrace") or "")]
            case "testDone":
                name, since = started.get(event.get("testID"), ("unnamed", 0))
                problem = error_text(*errors[event.get("testID")])
                result = "skipped" if event.get("skipped") else event.get("result")
                if not event.get("hidden"):
                    outcome = {"success": Outcome.PASSED, "failure": Outcome.FAILED, "skipped": Outcome.SKIPPED}.get(
                        str(result), Outcome.ERROR
                    )
                    cases.append(Case(name, outcome, problem, (int(event.get("time") or 0) - since) / 1000))
                elif result in {"failure", "error"}:
                    trouble.append(problem or f"{name} did not load")
    return Results("dart", tuple(cases), trouble=tuple(trouble), tool=tool)
