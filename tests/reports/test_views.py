"""What the views decide, without a template."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.reports import HALF, cases, proven, real, small, written
from tests.kit.stories import FOUR_FIELDS, observation
from triagebook.facts.ledger.refusals import Refusal
from triagebook.reports import KINDS, make
from triagebook.reports.since import EarlierState


def view(kind: str, case: Any, earlier: EarlierState | None = None) -> Any:
    return make(kind, case, earlier).view


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_is_frozen(kind: str) -> None:
    with pytest.raises(AttributeError):
        view(kind, small({})).head = None


def test_the_proven_story_is_released() -> None:
    found = view("validation-report", proven().case())
    assert (str(found.verdict.stage), found.verdict.tone, found.verdict.next) == ("released", "tip", None)
    assert [row.state for row in found.verdict.environments if row.required] == ["proven"]
    tests = {test for row in found.verdict.environments for runs in row.proofs for test in runs.tests}
    assert {test.partition(": ")[2] for test in tests} == {"test_connects", "test_sends"}


def test_the_error_seen_again_turns_the_verdict() -> None:
    story = proven()
    story.evidence["d-again"] = observation()
    found = view("summary", story.case())
    assert found.verdict.tone == "caution"
    assert "Evidence speaks against the fix." in found.verdict.says


@pytest.mark.parametrize("name", cases())
def test_no_stage_is_withheld_without_naming_what_does_not_count(name: str) -> None:
    """The report names all refused evidence, each with its law, the reason and a remedy."""
    case, _ = cases()[name]
    kind = "validation-report"
    found = view(kind, case)
    named = {
        Refusal(refused.law, evidence, refused.why, refused.do, refused.command)
        for refused in found.refusals
        for evidence in refused.evidence
    }
    assert named == set(case.verdict.refusals)
    assert all(step.missing for step in found.verdict.steps if not step.reached)
    text = written(case, kind, full=True)
    assert all(f"`{one.evidence}`" in text and f"({one.law_name})" in text for one in named)


def test_a_reason_that_several_pieces_of_evidence_share_is_said_once() -> None:
    first = view("validation-report", real("1184")).refusals[0]
    assert (first.do, len(first.evidence)) == ("record the result file itself", 4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_names_the_source_code_it_was_compared_with(kind: str) -> None:
    assert "Written by triagebook, compared with the source code at aaaaaaa · " in written(proven().case(), kind)
    assert "Written by triagebook, without the source code · " in written(small({}), kind)


def test_closed_as_fixed_without_proof_is_said() -> None:
    found = view("summary", small({"closed": {"on": "2025-10-01", "as": "fixed"}}))
    assert "The evidence does not support how the issue was closed." in found.verdict.says
    assert found.verdict.tone == "caution"


def test_what_a_document_says_is_shown_as_said() -> None:
    suites = {row.id: row for row in view("validation-report", real("1231")).suites}
    after = suites["bug-reproduction"].after
    assert (after.passed.bare, after.planned.bare) == ("7", "7")
    assert after.documents == ("1231-validation-report.md",)
    assert not any(result.proves for row in suites["bug-reproduction"].tests for result in row.results_after)


def test_a_box_is_ticked_by_a_scan_alone() -> None:
    by_hand = view("remediation-checklist", real("1231")).affected
    assert [(row.done, row.stated_done) for category in by_hand.categories for row in category.rows] == [(False, True)]
    scanned = view("remediation-checklist", proven().case()).affected
    assert [(row.done, row.stated_done) for category in scanned.categories for row in category.rows] == [(True, False)]


def test_the_estimate_is_the_sum_of_the_steps() -> None:
    found = view("remediation-checklist", real("1184"))
    assert str(found.time) == "15 h 50 min"
    takes = [str(row.takes) for row in found.phases if row.takes]
    assert takes == ["20 min", "4 h", "7 h", "2 h", "2 h 30 min"]


def test_a_report_tells_how_many_statements_are_contradicted() -> None:
    stated = view("test-plan", real("1184")).stated
    claims = real("1184").claims
    assert (stated.total, stated.contradicted) == (len(claims), sum(claim.contradiction for claim in claims))


def test_every_statement_is_listed_once_at_a_place_of_its_own() -> None:
    documents = view("claims-report", real("1231")).statements
    rows = [statement for document in documents for statement in document.rows]
    assert len({statement.place for statement in rows}) == len(rows) == len(real("1231").claims)
    labels = {statement.row.label for statement in rows} - {""}
    assert labels == {f"D{number}" for number in range(1, len(labels) + 1)}


def test_the_five_worst_statements_of_a_document_are_of_different_kinds() -> None:
    for document in view("claims-report", real("1184")).statements:
        kinds = [statement.kind for statement in document.worst]
        assert len(kinds) == len(set(kinds)) == 5


def test_a_contradiction_is_marked_where_it_is_about() -> None:
    claims: list[dict[str, Any]] = [
        {"says": "It passes", "lines": "1", "kind": "vacuous", "about": {"test": "test_answers"}},
        {"says": "All answer", "lines": "2", "kind": "unmeasured", "about": {"criterion": "answers"}},
        {"says": "1 of 1", "lines": "3", "kind": "inflated-count", "about": {"fact": "tests.passed suite=smoke"}},
        {"says": "A lot", "lines": "4", "kind": "unsourced-figure", "about": {"fact": "impact.revenue"}},
    ]
    case = small(HALF | {"claims": [claim | {"disputed": "Not so"} for claim in claims]})
    found = view("validation-report", case).stated
    rows = [statement.row for document in view("claims-report", case).statements for statement in document.rows]
    says = {row.label: str(row.claim.says) for row in rows}
    told = {place: {says[label] for label in found.about(place)} for place in ("suites.smoke", "suites.smo", "suites")}
    assert told == {"suites.smoke": {"It passes", "1 of 1"}, "suites.smo": set(), "suites": {"It passes", "1 of 1"}}
    assert [says[label] for label in found.about("criteria.answers")] == ["All answer"]
    assert [says[label] for label in found.about("impact.revenue")] == ["A lot"]


def test_a_step_that_cannot_work_is_marked_do_not_run() -> None:
    suites = {
        "proving": {
            "category": "unit",
            "command": "pytest a",
            "before": "fail",
            "after": "pass",
            "tests": {"test_a": "A"},
        },
        "same": {
            "category": "unit",
            "command": "pytest b",
            "before": "pass",
            "after": "pass",
            "tests": {"test_b": "B"},
        },
        "later": {"category": "unit", "state": "planned", "before": "fail", "after": "pass", "tests": {"test_c": "C"}},
    }
    steps = ["Look", {"do": "Run it with services", "command": "run --real"}, {"do": "Run it", "suites": "proving"}]
    claim = {"says": "run --real", "lines": "1", "kind": "drift", "disputed": "The option does not exist."}
    about = [{"step": f"plan.phases.try.steps.{number}"} for number in (1, 2)]
    claims = [claim | {"about": about[0]}, claim | {"kind": "sum", "about": about[1]}]
    case = small({"suites": suites, "plan": {"phases": {"try": {"steps": steps}}}, "claims": claims})
    found = view("execution-plan", case)
    (phase,) = found.phases
    assert [(str(run.do), run.script) for run in phase.steps] == [("Look", ""), ("Run it", "pytest a")]
    assert [str(step.do) for step in phase.work] == ["Look"]
    assert [(str(run.do), str(run.why_not)) for run in phase.skipped] == [
        ("Run it with services", "The option does not exist.")
    ]
    assert {tuple(map(str, one.what)): str(one.why) for one in found.runs.skipped} == {
        ("same",): "It does the same before and after the fix",
    }
    assert ([row.title for row in found.runs.unwritten], found.runs.loose) == (["later"], ())
    assert "run --real" not in written(case, "execution-plan")


def test_a_disputed_command_or_test_is_marked_where_one_would_use_it() -> None:
    test = {"before": "fail", "after": "pass"}
    suite = {
        "category": "unit",
        "command": ["pytest a", "run --filter a"],
        "tests": {"test_one": test, "test_two": test},
    }
    steps = [{"do": "Check it", "command": ["look", "run --filter b"]}]
    claim = {"says": "--filter", "kind": "drift", "disputed": "The option does not exist."}
    claims = [
        claim | {"about": {"command": ["run --filter a", "run --filter b"]}},
        claim | {"about": {"test": "test_two"}, "kind": "vacuous", "disputed": "It tests a copy."},
    ]
    plan = {"phases": {"try": {"steps": steps}}, "before": [{"do": "Try", "command": "run --filter b"}]}
    case = small({"suites": {"unit": suite}, "plan": plan, "claims": claims})
    mark = "Do not run: `run --filter {}`. The option does not exist."
    runs = written(case, "execution-plan").replace("*", "")
    assert all(mark.format(word) in runs for word in "ab")
    assert mark.format("b") in written(case, "remediation-checklist").replace("*", "")
    assert "It tests a copy." in next(line for line in written(case, "test-plan").splitlines() if "test_two" in line)


def test_suites_that_can_prove_the_fix_come_first() -> None:
    text = written(real("1231"), "test-plan")
    titles = (
        "### The four calls in the routes",
        "### Staging E2E Validation",
        "- **Bug Reproduction**",
    )
    assert sorted(titles, key=text.index) == list(titles)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_missing_is_named_with_its_field(kind: str) -> None:
    gaps = view(kind, small({})).gaps
    assert gaps or kind == "claims-report"
    assert all(gap.field or gap.command for gap in gaps)
    assert len(view(kind, small(HALF)).gaps) <= max(0, len(gaps) - 1)


def test_nothing_is_asked_of_an_issue_that_was_closed_without_a_fix() -> None:
    closed = {"closed": {"on": "2025-09-16", "as": "declined", "why": "W"}, "next": ["Fix it"]}
    for kind in ("summary", "validation-report"):
        text = written(small({**FOUR_FIELDS, **closed}), kind)
        assert [word for word in ("Next:", "To be recorded next", "What is missing", "ship") if word in text] == []


def test_changes_since_an_earlier_state_are_listed() -> None:
    now, then = proven(), proven()
    del then.evidence["b-after"]
    found = view("summary", now.case(), earlier=EarlierState("v1", then.case())).since
    assert found.evidence == ("b-after",)
    moved = {each.says: (each.was, each.now) for each in found.changed}
    assert moved["What the evidence supports, for the whole issue"][1] == "released"
    assert view("summary", now.case(), earlier=EarlierState("v0", None)).since.new


def test_a_report_needs_only_four_fields() -> None:
    found = view("summary", small(FOUR_FIELDS))
    assert (found.impact, found.option, found.changes, found.next_steps) == (None, None, (), ())


def test_each_figure_is_computed_once() -> None:
    report = make("validation-report", real("1231"))
    names = [str(figure.fact.ref) for figure in report.figures.used]
    assert len(names) == len(set(names))
    assert [figure.number for figure in report.figures.used] == list(range(len(names)))
