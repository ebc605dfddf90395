"""Rules about completed steps."""

from __future__ import annotations

import pytest

from tests.kit.books import at, findings_of, said

CRITERIA = """
criteria: {connects: {says: It connects, measure: connection.success, target: at least 95 %}}
metrics: {quick: {says: It is quick, measure: affected.files, target: "1"}}
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py:12]
"""


DONE = "{do: a, done: {on: 2025-10-01, commit: ab14a73d8}}"


OUT = f"deployment: {{production: {{steps: [{DONE}]}}, elsewhere: {{steps: [{DONE}]}}}}"


def test_a_step_done_before_its_criterion_is_met_is_found() -> None:
    text = "next:\n  - do: a\n    criterion: connects\n    done: 2025-10-01" + CRITERIA
    says = "the step is done, but `connects` is unknown: no value of `connection.success` was recorded"
    assert said(text, "TB413") == [f"1/issue.yaml:4: {says}"]


@pytest.mark.parametrize("step", ["criterion: quick, done: 2025-10-01", "criterion: connects", "criterion: nothing"])
def test_a_step_done_with_its_criterion_met_is_accepted(step: str) -> None:
    assert not said(f"next: [{{do: a, {step}}}]{CRITERIA}", "TB413")


@pytest.mark.parametrize(
    ("text", "field", "part", "left"),
    [
        (
            f"plan: {{before: a, phases: {{mend: {{steps: [{DONE}]}}}}}}",
            ("plan", "phases", "mend", "steps", 0, "done"),
            "the phase `mend`",
            "1 earlier step is open, first `plan.before.0`",
        ),
        (
            f"plan: {{phases: {{one: {{steps: [{DONE}, a, b]}}, two: {{steps: [a, {DONE}]}}}}}}",
            ("plan", "phases", "two", "steps", 1, "done"),
            "the phase `two`",
            "2 earlier steps are open, first `plan.phases.one.steps.1`",
        ),
        (
            f"plan: {{phases: {{one: {{steps: a}}}}, after: [{DONE}]}}",
            ("plan", "after", 0, "done"),
            "`plan.after`",
            "1 earlier step is open, first `plan.phases.one.steps.0`",
        ),
        (
            f"plan: {{phases: {{one: {{steps: a}}}}}}\ndeployment: {{production: {{steps: [{DONE}]}}}}",
            ("deployment", "production", "steps", 0, "done"),
            "the deployment to `production`",
            "1 earlier step is open, first `plan.phases.one.steps.0`",
        ),
        (
            f"deployment: {{staging: {{steps: a, checks: [{DONE}]}}}}",
            ("deployment", "staging", "checks", 0, "done"),
            "the checks in `staging`",
            "1 earlier step is open, first `deployment.staging.steps.0`",
        ),
    ],
)
def test_a_step_done_too_early_is_found(text: str, field: tuple[str | int, ...], part: str, left: str) -> None:
    says = f"a step of {part} is done, but {left}"
    assert [finding.says for finding in findings_of(text, select="TB413")] == [says]
    assert at(text, "TB413") == [field]


@pytest.mark.parametrize(
    "text",
    [
        f"plan: {{before: [{DONE}], phases: {{one: {{steps: [{DONE}, {DONE}]}}, two: {{steps: a}}}}, after: a}}",
        f"plan: {{phases: {{one: {{steps: [a, {DONE}]}}}}}}",
        f"plan: {{phases: {{one: {{steps: a}}}}}}\ndeployment: {{staging: {{steps: [{DONE}]}}}}",
        f"plan: {{phases: {{out: {{environment: production, steps: a}}}}}}\n{OUT}",
        f"plan: {{during: [{DONE}], phases: {{one: {{steps: a}}}}}}",
    ],
    ids=["in order", "within a phase", "staging is work", "the phase is the deployment", "while it is done"],
)
def test_steps_done_in_order_are_accepted(text: str) -> None:
    assert not said(text, "TB413")


def test_a_step_done_without_proof_is_found() -> None:
    assert said("next: [{do: a, done: 2025-10-01}]", "TB425") == [
        "1/issue.yaml:1: done on 2025-10-01, but nothing shows it"
    ]


@pytest.mark.parametrize(
    "step",
    [
        "do: a",
        "do: a, done: {on: 2025-10-01, commit: ab14a73d8}",
        "do: a, done: {on: 2025-10-01, evidence: a}",
        "do: a, done: {on: 2025-10-01, from: 'https://example.org'}",
        "do: a, done: 2025-10-01, from: 'https://example.org'",
    ],
)
def test_a_step_done_with_proof_is_accepted(step: str) -> None:
    assert not said(f"next: [{{{step}}}]", "TB425")
