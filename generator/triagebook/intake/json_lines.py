"""Reads test runners that write one JSON event per line: `go test -json` and dart."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined
from .results import CaseResult, Results, SuiteProblem

Json = dict[str, Any]

_GO = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}
_DART = {"success": Outcome.PASSED, "failure": Outcome.FAILED, "skipped": Outcome.SKIPPED}


def go_test(events: list[Json]) -> Results:
    """Read tests and subtests. A package that fails without a failed test is a problem of its own."""
    reader = _GoTest()
    for event in events:
        reader.take(event)
    problems = tuple(reader.problems())
    at = next((str(event["Time"]) for event in events if event.get("Time")), None)
    return Results(
        "go-test-json", tuple(reader.cases()), problems=problems, tool="go test", at=at, failed_suites=len(problems)
    )


class _GoTest:
    """Collects the events of a run. With `-count` a test runs several times, with one result each."""

    def __init__(self) -> None:
        self.output: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.running: dict[tuple[str, str], None] = {}
        self.ended: list[tuple[str, str, Outcome, str | None, Any]] = []
        self.builds: dict[str, list[str]] = defaultdict(list)
        self.failed: dict[str, str] = {}

    def take(self, event: Json) -> None:
        action, test = event.get("Action"), event.get("Test")
        key = str(event.get("Package") or ""), str(test or "")
        if action == "build-output":
            self.builds[str(event.get("ImportPath"))].append(str(event.get("Output") or ""))
        elif action == "output":
            self.output[key].append(str(event.get("Output") or ""))
        elif action == "run":
            self.running[key] = None
        elif action in _GO and test:
            self.running.pop(key, None)
            printed = error_text("".join(self.output.pop(key, ()))) if action != "pass" else None
            self.ended.append((*key, _GO[action], printed, event.get("Elapsed")))
        elif action == "fail":
            self.failed[key[0]] = str(event.get("FailedBuild") or "")

    def cases(self) -> list[CaseResult]:
        done = [
            CaseResult(joined(package, test), outcome, printed, took if isinstance(took, int | float) else None)
            for package, test, outcome, printed, took in self.ended
        ]
        cut_off = [
            CaseResult(joined(*key), Outcome.ERROR, error_text("".join(self.output[key]), "it did not finish"))
            for key in self.running
        ]
        return done + cut_off

    def problems(self) -> list[SuiteProblem]:
        explained = {package for package, _, outcome, *_ in self.ended if outcome is Outcome.FAILED}
        explained |= {package for package, _ in self.running}
        return [
            SuiteProblem(package or "a package", self._why(package, build))
            for package, build in self.failed.items()
            if build or package not in explained
        ]

    def _why(self, package: str, build: str) -> str:
        printed = self.builds.get(build) or self.output.get((package, ""), [])
        return error_text("it failed outside any test", "".join(printed)) or ""


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
