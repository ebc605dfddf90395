"""What is known of the fix in one environment: proven, failed or unknown, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.model.evidence import Evidence, Grade, Outcome, Phase

from .history import Freshness, reopens
from .matching import Planned
from .proofs import Proof, doubts, names_a_reason, proofs, reproductions
from .results import WRONG, Judgement, Seen, State, same_error
from .weight import changed_by_hand, is_ahead, proof

if TYPE_CHECKING:
    from .case import Case


class Standing(StrEnum):
    """What is known of the fix in one environment."""

    PROVEN = "proven"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Todo(Struct, frozen=True):
    """Something to do, with the command that does it."""

    do: str
    command: str = ""


class InEnvironment(Struct, frozen=True):
    """What is known of the fix in one environment."""

    state: Standing
    required: bool
    reasons: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    proven_by: tuple[Proof, ...] = ()
    missing: tuple[Todo, ...] = ()


def in_environment(case: Case, name: str) -> InEnvironment:
    return _Place(case, name).found()


class _Place:
    """An environment under examination. What speaks against the fix is looked for first."""

    def __init__(self, case: Case, name: str) -> None:
        self.case = case
        self.name = name
        self.required = name in case.required_environments
        self.run = f"triagebook run {case.entry.id} --environment {name} --phase"
        self.states = [(test, case.states[*test.key, Phase.AFTER, name]) for test in case.tests]
        self.seen = tuple(dict.fromkeys(one.evidence for _, state in self.states for one in state.seen))

    def found(self) -> InEnvironment:
        if again := tuple(self._seen_again()):
            reason = "the recorded error was seen in a build that holds the fix"
            return self._against(
                Standing.FAILED, reason, again, Todo("mend it, and record the commit in `fix.changes`")
            )
        if wrong := [_called(test) for test, state in self.states if self._went_wrong(test, state)]:
            reason = f"{names(wrong)} did not do what was expected"
            return self._against(
                Standing.FAILED, reason, self.seen, Todo("mend it, and run again", f"{self.run} after")
            )
        if unread := self.case.unread_evidence:
            return self._against(
                Standing.UNKNOWN, f"{names(unread)} can't be read", (), Todo("mend it", "triagebook check")
            )
        if changed := tuple(self._changed_by_hand()):
            reason = f"{names(changed)} carries no seal of its own content: it was written or changed by hand"
            return self._against(Standing.UNKNOWN, reason, changed, Todo("restore it, or record it again"))
        if shaky := [test.name for test, state in self.states if _wavers(state)]:
            reason = f"{names(shaky)} passed and failed on the same code"
            return self._against(Standing.UNKNOWN, reason, self.seen, Todo("mend the flaky tests", f"{self.run} after"))
        found = list(proofs(self.case, self.name))
        fresh = [one for one in found if not one.stale]
        return self._proven(fresh) if fresh else self._open(found)

    # ── what speaks against it ───────────────────────────────────────────────────────────────────────

    def _seen_again(self) -> Iterator[str]:
        for name, record in self.case.entry.evidence.items():
            if self._is_here(record) and reopens(self.case, record):
                yield name
        strays = (state for (environment, _), state in self.case.stray_states.items() if environment == self.name)
        for state in (*(state for _, state in self.states), *strays):
            if state.last and self._shows_the_error(state, state.last):
                yield state.last.evidence

    def _shows_the_error(self, state: State, last: Seen) -> bool:
        """A test that fails with the recorded error shows it, whatever was expected of the test."""
        counts = last.failed and state.grade is Grade.MACHINE and state.judgement is not Judgement.FLAKY
        return counts and any(same_error(text, last.error or "") for text in self.case.recorded_errors)

    def _went_wrong(self, test: Planned, state: State) -> bool:
        if state.grade is None or state.grade is Grade.TRANSCRIBED:
            return False
        still_fails = bool(state.last and state.last.failed) and self._failed_before(test)
        return state.judgement in WRONG or (still_fails and state.judgement is not Judgement.FLAKY)

    def _failed_before(self, test: Planned) -> bool:
        return any(self.case.failed_before(test, place) for place in self.case.environments)

    def _changed_by_hand(self) -> Iterator[str]:
        evidence = self.case.entry.evidence.items()
        return (name for name, record in evidence if self._is_here(record) and changed_by_hand(record))

    def _is_here(self, record: Evidence) -> bool:
        return str(record.environment or self.name) == self.name

    def _against(self, state: Standing, reason: str, evidence: Iterable[str], todo: Todo) -> InEnvironment:
        missing = (Todo(f"{self.name}: {reason}: {todo.do}", todo.command),)
        return InEnvironment(state, self.required, (reason,), tuple(dict.fromkeys(evidence)), missing=missing)

    # ── what speaks for it ───────────────────────────────────────────────────────────────────────────

    def _proven(self, fresh: list[Proof]) -> InEnvironment:
        commits = ", ".join(sorted({one.commit[:9] for one in fresh}))
        reasons = [f"{names([one.test for one in fresh])} failed before the fix and passed after it, at {commits}"]
        unknown = [one.age.why for one in fresh if one.age.freshness is Freshness.UNKNOWN]
        if len(unknown) == len(fresh):
            reasons.append(f"whether the code has changed since is unknown: {unknown[0]}")
        return InEnvironment(Standing.PROVEN, self.required, tuple(reasons), self.seen, tuple(fresh))

    def _open(self, stale: list[Proof]) -> InEnvironment:
        if stale:
            commits = ", ".join(sorted({one.commit[:9] for one in stale}))
            reasons = [f"proven at {commits}, changed since: {stale[0].age.why}"]
            missing = [Todo(f"{self.name}: run the tests again on the code as it is", f"{self.run} after")]
        else:
            reasons = list(self._why_open())
            missing = []
            if not any(place == self.name for _, place, _ in reproductions(self.case)):
                missing.append(Todo(f"{self.name}: see a test fail on code without the fix", f"{self.run} before"))
            missing.append(Todo(f"{self.name}: see it pass on code with the fix", f"{self.run} after"))
        return InEnvironment(Standing.UNKNOWN, self.required, tuple(reasons), self.seen, missing=tuple(missing))

    def _why_open(self) -> Iterator[str]:
        if not self.seen:
            yield f"no run after the fix is recorded in {self.name}"
        elif all(state.grade is not Grade.MACHINE for _, state in self.states):
            yield self._only_said()
        elif found := list(doubts(self.case, self.name)):
            yield from (f"{test.name} failed before and passed after, but {why}" for test, why in found[:3])
        else:
            yield f"no test that failed before the fix passed after it in {self.name}"

    def _only_said(self) -> str:
        evidence = [self.case.entry.evidence[name] for name in self.seen]
        if sources := sorted({str(source.document) for record in evidence for source in record.from_}):
            return f"{_ending(self.states)}, says {', '.join(sources)}; that proves nothing"
        last = evidence[-1]
        if self.case.as_of and is_ahead(last.at, self.case.as_of):
            return f"the evidence proves nothing: it is dated after {self.case.as_of}"
        return f"the evidence proves nothing: {proof(last)}"


def _called(test: Planned) -> str:
    return f"{test.name} (no longer in the plan)" if test.dropped else test.name


def _ending(states: Iterable[tuple[Planned, State]]) -> str:
    ended = Counter(state.last.outcome for _, state in states if state.last)
    return ", ".join(f"{ended[outcome]} {outcome.value}" for outcome in Outcome if ended[outcome])


def _wavers(state: State) -> bool:
    return state.judgement is Judgement.FLAKY and state.grade is not Grade.TRANSCRIBED


def recorded_errors(case: Case) -> tuple[str, ...]:
    """The error texts of the symptoms, and those that a machine's run was held against before the fix."""
    held = (
        str(error)
        for _, run in case.runs
        if run.grade is Grade.MACHINE and run.sealed
        for expected in run.expected.values()
        if expected.before
        for error in expected.before.errors
    )
    return tuple(dict.fromkeys(text for text in (*case.error_texts, *held) if names_a_reason(text)))


def names(tests: Iterable[str]) -> str:
    every = list(tests)
    first = ", ".join(every[:3])
    return first if len(every) <= 3 else f"{first} and {len(every) - 3} more"
