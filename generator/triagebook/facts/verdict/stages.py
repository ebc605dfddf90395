"""The stages: one table row each, with what a stage needs, what it means, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from triagebook.book import Entry
from triagebook.facts.ledger.commits import Freshness, same_code
from triagebook.facts.ledger.error_texts import names_a_reason
from triagebook.facts.ledger.grading import changed_by_hand
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.refusals import Todo
from triagebook.facts.ledger.unexplained import unexplained_failures
from triagebook.model.suites import SuiteState
from triagebook.text import first_of

from .criteria import CriterionState, judged_together
from .environments import EnvironmentStatus, EnvironmentVerdict
from .locations import located_at, not_gone, signs_of_return, why_gone
from .proofs import Proof


class Stage(StrEnum):
    """How far the evidence carries; each stage includes those before it."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    REPRODUCED = "reproduced"
    FIXED = "fixed"
    VALIDATED = "validated"
    RELEASED = "released"


class Basis(Struct, frozen=True):
    """What the stages are judged by."""

    ledger: Ledger
    criteria: Mapping[str, CriterionState]
    environments: Mapping[str, EnvironmentVerdict]

    @property
    def entry(self) -> Entry:
        return self.ledger.entry


Checked: TypeAlias = tuple[list[str], list[Todo]]  # why requirements are met, and what is missing


class StageRow(Struct, frozen=True):
    """Everything that is particular to one stage."""

    stage: Stage
    check: Callable[[Basis], Checked]
    meaning: str
    tone: str  # of the alert that shows it: warning, note or tip


class StageResult(Struct, frozen=True):
    """Whether the requirements of a stage are met, why, and what is missing."""

    stage: Stage
    reached: bool
    reasons: tuple[str, ...]
    missing: tuple[Todo, ...] = ()


def stage_results(basis: Basis) -> tuple[StageResult, ...]:
    return tuple(
        StageResult(row.stage, not missing, tuple(reasons), tuple(missing))
        for row in STAGES
        for reasons, missing in [row.check(basis)]
    )


def stage_of(results: tuple[StageResult, ...]) -> Stage:
    """The last stage that is reached without a gap; the four required fields alone make it `reported`."""
    gap = next((index for index, result in enumerate(results) if not result.reached), len(results))
    return results[max(gap, 1) - 1].stage


def has_reached(stage: Stage, wanted: Stage) -> bool:
    """Whether a stage is at or after another."""
    order = [row.stage for row in STAGES]
    return order.index(stage) >= order.index(wanted)


# ── triaged ─────────────────────────────────────────────────────────────────────────────────────────


def _triaged(basis: Basis) -> Checked:
    issue = basis.entry.issue
    reasons, missing = [], []
    if issue.components:
        reasons.append(f"lives in {', '.join(issue.components)}")
    elif basis.ledger.catalog.components:  # a small book need not divide its code
        missing.append(Todo("name the component the defect lives in: `components`"))
    causes = [str(c.pattern or "a cause in words") for c in issue.possible_causes]
    if causes:
        reasons.append(f"cause: {', '.join(causes)}")
    else:
        missing.append(Todo("name the cause or the pattern: `causes`"))
    if commit := located_at(basis.entry):
        reasons.append(f"located at {commit[:9]}")
    else:
        search = f"triagebook scan {basis.entry.id}" if basis.ledger.detector else ""
        missing.append(
            Todo(
                f"find where the defect shows{'' if search else ': `causes.at` with `source`, or `affected.yaml`'}",
                search,
            )
        )
    return reasons, missing


# ── reproduced ───────────────────────────────────────────────────────────────────────────────────────


def _reproduced(basis: Basis) -> Checked:
    """Runs that were changed by hand or cannot be read may have shown the opposite, so they block the stage."""
    ledger = basis.ledger
    missing = _to_restore(name for name, run in ledger.runs if changed_by_hand(run))
    missing += [Todo(f"repair {file}: it can't be read", "triagebook check") for file in ledger.unread_evidence]
    if ledger.reproductions:
        by_place: dict[str, list[str]] = {}
        for test, place in ledger.reproductions:
            by_place.setdefault(place, []).append(test.name)
        return [
            f"{first_of(names)} failed in {place} with the expected error" for place, names in by_place.items()
        ], missing
    if not _expects_the_error(ledger):
        missing.append(
            Todo("plan a test that fails before the fix, with its error text: `before: {fail: ...}` in `suites`")
        )
    named = (test.suite for test in ledger.tests if test.before and not (test.proves_nothing or test.dropped))
    suite = next(named, "")  # the first that can show it
    unwritten = suite and not any(run.suite == suite for _, run in ledger.runs)
    if unwritten and (planned := ledger.issue.suites[suite]).state is SuiteState.PLANNED:
        source, coded = ledger.issue.source, all(test.code for test in planned.tests.values())
        folder = ledger.catalog.checkout_of(source.repository) if source else "."
        command = f"triagebook tests {basis.entry.id} --suite {suite} --out {folder}"
        missing.append(
            Todo(f"copy the tests of {suite} to the code" if coded else f"write the tests of {suite}", command)
        )
    return [], [*missing, Todo("run a suite on code without the fix", _run_before(ledger, suite))]


def _run_before(ledger: Ledger, suite: str) -> str:
    """The command, where the suite runs, else where the fix must be proven, else where the defect was seen."""
    own = tuple(map(str, ledger.issue.suites[suite].environments)) if suite else ()
    known, catalog = own or (*ledger.required_environments, *ledger.environments), ledger.catalog.environments
    by_use = sorted(known or catalog, key=lambda name: name in catalog and catalog[name].production)
    place = f"--environment {next(iter(by_use), 'ENVIRONMENT')}{f' --suite {suite}' if suite else ''}"
    if ledger.fix.commits:
        return f"triagebook prove {ledger.entry.id} {place}"
    return f"triagebook run {ledger.entry.id} --phase before {place}"


