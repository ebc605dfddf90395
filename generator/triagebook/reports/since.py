"""What changed in an issue since an earlier state of the book: facts, criteria and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.model.values import FactRef
from triagebook.views.figures import Figure, Figures
from triagebook.views.verdict import environment_title


class EarlierState(Struct, frozen=True):
    """A revision, and the issue at that revision if it existed."""

    revision: str
    case: Case | None


class ChangedValue(Struct, frozen=True):
    """A value that changed."""

    says: str
    was: str
    now: Figure


class ChangedState(Struct, frozen=True):
    """A state that changed, in words."""

    says: str
    was: str
    now: str


class Changes(Struct, frozen=True):
    """What changed since a revision."""

    revision: str
    states: tuple[ChangedState, ...] = ()  # of environments, criteria and the issue
    facts: tuple[ChangedValue, ...] = ()
    evidence: tuple[str, ...] = ()  # names of new pieces
    new: bool = False  # whether the issue did not exist then


def changes_since(case: Case, figures: Figures, earlier: EarlierState) -> Changes:
    then = earlier.case
    if then is None:
        return Changes(earlier.revision, new=True)
    refs = [FactRef(name) for name in DEFINITIONS if name != "verdict"]  # the verdict of the issue is its stage
    return Changes(
        revision=earlier.revision,
        states=tuple(_states(then, case)),
        facts=tuple(
            ChangedValue(DEFINITIONS[ref.name].summary, str(then.fact(ref)), figures.of(ref))
            for ref in refs
            if str(then.fact(ref)) != str(case.fact(ref))
        ),
        evidence=tuple(name for name in case.entry.evidence if name not in then.entry.evidence),
    )


def _states(then: Case, now: Case) -> Iterator[ChangedState]:
    for name, found in now.verdict.environments.items():
        before = then.verdict.environments.get(name)
        if before is None or before.state is not found.state:
            title = environment_title(now.book, name)
            yield ChangedState(title, before.state.value if before else "not named", found.state.value)
    for name, state in now.criteria.items():
        known = then.criteria.get(name)
        if known and known.answer is not state.answer:
            yield ChangedState(f"Criterion {name}", known.answer.value, state.answer.value)
    was, is_ = (f"closed as {case.issue.closed.as_.value}" if case.issue.closed else "open" for case in (then, now))
    if was != is_:
        yield ChangedState("Issue", was, is_)
