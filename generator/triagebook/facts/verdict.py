"""The verdict: what the evidence supports, by environment and for the issue, with reasons and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from .environments import InEnvironment, Standing, Todo, in_environment
from .history import Age, Freshness, age, fix_commits, freshness, reopens
from .proofs import Proof, reproductions
from .stages import Stage, Step, steps_of

if TYPE_CHECKING:
    from .case import Case


class Verdict(Struct, frozen=True):
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

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {
            "stage": self.stage.value,
            "next": self.next.stage.value if self.next else None,
            "steps": [to_builtins(step, enc_hook=str) for step in self.steps],
            "environments": {name: to_builtins(found, enc_hook=str) for name, found in self.environments.items()},
        }


def verdict_of(case: Case) -> Verdict:
    environments = {name: in_environment(case, name) for name in case.environments}
    return Verdict(steps_of(case, environments), MappingProxyType(environments))


__all__ = [
    "Age",
    "Freshness",
    "InEnvironment",
    "Proof",
    "Stage",
    "Standing",
    "Step",
    "Todo",
    "Verdict",
    "age",
    "fix_commits",
    "freshness",
    "reopens",
    "reproductions",
    "verdict_of",
]
