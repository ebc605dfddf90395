"""Whether the evidence supports how an issue was closed."""

from __future__ import annotations

from triagebook.model.issue import Ending, Issue

from .stages import Stage, StageResult, has_reached, stage_of


def unsupported_closing(issue: Issue, results: tuple[StageResult, ...]) -> str:
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
