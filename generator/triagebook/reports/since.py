"""What changed in an issue since an earlier state of the book: environments, criteria, facts and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.model.values import FactRef
from triagebook.views.verdict import environment_title


class EarlierState(Struct, frozen=True):
    """A revision, and the issue at that revision if it existed."""

    revision: str
    case: Case | None


class Changed(Struct, frozen=True):
    """Something that changed, in words."""

    says: str
    was: str
    now: str


class Changes(Struct, frozen=True):
    """What changed since a revision."""

    revision: str
    changed: tuple[Changed, ...] = ()
    evidence: tuple[str, ...] = ()  # names of new pieces
    new: bool = False  # whether the issue did not exist then


def changes_since(now: Case, earlier: EarlierState) -> Changes:
    then = earlier.case
    if then is None:
        return Changes(earlier.revision, new=True)
    both = (Changed(says, was, is_) for says, was, is_ in _compared(then, now) if was != is_)
    evidence = tuple(name for name in now.entry.evidence if name not in then.entry.evidence)
    return Changes(earlier.revision, tuple(both), evidence)


def _compared(then: Case, now: Case) -> Iterator[tuple[str, str, str]]:
    """What is computed of both, as it was and as it is."""
    yield "State", _state(then), _state(now)
    for name, found in now.verdict.environments.items():
        known = then.verdict.environments.get(name)
        yield environment_title(now.book, name), known.state.value if known else "not named", found.state.value
    for name, state in now.criteria.items():
        if before := then.criteria.get(name):
            yield f"Criterion {name}", before.answer.value, state.answer.value
    for name, defined in DEFINITIONS.items():
        if name != "verdict":  # that of the issue is its stage
            yield defined.summary, str(then.fact(FactRef(name))), str(now.fact(FactRef(name)))


def _state(case: Case) -> str:
    return f"closed as {case.issue.closed.as_.value}" if case.issue.closed else "open"
