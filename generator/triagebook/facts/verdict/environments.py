"""The state of the fix in one environment: proven, failed or unknown, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from triagebook.facts.ledger.commits import Freshness
from triagebook.facts.ledger.error_texts import same_error
from triagebook.facts.ledger.grading import changed_by_hand
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.planned_tests import PlannedTest
from triagebook.facts.ledger.refusals import Refusal, Todo
from triagebook.facts.ledger.results import WRONG, CombinedResult, JudgedResult, Judgement
from triagebook.model.evidence import Evidence, Grade, Outcome, Phase
from triagebook.text import first_of

from .locations import signs_of_return
from .proofs import Proof, doubts, proofs

NO_RUN = "no run"


class EnvironmentStatus(StrEnum):
    """Whether the fix is proven in one environment."""

    PROVEN = "proven"
    FAILED = "failed"
    UNKNOWN = "unknown"


class EnvironmentVerdict(Struct, frozen=True):
    """What the evidence says about the fix in one environment."""

    state: EnvironmentStatus
    required: bool
    reasons: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    proven_by: tuple[Proof, ...] = ()
    missing: tuple[Todo, ...] = ()
    summary: str = ""  # the reason in a few words, for the bottom line
    refusals: tuple[Refusal, ...] = ()  # the evidence that does not count, and why


def in_environment(ledger: Ledger, name: str) -> EnvironmentVerdict:
    return _Examination(ledger, name).verdict()


class _Examination:
    """One environment under examination. Evidence against the fix is looked for first."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self.ledger = ledger
        self.name = name
        self.required = name in ledger.required_environments
        self.run = f"triagebook run {ledger.entry.id} --environment {name} --phase"
        self.results = [(test, ledger.combined[*test.key, Phase.AFTER, name]) for test in ledger.tests]
        self.ran = any(run.environment == name and run.phase is Phase.AFTER for _, run in ledger.runs)
        self.evidence = tuple(dict.fromkeys(one.evidence for _, result in self.results for one in result.results))

    def verdict(self) -> EnvironmentVerdict:
        if again := tuple(self._seen_again()):
            reason = "the recorded error was seen in a build that contains the fix"
            todo = Todo("fix it, and record the commit in `fix.changes`")
            return self._against(9, EnvironmentStatus.FAILED, reason, again, todo)
        if wrong := [test for test, result in self.results if self._went_wrong(test, result)]:
            called = [f"{test.name} (no longer in the plan)" if test.dropped else test.name for test in wrong]
            reason = f"{first_of(called)} did not end as expected"
            todo = Todo("fix it, and run again", f"{self.run} after")
            summary = f"{len(wrong)} of {len(self.results)} tests"
            return self._against(0, EnvironmentStatus.FAILED, reason, self.evidence, todo, summary)
        if back := signs_of_return(self.ledger):
            todo = Todo(back[0].do, back[0].command)
            return self._against(0, EnvironmentStatus.UNKNOWN, back[0].why, (), todo)
        if taken_back := self.ledger.failures_taken_back(self.name):
            tests = first_of(sorted({test for failed in taken_back.values() for test in failed}))
            reason = f"a run in which {tests} failed was withdrawn, and no later run shows whether they pass"
            return self._against(
                6, EnvironmentStatus.UNKNOWN, reason, taken_back, Todo("run again", f"{self.run} after")
            )
        if unread := self.ledger.unread_evidence:
            todo = Todo("repair it", "triagebook check")
            return self._against(6, EnvironmentStatus.UNKNOWN, f"{first_of(unread)} can't be read", (), todo)
        if changed := tuple(self._changed_by_hand()):
            reason = f"{first_of(changed)} has no valid seal: it was written or changed by hand"
            return self._against(0, EnvironmentStatus.UNKNOWN, reason, changed, Todo("restore it, or record it again"))
        judged = [(test, result) for test, result in self.results if result.grade is not Grade.TRANSCRIBED]
        if flaky := [test.name for test, result in judged if result.judgement is Judgement.FLAKY]:
            reason = f"{first_of(flaky)} passed and failed on the same code"
            todo = Todo("fix the flaky tests", f"{self.run} after")
            return self._against(0, EnvironmentStatus.UNKNOWN, reason, self.evidence, todo)
        found = list(proofs(self.ledger, self.name))
        return self._proven(found) if found else self._open()

    # ── evidence against the fix ─────────────────────────────────────────────────────────────────────

    def _seen_again(self) -> Iterator[str]:
        for name, record in self.ledger.entry.evidence.items():
            if self._is_here(record) and self.ledger.deployments.saw_error_with_fix(record):
                yield name
        others = (result for (place, _), result in self.ledger.unplanned.items() if place == self.name)
        for result in (*(result for _, result in self.results), *others):
            if result.last and self._shows_the_error(result, result.last):
                yield result.last.evidence

    def _shows_the_error(self, result: CombinedResult, last: JudgedResult) -> bool:
        """A test that fails with the recorded error shows it, whatever was expected of the test."""
        counts = last.failed and result.grade is Grade.MACHINE and result.judgement is not Judgement.FLAKY
        return counts and any(same_error(text, last.error or "") for text in self.ledger.recorded_errors)

    def _went_wrong(self, test: PlannedTest, result: CombinedResult) -> bool:
        if result.grade is None or result.grade is Grade.TRANSCRIBED:
            return False
        intermittent = result.judgement is Judgement.AS_EXPECTED and result.outcome is Outcome.PASSED
        failed_before = any(self.ledger.failed_before(test, place) for place in self.ledger.environments)
        still_fails = bool(result.last and result.last.failed) and not intermittent and failed_before
        return result.judgement in WRONG or (still_fails and result.judgement is not Judgement.FLAKY)

    def _changed_by_hand(self) -> Iterator[str]:
        evidence = self.ledger.entry.evidence.items()
        return (name for name, record in evidence if self._is_here(record) and changed_by_hand(record))

    def _is_here(self, record: Evidence) -> bool:
        return str(record.environment or self.name) == self.name

    def _against(
        self, law: int, state: EnvironmentStatus, reason: str, evidence: Iterable[str], todo: Todo, summary: str = ""
    ) -> EnvironmentVerdict:
        evidence = tuple(dict.fromkeys(evidence))
        return EnvironmentVerdict(
            state,
            self.required,
            (reason,),
            evidence,
            missing=(Todo(f"{self.name}: {reason}: {todo.do}", todo.command),),
            summary=summary or reason,
            refusals=tuple(
                Refusal(law, name, reason, todo.do, todo.command)
                for name in evidence or self.ledger.unread_evidence
                if law  # else its results are refused one by one
            ),
        )

    # ── evidence for the fix ─────────────────────────────────────────────────────────────────────────

    def _proven(self, found: list[Proof]) -> EnvironmentVerdict:
        """A later change of the code takes no proof away: only signs of a return do."""
        fresh = [one for one in found if not one.stale] or found
        commits = ", ".join(sorted({one.commit[:9] for one in fresh}))
        reasons = [f"{first_of([one.test for one in fresh])} failed before the fix and passed after it, at {commits}"]
        if fresh[0].stale:
            reasons.append(f"proven at {commits}, code changed since: {fresh[0].age.why}")
        elif all(one.age.freshness is Freshness.UNKNOWN for one in fresh):
            reasons.append(f"whether the code has changed since is unknown: {fresh[0].age.why}")
        return EnvironmentVerdict(EnvironmentStatus.PROVEN, self.required, tuple(reasons), self.evidence, tuple(fresh))

    def _open(self) -> EnvironmentVerdict:
        reasons, missing = list(self._why_open()), []
        only_here = self.ledger.places_before(self.name) == (self.name,)
        if only_here and not any(place == self.name for _, place in self.ledger.reproductions):
            missing.append(Todo(f"{self.name}: record a failing run without the fix", f"{self.run} before"))
        missing.append(Todo(f"{self.name}: record a passing run with the fix", f"{self.run} after"))
        return EnvironmentVerdict(
            EnvironmentStatus.UNKNOWN,
            self.required,
            tuple(reasons),
            self.evidence,
            missing=tuple(missing),
            summary=reasons[0] if self.evidence or self.ran else NO_RUN,
        )

    def _why_open(self) -> Iterator[str]:
        if not self.evidence:
            yield f"{'no result of a planned test' if self.ran else NO_RUN} after the fix is recorded in {self.name}"
        elif all(result.grade is not Grade.MACHINE for _, result in self.results):
            yield self._only_stated()
        elif found := list(doubts(self.ledger, self.name)):
            yield from (f"{test.name} failed before and passed after, but {refusal.why}" for test, refusal in found[:3])
        else:
            yield f"no test that failed before the fix passed after it in {self.name}"

    def _only_stated(self) -> str:
        evidence = [self.ledger.entry.evidence[name] for name in self.evidence]
        if sources := sorted({str(source.document) for record in evidence for source in record.from_}):
            return f"{_counted(self.results)} (unverified, from {', '.join(sources)})"
        last = self.ledger.refusals.get(self.evidence[-1])
        return f"the evidence proves nothing: {last.why if last else 'no machine saw it'}"


def _counted(results: Iterable[tuple[PlannedTest, CombinedResult]]) -> str:
    ended = Counter(result.last.outcome for _, result in results if result.last)
    return ", ".join(f"{ended[outcome]} {outcome.value}" for outcome in Outcome if ended[outcome])
