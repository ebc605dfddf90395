"""The verdict: the stage that the evidence supports, why, in which environment, and what is missing for the next."""

from __future__ import annotations

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.facts.ledger.refusals import Todo
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.proofs import ProvingRuns, by_runs
from triagebook.facts.verdict.stages import STAGES, Stage, StageResult
from triagebook.model.issue import Ending, Waiver

from .figures import Figure, Figures

_AGAINST = "Evidence speaks against the fix."
_SHIPS = {Stage.VALIDATED: "The fix can ship.", Stage.RELEASED: "The fix is released."}
_CLOSED = "The evidence does not support how the issue was closed."


class EnvironmentRow(Struct, frozen=True):
    """The state of the fix in one environment."""

    id: str
    title: str
    required: bool
    state: str
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]
    proofs: tuple[ProvingRuns, ...]
    missing: tuple[Todo, ...]


class Rung(Struct, frozen=True):
    """A stage on the way from reported to released."""

    name: str
    kind: str  # reached, next or ahead


class VerdictView(Struct, frozen=True):
    """What the evidence supports."""

    bottom_line: str
    ships: str  # whether the fix can ship; empty if the issue was closed without one
    stage: Figure
    tone: str  # of the box: caution, warning, note or tip
    says: tuple[str, ...]
    next: StageResult | None
    steps: tuple[StageResult, ...]
    environments: tuple[EnvironmentRow, ...]
    unproven: tuple[str, ...]  # required environments where it is not proven
    accepted: tuple[Waiver, ...]

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """Every stage, as reached, next or ahead."""
        at = _place(Stage(str(self.stage)))
        following = self.next.stage if self.next else None
        return tuple(
            Rung(row.stage.value, "reached" if place <= at else "next" if row.stage is following else "ahead")
            for place, row in enumerate(STAGES)
        )

    @property
    def reached(self) -> tuple[StageResult, ...]:
        """The stages up to this one that have reasons."""
        at = _place(Stage(str(self.stage)))
        return tuple(step for step in self.steps if _place(step.stage) <= at and step.reasons)

    @property
    def later(self) -> tuple[StageResult, ...]:
        """The stages after the next that something is missing for."""
        return tuple(step for step in self.steps if step.missing and step != self.next)

    @property
    def missing(self) -> tuple[Todo, ...]:
        """What is missing for every stage that is not reached, each once."""
        return tuple(dict.fromkeys(todo for step in self.steps if not step.reached for todo in step.missing))


def _place(stage: Stage) -> int:
    return next(place for place, row in enumerate(STAGES) if row.stage is stage)


def _ships(case: Case) -> str:
    closed = case.issue.closed
    if closed and closed.as_ is not Ending.FIXED:
        return ""
    if case.verdict.failing:
        return "Do not ship: evidence speaks against the fix."
    return _SHIPS.get(case.verdict.stage, "Do not ship yet.")


def verdict_view(case: Case, figures: Figures) -> VerdictView:
    verdict = case.verdict
    environments = environment_rows(case)
    failed, unsupported = bool(verdict.failing), bool(verdict.unsupported)
    says = [_AGAINST if failed else verdict.row.meaning, *([_CLOSED] if unsupported else [])]
    stage = figures.known("stage")
    assert stage  # noqa: S101  (the stage is always known)
    return VerdictView(
        bottom_line=verdict.bottom_line,
        ships=_ships(case),
        stage=stage,
        tone="caution" if failed or unsupported else verdict.row.tone,
        says=tuple(says),
        next=verdict.next,
        steps=verdict.stages,
        environments=environments,
        unproven=tuple(
            row.title for row in environments if row.required and row.state != EnvironmentStatus.PROVEN.value
        ),
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
            proofs=by_runs(found.proven_by),
            missing=found.missing,
        )
        for name, found in case.verdict.environments.items()
    )


def environment_title(book: Book, name: str) -> str:
    known = book.catalog.environments.get(name)
    return str(known.title) if known else name
