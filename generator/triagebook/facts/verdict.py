"""The verdict: what the evidence supports, by environment and for the issue, with reasons and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from triagebook.model.affected import LocationState
from triagebook.model.evidence import Evidence, Grade, Observation, Outcome, Side, TestRun

from .criteria import Answer
from .results import Judgement, Planned, State, proof

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


class Standing(StrEnum):
    """What is known of the fix in one environment."""

    PROVEN = "proven"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Freshness(StrEnum):
    """Whether the code that evidence saw is the code as it is now."""

    FRESH = "fresh"
    CHANGED = "changed since"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to do, with the command that does it."""

    do: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: whether what it needs is there, why, and what is missing."""

    stage: Stage
    reached: bool
    reasons: tuple[str, ...]
    missing: tuple[Todo, ...] = ()


@dataclass(frozen=True, slots=True)
class InEnvironment:
    """What is known of the fix in one environment."""

    state: Standing
    required: bool
    reasons: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    proven_by: tuple[Planned, ...] = ()
    missing: tuple[Todo, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence supports."""

    steps: tuple[Step, ...]
    environments: Mapping[str, InEnvironment]

    @property
    def stage(self) -> Stage:
        """The last of the stages that are reached without a gap; four fields alone make it `reported`."""
        reached = Stage.REPORTED
        for step in self.steps:
            if not step.reached:
                break
            reached = step.stage
        return reached

    @property
    def next(self) -> Step | None:
        """The stage that comes next, and what it needs."""
        return next((step for step in self.steps if not step.reached), None)


def verdict_of(case: Case) -> Verdict:
    environments = {name: _environment(case, name) for name in case.environments}
    steps = (
        Step(Stage.REPORTED, reached=True, reasons=("title, severity, day and summary are recorded",)),
        _triaged(case),
        _reproduced(case),
        _fixed(case),
        _validated(case, environments),
        _released(case),
    )
    return Verdict(steps, environments)


# ── the stages ───────────────────────────────────────────────────────────────────────────────────────


def _step(stage: Stage, reasons: list[str], missing: list[Todo]) -> Step:
    return Step(stage, reached=not missing, reasons=tuple(reasons), missing=tuple(missing))


def _triaged(case: Case) -> Step:
    issue, affected = case.issue, case.entry.affected
    reasons, missing = [], []
    if issue.components:
        reasons.append(f"lives in {', '.join(issue.components)}")
    else:
        missing.append(Todo("name the component the defect lives in: `components`"))
    causes = [cause.pattern or "a cause in words" for cause in issue.causes if cause.state.value != "ruled-out"]
    if causes:
        reasons.append(f"cause: {', '.join(map(str, causes))}")
    else:
        missing.append(Todo("name the cause or the pattern: `causes`"))
    if affected and affected.locations:
        reasons.append(f"located at {affected.source.commit[:9]}")
    elif issue.source and any(cause.at for cause in issue.causes):
        reasons.append(f"located at {issue.source.commit[:9]}")
    else:
        missing.append(Todo("find where the defect shows", f"triagebook scan {case.entry.id}"))
    return _step(Stage.TRIAGED, reasons, missing)


def reproductions(case: Case) -> Iterator[tuple[Planned, str, State]]:
    """Tests that failed before the fix with the error text that was expected of them, in a machine's run."""
    for test in case.tests:
        for environment in case.environments:
            state = case.states[test.suite, test.name, Side.BEFORE, environment]
            if state.grade is Grade.MACHINE and _failed_as_expected(state) and state.last:
                commit = str(state.last.record.commit)
                if not any(case.source.holds(commit, fix) for fix in fix_commits(case)):
                    yield test, environment, state


def _failed_as_expected(state: State) -> bool:
    return (
        state.judgement is Judgement.AS_EXPECTED
        and state.outcome in {Outcome.FAILED, Outcome.ERROR}
        and bool(state.last and state.last.expected and state.last.expected.errors)
    )


def fix_commits(case: Case) -> tuple[str, ...]:
    changes = case.issue.fix.changes if case.issue.fix else ()
    return tuple(sorted({str(change.commit) for change in changes if change.commit}))


def _reproduced(case: Case) -> Step:
    found = list(reproductions(case))
    if found:
        reasons = [f"{test.name} failed in {environment} with the expected error" for test, environment, _ in found]
        return _step(Stage.REPRODUCED, reasons, [])
    expecting = any(test.before and test.before.errors for test in case.tests)
    todo = Todo(
        "run a suite on code without the fix",
        f"triagebook run {case.entry.id} --phase before --environment ENVIRONMENT",
    )
    plan = Todo("plan a test that fails before the fix, with its error text: `before: {fail: ...}` in `suites`")
    return _step(Stage.REPRODUCED, [], [todo] if expecting else [plan, todo])


