"""The ledger of one issue: what its evidence says at one state of the source code on one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from msgspec.structs import replace

from triagebook.book import Entry
from triagebook.code.state import UNKNOWN, SourceState
from triagebook.model.building_blocks import Detector
from triagebook.model.catalog import Catalog
from triagebook.model.evidence import Grade, Outcome, Phase, TestRun
from triagebook.model.issue import Issue

from .commits import Age, Deployments, FixCommits, age, same_product
from .error_texts import names_a_reason
from .grading import FAILED, incomplete, moment, recorded_twice, runs
from .listed_tests import tests_of
from .planned_tests import PlannedTest, PlannedTests
from .refusals import Grounds, Refusal, withdrawals, withdrawn
from .results import CombinedResult, JudgedResult, Judgement, Key, combined, combined_by_test, failures_before
from .run_results import ResultsByTest, results_by_test


class Ledger:
    """Computes each answer once, when it is first asked for."""

    def __init__(
        self,
        entry: Entry,
        catalog: Catalog,
        source: SourceState = UNKNOWN,
        as_of: date | None = None,
        unread: tuple[str, ...] = (),
        detector: Detector | None = None,
    ) -> None:
        self.all_evidence = {**entry.evidence, **source.vanished}  # what vanished counts still
        self.withdrawn = withdrawals(self.all_evidence, catalog)
        kept = {name: record for name, record in self.all_evidence.items() if name not in self.withdrawn}
        self.entry = replace(entry, evidence=kept) if self.withdrawn or source.vanished else entry
        self.catalog = catalog
        self.source = source
        self.as_of = as_of
        self.detector = detector  # of the issue, or of the pattern of its cause
        self.unread_evidence = unread  # files of evidence that cannot be read; any of them may report a failure
        self._failed_before: dict[tuple[str, str, str], tuple[JudgedResult, ...]] = {}
        self._same_product: dict[tuple[str, str], bool] = {}

    @property
    def issue(self) -> Issue:
        return self.entry.issue

    # ── evidence ─────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def runs(self) -> list[tuple[str, TestRun]]:
        """The test runs by name, the earliest first."""
        return runs(self.entry.evidence)

    @cached_property
    def grades(self) -> Mapping[str, Grade]:
        """The grade that each piece of evidence counts for."""
        evidence = self.all_evidence.items()
        return {name: Grade.TRANSCRIBED if name in self.refusals else record.grade for name, record in evidence}

    @cached_property
    def _grounds(self) -> Grounds:
        return Grounds(self.issue, self.catalog, self.source, self.as_of)

    @cached_property
    def refusals(self) -> Mapping[str, Refusal]:
        """Why pieces of evidence prove nothing, by name; those that can prove something are left out."""
        found = ((name, self._grounds.refusal(name, record)) for name, record in self.entry.evidence.items())
        taken_back = {name: withdrawn(name, record) for name, record in self.withdrawn.items()}
        return {name: refusal for name, refusal in found if refusal} | taken_back

    def failures_taken_back(self, environment: str) -> Mapping[str, list[str]]:
        """Failures after the fix in withdrawn runs, by run, that no later run in the environment answers.

        Withdrawing a run takes back a mistake and proves nothing: how its tests end must be seen again.
        """
        later = [
            run
            for name, run in self.runs
            if run.environment == environment
            and self.grades[name] is Grade.MACHINE
            and self.fix.phase_of(run) is Phase.AFTER
        ]
        found = {}
        for name in self.withdrawn:
            run = self.all_evidence[name]
            if not isinstance(run, TestRun) or run.environment != environment or self._grounds.refusal(name, run):
                continue
            after = [one for one in later if moment(one) > moment(run)]
            failed = [result for result, one in run.results.items() if one.outcome in FAILED]
            left = [result for result in failed if not any(self._reruns(one, run, result) for one in after)]
            if left and self.fix.phase_of(run) is Phase.AFTER:
                found[name] = left
        return found

    def _reruns(self, later: TestRun, run: TestRun, result: str) -> bool:
        """Whether a later run holds a result of the same test; of an unplanned one, whether it is of the same suite."""
        tests = self.plan.find(result, run.suite)
        if not tests:
            return later.suite == run.suite
        ran = (name for name, one in later.results.items() if one.outcome is not Outcome.SKIPPED)
        return any(test in tests for name in ran for test in self.plan.find(name, later.suite))

    @cached_property
    def recorded_twice(self) -> frozenset[str]:
        return recorded_twice(self.entry.evidence)

    @cached_property
    def incomplete(self) -> Mapping[str, str | None]:
        """Why the passes of each run prove nothing, where they do not."""
        return {name: incomplete(run) for name, run in self.runs}

    @cached_property
    def ages(self) -> Mapping[str, Age]:
        """How fresh each run is."""
        return {name: age(self.entry, self.source, run) for name, run in self.runs}

    @cached_property
    def fix(self) -> FixCommits:
        return FixCommits(tuple(self.issue.fix_commits), self.source)

    @cached_property
    def deployments(self) -> Deployments:
        return Deployments(self.entry, self.fix, self.as_of, self.recorded_errors)

    def same_product(self, before: str, after: str) -> bool:
        """Whether two runs, by name, saw the same product."""
        if (before, after) not in self._same_product:
            found = dict(self.runs)
            self._same_product[before, after] = same_product(self.issue, self.source, found[before], found[after])
        return self._same_product[before, after]

    @cached_property
    def error_texts(self) -> tuple[str, ...]:
        return tuple(str(symptom.error) for symptom in self.issue.symptoms if symptom.error)

    @cached_property
    def recorded_errors(self) -> tuple[str, ...]:
        """The error texts that identify the defect, those that runs expected before the fix included."""
        expected = (
            str(error)
            for _, run in self.runs
            if run.grade is Grade.MACHINE and run.sealed
            for held in run.expected.values()
            if held.before
            for error in held.before.errors
        )
        return tuple(dict.fromkeys(text for text in (*self.error_texts, *expected) if names_a_reason(text)))

    # ── environments ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """Every environment that the issue or its evidence names, in the catalog's order."""
        own = self.issue.environments
        named: set[str] = {*own.seen, *own.prove, *self.catalog.required}
        named |= {str(record.environment) for record in self.entry.evidence.values() if record.environment}
        known = list(self.catalog.environments)
        return tuple(sorted(named, key=lambda name: (known.index(name) if name in known else len(known), name)))

    @cached_property
    def required_environments(self) -> tuple[str, ...]:
        """The environments in which the fix must be proven."""
        required = {*self.catalog.required, *self.issue.environments.prove}
        return tuple(name for name in self.environments if name in required)

    # ── tests ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def tests(self) -> tuple[PlannedTest, ...]:
        return tuple(tests_of(self.issue, self.runs))

    @cached_property
    def plan(self) -> PlannedTests:
        return PlannedTests(self.tests, self.issue.suites)

    @cached_property
    def results(self) -> ResultsByTest:
        return results_by_test(self.runs, self.plan, self.fix, self.grades, self.error_texts)

    @cached_property
    def combined(self) -> Mapping[Key, CombinedResult]:
        """The combined result of each planned test, by suite, test, phase and environment."""
        return combined_by_test(self.tests, self.environments, self.results.planned)

    def proves_nothing(self, run: str) -> bool:
        """Whether all results of a run are of tests that are expected to end the same before and after the fix."""
        judged = [one.judgement for results in self.results.planned.values() for one in results if one.evidence == run]
        return bool(judged) and all(one is Judgement.PROVES_NOTHING for one in judged)

    @cached_property
    def unplanned(self) -> Mapping[tuple[str, str], CombinedResult]:
        """The combined result of each unplanned test after the fix, by environment and name."""
        return {key: combined(results, Phase.AFTER) for key, results in self.results.unplanned.items()}

    def failed_before(self, test: PlannedTest, environment: str) -> tuple[JudgedResult, ...]:
        """The results of a planned test that show the defect, on code without the fix."""
        key = (*test.key, environment)
        if key not in self._failed_before:
            before = self.combined[*test.key, Phase.BEFORE, environment]
            self._failed_before[key] = failures_before(test, before, self.recorded_twice)
        return self._failed_before[key]

    def places_before(self, environment: str) -> tuple[str, ...]:
        """Where a test may have failed before: nobody brings the defect back to production to see it fail there."""
        known = self.catalog.environments.get(environment)
        return tuple(self.environments) if known and known.production else (environment,)

    @cached_property
    def reproductions(self) -> tuple[tuple[PlannedTest, str], ...]:
        """The tests that failed before the fix with the expected error in a machine run, each with the environment."""
        return tuple(
            (test, environment)
            for test in self.tests
            for environment in self.environments
            if self.failed_before(test, environment)
        )