def _to_restore(evidence: Iterable[str]) -> list[Todo]:
    changed = list(evidence)
    return (
        [Todo(f"restore {first_of(changed)}, or record it again: its seal does not match its content")]
        if changed
        else []
    )


def _expects_the_error(ledger: Ledger) -> bool:
    suites = ledger.issue.suites.values()  # one without a list covers its file
    expected = [test.before for test in ledger.tests if test.before and not test.dropped]
    expected += [suite.before for suite in suites if suite.before and not suite.tests]
    return any(names_a_reason(error) for before in expected for error in before.errors or ledger.error_texts)


# ── fixed ────────────────────────────────────────────────────────────────────────────────────────────


def _fixed(basis: Basis) -> Checked:
    entry, ledger = basis.entry, basis.ledger
    changes = entry.issue.changes
    reasons, missing = [], []
    without = sum(change.commit is None for change in changes)
    if not changes:
        missing.append(Todo("record what was changed, and by which commit: `fix.changes`"))
    elif without:
        missing.append(Todo(f"record the commit of {without} of {len(changes)} changes: `fix.changes`"))
    else:
        reasons.append(f"every change has a commit: {', '.join(commit[:9] for commit in ledger.fix.commits)}")
    left = not_gone(ledger)
    if changes and not left:
        reasons.append(why_gone(ledger))
    missing += [Todo(f"{one.do}: {one.why}", one.command) for one in (*left, *signs_of_return(ledger))]
    return reasons, missing


# ── validated ────────────────────────────────────────────────────────────────────────────────────────


def _validated(basis: Basis) -> Checked:
    ledger = basis.ledger
    required = {name: basis.environments[name] for name in ledger.required_environments}
    reasons, missing = [], []
    if not required:
        missing.append(
            Todo("name the environments that must be proven: `required` in the catalog, or `environments.prove`")
        )
    for name, found in required.items():
        if found.state is EnvironmentStatus.PROVEN:
            reasons.append(f"proven in {name}: {found.reasons[0]}")
        else:
            missing.extend(found.missing or (Todo(f"{name}: {found.reasons[0]}"),))
    if not missing and not _on_same_code(basis.entry, list(required.values())):
        missing.append(Todo(f"{', '.join(required)}: run the tests again on one commit; each was proven on other code"))
    named = {
        name for found in required.values() for name in found.evidence if found.state is not EnvironmentStatus.PROVEN
    }
    evidence = basis.entry.evidence.items()
    missing += _to_restore(name for name, record in evidence if changed_by_hand(record) and name not in named)
    missing += [Todo(f"{one.why}: fix it, or accept it by name: `waivers`") for one in unexplained_failures(ledger)]
    met, unmet = judged_together(basis.entry, basis.criteria)
    return [*reasons, *met], [*missing, *unmet]


def _on_same_code(entry: Entry, required: list[EnvironmentVerdict]) -> bool:
    """Whether every environment was proven on one state of the code."""

    def same(one: Proof, other: Proof) -> bool:
        if one.age.freshness is other.age.freshness is Freshness.FRESH:
            return True
        return same_code(entry.evidence[one.after], entry.evidence[other.after])

    first, *others = (found.proven_by for found in required)
    return any(all(any(same(one, proof) for proof in proofs) for proofs in others) for one in first)


# ── released ─────────────────────────────────────────────────────────────────────────────────────────


def _released(basis: Basis) -> Checked:
    deployments = basis.ledger.deployments
    production = [name for name, environment in basis.ledger.catalog.environments.items() if environment.production]
    reasons, missing = [], []
    if not production:
        missing.append(Todo("say which environment is production: `production: true` in the catalog"))
    for name in production:
        last = deployments.last_to(name)
        why = deployments.why_not(last) if last else None
        if last and why is None:
            reasons.append(f"deployed to {name} on {last.on}")
        else:
            said = f", because the last attempt shows no fix there: {why}" if why else ""
            missing.append(Todo(f"deploy to {name} and record it: `deployment.{name}.attempts`{said}"))
    again = [name for name, record in basis.entry.evidence.items() if deployments.saw_error_with_fix(record)]
    missing.extend(Todo(f"the error was seen again: {name}") for name in again)
    return reasons, missing


STAGES = (
    StageRow(
        Stage.REPORTED, lambda _: (["title, severity, day and summary are recorded"], []),
        "The defect is known; its cause and location are not recorded yet.", "warning",
    ),
    StageRow(
        Stage.TRIAGED, _triaged,
        "Cause and location are recorded. No machine run shows that a planned test fails without the fix.", "warning",
    ),
    StageRow(
        Stage.REPRODUCED, _reproduced,
        "A test fails without the fix. Nothing shows that the code is fixed.", "warning",
    ),
    StageRow(
        Stage.FIXED, _fixed,
        "The code is fixed. That this cures the defect is not proven in every required environment.", "warning",
    ),
    StageRow(
        Stage.VALIDATED, _validated,
        "The fix is proven in every required environment. It is not released yet.", "note",
    ),
    StageRow(
        Stage.RELEASED, _released,
        "The fix is proven in every required environment and deployed to production.", "tip",
    ),
)  # fmt: skip
"""In order: a stage counts only if all rows before it do."""
ROWS = {row.stage: row for row in STAGES}
