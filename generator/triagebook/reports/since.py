"""What changed in the records of an issue since another state of the book."""

from __future__ import annotations

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.registry import DEFINITIONS
from triagebook.model.values import FactRef

from .figures import Figure
from .ground import Ground


class Then(Struct, frozen=True):
    """The state that a reader knows: a revision, and the issue in it if it was there."""

    revision: str
    case: Case | None


class Moved(Struct, frozen=True):
    """A fact that is another than it was."""

    says: str
    was: str
    now: Figure


class Since(Struct, frozen=True):
    """What is new since a state of the book."""

    revision: str
    facts: tuple[Moved, ...]
    criteria: tuple[Moved, ...]
    evidence: tuple[str, ...]  # pieces that are new
    new: bool  # whether the issue was not in the book then


def since(ground: Ground, known: Then) -> Since:
    """What a reader who knows that state has to be told."""
    then = known.case
    if then is None:
        return Since(known.revision, (), (), (), new=True)
    moved = [_moved(ground, then, name) for name in DEFINITIONS]
    return Since(
        revision=known.revision,
        facts=tuple(each for each in moved if each),
        criteria=tuple(_answers(ground, then)),
        evidence=tuple(name for name in ground.entry.evidence if name not in then.entry.evidence),
        new=False,
    )


def _moved(ground: Ground, then: Case, name: str) -> Moved | None:
    ref = FactRef(name)
    was, now = then.fact(ref), ground.case.fact(ref)
    if name == "verdict" or was.value == now.value:  # the verdict of the whole is the stage
        return None
    return Moved(DEFINITIONS[name].summary, str(was), ground.figures.of(ref))


def _answers(ground: Ground, then: Case) -> list[Moved]:
    found = []
    for name, state in ground.case.criteria.items():
        before = then.criteria.get(name)
        if before and before.answer is not state.answer and state.fact:
            found.append(Moved(name, before.answer.value, ground.figures.of(state.fact.ref)))
    return found
