"""Rules about dates, closing, documents and owners."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.books import at, book_of, findings_in, findings_of, said
from triagebook.model.evidence import seal_of
from triagebook.store.load import load
from triagebook.store.yaml import read_plain

RUN = """
kind: tests
grade: machine
at: 2025-09-20
environment: staging
phase: before
commit: 5222b25608c3
dirty: false
suite: unit
results: {test_connects: {outcome: failed, error: "TypeError: no answer from the manager"}}
expected: {test_connects: {before: {fail: "TypeError: no answer from the manager"}, after: pass}}
"""


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("closed: {on: 2025-09-01, as: split, into: 2}", ("closed", "on"), "closed"),
        ("due: 2025-09-01", ("due",), "due"),
        ("next: [a, {do: b, done: 2025-09-01}]", ("next", 1, "done", "on"), "done"),
        ("plan: {after: {do: b, done: 2025-09-01}}", ("plan", "after", 0, "done", "on"), "done"),
        ("communication: [{says: b, done: 2025-09-01}]", ("communication", 0, "done", "on"), "done"),
        (
            "deployment: {staging: {attempts: [{on: 2025-09-01, outcome: done}]}}",
            ("deployment", "staging", "attempts", 0, "on"),
            "deployed",
        ),
    ],
)
def test_a_date_before_the_opening_is_found(text: str, field: tuple[str | int, ...], says: str) -> None:
    whole = f"1/issue.yaml:1: {says} on 2025-09-01, before the issue was opened on 2025-09-15"
    assert said(text, "TB401") == [whole]
    assert at(text, "TB401") == [field]


def test_a_defect_introduced_after_the_opening_is_found() -> None:
    assert said("introduced: {on: 2025-09-20}", "TB401") == [
        "1/issue.yaml:1: the defect was introduced on 2025-09-20, after the issue was opened on 2025-09-15"
    ]


@pytest.mark.parametrize("when", ["2025-09-01", "2025-09-01T23:00:00Z"])
def test_a_run_before_the_defect_was_introduced_is_found(when: str) -> None:
    run = f"{{kind: tests, grade: transcribed, from: 'https://x.org', phase: before, at: '{when}'}}"
    says = "observed on 2025-09-01, before the fix of a defect introduced on 2025-09-10"
    assert said(f"introduced: {{on: 2025-09-10}}\n# evidence/a.yaml\n{run}", "TB401") == [
        f"1/evidence/a.yaml:1: {says}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "opened: 2025-09-15\ndue: 2025-09-15\nclosed: {on: 2025-09-15, as: split, into: 2}",
        "introduced: {on: 2025-09-15}",
        "introduced: 5222b2560",
        "deployment: {staging: {attempts: [{outcome: failed}]}}",
        "# claims/plan.yaml\ndate: 2025-01-01",
        "introduced: {on: 2025-09-10}\n# evidence/a.yaml\n{kind: command, grade: machine, at: 2025-09-01, command: ls}",
        "# evidence/a.yaml\n{kind: tests, grade: machine, at: 2025-09-01, phase: before}",
    ],
)
def test_dates_in_order_are_accepted(text: str) -> None:
    assert not said(text, "TB401")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("opened: 2025-10-16", ("opened",)),
        ("closed: {on: 2025-10-16, as: split, into: 2}", ("closed", "on")),
        ("next: [{do: a, done: 2025-10-16}]", ("next", 0, "done", "on")),
        ("# claims/a.yaml\ndate: 2025-10-16", ("date",)),
        ("# evidence/a.yaml\n{kind: command, grade: machine, at: 2025-10-16, command: ls}", ("at",)),
        ("# evidence/a.yaml\n{kind: command, grade: machine, at: '2025-10-17T00:00:00Z', command: ls}", ("at",)),
    ],
)
def test_a_future_date_is_found(text: str, field: tuple[str | int, ...]) -> None:
    found = [finding for finding in findings_of(text, select="TB402") if finding.file.startswith("1/")]
    assert [finding.field for finding in found] == [field]
    assert found[0].says.endswith("is in the future: today is 2025-10-15")


@pytest.mark.parametrize(
    "text",
    [
        "due: 2999-01-01",
        "waivers: [{rule: TB424, who: backend, why: a, until: 2999-01-01}]",
        "opened: 2025-10-15",
        "# evidence/a.yaml\n{kind: command, grade: machine, at: '2025-10-16T01:00:00Z', command: ls}",
    ],
    ids=["due", "until", "today", "the clock of another country"],
)
def test_a_due_date_may_lie_in_the_future(text: str) -> None:
    assert not said(text, "TB402")


def test_without_today_no_date_is_in_the_future() -> None:
    assert not findings_of("opened: 2999-01-01", as_of=None, select="TB402")


def test_closing_as_fixed_without_proof_is_found() -> None:
    found = said("closed:\n  on: 2025-10-01\n  as: fixed", "TB410")
    assert len(found) == 1
    assert found[0].startswith(
        "1/issue.yaml:3: closed as fixed, but the record proves no more than `reported`; triaged needs: name the"
    )


def test_closing_as_not_reproducible_after_a_reproduction_is_found() -> None:
    text = f"""
