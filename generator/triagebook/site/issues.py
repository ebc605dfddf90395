"""The list of issues, and the page of each issue: the shared views, its charts, reports and documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from triagebook.code.state import described
from triagebook.facts.case import Case
from triagebook.markdown import Linked
from triagebook.model.base import Ref
from triagebook.model.issue import Ending
from triagebook.similar import Match, profile_of
from triagebook.views import criteria
from triagebook.views.claims import ClaimRow, contradictions, other_claims
from triagebook.views.evidence import evidence_rows
from triagebook.views.figures import Figures
from triagebook.views.glance import glance
from triagebook.views.head import fields
from triagebook.views.record import record_view
from triagebook.views.relations import relations
from triagebook.views.timeline import last_difference, timeline
from triagebook.views.verdict import verdict_view

from .charts import results
from .content import SiteContent, lookup_of
from .linker import Linker
from .listed import ListedIssue
from .page import Page
from .paging import Listing, further
from .paths import (
    COMPONENTS,
    ENVIRONMENTS,
    ISSUES,
    RELATIONS,
    badge_path,
    file_path,
    issue_path,
    report_path,
    spot,
)
from .reports import FORMS, title_of

OPENED = 15  # claims, before the other kinds are folded
OTHER_CLAIMS = "Claims that hold or are not decided"
_HOMES = {"component": COMPONENTS, "environment": ENVIRONMENTS}


def issues_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(ISSUES, "Issues", "pages/issues.md.j2", partial(_issues, content), content.linker, ISSUES)
    yield from further(content.linker, ISSUES, _listing(content))


def _listing(content: SiteContent) -> Listing[ListedIssue]:
    return Listing("issues", "Issues", ISSUES, "issues/page", content.ordered)


def _issues(content: SiteContent) -> Mapping[str, object]:
    listing = _listing(content).on(1, content.linker)
    return {"lead": number_of_issues(content), "issues": listing, "unread": content.book.unread_issues}


def number_of_issues(content: SiteContent) -> str:
    """How many issues there are, as a sentence."""
    number, open_ = len(content.listed), len(content.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def issue_title(issue_id: str, title: str) -> str:
    return f"{issue_id} · {title}"


def issue_page(content: SiteContent, case: Case) -> Page:
    path, title = issue_path(case.entry.id), issue_title(case.entry.id, case.issue.title)
    linker = Linker(content.book, case.entry)
    view = partial(_issue, content, case, linker)
    return Page(path, title, "pages/issue.md.j2", view, linker, ISSUES, lookup_of(case), wide=True)


def _issue(content: SiteContent, case: Case, linker: Linker) -> Mapping[str, object]:
    """The variables of the issue page's template."""
    issue, entry, figures = case.issue, case.entry, Figures(case)
    return {
        **record_view(case, figures),
        "id": entry.id,
        "state": issue.state,
        "verdict": verdict_view(case, figures),
        "closed_otherwise": issue.closed is not None and issue.closed.as_ is not Ending.FIXED,
        "glance": glance(case),
        "source": described([case.source]),
        "criteria_tally": criteria.tally(case),
        "findings": content.findings_in(case.entry.id),
        "fields": [(field.label, [_led(value, case, linker) for value in field.values]) for field in fields(case)],
        "named": [_led(value, case, linker) for value in (*issue.components, issue.owner) if value],
        "all_relations": linker.to(RELATIONS, "The relations of all issues"),
        "similar": similar_to(content, case),
        "evidence": evidence_rows(case)[::-1],
        "charts": results(case),
        "events": timeline(case),
        "difference": last_difference(case),
        "claims": claims_of(case, figures),
        "contradicted": sum(state.contradiction for state in case.claims),
        "record": content.edit_link(case.file),
        "badge": linker.to(badge_path(entry.id), "SVG"),
        "reports": [(kind.says, *_report(entry.id, name, linker)) for name, kind in content.kinds.items()],
    }


def _led(value: object, case: Case, linker: Linker) -> object:
    """A value of the record; a component, an environment or the owner leads to the issues with the same."""
    named = linker(value)
    if isinstance(value, Ref) and isinstance(named, Linked) and not (named.target or named.code):
        if value.to in _HOMES:
            return linker.to(_HOMES[value.to], named.text, at=named.text)
        if value == case.issue.owner:  # their own page follows from all issues, so no page of an issue can name it
            return linker.filtered(named.text, owner=str(value))
    return named


def similar_to(content: SiteContent, case: Case) -> list[Match]:
    """The issues that resemble this one, and have no relation to it."""
    related = {row.issue for row in relations(content.book, case.entry)}
    found = content.similar.to(profile_of(case.entry, content.book), excluding=case.entry.id)
    return [one for one in found if one.is_telling and one.issue not in related and one.issue in content.outlines]


# ── claims ───────────────────────────────────────────────────────────────────────────────────────────


class ClaimEntry(Struct, frozen=True):
    """A claim in the table, with the anchor that stays the same as long as its document does."""

    anchor: str
    view: ClaimRow


class ClaimTable(Struct, frozen=True):
    """Claims of one kind."""

    title: str
    rows: tuple[ClaimEntry, ...]
    opened: bool = False


def claims_of(case: Case, figures: Figures) -> list[ClaimTable]:
    """The contradicted claims by kind, then the others."""
    others = other_claims(case, figures)
    groups = [(group.title, group.claims) for group in contradictions(case, figures).groups]
    taken: Counter[str] = Counter()
    shown, tables = 0, []
    for title, rows in (*groups, *([(OTHER_CLAIMS, others)] if others else [])):
        shown += len(rows)
        entries = tuple(ClaimEntry(claim_anchor(row, taken), row) for row in rows)
        tables.append(ClaimTable(title, entries, shown <= OPENED))
    return tables


def claim_anchor(row: ClaimRow, taken: Counter[str]) -> str:
    """The anchor of a claim: its document and lines, and a number where another has the same."""
    place = spot("claim", str(next(iter(row.sources), "")))
    taken[place] += 1
    return f"{place}-{taken[place]}" if taken[place] > 1 else place


# ── reports ──────────────────────────────────────────────────────────────────────────────


def _report(issue_id: str, kind: str, linker: Linker) -> tuple[Linked, list[Linked]]:
    """The page of a report, and its files to download."""
    files = [linker.to(file_path(issue_id, kind, form), words) for form, words in FORMS.items()]
    return linker.to(report_path(issue_id, kind), title_of(kind)), files
