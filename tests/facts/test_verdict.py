"""The verdict: DESIGN's table row by row, each stage reached and each single thing that may be missing for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.stories import (
    AFTER,
    BEFORE,
    CODE_AT,
    CODE_FILE,
    ERROR,
    FIX,
    FOUR_FIELDS,
    LATER,
    NOW,
    OLD,
    TEST_FILE,
    Plain,
    Story,
    digest,
    failed,
    honest,
    observation,
    run,
    source,
    value,
)
from triagebook.code.state import UNKNOWN, Drift, Mismatch
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage


def reported() -> Story:
    """The four fields, and nothing else."""
    return Story(issue=dict(FOUR_FIELDS), affected=None, evidence={}, source=UNKNOWN)


def triaged() -> Story:
    story = honest()
    story.evidence = {}
    story.affected = None
    story.issue = {key: story.issue[key] for key in (*FOUR_FIELDS, "components", "causes", "source", "suites")}
    story.issue["causes"][0]["at"] = f"{CODE_FILE}:85"
    return story


def reproduced() -> Story:
    story = triaged()
    story.evidence = {"a-before": run("before", BEFORE)}
    return story


def fixed() -> Story:
    story = reproduced()
    story.issue["fix"] = honest().issue["fix"]
    story.affected = honest().affected
    return story


def validated() -> Story:
    story = honest()
    del story.issue["deployment"]
    return story


STAGES: dict[Stage, Callable[[], Story]] = {
    Stage.REPORTED: reported,
    Stage.TRIAGED: triaged,
    Stage.REPRODUCED: reproduced,
    Stage.FIXED: fixed,
    Stage.VALIDATED: validated,
    Stage.RELEASED: honest,
}


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_is_reached(stage: Stage) -> None:
    story = STAGES[stage]()
    verdict = story.case().verdict
    assert verdict.stage is stage
    following = list(Stage)[list(Stage).index(stage) + 1 :]
    assert (verdict.next.stage if verdict.next else None) == (following[0] if following else None)
    assert all(step.reasons for step in verdict.stages if step.reached)
    assert all(step.missing for step in verdict.stages if not step.reached)


def test_the_stage_is_cumulative() -> None:
    """All that comes later does not make up for what is missing first."""
    story = honest()
    del story.issue["components"]
    assert story.stage is Stage.REPORTED
    assert story.step(Stage.VALIDATED).reached


# ── triaged ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda s: s.issue.pop("components"), "component"),
        (lambda s: s.issue.pop("causes"), "`causes`"),
        (lambda s: s.issue["causes"][0].update(state="ruled-out"), "`causes`"),
        (lambda s: s.issue["causes"][0].pop("at"), "find where"),
        (lambda s: s.issue["causes"][0].update(at=CODE_FILE), "find where"),
        (lambda s: s.issue.pop("source"), "find where"),
    ],
)
def test_triaged_needs_a_component_a_cause_and_a_location(change: Callable[[Story], Any], missing: str) -> None:
    story = triaged()
    change(story)
    assert story.stage is Stage.REPORTED
    assert missing in story.missing(Stage.TRIAGED)


@pytest.mark.parametrize("where", ["cause", "symptom", "affected"])
def test_a_location_may_stand_in_several_places(where: str) -> None:
    story = triaged()
    del story.issue["causes"][0]["at"]
    if where == "affected":
        story.affected = {"source": {"repository": "app", "commit": OLD}, "locations": [f"{CODE_FILE}:85"]}
    elif where == "cause":
        story.issue["causes"][0]["at"] = f"{CODE_FILE}:85"
    else:
        story.issue["symptoms"] = [{"error": ERROR, "at": f"{CODE_FILE}:85"}]
    assert story.stage is Stage.TRIAGED


def test_a_pattern_is_a_cause() -> None:
    story = triaged()
    story.issue["causes"] = [{"pattern": "awaited-sync-call", "at": f"{CODE_FILE}:85"}]
    assert story.stage is Stage.TRIAGED


# ── reproduced ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "evidence",
    [
        run("before", BEFORE, grade="attested", by="developer"),
        run("before", BEFORE, grade="transcribed"),
        run("before", BEFORE, seal=False),
        run("before", BEFORE, dirty="true"),
        run("before", dict.fromkeys(BEFORE, "passed")),
        run("before", dict.fromkeys(BEFORE, failed("ImportError: no module app"))),
        run("before", {"test_other": failed()}),
        run("before", BEFORE, expected={}),
        run("after", BEFORE, commit=OLD),
    ],
)
def test_reproduced_needs_a_machine_that_saw_a_planned_test_fail_as_expected(evidence: Plain) -> None:
    story = triaged()
    story.evidence = {"a": evidence}
    assert story.stage is Stage.TRIAGED


def test_a_run_changed_by_hand_blocks_reproduced() -> None:
    """Its earlier content is unknown; perhaps it said that the test passes."""
    story = reproduced()
    story.evidence["b"] = run("before", BEFORE, at="2025-09-19T10:00:00Z")
    story.edit("b", note="edited")
    assert story.stage is Stage.TRIAGED
    assert "restore b, or record it again" in story.missing(Stage.REPRODUCED)


def test_reproduced_in_any_environment() -> None:
    story = triaged()
    story.evidence = {"a": run("before", BEFORE, environment="local")}
    assert story.stage is Stage.REPRODUCED


def test_what_is_missing_to_reproduce_it() -> None:
    assert story_todo(triaged()) == ["run a suite on code without the fix"]
    unplanned = triaged()
    unplanned.suite.update(before="pass")
    assert story_todo(unplanned)[0].startswith("plan a test that fails before the fix")


def story_todo(story: Story) -> list[str]:
    return [todo.do for todo in story.step(Stage.REPRODUCED).missing]


def test_a_run_before_the_fix_never_goes_stale() -> None:
    story = fixed()
    story.source = source({}, head=LATER)
    assert story.stage is not Stage.TRIAGED


def test_its_commit_must_lack_the_fix() -> None:
    story = fixed()
    story.issue["fix"]["changes"][0]["commit"] = OLD
    assert story.stage is Stage.TRIAGED


def test_a_pass_that_nothing_was_expected_of_proves_nothing() -> None:
    story = validated()
    story.record("b-after", results={"test_sends": "passed"}, expected={"test_connects": {"after": "pass"}})
    assert story.place().state is EnvironmentStatus.UNKNOWN


def test_the_tests_that_reproduced_it() -> None:
    found = {(test.name, place) for test, place in fixed().case().ledger.reproductions}
    assert found == {("test_connects", "staging"), ("test_sends", "staging")}


# ── fixed ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda s: s.issue.pop("fix"), "what was changed"),
        (lambda s: s.issue["fix"]["changes"][0].pop("commit"), "commit of 1 of 1 changes"),
        (lambda s: s.issue["fix"]["changes"].append({"setting": "TIMEOUT"}), "commit of 1 of 2 changes"),
        (lambda s: setattr(s, "affected", None), "no scan"),
        (lambda s: s.affected.pop("scan"), "no scan"),
        (lambda s: s.affected["scan"].pop("by"), "not found by a scan"),
        (lambda s: s.affected["scan"].update({"from": "plan.md#L80"}), "not found by a scan"),
        (lambda s: s.affected["source"].update(commit=OLD), "which lacks"),
        (lambda s: s.affected["source"].update(commit=LATER), "is unknown"),
        (lambda s: s.affected["locations"][0].update(state="open"), "1 location"),
        (lambda s: s.affected["locations"].append({"at": "app/b.py:3", "state": "new"}), "1 location"),
    ],
)
def test_fixed_needs_commits_and_a_scan_that_finds_nothing(change: Callable[[Story], Any], missing: str) -> None:
    story = fixed()
    change(story)
    assert story.stage is Stage.REPRODUCED
    assert missing in story.missing(Stage.FIXED)


def test_without_the_source_code_a_scan_counts_as_recorded() -> None:
    story = fixed()
    story.source = UNKNOWN
    assert story.stage is Stage.FIXED


@pytest.mark.parametrize(
    "drift",
    [
        Drift(back=(Mismatch("1/affected.yaml", ("locations", 0), f"{CODE_FILE}:85", "it is found again"),)),
        Drift(unrecorded={"app/b.py": (3,)}),
    ],
)
def test_what_the_scan_finds_overrides_a_typed_state(drift: Drift) -> None:
    story = fixed()
    story.source = source(drift={"1": drift})
    assert story.stage is Stage.REPRODUCED
    assert "the current code shows the defect at app/" in story.missing(Stage.FIXED)


def test_a_search_that_finds_nothing_new_leaves_it_fixed() -> None:
    story = fixed()
    story.source = source(drift={"1": Drift(), "2": Drift(unrecorded={"app/b.py": (3,)})})
    assert story.stage is Stage.FIXED


def test_the_commits_of_the_fix() -> None:
    story = fixed()
    story.issue["fix"]["changes"] += [{"path": "a.py", "commit": OLD}, {"path": "b.py", "commit": FIX}]
    assert story.case().ledger.fix.commits == (OLD, FIX)


# ── validated ────────────────────────────────────────────────────────────────────────────────────────


def test_production_needs_only_a_pass_after_a_failure_elsewhere() -> None:
    """Nobody brings the defect back to production to see it fail there."""
    story = validated()
    story.catalog.update(required=["staging", "production"])
    missing = story.case().verdict.environments["production"].missing
    assert [todo.do for todo in missing] == ["production: record a passing run with the fix"]
    story.evidence["c-after"] = story.evidence["b-after"]
    story.record("c-after", environment="production")
    assert story.case().verdict.environments["production"].state is EnvironmentStatus.PROVEN


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda s: s.catalog.update(required=[]), "name the environments"),
        (lambda s: s.catalog.update(required=["staging", "production"]), "production: record a passing run"),
        (lambda s: s.issue.update(environments={"prove": ["local"]}), "local: record a passing run"),
        (lambda s: s.evidence.pop("b-after"), "staging: record a passing run"),
        (lambda s: s.record("b-after", results=AFTER | {"test_colours": failed("x")}), "test_colours did not end"),
        (lambda s: s.record("b-after", results={"test_colours": "passed"}), "staging: record a passing run"),
        (lambda s: s.issue.pop("criteria"), "`criteria`"),
        (lambda s: s.issue["criteria"].update(more="It is fast"), "criterion more is unknown"),
        (lambda s: s.evidence.update(c=value("12 %")), "criterion connects is failed"),
        (lambda s: s.evidence.pop("c"), "criterion connects is unknown"),
        (
            lambda s: s.issue.update(
                criteria={"one": {"says": "x", "measure": "changes.total", "target": "1 changes"}}
            ),
            "measure at least one",
        ),
        (lambda s: s.edit("c", note="edited"), "no valid seal"),
        (lambda s: s.evidence.update(d=observation()), "the recorded error was seen"),
        (
            lambda s: s.evidence.update(d=value("1 s", name="other", environment="local") | {"note": "edited"}),
            "restore d, or record it again",
        ),
    ],
)
def test_validated_needs_proof_everywhere_and_every_criterion(change: Callable[[Story], Any], missing: str) -> None:
    story = validated()
    change(story)
    assert story.stage is Stage.FIXED
    assert missing in story.missing(Stage.VALIDATED)


def test_one_test_that_proves_it_is_enough() -> None:
    story = validated()
    del story.issue["criteria"]["tests"]
    story.record("b-after", results={"test_sends": "passed"})
    assert story.stage is Stage.VALIDATED
    assert [proof.test for proof in story.place().proven_by] == ["test_sends"]


def test_a_criterion_on_tests_is_measured_by_a_machine() -> None:
    story = validated()
    del story.issue["criteria"]["connects"]
    del story.evidence["c"]
    assert story.stage is Stage.VALIDATED


def test_what_is_unexpected_elsewhere_is_to_be_accepted_by_name() -> None:
    story = validated()
    del story.issue["criteria"]["tests"]
    story.evidence["d"] = run("after", AFTER | {"test_sends": failed("x")}, environment="local")
    assert story.place("local").state is EnvironmentStatus.FAILED
    assert story.stage is Stage.FIXED
    waiver = {"rule": "TB438", "at": "results.test_sends", "who": "developer", "why": "Known", "until": "2999-01-01"}
    story.issue["waivers"] = [waiver]
    assert story.stage is Stage.VALIDATED


def both_places(**elsewhere: Any) -> Story:
    """Staging and local must be proven; the run in local is as given."""
    story = validated()
    story.issue["environments"] = {"prove": ["local"]}
    story.evidence["d"] = run("before", BEFORE, environment="local")
    story.evidence["e"] = run("after", AFTER, environment="local", **elsewhere)
    return story


def test_two_environments_may_be_proven_on_one_commit() -> None:
    assert both_places().stage is Stage.VALIDATED


def test_two_environments_may_be_proven_on_the_same_files() -> None:
    story = both_places(commit=LATER, code=CODE_AT[NOW])
    assert story.stage is Stage.VALIDATED
    story.source = source(contains={(NOW, FIX): True}, head=LATER, looked_at=frozenset())
    assert story.stage is Stage.VALIDATED


def test_two_environments_may_be_proven_on_the_current_code() -> None:
    """One run is at the very commit and kept no digests, the other kept them at another commit."""
    story = both_places(code=None)
    story.record("b-after", commit=LATER, code=CODE_AT[NOW])
    assert story.stage is Stage.VALIDATED


def test_two_environments_proven_on_different_code_do_not_validate() -> None:
    story = both_places(commit=LATER, code={CODE_FILE: digest("other"), TEST_FILE: CODE_AT[NOW][TEST_FILE]})
    story.source = source(head=LATER, looked_at=frozenset(), why_unknown="shallow clone")
    assert {found.state for found in story.case().verdict.environments.values()} == {EnvironmentStatus.PROVEN}
    assert story.stage is Stage.FIXED
    assert "on one commit" in story.missing(Stage.VALIDATED)


# ── released ─────────────────────────────────────────────────────────────────────────────────────────


def attempt(**how: Any) -> Callable[[Story], Any]:
    plain = {"on": "2025-09-30", "outcome": "done", "commit": NOW} | how
    plain = {key: each for key, each in plain.items() if each is not None}
    return lambda story: story.issue.update(deployment={"production": {"attempts": [plain]}})


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda s: s.issue.pop("deployment"), "deploy to production"),
        (attempt(outcome="failed"), "deploy to production"),
        (attempt(outcome="abandoned"), "deploy to production"),
        (attempt(on=None), "deploy to production"),
        (attempt(commit=None), "deploy to production"),
        (attempt(commit=OLD), "deploy to production"),
        (attempt(on="2025-12-24"), "deploy to production"),
        (attempt(**{"from": "report.md#L3"}), "deploy to production"),
        (lambda s: s.issue.update(deployment={"staging": s.issue["deployment"]["production"]}), "deploy to production"),
        (lambda s: s.catalog["environments"].update(production="Production"), "which environment is production"),
        (lambda s: s.evidence.update(d=observation(environment="production")), "the error was seen again: d"),
    ],
)
def test_released_needs_a_deployment_and_no_relapse(change: Callable[[Story], Any], missing: str) -> None:
    story = honest()
    change(story)
    assert story.stage is Stage.VALIDATED
    assert missing in story.missing(Stage.RELEASED)


@pytest.mark.parametrize("how", [{}, {"commit": None, "build": "build-6"}, {"commit": FIX[:12]}])
def test_a_deployment_names_its_commit_or_build(how: Plain) -> None:
    story = honest()
    story.record("b-after", build="build-6")
    attempt(**how)(story)
    assert story.stage is Stage.RELEASED


# ── the error seen again ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("how", "again"),
    [
        ({}, True),
        ({"error": None}, False),
        ({"phase": "before"}, False),
        ({"phase": None}, False),
        ({"commit": NOW}, True),
        ({"commit": OLD}, False),
        ({"commit": LATER}, True),
        ({"phase": "before", "commit": NOW}, True),
        ({"phase": None, "commit": FIX}, True),
        ({"phase": None, "build": "build-7"}, True),
        ({"phase": None, "build": "build-6"}, False),
        ({"phase": None, "environment": "production", "at": "2025-10-01"}, True),
        ({"phase": None, "environment": "production", "at": "2025-09-29"}, False),
        ({"phase": "before", "environment": "production", "at": "2025-10-01"}, False),
    ],
)
def test_an_observation_in_a_build_with_the_fix_reopens_in_an_older_one_it_only_counts(
    how: Plain,
    again: bool,  # noqa: FBT001
) -> None:
    story = honest()
    story.evidence["d"] = observation(**how)
    case = story.case()
    assert case.ledger.deployments.saw_error_with_fix(case.entry.evidence["d"]) is again
    found = case.verdict.environments[how.get("environment", "staging")]
    assert (found.state is EnvironmentStatus.FAILED) is again
    if again:
        assert found.evidence == ("d",)


def test_an_observation_that_names_no_place_may_be_of_any() -> None:
    """It was seen after the fix went to production, in an unknown environment."""
    story = honest()
    story.evidence["d"] = observation(phase=None, environment=None, at="2025-10-01")
    assert story.place().state is EnvironmentStatus.FAILED


def test_before_a_fix_is_recorded_nothing_can_come_back() -> None:
    story = reproduced()
    story.evidence["d"] = observation(phase=None, commit=NOW)
    assert story.place().state is EnvironmentStatus.UNKNOWN


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


def because(story: Story, environment: str = "staging") -> str:
    return "\n".join(story.place(environment).reasons)


def test_proven_names_the_tests_and_the_evidence() -> None:
    found = honest().place()
    assert found.state is EnvironmentStatus.PROVEN
    assert found.required
    proof = found.proven_by[0]
    assert (proof.test, proof.before, proof.after, proof.commit) == ("test_connects", "a-before", "b-after", NOW)
    assert found.reasons == ("test_connects, test_sends failed before the fix and passed after it, at aaaaaaaaa",)


def test_a_proof_of_unknown_freshness_says_so() -> None:
    story = honest()
    story.source = source(head=LATER, looked_at=frozenset(), why_unknown="the clone is shallow")
    assert story.stage is Stage.RELEASED
    assert "whether the code has changed since is unknown: the clone is shallow" in because(story)


def test_a_proof_on_code_that_changed_since_says_so() -> None:
    story = honest()
    story.source = source(CODE_AT[NOW] | {CODE_FILE: digest("x")}, head=LATER)
    assert story.stage is Stage.RELEASED
    assert story.place().reasons[-1] == f"proven at aaaaaaaaa, code changed since: {CODE_FILE} changed since"


def test_transcribed_evidence_says_who_says_so() -> None:
    story = honest()
    story.evidence["b-after"] = run("after", AFTER, grade="transcribed", **{"from": "report.md#L3"})
    assert because(story) == "3 passed (unverified, from report.md)"


def test_a_failure_from_a_document_proves_nothing() -> None:
    story = honest()
    results = AFTER | {"test_sends": failed("x")}
    story.evidence["b-after"] = run("after", results, grade="transcribed", **{"from": "report.md#L3"})
    assert story.place().state is EnvironmentStatus.UNKNOWN
    assert because(story) == "2 passed, 1 failed (unverified, from report.md)"


def test_what_a_person_saw_fail_counts() -> None:
    story = honest()
    story.evidence["b-after"] = run("after", AFTER | {"test_sends": failed("x")}, grade="attested", by="developer")
    assert story.place().state is EnvironmentStatus.FAILED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: s.evidence.pop("b-after"), "no run after the fix is recorded in staging"),
        (lambda s: s.record("b-after", dirty="true"), "the work tree held changes"),
        (lambda s: s.record("b-after", at="2025-12-24"), "it is dated after 2025-10-15"),
        (lambda s: s.edit("b-after", note="x"), "it was written or changed by hand"),
        (lambda s: s.record("b-after", commit=OLD), "000000000 does not contain the fix"),
        (lambda s: s.record("b-after", code=CODE_AT[OLD]), "the product was the same before and after"),
        (
            lambda s: s.record("b-after", code=CODE_AT[NOW] | {TEST_FILE: digest("x")}),
            "do not show that the test was the same",
        ),
        (
            lambda s: s.record("b-after", code=CODE_AT[OLD] | {TEST_FILE: digest("x")}),
            "the product was the same before and after",
        ),
        (lambda s: s.record("b-after", partial="true"), "the run was cut off"),
        (lambda s: s.record("b-after", exit_code="3"), "it ended with exit code 3 and lists no failure"),
        (
            lambda s: s.evidence.update(d=run("after", AFTER | {"test_sends": failed("x")})),
            "test_sends passed and failed on the same code",
        ),
        (lambda s: s.evidence.pop("a-before"), "no test that failed before the fix passed after it"),
    ],
)
def test_why_an_environment_is_unknown(change: Callable[[Story], Any], reason: str) -> None:
    story = honest()
    change(story)
    assert story.place().state is EnvironmentStatus.UNKNOWN
    assert reason in because(story)
    assert story.place().missing


def test_evidence_that_can_not_be_read_may_say_otherwise() -> None:
    story = honest()
    story.unread = frozenset({"1/evidence/z.yaml", "2/evidence/y.yaml"})
    assert story.stage is Stage.TRIAGED
    assert because(story) == "1/evidence/z.yaml can't be read"
    story.unread = frozenset({"2/evidence/y.yaml", "1/affected.yaml"})
    assert story.stage is Stage.RELEASED


def test_a_test_that_the_plan_lost_is_named_as_such() -> None:
    story = honest()
    story.record("b-after", results=AFTER | {"test_sends": failed("x")})
    del story.suite["tests"]["test_sends"]
    assert because(story) == "test_sends (no longer in the plan) did not end as expected"


def test_flaky_is_unknown_even_with_the_recorded_error() -> None:
    story = honest()
    story.evidence["d"] = run("after", AFTER | {"test_sends": failed()})
    assert story.place().state is EnvironmentStatus.UNKNOWN


def test_a_plan_that_is_empty_proves_nothing() -> None:
    story = honest()
    story.issue["suites"] = {}
    assert story.stage is Stage.TRIAGED
    assert story.place().state is EnvironmentStatus.UNKNOWN


# ── one test, before and after ───────────────────────────────────────────────────────────────────────


def test_a_test_that_moved_unchanged_still_proves() -> None:
    story = validated()
    new = "tests/moved/test_connect.py"
    now = {CODE_FILE: CODE_AT[NOW][CODE_FILE], new: CODE_AT[NOW][TEST_FILE]}
    story.suite.update(path=new, tests={name: {"was": f"{TEST_FILE}::{name}"} for name in ("test_connects",)})
    story.evidence["a-before"] = run("before", {f"{TEST_FILE}::test_connects": failed()})
    story.evidence["b-after"] = run("after", {f"{new}::test_connects": "passed"}, code=now)
    story.source = source(now, head=NOW, looked_at=frozenset(now))
    del story.issue["criteria"]["tests"]
    assert story.stage is Stage.VALIDATED


@pytest.mark.parametrize("changed", [False, True])
def test_a_test_is_compared_where_only_one_run_tells_its_file(changed: bool) -> None:  # noqa: FBT001
    story = validated()
    story.suite["path"] = "tests"
    story.record("a-before", results={f"{TEST_FILE}::{name}": end for name, end in BEFORE.items()})
    other = "tests/test_other.py"
    now = CODE_AT[NOW] | {other: digest("other")} | ({TEST_FILE: digest("weak")} if changed else {})
    story.record("b-after", code=now)
    story.source = source(now, looked_at=frozenset(now))
    assert (story.stage is Stage.VALIDATED) is not changed


def test_runs_that_kept_no_digests_still_prove() -> None:
    story = validated()
    story.record("a-before", code=None)
    story.record("b-after", code=None)
    assert story.stage is Stage.VALIDATED


def test_a_rename_without_digests_still_proves() -> None:
    story = validated()
    story.suite["tests"] = {"test_sends_well": {"was": "test_sends"}}
    story.record("a-before", code=None, results={"test_sends": failed()})
    story.record("b-after", code=None, results={"test_sends_well": "passed"})
    story.record("b-after", expected={"test_sends_well": {"before": {"fail": ERROR}, "after": "pass"}})
    del story.issue["criteria"]["tests"]
    assert story.stage is Stage.VALIDATED


# ── as data ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", Stage)
def test_the_verdict_is_plain_data(stage: Stage) -> None:
    verdict = STAGES[stage]().case().verdict
    data = json.loads(json.dumps(verdict.as_data()))
    assert data["stage"] == stage.value
    assert [step["stage"] for step in data["steps"]] == [each.value for each in Stage]
    assert set(data["environments"]) == set(verdict.environments)


def test_the_verdict_is_read_only() -> None:
    verdict = honest().case().verdict
    with pytest.raises(TypeError):
        verdict.environments["staging"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        verdict.stages = ()  # type: ignore[misc]
