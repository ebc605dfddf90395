"""The summary: one page on an issue, fit for a pull request or a closing comment."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triagebook.model.base import Prose
from triagebook.model.building_blocks import Step
from triagebook.model.defect import Cause, Certainty, Impact, Symptom
from triagebook.model.issue import Change, Option

from .affected import is_scanned
from .contradictions import is_disputed
from .figures import Figure
from .gaps import Gap, gaps
from .ground import Ground
from .head import Head, head
from .relations import RelationRow, relations
from .since import Since, Then, since
from .verdict import VerdictView, verdict_view

TITLE = "Summary"
MOST = 3  # of a list, before the rest is left to the other reports


class Summary(Struct, frozen=True):
    """What the template of a summary sees."""

    head: Head
    verdict: VerdictView
    summary: Prose
    relations: tuple[RelationRow, ...]
    symptom: Symptom | None
    impact: Impact | None
    broken: tuple[Prose, ...]
    revenue: Figure | None
    revenue_disputed: bool
    share_disputed: bool
    causes: tuple[Cause, ...]
    files: Figure | None
    locations: Figure | None
    open: Figure | None
    scanned: bool  # whether a scan of the tool found the locations
    option: Option | None
    why: Prose | None
    changes: tuple[Change, ...]
    next: tuple[Step, ...]
    more_steps: bool
    criteria: Figure | None
    met: Figure | None
    gaps: tuple[Gap, ...]
    since: Since | None = None


def view(ground: Ground, known: Then | None = None) -> Summary:
    issue, figures = ground.issue, ground.figures
    fix = ground.fix
    steps = _first(issue.next)
    return Summary(
        head=head(ground, TITLE),
        verdict=verdict_view(ground),
        summary=issue.summary,
        relations=relations(ground.book, ground.entry),
        symptom=next((symptom for symptom in issue.symptoms if symptom.error), None),
        impact=ground.impact,
        broken=tuple(broken.what for broken in ground.impact.broken) if ground.impact else (),
        revenue=figures.known("impact.revenue"),
        revenue_disputed=is_disputed(ground, "impact.revenue"),
        share_disputed=is_disputed(ground, "impact.share"),
        causes=tuple(cause for cause in issue.causes if cause.state is not Certainty.RULED_OUT),
        files=figures.known("affected.files"),
        locations=figures.known("affected.locations"),
        open=figures.known("affected.locations", state="open"),
        scanned=is_scanned(ground.entry.affected),
        option=fix.options.get(fix.chosen) if fix and fix.chosen else None,
        why=fix.why if fix else None,
        changes=fix.changes if fix else (),
        next=steps[:MOST],
        more_steps=len(steps) > MOST,
        criteria=figures.known("criteria.total"),
        met=figures.known("criteria.met"),
        gaps=gaps(ground, ("owner", "components", "causes", "impact", "affected", "fix", "criteria", "next")),
        since=since(ground, known) if known else None,
    )


def _first(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The open steps, what comes first before the rest."""
    still = [step for step in steps if step.done is None]
    return tuple(sorted(still, key=lambda step: step.priority if step.priority is not None else len(still)))
