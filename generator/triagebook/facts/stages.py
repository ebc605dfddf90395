"""What each stage needs, which of it is there, and what is missing, as things to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.code.state import Drift
from triagebook.model.affected import LocationState
from triagebook.model.defect import Certainty
from triagebook.model.evidence import Phase
from triagebook.model.planning import Attempt, Target
from triagebook.model.values import Quantity

from .criteria import Answer, CriterionState
from .environments import InEnvironment, Standing, Todo, names
from .history import Freshness, fix_commits, is_done, reopens, same_code
from .proofs import Proof, names_a_reason, reproductions
from .weight import changed_by_hand

if TYPE_CHECKING:
    from .case import Case


class Stage(StrEnum):
    """How far the evidence carries; each stage includes those before it."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    REPRODUCED = "reproduced"
    FIXED = "fixed"
    VALIDATED = "validated"
    RELEASED = "released"


class Step(Struct, frozen=True):
    """One stage: whether what it needs is there, why, and what is missing."""

    stage: Stage
    reached: bool
    reasons: tuple[str, ...]
    missing: tuple[Todo, ...] = ()


def steps_of(case: Case, environments: Mapping[str, InEnvironment]) -> tuple[Step, ...]:
    """The stages in their order."""
    return (
        Step(Stage.REPORTED, reached=True, reasons=("title, severity, day and summary are recorded",)),
        _triaged(case),
        _reproduced(case),
        _fixed(case),
        _validated(case, environments),
        _released(case),
    )


def _step(stage: Stage, reasons: list[str], missing: list[Todo]) -> Step:
    return Step(stage, reached=not missing, reasons=tuple(reasons), missing=tuple(missing))


# ── triaged ──────────────────────────────────────────────────────────────────────────────────────────


def _triaged(case: Case) -> Step:
    reasons, missing = [], []
    if case.issue.components:
        reasons.append(f"lives in {', '.join(case.issue.components)}")
    else:
        missing.append(Todo("name the component the defect lives in: `components`"))
    causes = [str(c.pattern or "a cause in words") for c in case.issue.causes if c.state is not Certainty.RULED_OUT]
    if causes:
        reasons.append(f"cause: {', '.join(causes)}")
    else:
        missing.append(Todo("name the cause or the pattern: `causes`"))
    if commit := _located_at(case):
        reasons.append(f"located at {commit[:9]}")
    else:
        missing.append(Todo("find where the defect shows", f"triagebook scan {case.entry.id}"))
    return _step(Stage.TRIAGED, reasons, missing)


def _located_at(case: Case) -> str | None:
    """The commit at which some line is known to show the defect."""
    issue, affected = case.issue, case.entry.affected
    if affected and any(location.at.lines for location in affected.locations):
        return affected.source.commit
    causes = (place for cause in issue.causes if cause.state is not Certainty.RULED_OUT for place in cause.at)
    symptoms = (place for symptom in issue.symptoms for place in symptom.at)
    shown = any(place.lines for place in (*causes, *symptoms))
    return issue.source.commit if issue.source and shown else None


# ── reproduced ───────────────────────────────────────────────────────────────────────────────────────


def _reproduced(case: Case) -> Step:
    """A run that was changed by hand, or can't be read, may have said otherwise: with one about, nothing is shown."""
    restore = _to_restore(name for name, run in case.runs if changed_by_hand(run))
    restore += [Todo(f"mend {file}: it can't be read", "triagebook check") for file in case.unread_evidence]
    found = list(reproductions(case))
    if found:
        reasons = [f"{test.name} failed in {environment} with the expected error" for test, environment, _ in found]
        return _step(Stage.REPRODUCED, reasons, restore)
    run = Todo(
        "run a suite on code without the fix",
        f"triagebook run {case.entry.id} --phase before --environment ENVIRONMENT",
    )
    plan = Todo("plan a test that fails before the fix, with its error text: `before: {fail: ...}` in `suites`")
    return _step(Stage.REPRODUCED, [], [*restore, *([] if _expects_the_error(case) else [plan]), run])


def _to_restore(evidence: Iterable[str]) -> list[Todo]:
    changed = list(evidence)
    return (
        [Todo(f"restore {names(changed)}, or record it again: its seal is not that of its content")] if changed else []
    )


def _expects_the_error(case: Case) -> bool:
    expected = (test.before for test in case.tests if test.before and not test.dropped)
    return any(names_a_reason(error) for before in expected for error in before.errors or case.error_texts)


# ── fixed ────────────────────────────────────────────────────────────────────────────────────────────


def _fixed(case: Case) -> Step:
    changes = case.issue.fix.changes if case.issue.fix else ()
    scan = f"triagebook scan {case.entry.id}"
    reasons, missing = [], []
    without = sum(change.commit is None for change in changes)
    if not changes:
        missing.append(Todo("record what was changed, and by which commit: `fix.changes`"))
    elif without:
        missing.append(Todo(f"record the commit of {without} of {len(changes)} changes: `fix.changes`"))
    else:
        reasons.append(f"every change has a commit: {', '.join(commit[:9] for commit in fix_commits(case))}")
    if why := _not_searched(case):
        missing.append(Todo(f"search the fixed code for what is left: {why}", scan))
    elif affected := case.entry.affected:
        left = sum(location.state is not LocationState.FIXED for location in affected.locations)
        if left:
            missing.append(Todo(f"mend what is still open: {left} location{'' if left == 1 else 's'}"))
        elif found := _found_again(case):
            missing.append(Todo(f"mend what is found in the code as it is now: {found}", scan))
        else:
            reasons.append(f"no location is open at {affected.source.commit[:9]}")
    return _step(Stage.FIXED, reasons, missing)


