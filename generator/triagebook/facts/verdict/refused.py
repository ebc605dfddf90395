"""All refused evidence of an issue, each with its law and with what would make it count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triagebook.facts.ledger.error_texts import names_a_reason
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import is_ambiguous
from triagebook.facts.ledger.refusals import Refusal
from triagebook.facts.ledger.results import CombinedResult, Judgement
from triagebook.facts.ledger.unexplained import unexplained_failures
from triagebook.model.evidence import Grade, Phase
from triagebook.model.issue import Issue
from triagebook.text import first_of

from .criteria import Answer, CriterionState, reasons_not_to_measure
from .environments import EnvironmentVerdict
from .locations import not_gone, signs_of_return

_PLAN = "plan what it shows, `before: {fail: the error text}` and `after: pass`, and run it again"
# Of a planned test: why its result does not count, by law.
_RESULTS = {
    Judgement.OTHER_REASON: (4, "failed for another reason than the recorded error", "find out why, and run it again"),
    Judgement.UNJUDGED: (4, "was compared with no expectation", _PLAN),
    Judgement.SKIPPED: (7, "was skipped", "run it"),
    Judgement.FLAKY: (5, "passed and failed on the same code", "make it stable, or plan a rate: `fails 0 of 200`"),
    Judgement.ELSEWHERE: (2, str(Judgement.ELSEWHERE), "name the commit that was tested, with all of its tests"),
    Judgement.MISSING: (5, "was not run as often as its rate asks for", "run it more often"),
}


def refusals(
    ledger: Ledger, criteria: Mapping[str, CriterionState], environments: Mapping[str, EnvironmentVerdict]
) -> tuple[Refusal, ...]:
    """In the order of evidence, locations, criteria and deployments; each once."""
    found = [*ledger.refusals.values(), *_of_vanished(ledger), *_of_phases(ledger), *_of_results(ledger)]
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


def _of_vanished(ledger: Ledger) -> Iterator[Refusal]:
    for name in ledger.source.vanished:
        why = "git once held it, and it is gone, renamed or edited; it counts as it was"
        yield Refusal(6, name, why, "restore the file from git; take back a mistake with `triagebook withdraw`")


def _of_results(ledger: Ledger) -> Iterator[Refusal]:
    """What became of the results of planned tests in runs that could count."""
    for (_, test, phase, _), result in ledger.combined.items():
        last = result.last
        if last is None or result.grade is not Grade.MACHINE:
            continue
        if phase is Phase.BEFORE and result.judgement is Judgement.UNJUDGED and not last.failed:
            continue  # nobody said that it shows anything
        if found := _RESULTS.get(result.judgement) or _not_as_expected(result, phase):
            yield Refusal(found[0], last.evidence, f"{test} {found[1]}", found[2])


def _not_as_expected(result: CombinedResult, phase: Phase) -> tuple[int, str, str] | None:
    last = result.last
    expected = last.held.before if last and phase is Phase.BEFORE else last.held.after if last else None
    if result.judgement is Judgement.UNEXPECTED:
        law = 5 if expected and expected.rate else 4 if phase is Phase.BEFORE else 7
        return law, f"did not end as expected {phase.value} the fix", "find out why, and run it again"
    errors = expected.errors if phase is Phase.BEFORE and expected and expected.expected == "fail" else None
    if errors is not None and not any(names_a_reason(error) for error in errors):
        return 4, "is expected to fail with a text that any failure shows", "plan the text of its error"
    return None


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