def _fixed(case: Case) -> Step:
    changes = case.issue.fix.changes if case.issue.fix else ()
    reasons, missing = [], []
    without = sum(change.commit is None for change in changes)
    if not changes:
        missing.append(Todo("record what was changed, and by which commit: `fix.changes`"))
    elif without:
        missing.append(Todo(f"record the commit of {without} of {len(changes)} changes: `fix.changes`"))
    else:
        reasons.append(f"every change has a commit: {', '.join(commit[:9] for commit in fix_commits(case))}")
    scan = Todo("search the fixed code for what is left", f"triagebook scan {case.entry.id}")
    affected = case.entry.affected
    if (
        affected is None
        or affected.scan is None
        or affected.scan.from_
        or affected.scan.by is None
        or not all(case.source.holds(affected.source.commit, commit) for commit in fix_commits(case))
    ):
        missing.append(scan)
    elif left := sum(location.state is not LocationState.FIXED for location in affected.locations):
        missing.append(Todo(f"mend the {left} locations that are still open"))
    else:
        reasons.append(f"no location is open at {affected.source.commit[:9]}")
    return _step(Stage.FIXED, reasons, missing)


def _validated(case: Case, environments: Mapping[str, InEnvironment]) -> Step:
    reasons, missing = [], []
    required = case.required_environments
    if not required:
        missing.append(
            Todo("name the environments that must be proven: `required` in the catalog, or `environments.prove`")
        )
    for name in required:
        found = environments[name]
        if found.state is Standing.PROVEN:
            reasons.append(f"proven in {name}: {found.reasons[0]}")
        else:
            missing.extend(found.missing or (Todo(f"{name}: {found.reasons[0]}"),))
    criteria = case.criteria
    if not criteria:
        missing.append(Todo("say what must be true before it counts as fixed: `criteria`"))
    for name, state in criteria.items():
        if state.answer is Answer.MET:
            reasons.append(f"criterion {name} is met: {state.why}")
        else:
            missing.append(Todo(f"criterion {name} is {state.answer.value}: {state.why}"))
    if criteria and not any(state.measured for state in criteria.values()):
        missing.append(
            Todo(
                "measure at least one criterion",
                f'triagebook record {case.entry.id} --value NAME="VALUE" --phase after',
            )
        )
    return _step(Stage.VALIDATED, reasons, missing)


def _released(case: Case) -> Step:
    catalog = case.book.catalog
    reasons, missing = [], []
    production = [name for name, environment in catalog.environments.items() if environment.production]
    if not production:
        missing.append(Todo("say which environment is production: `production: true` in the catalog"))
    for name in production:
        plan = case.issue.deployment.get(name)
        done = [a for a in plan.attempts if a.outcome == "done" and (a.commit or a.build) and a.on] if plan else []
        if done:
            reasons.append(f"deployed to {name} on {done[-1].on}")
        else:
            missing.append(Todo(f"deploy to {name} and record it: `deployment.{name}.attempts`"))
    missing.extend(
        Todo(f"the error was seen again: {name}")
        for name, record in case.entry.evidence.items()
        if reopens(case, record)
    )
    return _step(Stage.RELEASED, reasons, missing)


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


def _environment(case: Case, name: str) -> InEnvironment:
    required = name in case.required_environments
    again = tuple(key for key, e in case.entry.evidence.items() if str(e.environment) == name and reopens(case, e))
    if again:
        reason = "the recorded error was seen in a build that holds the fix"
        return InEnvironment(Standing.FAILED, required, (reason,), again, missing=(Todo(f"{name}: {reason}"),))
    states = [(test, case.states[test.suite, test.name, Side.AFTER, name]) for test in case.tests]
    seen = tuple(dict.fromkeys(found.evidence for _, state in states for found in state.seen))
    wrong = [
        test.name
        for test, state in states
        if state.judgement in {Judgement.UNEXPECTED, Judgement.OTHER_REASON} and state.grade is not None
    ]
    if wrong:
        reason = f"{_names(wrong)} did not do what was expected"
        return InEnvironment(Standing.FAILED, required, (reason,), seen, missing=(Todo(f"{name}: {reason}"),))
    shaky = [test.name for test, state in states if state.judgement is Judgement.FLAKY]
    proofs = [(test, state) for test, state in states if _proves(case, test, state, name)]
    stale = [test for test, state in proofs if freshness(case, state) is Freshness.CHANGED]
    fresh = [(test, state) for test, state in proofs if test not in stale]
    if fresh and not shaky:
        return _proven(case, required, fresh, seen)
    return _open(case, name, required, seen, shaky, stale, states)


