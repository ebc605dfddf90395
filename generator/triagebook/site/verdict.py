"""The verdict as the page of an issue leads with it: how far the evidence carries, why, and what to do next."""

from __future__ import annotations

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.verdict.criteria import Answer, CriterionState, state_of_criterion
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage, StageResult
from triagebook.markdown import Linked
from triagebook.model.issue import Waiver
from triagebook.views.figures import Figures
from triagebook.views.verdict import verdict_view

from .linker import Linker


class LadderStep(Struct, frozen=True):
    """A stage on the way from reported to released."""

    name: str
    kind: str  # reached, next or ahead


class EnvironmentState(Struct, frozen=True):
    """What is known of the fix in one environment."""

    title: Linked
    required: bool
    state: str
    reasons: tuple[str, ...]
    evidence: list[Linked]


class VerdictOnPage(Struct, frozen=True):
    """What the evidence supports."""

    stage: str
    tone: str  # how its box looks: caution, warning, note or tip
    says: tuple[str, ...]
    unproven: tuple[str, ...]
    ladder: list[LadderStep]
    reached: list[StageResult]
    next: StageResult | None
    later: list[StageResult]
    places: list[EnvironmentState]
    criteria: str
    accepted: tuple[Waiver, ...]

    @property
    def open(self) -> int:
        """How many things later stages need."""
        return sum(len(step.missing) for step in self.later)


def verdict_on_page(case: Case, link: Linker) -> VerdictOnPage:
    view = verdict_view(case, Figures(case))
    verdict = case.verdict
    stages = list(Stage)
    at = stages.index(verdict.stage)
    after = verdict.next.stage if verdict.next else None
    return VerdictOnPage(
        stage=verdict.stage.value,
        tone=view.tone,
        says=view.says,
        unproven=view.unproven,
        ladder=[
            LadderStep(stage.value, "reached" if place <= at else "next" if stage is after else "ahead")
            for place, stage in enumerate(stages)
        ],
        reached=[step for step in verdict.stages if stages.index(step.stage) <= at and step.reasons],
        next=verdict.next,
        later=[step for step in verdict.stages if step.missing and step != verdict.next],
        places=[_place(case, name, link) for name in case.ledger.environments],
        criteria=_criteria(case),
        accepted=view.accepted,
    )


def _place(case: Case, name: str, link: Linker) -> EnvironmentState:
    found = case.verdict.environments[name]
    known = case.book.catalog.environments.get(name)
    evidence = [link.issue_at(case.entry.id, piece, piece, code=True) for piece in found.evidence]
    title = Linked(str(known.title) if known else name)
    return EnvironmentState(title, found.required, found.state.value, found.reasons, evidence)


def _criteria(case: Case) -> str:
    """How many criteria are met, in a sentence."""
    answers = [state.answer for state in case.criteria.values()]
    if not answers:
        return ""
    counts = ((word, answers.count(word)) for word in Answer)
    return ", ".join(f"{number} {word.value}" for word, number in counts if number)


def answers(case: Case) -> dict[str, CriterionState]:
    """What is known of each criterion, and of each metric that asks for something."""
    metrics = {
        name: state_of_criterion(target, case.base) for name, target in case.issue.metrics.items() if target.measure
    }
    return {**metrics, **case.criteria}


def failing(case: Case) -> list[str]:
    """The environments in which the fix failed."""
    return [name for name, found in case.verdict.environments.items() if found.state is EnvironmentStatus.FAILED]
