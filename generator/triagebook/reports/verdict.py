"""The verdict as a report puts it: what the evidence supports in a sentence, where, by what, and what is missing."""

from __future__ import annotations

from msgspec import Struct

from triagebook.book import Book
from triagebook.facts.environments import Standing, Todo
from triagebook.facts.proofs import Proof
from triagebook.facts.stages import Stage, Step
from triagebook.model.issue import Ending, Waiver

from .figures import Figure
from .ground import Ground

_SAYS = {
    Stage.REPORTED: "It is known that there is a defect; what causes it, or where it lies, is not recorded yet.",
    Stage.TRIAGED: "Cause and place are recorded. No machine run shows that a planned test fails without the fix.",
    Stage.REPRODUCED: "A test fails without the fix. That the code is mended is not shown.",
    Stage.FIXED: "The code is mended. That this cures the defect is not proven wherever it must be.",
    Stage.VALIDATED: "The fix is proven in every environment where it must be. It is not released yet.",
    Stage.RELEASED: "The fix is proven in every environment where it must be, and deployed to production.",
}
_AGAINST = "Evidence speaks against the fix."
_CLOSED = "The issue is closed as fixed, which the evidence does not support."


class PlaceView(Struct, frozen=True):
    """What is known of the fix in one environment."""

    id: str
    title: str
    required: bool
    state: str
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]
    proofs: tuple[Proof, ...]
    missing: tuple[Todo, ...]


class VerdictView(Struct, frozen=True):
    """What the evidence supports."""

    stage: Figure
    tone: str  # how the alert looks: caution, warning, note or tip
    says: tuple[str, ...]
    next: Step | None
    steps: tuple[Step, ...]
    places: tuple[PlaceView, ...]
    unproven: tuple[str, ...]  # where it must be proven and is not
    accepted: tuple[Waiver, ...]


def verdict_view(ground: Ground) -> VerdictView:
    verdict = ground.case.verdict
    places = tuple(
        PlaceView(
            id=name,
            title=title_of_environment(ground.book, name),
            required=found.required,
            state=found.state.value,
            reasons=found.reasons,
            evidence=found.evidence,
            proofs=found.proven_by,
            missing=found.missing,
        )
        for name, found in verdict.environments.items()
    )
    against = any(place.state == Standing.FAILED.value for place in places)
    closed = ground.issue.closed
    too_early = closed is not None and closed.as_ is Ending.FIXED and verdict.stage is not Stage.RELEASED
    says = [_SAYS[verdict.stage], *([_AGAINST] if against else []), *([_CLOSED] if too_early else [])]
    stage = ground.figures.known("stage")
    assert stage  # noqa: S101  (the stage is always known)
    return VerdictView(
        stage=stage,
        tone=_tone(verdict.stage, bad=against or too_early),
        says=tuple(says),
        next=verdict.next,
        steps=verdict.steps,
        places=places,
        unproven=tuple(place.title for place in places if place.required and place.state != Standing.PROVEN.value),
        accepted=ground.issue.waivers,
    )


def _tone(stage: Stage, *, bad: bool) -> str:
    if bad:
        return "caution"
    return {Stage.RELEASED: "tip", Stage.VALIDATED: "note"}.get(stage, "warning")


def title_of_environment(book: Book, name: str) -> str:
    known = book.catalog.environments.get(name)
    return str(known.title) if known else name
