"""The laws of the verdict, on random plans, runs and records."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import Phase as Generation
from hypothesis import find, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.kit.hypotheses import examples
from tests.kit.stories import (
    AFTER,
    ALIKE,
    BEFORE,
    CODE_AT,
    CODE_FILE,
    ERROR,
    EXPECTED,
    FAIL_THEN_PASS,
    FIX,
    LATER,
    NOW,
    OLD,
    TEST_FILE,
    Plain,
    Story,
    digest,
    evidence_of,
    failed,
    honest,
    observation,
    run,
    sealed,
    source,
    value,
)
from triagebook.code.state import UNKNOWN
from triagebook.facts.ledger.refusals import LAWS
from triagebook.facts.ledger.results import Judgement
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.model.evidence import Phase
from triagebook.model.values import FactRef
from triagebook.recording.counting import counted_for

laws = examples(40)

ORDER = list(Stage)
TESTS = list(EXPECTED)
PLACES = ["staging", "local"]
HALF = "c" * 40  # a commit between the fix and what is checked out, with other code
CODE = CODE_AT | {HALF: {CODE_FILE: digest("get( )"), TEST_FILE: CODE_AT[OLD][TEST_FILE]}}
HISTORY = {(OLD, FIX): False, (HALF, FIX): True, (NOW, FIX): True}
# Code and time run the same way: later runs are of later commits.
DAYS = {OLD: 20, FIX: 22, HALF: 23, NOW: 25}

OTHER = failed("AssertionError: no answer came")
ENDS = [OTHER, "skipped", "xfailed", "xpassed", "error", failed(), "passed"]
HELD = [FAIL_THEN_PASS, ALIKE, {"before": FAIL_THEN_PASS["before"], "after": "fail"}, {"after": "pass"}]
MARKS: list[Plain] = [
    {"dirty": "true"},
    {"partial": "true"},
    {"grade": "transcribed"},
    {"grade": "attested", "by": "developer"},
    {"code": None},
    {"code": {CODE_FILE: CODE_AT[NOW][CODE_FILE]}},
]


def rank(story: Story) -> int:
    return ORDER.index(story.stage)


# ── stories ──────────────────────────────────────────────────────────────────────────────────────────


def one_in(draw: st.DrawFn, times: int) -> bool:
    return draw(st.integers(1, times)) == 1


@st.composite
def names(draw: st.DrawFn, tests: list[str]) -> list[str]:
    """What a run calls these tests: mostly by their names, now and then with parameters, or twice."""
    ways = ["", "", "", "", "[a]", "[b]", "TestA::", f"{TEST_FILE}::"]
    chosen = [(test, way) for test in tests for way in draw(st.lists(st.sampled_from(ways), min_size=1, max_size=2))]
    called = [test + way if way.startswith("[") else way + test for test, way in chosen]
    return list(dict.fromkeys(called))


@st.composite
def runs(draw: st.DrawFn, *, ordered: bool, commits: tuple[str, ...] = (OLD, FIX, HALF, NOW, NOW)) -> Plain:
    """Some run of the suite, mostly one that goes well, recorded by the tool or not."""
    commit = draw(st.sampled_from(commits))
    usual = failed() if commit == OLD else "passed"
    tests = draw(st.lists(st.sampled_from(TESTS), unique=True, min_size=1))
    called = draw(names(tests))
    day = DAYS[commit] if ordered else draw(st.sampled_from([DAYS[commit], 25]))
    return run(
        "before" if commit == OLD else "after",
        {name: draw(st.sampled_from(ENDS)) if one_in(draw, 4) else usual for name in called},
        environment=draw(st.sampled_from(["staging", *PLACES])),
        commit=commit,
        at=f"2025-09-{day}T{draw(st.integers(10, 11))}:00:00Z",
        expected={
            test: draw(st.sampled_from(HELD)) if one_in(draw, 5) else EXPECTED[test]
            for test in tests
            if not one_in(draw, 10)
        },
        **{"code": CODE[commit]} | (draw(st.sampled_from(MARKS)) if one_in(draw, 5) else {}),
    )


@st.composite
def stories(draw: st.DrawFn, *, ordered: bool = False) -> Story:
    """The honest story, some of its evidence left out now and then, and a few runs that are random."""
    story = honest()
    story.source = UNKNOWN if one_in(draw, 10) else source(contains=HISTORY)
    if one_in(draw, 4):
        story.catalog["required"] = draw(st.lists(st.sampled_from(PLACES), unique=True))
    if not one_in(draw, 4):
        del story.issue["criteria"]["tests"]
    if one_in(draw, 3):
        del story.evidence[draw(st.sampled_from(sorted(story.evidence)))]
    for index in range(draw(st.integers(0, 3))):
        story.evidence[f"r{index}"] = draw(runs(ordered=ordered))
    if one_in(draw, 10):
        story.evidence["seen"] = observation(environment=draw(st.sampled_from(PLACES)), phase=None, commit=HALF)
    return story


REACHING = settings(
    max_examples=1000, database=None, phases=[Generation.generate]
)  # any story will do: none is made small


@pytest.mark.parametrize("stage", [Stage.TRIAGED, Stage.FIXED, Stage.RELEASED])
def test_the_stories_reach_stage(stage: Stage) -> None:
    """A law about stages says nothing if there is but one."""
    find(stories(), lambda story: story.stage is stage, settings=REACHING)


@pytest.mark.parametrize("standing", EnvironmentStatus)
def test_the_stories_reach_standing(standing: EnvironmentStatus) -> None:
    find(stories(), lambda story: story.place().state is standing, settings=REACHING)


@pytest.mark.parametrize("judgement", Judgement)
def test_the_stories_reach_judgement(judgement: Judgement) -> None:
    find(
        stories(),
        lambda story: any(state.judgement is judgement for state in story.case().ledger.combined.values()),
        settings=REACHING,
    )


# ── more evidence ────────────────────────────────────────────────────────────────────────────────────


@laws
@given(stories(ordered=True), st.data())
def test_what_went_as_expected_on_the_code_as_it_is_never_lowers_the_stage(story: Story, data: st.DataObject) -> None:
    before = rank(story)
    tests = data.draw(st.lists(st.sampled_from(TESTS), unique=True, min_size=1))
    story.evidence["new"] = run(
        "after",
        dict.fromkeys(tests, "passed"),
        environment=data.draw(st.sampled_from(PLACES)),
        at=f"2025-09-25T{data.draw(st.integers(10, 14))}:30:00Z",
        partial=data.draw(st.sampled_from([None, "true"])),
    )
    assert rank(story) >= before


@laws
@given(stories(ordered=True), st.data())
def test_one_more_failure_before_the_fix_as_expected_never_lowers_the_stage(story: Story, data: st.DataObject) -> None:
    before = rank(story)
    tests = data.draw(st.lists(st.sampled_from(["test_connects", "test_sends"]), unique=True, min_size=1))
    story.evidence["new"] = run(
        "before",
        dict.fromkeys(tests, failed()),
        environment=data.draw(st.sampled_from(PLACES)),
        at=f"2025-09-20T{data.draw(st.integers(10, 14))}:30:00Z",
    )
    assert rank(story) >= before


@laws
@given(stories(), runs(ordered=False, commits=(FIX, HALF, NOW)))
def test_what_was_unexpected_never_raises_the_stage(story: Story, new: Plain) -> None:
    before = rank(story)
    story.evidence["new"] = new
    story.record("new", results=dict.fromkeys(new["results"], OTHER), expected=EXPECTED)
    assert rank(story) <= before


@laws
@given(stories(), runs(ordered=False, commits=(OLD,)))
def test_a_pass_before_the_fix_never_raises_the_stage(story: Story, new: Plain) -> None:
    before = rank(story)
    story.evidence["new"] = new
    story.record("new", results=dict.fromkeys(new["results"], "passed"), expected=EXPECTED)
    assert rank(story) <= before


LACKS: dict[str, Plain] = {
    "a clean tree": {"dirty": "true"},
    "a commit": {"commit": None},
    "a machine": {"grade": "transcribed"},
    "a person": {"grade": "attested", "by": None},
    "a place": {"environment": None},
    "a day that has come": {"at": "2025-12-24T10:00:00Z"},
    "a seal": {},
}


@laws
@given(stories(), runs(ordered=False), st.sampled_from(sorted(LACKS)))
def test_what_proves_nothing_never_raises_the_stage(story: Story, new: Plain, lacks: str) -> None:
    before = rank(story)
    story.evidence["new"] = new
    story.record("new", **LACKS[lacks])
    if lacks == "a seal":
        del story.evidence["new"]["seal"]
    assert rank(story) <= before


EDITS: list[Plain] = [
    {"results": AFTER},
    {"results": BEFORE},
    {"phase": "before"},
    {"phase": "after"},
    {"environment": "local"},
    {"grade": "transcribed"},
    {"commit": NOW},
    {"dirty": "false"},
    {"at": "2025-09-29T10:00:00Z"},
    {"note": "It was a slow machine"},
]


@laws
@given(stories(), runs(ordered=False), st.sampled_from(EDITS))
def test_an_edit_under_the_seal_never_raises_the_stage(story: Story, edited: Plain, change: Plain) -> None:
    story.evidence["edited"] = edited
    before = rank(story)
    story.edit("edited", **change)
    assert rank(story) <= before or story.evidence["edited"] == edited


@laws
@given(stories(), st.data())
def test_the_same_file_once_more_changes_nothing(story: Story, data: st.DataObject) -> None:
    before = story.stage
    name = data.draw(st.sampled_from(sorted(story.evidence)))
    story.evidence[data.draw(st.sampled_from(["0", "zzz"]))] = deepcopy(story.evidence[name])
    assert story.stage is before


# ── order, and later edits ───────────────────────────────────────────────────────────────────────────


def shuffled(plain: Plain, data: st.DataObject) -> Plain:
    return dict(data.draw(st.permutations(list(plain.items()))))


def outcome(story: Story) -> Any:
    verdict = story.case().verdict
    places = {name: (found.state, found.reasons) for name, found in verdict.environments.items()}
    return verdict.stage, [step.reached for step in verdict.stages], places


@laws
@given(stories(), st.data())
def test_the_order_of_files_and_keys_does_not_matter(story: Story, data: st.DataObject) -> None:
    before = outcome(story)
    story.evidence = shuffled(story.evidence, data)
    for plain in story.evidence.values():
        for part in ("results", "expected", "code"):
            if part in plain:
                plain[part] = shuffled(plain[part], data)
    assert outcome(story) == before


@laws
@given(stories(), st.data())
def test_the_names_of_files_do_not_matter(story: Story, data: st.DataObject) -> None:
    before = story.stage, {name: found.state for name, found in story.case().verdict.environments.items()}
    names = data.draw(st.permutations(list(story.evidence)))
    story.evidence = dict(zip(names, story.evidence.values(), strict=True))
    assert (story.stage, {name: found.state for name, found in story.case().verdict.environments.items()}) == before


EXPECTATIONS = st.sampled_from(["pass", "fail", "skip", FAIL_THEN_PASS["before"], {"fail": "no answer"}])


@laws
@given(stories(), st.data())
def test_to_edit_expectations_afterwards_changes_nothing(story: Story, data: st.DataObject) -> None:
    before = outcome(story)
    for part in (story.suite, *(story.suite["tests"][name] for name in ["test_colours"])):
        for side in ("before", "after"):
            if data.draw(st.booleans()):
                part[side] = data.draw(EXPECTATIONS)
    story.suite["tests"]["test_sends"] = {"proves": "It sends", "after": data.draw(EXPECTATIONS)}
    assert outcome(story) == before


# ── what can't prove anything ────────────────────────────────────────────────────────────────────────


@laws
@given(stories())
def test_an_empty_plan_proves_nothing(story: Story) -> None:
    story.issue["suites"] = {}
    verdict = story.case().verdict
    assert verdict.stage is Stage.TRIAGED
    assert all(found.state is not EnvironmentStatus.PROVEN for found in verdict.environments.values())


@laws
@given(stories(), st.data())
def test_what_is_attested_or_transcribed_alone_never_validates(story: Story, data: st.DataObject) -> None:
    for name in story.evidence:
        story.record(name, grade=data.draw(st.sampled_from(["attested", "transcribed"])), by="developer")
    verdict = story.case().verdict
    assert ORDER.index(verdict.stage) < ORDER.index(Stage.REPRODUCED)
    assert all(found.state is not EnvironmentStatus.PROVEN for found in verdict.environments.values())


@laws
@given(stories(), st.sampled_from(TESTS), st.sampled_from(PLACES), st.data())
def test_flaky_is_unknown(story: Story, test: str, place: str, data: st.DataObject) -> None:
    """A test that passed and failed on the code as it is: whatever else there is, nothing is proven in that place."""
    ends = data.draw(st.permutations(["passed", failed("AssertionError: no answer came")]))
    for index, end in enumerate(ends):
        at = f"2025-09-25T2{index}:00:00Z"
        story.evidence[f"new{index}"] = run("after", {test: end}, environment=place, at=at)
    state = story.state(test, environment=place)
    assert state.judgement in {Judgement.FLAKY, Judgement.UNEXPECTED}  # one of its parameters may have failed besides
    assert state.outcome is None or state.judgement is Judgement.UNEXPECTED
    assert story.place(place).state is not EnvironmentStatus.PROVEN


@laws
@given(stories(), st.sampled_from(TESTS))
def test_a_failure_of_the_latest_run_is_never_proven_away(story: Story, test: str) -> None:
    story.evidence["new"] = run("after", {test: failed()}, at="2025-09-25T20:00:00Z")
    assert story.place().state is not EnvironmentStatus.PROVEN


# ── denominators ─────────────────────────────────────────────────────────────────────────────────────


def number(story: Story, name: str) -> Any:
    return story.case().fact(FactRef.parse(name)).value


@laws
@given(stories(), st.data())
def test_a_plan_that_loses_tests_counts_them_still(story: Story, data: st.DataObject) -> None:
    """If a run was compared with them."""
    story.evidence["held"] = run("before", BEFORE)
    rate, planned = number(story, "tests.pass_rate"), number(story, "tests.planned")
    for test in data.draw(st.lists(st.sampled_from(TESTS), unique=True)):
        del story.suite["tests"][test]
    assert number(story, "tests.planned") == planned == len(TESTS)
    assert number(story, "tests.pass_rate") == rate


@laws
@given(stories(), runs(ordered=False, commits=(FIX, HALF, NOW)))
def test_a_skip_never_improves_the_rate(story: Story, new: Plain) -> None:
    before = number(story, "tests.pass_rate")
    story.evidence["new"] = new
    story.record("new", results=dict.fromkeys(new["results"], "skipped"), expected=EXPECTED)
    after = number(story, "tests.pass_rate")
    assert before is None or after is None or after <= before


@laws
@given(stories())
def test_every_planned_test_ends_one_way(story: Story) -> None:
    """The counts add up to the plan."""
    case = story.case()
    ways = ("passed", "failed", "errors", "skipped", "flaky", "missing")
    counts = [case.fact(FactRef.parse(f"tests.{way}")).value for way in ways]
    if None not in counts:
        held_back = sum(
            any(
                str(case.ledger.combined[*test.key, Phase.AFTER, place].outcome or "") in {"xfailed", "xpassed"}
                for place in case.ledger.environments
            )
            for test in case.ledger.tests
        )
        total = sum(count for count in counts if isinstance(count, int))
        assert total <= number(story, "tests.planned") <= total + held_back


@laws
@given(stories(), st.sampled_from(["1 %", "99 %"]))
def test_a_value_that_is_only_said_changes_no_criterion(story: Story, said: str) -> None:
    before = story.case().criteria["connects"].answer
    story.evidence["new"] = value(said, grade="transcribed", at="2025-09-29T10:00:00Z")
    after = story.case().criteria["connects"]
    assert after.answer is before


def test_a_commit_nobody_knows_is_no_proof_of_age() -> None:
    """The stories never leave the history that is known; this one does."""
    story = honest()
    story.record("b-after", commit=LATER)
    assert story.stage is Stage.RELEASED  # the files are the same, by content
    story.record("b-after", commit=LATER, code=None)
    assert "is unknown" in "\n".join(story.place().reasons)


# ── the laws of evidence ─────────────────────────────────────────────────────────────────────────────


@laws
@given(stories(), runs(ordered=False, commits=(FIX, HALF, NOW)))
def test_a_run_on_an_unknown_commit_never_raises_the_stage(story: Story, new: Plain) -> None:
    before, gone = rank(story), "e" * 40
    story.evidence["new"] = new
    story.record("new", commit=gone)
    story.source = replace(story.source, head=story.source.head or NOW, unknown=frozenset({gone}))
    assert rank(story) <= before


@laws
@given(stories(), st.sampled_from([{CODE_FILE: digest("x")}, {TEST_FILE: digest("x")}, {}]))
def test_a_later_change_of_the_code_never_lowers_the_stage(story: Story, digests: dict[str, str]) -> None:
    before = rank(story)
    story.source = replace(story.source, digests=digests)
    assert rank(story) >= before


@laws
@given(stories())
def test_a_history_that_is_cut_off_never_lowers_the_stage(story: Story) -> None:
    """Nor does it raise what the whole history denies beyond what the record says."""
    story.evidence = {name: one for name, one in story.evidence.items() if not name.startswith("r")}
    before = rank(story)
    story.source = replace(story.source, shallow=True, contains={}, head=LATER)
    assert rank(story) >= before


@laws
@given(stories(), st.sampled_from(TESTS), st.integers(2, 9))
def test_a_retried_pass_never_raises_the_stage(story: Story, test: str, attempts: int) -> None:
    before = rank(story)
    retried = {"outcome": "passed", "attempts": str(attempts)}
    story.evidence["new"] = run("after", {test: retried}, at="2025-09-25T20:00:00Z")
    assert rank(story) <= before


@laws
@given(stories(), st.sampled_from(["b-after", "a-before"]))
def test_evidence_that_vanished_counts_as_it_was(story: Story, name: str) -> None:
    before = story.stage
    if name in story.evidence:
        record = evidence_of(story.evidence.pop(name))
        story.source = replace(story.source, vanished={f"{name}@1234567": record})
    assert story.stage is before


@laws
@given(stories(), st.sampled_from(PLACES))
def test_an_unexplained_failure_is_never_validated(story: Story, place: str) -> None:
    at = "2025-09-25T20:00:00Z"
    story.evidence["new"] = run("after", {"test_new": failed("no display")}, environment=place, at=at)
    assert rank(story) < ORDER.index(Stage.VALIDATED)


@laws
@given(stories())
def test_no_stage_is_withheld_without_a_reason(story: Story) -> None:
    """What is missing is said for each; evidence that counts for nothing is named, with its law and a remedy."""
    verdict = story.case().verdict
    assert all(step.missing and all(todo.do for todo in step.missing) for step in verdict.stages if not step.reached)
    assert all(one.law in LAWS and one.evidence and one.why and one.do for one in verdict.refusals)
    open_places = [found for found in verdict.environments.values() if found.state is not EnvironmentStatus.PROVEN]
    assert all(found.reasons and found.missing for found in open_places)
    refused = {one.evidence for one in verdict.refusals}
    assert story.case().ledger.refusals.keys() <= refused


COUNTS = {Judgement.AS_EXPECTED, Judgement.PROVES_NOTHING}


@laws
@given(stories())
def test_each_piece_of_evidence_counts_or_is_refused(story: Story) -> None:
    """A run is refused by name, or a planned test ends in it as it should, or a later run decides."""
    verdict, ledger = story.case().verdict, story.case().ledger
    refused = {one.evidence for one in verdict.refusals}
    for name, _ in ledger.runs:
        results = ledger.results.planned.items()
        own = [ledger.combined[key] for key, found in results if any(one.evidence == name for one in found)]
        counts = any(one.judgement in COUNTS or (one.last and one.last.evidence != name) for one in own)
        assert counts or name in refused, name


@laws
@given(stories())
def test_no_run_after_the_fix_is_passed_over_in_silence(story: Story) -> None:
    """Where a fix must be proven and is not, a failure before the fix is missing, or a run there is refused."""
    verdict, ledger = story.case().verdict, story.case().ledger
    refused = {one.evidence for one in verdict.refusals}
    for name in ledger.required_environments:
        found = verdict.environments[name]
        todo = " ".join(one.do for one in found.missing)
        if found.state is not EnvironmentStatus.PROVEN and "record a failing run" not in todo:
            assert todo
            ran = {own: run.phase for own, run in ledger.runs if run.environment == name}
            has_after = Phase.AFTER in ran.values()
            assert not has_after or found.refusals or ran.keys() & refused, (name, found.reasons)


@st.composite
def other_evidence(draw: st.DrawFn) -> Plain:
    """A value, an observation or the output of a command; each may lack what makes it count."""
    kind = draw(st.sampled_from([value, observation, output]))
    given = {
        "commit": draw(st.sampled_from([None, OLD, NOW])),
        "build": draw(st.sampled_from([None, "build-7", "build-9"])),
        "phase": draw(st.sampled_from([None, "before", "after"])),
        "environment": draw(st.sampled_from([None, *PLACES])),
        "at": f"2025-09-{draw(st.integers(18, 30))}T10:00:00Z",
    }
    lacks = draw(st.sampled_from([{}, {}, {"by": "robot"}, {"grade": "transcribed"}, {"at": "2025-12-24T10:00:00Z"}]))
    says = draw(st.sampled_from([ERROR, "All is well"]))
    if kind is value:
        return value("97 %", **given | lacks)
    return observation(error=None, says=says, **given | lacks) if kind is observation else output(says, **given | lacks)


def output(says: str, **more: Any) -> Plain:
    plain = {"kind": "command", "grade": "machine", "dirty": "false", "command": "tail app.log", "output": says} | more
    return sealed({key: each for key, each in plain.items() if each is not None})


@laws
@given(stories(), other_evidence())
def test_no_other_evidence_is_passed_over_in_silence(story: Story, new: Plain) -> None:
    """Each is refused by name, counts for a criterion or an environment, or is said to count for none."""
    story.evidence["new"] = new
    case = story.case()
    refused = {one.evidence: one for one in case.verdict.refusals}
    shown = counted_for(case, "new")
    assert shown or "new" in refused
    if "new" in refused:
        assert refused["new"].law in LAWS
        assert refused["new"].why
        assert refused["new"].do
    elif new["kind"] == "value":
        answers = any(
            "new" in origin.file for state in case.criteria.values() if state.fact for origin in state.fact.origins
        )
        assert answers is not any("answers no criterion: none" in text for text in shown)
    elif "shows the recorded error with the fix" in shown:
        places = (
            [case.verdict.environments[new["environment"]]]
            if "environment" in new
            else case.verdict.environments.values()
        )
        assert all(found.state is EnvironmentStatus.FAILED for found in places)