closed: {{on: 2025-10-01, as: cannot-reproduce, why: It works here}}
components: routes
symptoms: "TypeError: no answer from the manager"
source: {{repository: app, commit: 5222b25608c3}}
causes: [{{says: a, at: app/routes/chat.py:3}}]
suites:
  unit: {{category: unit, before: {{fail: no answer from the manager}}, after: pass, tests: {{test_connects: a}}}}
# evidence/a.yaml{RUN}seal: {seal_of(read_plain(RUN))}
"""
    says = "closed as cannot-reproduce, but a run reproduced it: the stage is `reproduced`"
    assert said(text, "TB410") == [f"1/issue.yaml:1: {says}"]


@pytest.mark.parametrize(
    ("closed", "says"),
    [
        ("as: split", "closed as split, but `into` names no issue"),
        ("as: declined", "closed as declined, but `why` gives no reason"),
        ("as: cannot-reproduce", "closed as cannot-reproduce, but `why` gives no reason"),
    ],
)
def test_closing_without_reason_or_successor_is_found(closed: str, says: str) -> None:
    assert said(f"closed: {{on: 2025-10-01, {closed}}}", "TB410") == [f"1/issue.yaml:1: {says}"]


@pytest.mark.parametrize(
    "closed", ["as: split, into: 2", "as: declined, why: a", "as: cannot-reproduce, why: a", "as: duplicate, into: 2"]
)
def test_a_supported_closing_is_accepted(closed: str) -> None:
    assert not said(f"closed: {{on: 2025-10-01, {closed}}}", "TB410")


@pytest.mark.parametrize(
    ("rest", "missing"),
    [("", "date and no author"), ("date: 2025-09-15", "author"), ("by: backend", "date")],
)
def test_a_cited_document_without_date_or_author_is_found(rest: str, missing: str) -> None:
    quoted = f"lessons: {{says: b, from: a.md#L1}}\n# claims/a.yaml\n{rest}"
    assert said(quoted, "TB423") == [f"1/claims/a.yaml:1: the document has no {missing}"]


@pytest.mark.parametrize(
    "text",
    [
        "lessons: {says: b, from: a.md}\n# claims/a.yaml\n{date: 2025-09-15, by: backend, title: A}",
        "# claims/a.yaml\nfrom: a.md#L1",
        "# claims/a.yaml\nclaims: [{says: A, kind: missing-metadata, disputed: nothing says who wrote it}]",
    ],
)
def test_a_complete_or_uncited_document_is_accepted(text: str) -> None:
    assert not said(text, "TB423")


@pytest.mark.parametrize("severity", ["critical", "high"])
def test_a_severe_issue_without_owner_is_found(severity: str, tmp_path: Path) -> None:
    book_of(f"severity: {severity}", tmp_path)
    path = tmp_path / "1" / "issue.yaml"
    path.write_text(path.read_text().replace("owner: backend\n", ""))
    found = findings_in(load(tmp_path), select="TB424")
    assert [f"{each.file}:{each.line}: {each.says}" for each in found] == [
        f"1/issue.yaml:1: the issue is {severity} and open, but has no owner"
    ]


def test_steps_without_owner_are_one_finding() -> None:
    text = "next:\n  - {do: a, owner: backend}\n  - b\n  - {do: c, done: 2025-10-01}\n  - d"
    assert said(text, "TB424") == ["1/issue.yaml:3: 2 of 4 next steps have no owner"]


def test_a_noticed_defect_without_issue_is_found() -> None:
    text = "noticed:\n  - {what: a, issue: 2}\n  - {what: b, owner: backend}"
    assert said(text, "TB424") == ["1/issue.yaml:3: a defect was noticed, but has no issue"]
