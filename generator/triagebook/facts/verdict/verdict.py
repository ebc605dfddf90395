"""The verdict: what the evidence supports, by environment and for the issue, with reasons and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, to_builtins

from triagebook.book import Entry
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.refusals import Refusal
from triagebook.model.issue import Ending, Issue

from .bottom_line import bottom_line
from .criteria import CriterionState
from .environments import EnvironmentStatus, EnvironmentVerdict, in_environment
from .proofs import by_runs
from .refused import refusals
from .stages import ROWS, Basis, Stage, StageResult, StageRow, has_reached, stage_of, stage_results


class Verdict(Struct, frozen=True):
    """What the evidence supports."""

    entry: Entry
    criteria: Mapping[str, CriterionState]
    stages: tuple[StageResult, ...]
    environments: Mapping[str, EnvironmentVerdict]
    bottom_line: str  # one sentence for a manager
    unsupported: str  # why the evidence does not support how the issue was closed; empty if it does
    refusals: tuple[Refusal, ...] = ()  # what does not count for what it says, and what would make it count

    @property
    def stage(self) -> Stage:
        return stage_of(self.stages)

    @property
    def row(self) -> StageRow:
        """The stage's row of the table: its sentence and its tone."""
        return ROWS[self.stage]

    def has_reached(self, stage: Stage) -> bool:
        return has_reached(self.stage, stage)

    @property
    def next(self) -> StageResult | None:
        """The first stage that is not reached, and what it needs."""
        return next((result for result in self.stages if not result.reached), None)

    @property
    def failing(self) -> list[str]:
        """The environments in which the fix failed."""
        return [name for name, found in self.environments.items() if found.state is EnvironmentStatus.FAILED]

    @property
    def awaits_proof(self) -> bool:
        """Whether a fix is committed that fails nowhere and is not proven everywhere where it must be."""
        fix, required = self.entry.issue.fix, [found for found in self.environments.values() if found.required]
        proven = required and all(found.state is EnvironmentStatus.PROVEN for found in required)
        return bool(fix and fix.changes) and not (proven or self.failing or self.has_reached(Stage.VALIDATED))

    def as_data(self) -> dict[str, Any]:
        """The verdict as plain data, for JSON."""
        return {
            "stage": self.stage.value,
            "bottom_line": self.bottom_line,
            "closing": self.unsupported or None,
            "next": self.next.stage.value if self.next else None,
            "steps": [to_builtins(result, enc_hook=str) for result in self.stages],
            "refusals": to_builtins(self.refusals),
            "environments": {
                name: to_builtins(found, enc_hook=str)
                | {"proven_by": to_builtins(by_runs(found.proven_by), enc_hook=str)}
                for name, found in self.environments.items()
            },
        }


def verdict_of(ledger: Ledger, criteria: Mapping[str, CriterionState]) -> Verdict:
    environments = MappingProxyType({name: in_environment(ledger, name) for name in ledger.environments})
    basis = Basis(ledger, criteria, environments)
    results = stage_results(basis)
    unsupported = _unsupported_closing(ledger.issue, results)
    line, refused = bottom_line(basis, results, unsupported), refusals(ledger, criteria, environments)
    return Verdict(ledger.entry, criteria, results, environments, line, unsupported, refused)


def _unsupported_closing(issue: Issue, results: tuple[StageResult, ...]) -> str:
    """Why the evidence does not support how an issue was closed; empty if it does, or if the issue is open."""
    if issue.closed is None:
        return ""
    stage = stage_of(results)
    if issue.closed.as_ is Ending.FIXED and not has_reached(stage, Stage.VALIDATED):
        missing = next(result for result in results if not result.reached)
        first = f"; {missing.stage.value} needs: {missing.missing[0].do}" if missing.missing else ""
        return f"closed as fixed, but the record proves no more than `{stage.value}`{first}"
    if issue.closed.as_ is Ending.CANNOT_REPRODUCE and has_reached(stage, Stage.REPRODUCED):
        return f"closed as cannot-reproduce, but a run reproduced it: the stage is `{stage.value}`"
    return ""
