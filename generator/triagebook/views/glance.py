"""An issue at a glance: its error, cause, places and change, and what to do next."""

from __future__ import annotations

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.ledger.refusals import Todo
from triagebook.model.building_blocks import Code
from triagebook.model.defect import Cause
from triagebook.model.issue import Change
from triagebook.model.values import Place

from .needs import needs_of, next_todo

PLACES = 3
LINES = 14  # of a change


class Glance(Struct, frozen=True):
    """What somebody needs to know first."""

    error: str  # empty if none is recorded
    cause: Cause | None
    places: tuple[Place, ...]
    more_places: int
    code: Code | None  # the first change of the fix that fits
    more_code: int
    changes: tuple[Change, ...]  # if there is no code to show
    next: Todo | None


def glance(case: Case) -> Glance:
    issue, fix = case.issue, case.issue.fix
    affected = case.entry.locations
    places = [location.at for location in affected] or [place for cause in issue.causes for place in cause.at]
    every = fix.code if fix else ()
    codes = [code for code in every if code.before and code.after and code.before != code.after]
    short = [code for code in codes if len(f"{code.before}{code.after}".splitlines()) <= LINES]
    code = next(iter(short or codes), None)
    return Glance(
        error=next((str(symptom.error) for symptom in issue.symptoms if symptom.error), ""),
        cause=next(iter(issue.causes), None),
        places=tuple(places[:PLACES]),
        more_places=len(places[PLACES:]),
        code=code,
        more_code=len(every) - 1 if code else 0,
        changes=fix.changes[:PLACES] if fix and not code else (),
        next=_next(case),
    )


def _next(case: Case) -> Todo | None:
    """What speaks against the fix comes before what the next stage needs, and that before anything else."""
    needs = needs_of(case)
    return needs.get("failed") or needs.get("regressed") or next_todo(case) or next(iter(needs.values()), None)