def _proven(case: Case, required: bool, fresh: list[tuple[Planned, State]], seen: tuple[str, ...]) -> InEnvironment:  # noqa: FBT001
    tests = tuple(test for test, _ in fresh)
    commits = sorted({str(s.last.record.commit)[:9] for _, s in fresh if s.last})
    reason = (
        f"{_names([test.name for test in tests])} failed before the fix and passed after it, at {', '.join(commits)}"
    )
    unknown = any(freshness(case, state) is Freshness.UNKNOWN for _, state in fresh)
    note = f"whether the code has changed since is unknown: {case.source.why_unknown or 'no digest of it was kept'}"
    return InEnvironment(Standing.PROVEN, required, (reason, *((note,) if unknown else ())), seen, tests)


def _open(
    case: Case,
    name: str,
    required: bool,  # noqa: FBT001
    seen: tuple[str, ...],
    shaky: list[str],
    stale: list[Planned],
    states: list[tuple[Planned, State]],
) -> InEnvironment:
    run = f"triagebook run {case.entry.id} --environment {name} --phase"
    missing: list[Todo] = []
    if shaky:
        reasons = [f"{_names(shaky)} passed and failed on the same code"]
        missing.append(Todo(f"{name}: mend the flaky tests {_names(shaky)}"))
    elif stale:
        reasons = [f"{_names([test.name for test in stale])} proved it at a commit that the code has changed since"]
        missing.append(Todo(f"{name}: run the tests again on the code as it is", f"{run} after"))
    elif not seen:
        reasons = [f"no run after the fix is recorded in {name}"]
    elif all(state.grade is not Grade.MACHINE for _, state in states):
        reasons = [_only_said(case, seen)]
    else:
        reasons = [f"no test that failed before the fix passed after it in {name}"]
    if not shaky and not stale:
        if not any(place == name for _, place, _ in reproductions(case)):
            missing.append(Todo(f"{name}: see a test fail on code without the fix", f"{run} before"))
        missing.append(Todo(f"{name}: see it pass on code with the fix", f"{run} after"))
    return InEnvironment(Standing.UNKNOWN, required, tuple(reasons), seen, missing=tuple(missing))


def _only_said(case: Case, seen: tuple[str, ...]) -> str:
    sources = sorted({str(source.document) for name in seen for source in case.entry.evidence[name].from_})
    if sources:
        return f"passed, says {', '.join(sources)}; that proves nothing"
    why = proof(case.entry.evidence[seen[-1]])
    return f"the evidence proves nothing: {why}"


def _proves(case: Case, test: Planned, state: State, environment: str) -> bool:
    """Failed before as expected, passes after, and its after-run holds the fix as far as that is known."""
    if state.grade is not Grade.MACHINE or state.outcome is not Outcome.PASSED:
        return False
    if state.judgement is not Judgement.AS_EXPECTED or state.last is None:
        return False
    run = state.last.record
    if any(case.source.holds(str(run.commit), fix) is False for fix in fix_commits(case)):
        return False
    return any(
        found == test and place == environment and before.last and not _same_product(before.last.record, run)
        for found, place, before in reproductions(case)
    )


def _same_product(before: TestRun, after: TestRun) -> bool:
    """Code that is the same before and after can't hold a fix, whatever the tests did."""
    return before.commit == after.commit or bool(before.code and dict(before.code) == dict(after.code))


def freshness(case: Case, state: State) -> Freshness:
    """By content: are the files that the evidence saw the same now?"""
    digests = dict(state.last.record.code) if state.last else {}
    if not digests or not all(path in case.source.looked_at for path in digests):
        return Freshness.UNKNOWN
    same = all(case.source.digests.get(path) == digest for path, digest in digests.items())
    return Freshness.FRESH if same else Freshness.CHANGED


def reopens(case: Case, record: Evidence) -> bool:
    """Was the error seen again in a build with the fix? An observation names an error only where it is this one."""
    if not isinstance(record, Observation) or record.error is None:
        return False
    if record.phase is not None:
        return record.phase is Side.AFTER
    if record.commit is not None:
        fixes = fix_commits(case)
        return bool(fixes) and all(case.source.holds(record.commit, fix) for fix in fixes)
    builds = {
        str(a.build) for d in case.issue.deployment.values() for a in d.attempts if a.outcome == "done" and a.build
    }
    return record.build is not None and str(record.build) in builds


def _names(names: list[str]) -> str:
    first = ", ".join(names[:3])
    return first if len(names) <= 3 else f"{first} and {len(names) - 3} more"
