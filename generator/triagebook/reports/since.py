"""What changed in an issue since an earlier state of the book: facts, criteria and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.model.values import FactRef
from triagebook.views.figures import Figure, Figures


class EarlierState(Struct, frozen=True):
    """A revision, and the issue at that revision if it existed."""

    revision: str
    case: Case | None


class ChangedValue(Struct, frozen=True):
    """A value that changed."""

    says: str
    was: str
    now: Figure


class Changes(Struct, frozen=True):
    """What changed since a revision."""

    revision: str
    facts: tuple[ChangedValue, ...] = ()
    criteria: tuple[ChangedValue, ...] = ()
    evidence: tuple[str, ...] = ()  # names of new pieces
    new: bool = False  # whether the issue did not exist then


def changes_since(case: Case, figures: Figures, earlier: EarlierState) -> Changes:
    then = earlier.case
    if then is None:
        return Changes(earlier.revision, new=True)
    return Changes(
        revision=earlier.revision,
        facts=tuple(_facts(case, figures, then)),
        criteria=tuple(_criteria(case, figures, then)),
        evidence=tuple(name for name in case.entry.evidence if name not in then.entry.evidence),
    )


def _facts(case: Case, figures: Figures, then: Case) -> Iterator[ChangedValue]:
    for name, definition in DEFINITIONS.items():
        ref = FactRef(name)
        was = then.fact(ref)
        if name != "verdict" and was.value != case.fact(ref).value:  # the verdict of the issue is its stage
            yield ChangedValue(definition.summary, str(was), figures.of(ref))


def _criteria(case: Case, figures: Figures, then: Case) -> Iterator[ChangedValue]:
    for name, state in case.criteria.items():
        before = then.criteria.get(name)
        if before and before.answer is not state.answer and state.fact:
            yield ChangedValue(name, before.answer.value, figures.of(state.fact.ref))
