"""`triagebook facts`: every fact, with its unit and its origins."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.facts.issue_facts import DEFINITIONS

pytestmark = pytest.mark.usefixtures("book")


def row(text: str, name: str) -> list[str]:
    """The columns of a fact's line."""
    lines = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    assert len(lines) == 1
    return [cell.strip() for cell in lines[0].split("  ") if cell.strip()]


def test_without_an_id_the_facts_of_the_book_are_shown(
    run_installed: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    ran = run_installed("facts")
    assert (ran.code, ran.err) == (0, "")
    golden("facts", ran.out)


def test_with_an_id_the_facts_of_the_issue_are_shown(run_installed: Callable[..., Any]) -> None:
    """Every fact has a line, and so has the verdict for each environment."""
    ran = run_installed("facts", "9")
    assert (ran.code, ran.err) == (0, "")
    names = [line.split("  ")[0] for line in ran.out.splitlines()]
    assert len(names) == len(set(names))
    assert {*DEFINITIONS, "verdict environment=staging", "verdict environment=production"} == set(names)


def test_a_line_has_value_unit_and_the_number_of_origins(run: Callable[..., Any]) -> None:
    out = run("facts", "9").out
    assert row(out, "affected.locations") == ["affected.locations", "5", "locations", "4 origins"]
    assert row(out, "steps.open") == ["steps.open", "1", "steps", "1 origin"]
    assert row(out, "severity") == ["severity", "critical", "1 origin"]


def test_an_unknown_fact_says_why(run: Callable[..., Any]) -> None:
    out = run("facts", "9").out
    assert row(out, "tests.pass_rate") == ["tests.pass_rate", "unknown", "no suite lists a test that fits"]
    assert "  0  " not in row(out, "tests.passed")


def test_measured_values_come_last(run: Callable[..., Any], book: Path) -> None:
    """With their grade."""
    (book / "9" / "evidence" / "rate.yaml").write_text(
        "kind: value\ngrade: transcribed\nat: 2026-03-04\nphase: after\nname: cart.kept\nvalue: 99.5 %\n"
    )
    assert row(run("facts", "9").out, "cart.kept") == ["cart.kept", "99.5 %", "1 origin, transcribed"]


# ── one fact ─────────────────────────────────────────────────────────────────────────────────────────


def test_one_fact_is_shown_with_its_origins(
    run_installed: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    ran = run_installed("facts", "9", "--name", "affected.locations category=product")
    assert (ran.code, ran.err) == (0, "")
    golden("facts-9-name", ran.out)


def test_the_lines_of_the_origins_are_right(run: Callable[..., Any], here: Path) -> None:
    ran = run("facts", "9", "--name", "affected.files")
    places = [line.strip() for line in ran.out.splitlines() if ".yaml:" in line]
    for place in places:
        path, _, line = place.rpartition(":")
        assert (here / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("  - ")
    assert len(places) == len(set(places)) == 4


def test_a_fact_of_the_book_is_shown_by_name(run: Callable[..., Any]) -> None:
    ran = run("facts", "--name", "book.issues component=cart state=open")
    assert ran.out.splitlines()[0] == "book.issues component=cart state=open  1 issues"
    assert "  issues/9/issue.yaml:1" in ran.out.splitlines()


def test_an_unknown_fact_shown_by_name_says_why(run: Callable[..., Any]) -> None:
    ran = run("facts", "10", "--name", "affected.files")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "affected.files  unknown: no affected location is recorded"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["90"], "there is no issue `90`"),
        (["9", "--name", "affected.file"], "did you mean `affected.files`?"),
        (["9", "--name", "book.issues"], "there is no fact `book.issues` for issue 9"),
        (["--name", "affected.files"], "there is no fact `affected.files` for the whole book"),
        (["9", "--name", "affected.files kind=x"], "has no filter `kind`; it takes category, state, priority"),
        (["--name", "book.issues severity=hgh"], "there is no severity `hgh`; known are critical, high"),
        (["9", "--name", "Affected Files"], "is not the name of a fact"),
        (["9", "--name", ""], "is not the name of a fact"),
        (["9", "--name", "a=\x1b[31m"], "is not the name of a fact"),
    ],
)
def test_unknown_names_are_refused(arguments: list[str], says: str, run: Callable[..., Any]) -> None:
    """Two lines on standard error, and nothing on standard output."""
    ran = run("facts", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert len(ran.err.splitlines()) == 2
    assert "\x1b" not in ran.err


def test_an_unreadable_issue_is_refused(run: Callable[..., Any], book: Path) -> None:
    (book / "10" / "issue.yaml").write_text("title: [\n")
    ran = run("facts", "10")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[1].startswith("error: issues/10/issue.yaml:")
    assert run("facts", "9").code == 0


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────


def test_json_of_an_issue(run_installed: Callable[..., Any]) -> None:
    ran = run_installed("facts", "9", "--format", "json")
    document = json.loads(ran.out)
    assert document["issue"] == "9"
    facts = {fact["name"]: fact for fact in document["facts"] if not fact["filters"]}
    located = facts["affected.locations"]
    assert (located["value"], located["unit"], located["text"]) == (5, "locations", "5 locations")
    at = {"path": "issues/9/affected.yaml", "line": 5, "file": "9/affected.yaml", "field": ["locations", 1]}
    assert located["origins"][1] == at
    assert (facts["tests.passed"]["value"], bool(facts["tests.passed"]["why_unknown"])) == (None, True)
    assert facts["affected.locations"]["why_unknown"] is None


def test_json_of_the_book(run_installed: Callable[..., Any]) -> None:
    document = json.loads(run_installed("facts", "--format", "json").out)
    assert document["issue"] is None
    assert {fact["name"] for fact in document["facts"]} >= {"book.issues", "book.revenue", "book.contradictions"}


def test_json_of_one_fact_of_each_type(run: Callable[..., Any], book: Path) -> None:
    issue = book / "10" / "issue.yaml"
    more = """
impact: {revenue: [{stream: chat, at_risk: at least 5 USD/year}], share: [{of: sales, amount: 12.5 %}]}
suites: {a: {category: unit, after: pass, tests: {test_a: It is, test_b: It is, test_c: It is}}}
plan: {phases: {one: {steps: [{do: it, takes: 5 to 8 min}]}}}
"""
    issue.write_text(issue.read_text(encoding="utf-8") + more, encoding="utf-8")
    (book / "10" / "evidence").mkdir()
    (book / "10" / "evidence" / "a.yaml").write_text(
        "kind: tests\ngrade: transcribed\nat: 2026-03-04\nphase: after\nenvironment: staging\n"
        "results: {test_a: passed}\n"
    )

    def one(name: str) -> dict[str, Any]:
        (found,) = json.loads(run("facts", "10", "--name", name, "--format", "json").out)["facts"]
        return dict(found)

    assert one("tests.pass_rate")["value"] == pytest.approx(1 / 3)
    assert one("tests.pass_rate")["text"] == "33.3 %"
    assert one("tests.pass_rate")["grade"] == "transcribed"
    assert one("tests.pass_rate phase=before")["filters"] == {"phase": "before"}
    revenue = one("impact.revenue")
    assert (revenue["value"], revenue["low"], revenue["high"], revenue["unit"]) == (None, 5, None, "USD/year")
    assert (one("impact.share")["value"], one("impact.share")["unit"]) == (12.5, "%")
    assert (one("plan.time")["low"], one("plan.time")["high"]) == (5, 8)
    assert one("severity")["value"] == "medium"


def test_the_same_bytes_on_every_run(run_installed: Callable[..., Any]) -> None:
    first, second = (run_installed("facts", "9", "--format", "json", PYTHONHASHSEED=seed).out for seed in ("1", "2"))
    assert first == second
