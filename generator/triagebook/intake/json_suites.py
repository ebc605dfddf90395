"""Reads JSON reports with suites within suites: Playwright, mochawesome, Cucumber and behave."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from triagebook.model.evidence import Outcome

from .clean_text import error_text, joined
from .json_reports import mocha
from .results import CaseResult, Results, SuiteProblem, case, counted

Json = dict[str, Any]

_PLAYWRIGHT = {"expected": Outcome.PASSED, "flaky": Outcome.PASSED, "unexpected": Outcome.FAILED}
_PLAYWRIGHT_COUNTS = {"expected": "passed", "flaky": "passed", "unexpected": "failed", "skipped": "skipped"}


def playwright(document: Json) -> Results:
    """Read each test once for each project, which stands in brackets."""
    cases = []
    suites = [(suite, [suite.get("file")]) for suite in document["suites"]]
    for suite, names in suites:
        suites += [(inner, [*names, inner.get("title")]) for inner in suite.get("suites", [])]
        for spec in suite.get("specs", []):
            for test in spec.get("tests", []):
                tries = test.get("results") or [{}]
                outcome = _PLAYWRIGHT.get(test.get("status"), Outcome.SKIPPED)
                if outcome is Outcome.PASSED and test.get("expectedStatus") == "failed":
                    outcome = Outcome.XFAILED
                texts = [one.get("message") for run in tries for one in run.get("errors", [])]
                project = f"[{test['projectName']}]" if test.get("projectName") else ""
                took = tries[-1].get("duration")
                name = joined(*names, f"{spec.get('title')}{project}")
                cases.append(CaseResult(name, outcome, error_text(*texts), took and took / 1000, len(tries)))
    problems = [
        SuiteProblem("outside of any test", error_text(one.get("message")) or "an error") for one in document["errors"]
    ]
    stats = document.get("stats") or {}
    return Results(
        "playwright-json",
        tuple(cases),
        counted(stats, _PLAYWRIGHT_COUNTS),
        tuple(problems),
        "playwright",
        stats.get("startTime"),
    )


_MOCHAWESOME = {
    "testsRegistered": "tests",
    "passes": "passed",
    "failures": "failed",
    "pending": "skipped",
    "skipped": "skipped",
}


def mochawesome(document: Json) -> Results:
    """Read the suites as the lists that mocha itself writes. What a failed hook kept from running is skipped."""
    suites, tests, hooks = list(document["results"]), [], []
    for suite in suites:
        suites += suite.get("suites", [])
        file = {"file": suite.get("fullFile") or suite.get("file")}
        tests += [test | file for test in suite.get("tests", [])]
        hooks += [
            hook | file for key in ("beforeHooks", "afterHooks") for hook in suite.get(key, []) if hook.get("fail")
        ]
    skipped = [test for test in tests if test.get("pending") or test.get("skipped")]
    found = mocha({"stats": document["stats"], "tests": tests, "pending": skipped, "failures": hooks})
    return replace(found, format="mochawesome", stated=counted(document["stats"], _MOCHAWESOME))


_STEPS = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}
_STEPS |= dict.fromkeys(("undefined", "ambiguous", "error", "hook_error", "cleanup_error"), Outcome.ERROR)
_WORST = (Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED, Outcome.PASSED)


def cucumber(features: list[Json]) -> Results:
    """Read the scenarios of Cucumber or behave: the worst of its steps decides, those of a background included."""
    cases = []
    for feature in features:
        file = feature.get("uri") or str(feature.get("location") or "").rpartition(":")[0]
        per_second = 1_000_000_000 if feature.get("uri") else 1
        background: list[Json] = []
        for scenario in feature.get("elements", []):
            steps = [step for key in ("before", "steps", "after") for step in scenario.get(key, [])]
            results = [step["result"] for step in steps if step.get("result")]
            if scenario.get("type") == "background":
                background = results
                continue
            results, background = background + results, []
            ended = [_STEPS.get(str(one.get("status")), Outcome.SKIPPED) for one in results]
            outcome = min(ended, key=_WORST.index, default=Outcome.SKIPPED)
            messages = [one.get("error_message") for one in results]
            texts = ["\n".join(text) if isinstance(text, list) else text for text in messages]
            texts += [f"the step `{step.get('name')}` is undefined" for step in steps if _status(step) == "undefined"]
            took = sum(one.get("duration") or 0 for one in results) / per_second
            cases.append(case([file, scenario.get("name")], outcome, texts, took))
    return Results("cucumber-json", tuple(cases), tool="cucumber")


def _status(step: Json) -> object:
    return (step.get("result") or {}).get("status")