def _not_searched(case: Case) -> str | None:
    """Why no scan shows what the fixed code holds; None where one does."""
    affected = case.entry.affected
    if affected is None or affected.scan is None:
        return "no scan is recorded"
    if affected.scan.from_ or affected.scan.by is None:
        return "what is recorded was not found by a scan of the tool"
    commit = affected.source.commit
    for fix in fix_commits(case):
        holds = case.source.holds(commit, fix)
        if holds is False:
            return f"the scan was of {commit[:9]}, which lacks {fix[:9]}"
        if holds is None:
            return f"whether {commit[:9]}, which was scanned, holds {fix[:9]} is unknown"
    return None


def _found_again(case: Case) -> str:
    """What a search of the code as it is now finds and the record does not count as open, where one was made."""
    drift = case.source.drift.get(case.entry.id) or Drift()
    return names(sorted({*(stray.what for stray in drift.back), *drift.unrecorded}))


# ── validated ────────────────────────────────────────────────────────────────────────────────────────


def _validated(case: Case, environments: Mapping[str, InEnvironment]) -> Step:
    required = {name: environments[name] for name in case.required_environments}
    reasons, missing = [], []
    if not required:
        missing.append(
            Todo("name the environments that must be proven: `required` in the catalog, or `environments.prove`")
        )
    for name, found in required.items():
        if found.state is Standing.PROVEN:
            reasons.append(f"proven in {name}: {found.reasons[0]}")
        else:
            missing.extend(found.missing or (Todo(f"{name}: {found.reasons[0]}"),))
    if not missing and not _on_one_code(case, list(required.values())):
        missing.append(Todo(f"{', '.join(required)}: run the tests again on one commit; each was proven on other code"))
    said = {name for found in required.values() for name in found.evidence if found.state is not Standing.PROVEN}
    evidence = case.entry.evidence.items()
    missing += _to_restore(name for name, record in evidence if changed_by_hand(record) and name not in said)
    met, unmet = _criteria(case)
    return _step(Stage.VALIDATED, [*reasons, *met], [*missing, *unmet])


def _on_one_code(case: Case, required: list[InEnvironment]) -> bool:
    """Is there one state of the code on which every environment was proven?"""

    def same(one: Proof, other: Proof) -> bool:
        if one.age.freshness is other.age.freshness is Freshness.FRESH:
            return True
        return same_code(case.entry.evidence[one.after], case.entry.evidence[other.after])

    first, *others = (found.proven_by for found in required)
    return any(all(any(same(one, proof) for proof in proofs) for proofs in others) for one in first)


def _criteria(case: Case) -> tuple[list[str], list[Todo]]:
    """The criteria that are met, and what is to be done about the others."""
    reasons, missing = [], []
    if not case.criteria:
        missing.append(Todo("say what must be true before it counts as fixed: `criteria`"))
    for name, state in case.criteria.items():
        if state.answer is Answer.MET:
            reasons.append(f"criterion {name} is met: {state.why}")
        else:
            missing.append(Todo(f"criterion {name} is {state.answer.value}: {state.why}"))
    measured = any(_is_measured(case.issue.criteria[name], state) for name, state in case.criteria.items())
    if case.criteria and not measured:
        command = f'triagebook record {case.entry.id} --value NAME="VALUE" --phase after'
        missing.append(Todo("measure at least one criterion that could fail", command))
    return reasons, missing


def _is_measured(criterion: Target, state: CriterionState) -> bool:
    """Does it rest on something that was seen after the fix, and that might have turned out otherwise?"""
    if not state.measured or state.fact is None or criterion.target is None:
        return False
    before = dict(state.fact.ref.filters).get("phase") == Phase.BEFORE.value
    share = state.fact.unit == "share" or criterion.target.unit == "%"
    anything = Quantity(Fraction(0), Fraction(1) if share else None, "" if share else criterion.target.unit)
    return not before and criterion.target.holds(anything) is False


# ── released ─────────────────────────────────────────────────────────────────────────────────────────


def _released(case: Case) -> Step:
    environments = case.book.catalog.environments
    production = [name for name, environment in environments.items() if environment.production]
    reasons, missing = [], []
    if not production:
        missing.append(Todo("say which environment is production: `production: true` in the catalog"))
    for name in production:
        done = _deployed(case, name)
        if done:
            reasons.append(f"deployed to {name} on {done.on}")
        else:
            missing.append(Todo(f"deploy to {name} and record it: `deployment.{name}.attempts`"))
    again = [name for name, record in case.entry.evidence.items() if reopens(case, record)]
    missing.extend(Todo(f"the error was seen again: {name}") for name in again)
    return _step(Stage.RELEASED, reasons, missing)


def _deployed(case: Case, environment: str) -> Attempt | None:
    """The last attempt that brought the fix out; what only a document says does not count."""
    plan = case.issue.deployment.get(environment)
    done = [attempt for attempt in plan.attempts if is_done(case, attempt) and not attempt.from_] if plan else []
    return done[-1] if done else None
