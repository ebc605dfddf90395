"""All refused evidence of an issue, each with its law and with what would make it count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from triagebook.facts.base.facts import doubt_of_value
from triagebook.facts.ledger.error_texts import NOT_WRITTEN, first_line, reason_in
from triagebook.facts.ledger.grading import moment
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import PlannedTest, is_ambiguous
from triagebook.facts.ledger.refusals import Refusal
from triagebook.facts.ledger.results import CombinedResult, Judgement
from triagebook.facts.ledger.unexplained import unexplained_failures
from triagebook.model.evidence import Grade, MeasuredValue, Phase
from triagebook.model.issue import Issue
from triagebook.text import first_of

from .criteria import Answer, CriterionState, reasons_not_to_measure
from .environments import EnvironmentVerdict
from .locations import not_gone, signs_of_return
from .proofs import doubts

_PLAN = "plan what it shows, `before: {fail: the error text}` and `after: pass`, and run it again"
_FIND_OUT = "find out why, and run it again"
UNSEEN_BEFORE = "passes, but did not fail before the fix"
# Of a planned test: why its result does not count, by law.
_RESULTS = {
    Judgement.UNJUDGED: (4, "was compared with no expectation", _PLAN),
    Judgement.SKIPPED: (7, "was skipped", "run it"),
    Judgement.FLAKY: (5, "passed and failed on the same code", "make it stable, or plan a rate: `fails 0 of 200`"),
    Judgement.ELSEWHERE: (2, str(Judgement.ELSEWHERE), "name the commit that was tested, with all of its tests"),
}
Why: TypeAlias = tuple[int, str, str]  # the law, the reason, and what would make it count


def refusals(
    ledger: Ledger, criteria: Mapping[str, CriterionState], environments: Mapping[str, EnvironmentVerdict]
) -> tuple[Refusal, ...]:
    """In the order of evidence, locations, criteria and deployments; each once."""
    found = [*ledger.refusals.values(), *_of_vanished(ledger), *_of_phases(ledger)]
    found += [*_of_results(ledger, environments), *_of_values(ledger), *_of_sightings(ledger)]
    found += [refusal for environment in environments.values() for refusal in environment.refusals]
    found += [Refusal(7, one.evidence, one.why, "fix it, or accept it by name") for one in unexplained_failures(ledger)]
    found += [
        *signs_of_return(ledger),
        *(not_gone(ledger) if ledger.fix.commits else ()),
        *_of_criteria(ledger.issue, criteria),
        *_of_deployments(ledger),
    ]
    return tuple(dict.fromkeys(found))


def _of_phases(ledger: Ledger) -> Iterator[Refusal]:
    for name, run in ledger.runs:
        phase = ledger.fix.phase_of(run)
        if phase is not run.phase:
            holds = "holds a part of the fix" if phase is None else "contains the fix"
            yield Refusal(
                8, name, f"{str(run.commit)[:9]} {holds}, so it is not a run before the fix", "run a commit without it"
            )
        if why := ledger.incomplete[name]:
            yield Refusal(7, name, f"its passes prove nothing: {why}", "run the whole suite again")
        if ledger.grades[name] is Grade.ATTESTED:
            yield Refusal(2, name, "a person reports it, and no machine saw it", "record the result file itself")
        if run.phase is None:
            yield Refusal(8, name, "it does not say whether it ran before or after the fix", "record it with `--phase`")
        found = [ledger.plan.find(result, run.suite) for result in run.results]
        if several := next((result.fits for result in run.results.values() if result.fits), None):
            do = "give the tests names of their own, or record a file that names the test files"
            yield Refusal(1, name, f"a result fits tests in {first_of(several)}", do)
        if any(is_ambiguous(tests) for tests in found):
            do = "record it with `--suite`, or from a file that names the test files"
            yield Refusal(1, name, "its results fit several planned tests", do)
        if found and all(test.dropped for tests in found for test in tests):
            yield Refusal(1, name, "no planned test fits its results", "plan the tests in `suites`, by file and name")

        if found and ledger.grades[name] is Grade.MACHINE and ledger.proves_nothing(name):
            yield Refusal(4, name, "its tests are expected to end the same before and after the fix", _PLAN)
    for test in ledger.tests:
        if test.test.was and test.was is None:
            why = f"a run holds both {test.name} and {test.test.was}, so the test was not renamed"
            yield Refusal(1, f"suites.{test.suite}", why, "list both tests, and take `was` out")


def _of_values(ledger: Ledger) -> Iterator[Refusal]:
    """Values that could count if the code they were measured on were known."""
    for name, record in ledger.entry.evidence.items():
        if isinstance(record, MeasuredValue) and name not in ledger.refusals:
            phase = record.phase.value if record.phase else dict(record.name.filters).get("phase", "after")
            if why := doubt_of_value(ledger, name, record, {"phase": phase}):
                yield Refusal(10, name, why, "record it with `--phase`, and `--commit` or `--build`")


def _of_sightings(ledger: Ledger) -> Iterator[Refusal]:
    """Sightings of the error of which nobody knows whether the fix was there; older ones than the fix had none."""
    with_fix = [moment(run) for _, run in ledger.runs if ledger.fix.are_in(run.commit)]
    for name, record in ledger.entry.evidence.items():
        known = record.phase or record.build or record.commit or ledger.deployments.saw_error_with_fix(record)
        late = with_fix and moment(record) >= min(with_fix) and name not in ledger.refusals
        if late and not known and ledger.deployments.shows_error(record):
            why = "nothing says whether the error was seen with the fix or without it"
            yield Refusal(9, name, why, "record it with `--phase`, `--commit` or `--build`")


def _of_vanished(ledger: Ledger) -> Iterator[Refusal]:
    for name in ledger.source.vanished:
        why = "it was in git, but was deleted, renamed or edited since; it counts as it was"
        yield Refusal(6, name, why, "restore the file from git; take back a mistake with `triagebook withdraw`")


def _of_results(ledger: Ledger, environments: Mapping[str, EnvironmentVerdict]) -> Iterator[Refusal]:
    """What became of the results of planned tests in runs that could count; tests of one reason together."""
    found: dict[tuple[str, Why], list[str]] = {}
    for test in ledger.tests:
        for phase in Phase:
            for place in ledger.environments:
                result = ledger.combined[*test.key, phase, place]
                why = _not_as_expected(ledger, test, result, phase) if result.grade is Grade.MACHINE else None
                if why is not None and result.last:
                    found.setdefault((result.last.evidence, why), []).append(test.name)
    for place in ledger.environments:
        for test, doubt in doubts(ledger, place, environments[place].proven_by):
            found.setdefault((doubt.evidence, (doubt.law, doubt.why, doubt.do)), []).append(test.name)
    for (evidence, (law, what, do)), tests in found.items():
        yield Refusal(law, evidence, f"{first_of(tests)}: {what}", do)


def _not_as_expected(ledger: Ledger, test: PlannedTest, result: CombinedResult, phase: Phase) -> Why | None:
    last, judgement = result.results[-1], result.judgement
    if judgement is Judgement.UNJUDGED and phase is Phase.BEFORE and not last.failed:
        return None  # nothing was claimed about it
    if known := _RESULTS.get(judgement):
        return known
    place = str(last.record.environment)
    expected = last.held.at(phase)
    if expected and expected.rate and judgement is not Judgement.AS_EXPECTED:
        attempts = sum(one.attempts for one in result.results)
        found = f"fails {sum(one.failures for one in result.results)} of {attempts} times"
        if judgement is Judgement.MISSING:
            return 5, f"{found}, too few attempts for `fails {expected.rate}`", "run it more often"
        return 5, f"{found}, but `fails {expected.rate}` is expected", _FIND_OUT
    if judgement is Judgement.OTHER_REASON:
        return 4, f"fails for another reason than recorded ({first_line(last.error)})", _FIND_OUT
    if judgement is Judgement.UNEXPECTED and phase is Phase.AFTER:
        return 7, "does not end as expected after the fix", _FIND_OUT
    if judgement is Judgement.UNEXPECTED:
        ends = "fails without the fix, and should pass" if last.failed else "passes without the fix, and should fail"
        return 4, ends, _FIND_OUT
    if judgement is not Judgement.AS_EXPECTED or ledger.failed_before(test, place):
        return None
    if phase is Phase.AFTER:
        should_fail = last.held.before is not None and last.held.before.expected == "fail" and not last.failed
        run = f"run it without the fix: triagebook prove {ledger.entry.id} --environment {place}"
        return (4, f"{UNSEEN_BEFORE} in {place}", run) if should_fail else None
    if not last.failed:
        return None
    if last.evidence in ledger.recorded_twice:
        return 2, "its file is recorded for another environment, phase or commit too", "withdraw the wrong one"
    return _without_reason(last.error or "")


def _without_reason(error: str) -> Why:
    """A failure for which the plan expects no error."""
    if NOT_WRITTEN in error:
        return 4, "fails, but is not written yet", "write the test, and run it again"
    expect = f"before: {{fail: {json.dumps(reason_in(error), ensure_ascii=False)}}}"
    ticks = "``" if "`" in expect else "`"
    return 4, "fails, but no recorded error says why", f"add {ticks}{expect}{ticks}, and run it again"


def _of_criteria(issue: Issue, criteria: Mapping[str, CriterionState]) -> Iterator[Refusal]:
    for name, state in criteria.items():
        if state.answer is not Answer.MET:
            yield Refusal(10, f"criteria.{name}", state.why, "measure it on a build with the fix")
        elif why := reasons_not_to_measure(issue.criteria[name], state):
            yield Refusal(
                10, f"criteria.{name}", why, "set a target that the defect misses, and measure it after the fix"
            )


def _of_deployments(ledger: Ledger) -> Iterator[Refusal]:
    for name in ledger.issue.deployment:
        last = ledger.deployments.last_to(name)
        if last and (why := ledger.deployments.why_not(last)):
            yield Refusal(
                8,
                f"deployment.{name}",
                f"its last attempt shows no fix: {why}",
                "name its commit, or deploy a build with the fix",
            )
