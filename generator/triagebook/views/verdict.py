"""The verdict: the stage that the evidence supports, why, in which environment, and what is missing for the next."""

from __future__ import annotations

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.facts.environments import Standing, Todo
from triagebook.facts.proofs import Proof
from triagebook.facts.stages import Stage, Step
from triagebook.model.issue import Ending, Waiver

from .figures import Figure, Figures

_SAYS = {
    Stage.REPORTED: "It is known that there is a defect; what causes it, or where it lies, is not recorded yet.",
    Stage.TRIAGED: "Cause and place are recorded. No machine run shows that a planned test fails without the fix.",
    Stage.REPRODUCED: "A test fails without the fix. That the code is fixed is not shown.",
    Stage.FIXED: "The code is fixed. That this cures the defect is not proven in every required environment.",
    Stage.VALIDATED: "The fix is proven in every required environment. It is not released yet.",
    Stage.RELEASED: "The fix is proven in every required environment, and deployed to production.",
}
_AGAINST = "Evidence speaks against the fix."
_CLOSED = "The issue is closed as fixed, which the evidence does not support."


class EnvironmentRow(Struct, frozen=True):
    """The state of the fix in one environment."""

    id: str
    title: str
    required: bool
    state: str
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]
    proofs: tuple[Proof, ...]
    missing: tuple[Todo, ...]


class Rung(Struct, frozen=True):
    """A stage on the way from reported to released."""

    name: str
    kind: str  # reached, next or ahead


class VerdictView(Struct, frozen=True):
    """What the evidence supports."""

    stage: Figure
    tone: str  # of the box: caution, warning, note or tip
    says: tuple[str, ...]
    next: Step | None
    steps: tuple[Step, ...]
    environments: tuple[EnvironmentRow, ...]
    unproven: tuple[str, ...]  # required environments where it is not proven
    accepted: tuple[Waiver, ...]

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """Every stage, as reached, next or ahead."""
        stages = list(Stage)
        at = stages.index(Stage(str(self.stage)))
        following = self.next.stage if self.next else None
        return tuple(
            Rung(stage.value, "reached" if place <= at else "next" if stage is following else "ahead")
            for place, stage in enumerate(stages)
        )

    @property
    def reached(self) -> tuple[Step, ...]:
        """The stages up to this one that have reasons."""
        at = list(Stage).index(Stage(str(self.stage)))
        return tuple(step for step in self.steps if list(Stage).index(step.stage) <= at and step.reasons)

    @property
    def later(self) -> tuple[Step, ...]:
        """The stages after the next that something is missing for."""
        return tuple(step for step in self.steps if step.missing and step != self.next)

    @property
    def missing(self) -> tuple[Todo, ...]:
        """What is missing for every stage that is not reached, each once."""
        return tuple(dict.fromkeys(todo for step in self.steps if not step.reached for todo in step.missing))


def verdict_view(case: Case, figures: Figures) -> VerdictView:
    verdict = case.verdict
    environments = environment_rows(case)
    failed = any(row.state == Standing.FAILED.value for row in environments)
    closed = case.issue.closed
    too_early = closed is not None and closed.as_ is Ending.FIXED and verdict.stage is not Stage.RELEASED
    says = [_SAYS[verdict.stage], *([_AGAINST] if failed else []), *([_CLOSED] if too_early else [])]
    stage = figures.known("stage")
    assert stage  # noqa: S101  (the stage is always known)
    return VerdictView(
        stage=stage,
        tone=_tone(verdict.stage, bad=failed or too_early),
        says=tuple(says),
        next=verdict.next,
        steps=verdict.steps,
        environments=environments,
        unproven=tuple(row.title for row in environments if row.required and row.state != Standing.PROVEN.value),
        accepted=case.issue.waivers,
    )


def environment_rows(case: Case) -> tuple[EnvironmentRow, ...]:
    """The environments that the issue or its evidence names, in the catalog's order."""
    return tuple(
        EnvironmentRow(
            id=name,
            title=environment_title(case.book, name),
            required=found.required,
            state=found.state.value,
            reasons=found.reasons,
            evidence=found.evidence,
            proofs=found.proven_by,
            missing=found.missing,
        )
        for name, found in case.verdict.environments.items()
    )


def _tone(stage: Stage, *, bad: bool) -> str:
    if bad:
        return "caution"
    return {Stage.RELEASED: "tip", Stage.VALIDATED: "note"}.get(stage, "warning")


def environment_title(book: Book, name: str) -> str:
    known = book.catalog.environments.get(name)
    return str(known.title) if known else name
