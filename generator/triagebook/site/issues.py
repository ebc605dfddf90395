"""The list of issues, and the page of each issue: the shared views, its charts, reports and documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from triagebook.facts.case import Case, described
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import Linked
from triagebook.model.planning import Work
from triagebook.model.values import FactRef
from triagebook.reports import KINDS
from triagebook.views import criteria
from triagebook.views.affected import affected_view, tree
from triagebook.views.claims import contradictions, other_claims
from triagebook.views.evidence import evidence_rows
from triagebook.views.figures import Figures
from triagebook.views.head import fields
from triagebook.views.relations import relations
from triagebook.views.suites import planned_suites, suites
from triagebook.views.verdict import environment_title, verdict_view

from .charts import pass_rates, results
from .content import SiteContent, lookup_of
from .linker import Linker
from .page import Page
from .paging import Listing, further
from .paths import FACTS, ISSUES, RELATIONS, issue_path, report_path
from .reports import FORMS, file_path, title_of


class FigureRow(Struct, frozen=True):
    """A computed figure."""

    name: Linked
    says: str
    value: str
    grade: str  # of the evidence it is based on; empty if it is based on the records alone


class ReportRow(Struct, frozen=True):
    """A report on the issue, with the files to download."""

    title: Linked
    says: str
    files: list[Linked]


def issues_pages(content: SiteContent) -> Iterator[Page]:
    listing = Listing("issues", "Issues", ISSUES, "issues/page", content.ordered)
    yield Page(content.link(ISSUES), "Issues", "pages/issues.md.j2", partial(_list, content, listing), ISSUES)
    yield from further(content.book, ISSUES, listing)


def _list(content: SiteContent, listing: Listing[Case], link: Linker) -> Mapping[str, object]:
    unread = content.book.unread_issues
    return {"lead": number_of_issues(content), "issues": listing.part(link), "unread": unread}


def number_of_issues(content: SiteContent) -> str:
    """How many issues there are, as a sentence."""
    number, open_ = len(content.book.issues), len(content.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def issue_page(content: SiteContent, case: Case) -> Page:
    link = Linker(content.book, issue_path(case.entry.id), case.entry)
    title, view = f"{case.entry.id} · {case.issue.title}", partial(_issue, content, case)
    return Page(link, title, "pages/issue.md.j2", view, ISSUES, lookup_of(case))


def _issue(content: SiteContent, case: Case, link: Linker) -> Mapping[str, object]:
    """The variables of the issue page's template."""
    issue, entry, figures = case.issue, case.entry, Figures(case)
    rates = pass_rates(case)
    return {
        "id": entry.id,
        "issue": issue,
        "state": issue.state,
        "verdict": verdict_view(case, figures),
        "source": described([case.source]),
        "criteria_tally": criteria.tally(case),
        "findings": content.findings_in(case.entry.id),
        "fields": fields(case),
        "figures": _figures(case, link),
        "affected": affected_view(case, figures),
        "tree": tree,
        "relations": relations(case.book, entry),
        "all_relations": link.to(RELATIONS, "The relations of all issues"),
        "evidence": evidence_rows(case)[::-1],
        "rates": rates,
        "charts": results(case) | (rates.bars if rates else {}),
        "claims": contradictions(case, figures),
        "other_claims": other_claims(case, figures),
        "reports": [_report(entry.id, name, kind.says, link) for name, kind in KINDS.items()],
        **work_view(issue, link),
        "suites": suites(case, figures),
        "answers": {row.id: row for row in (*criteria.criteria(case, figures), *criteria.metrics(case, figures))},
    }


def work_view(work: Work, link: Linker) -> Mapping[str, object]:
    """The variables of the templates of tests and plan, for an issue or a playbook."""
    return {
        "work": work,
        "answers": {},
        "suites": planned_suites(work.suites),
        "deployments": [(environment_title(link.book, name), found) for name, found in work.deployment.items()],
    }


def _figures(case: Case, link: Linker) -> list[FigureRow]:
    """All known figures of the issue, except the verdict."""
    facts = [
        case.fact(FactRef(name)) for name in (*DEFINITIONS, *sorted(case.facts.measured_names)) if name != "verdict"
    ]
    return [
        FigureRow(
            name=link.to(FACTS, fact.ref.name, fact.ref.name)
            if fact.ref.name in DEFINITIONS
            else Linked(fact.ref.name),
            says=DEFINITIONS[fact.ref.name].summary if fact.ref.name in DEFINITIONS else "A measured value",
            value=str(fact),
            grade=fact.grade.value if fact.grade else "",
        )
        for fact in facts
        if fact.value is not None
    ]


def _report(issue_id: str, kind: str, says: str, link: Linker) -> ReportRow:
    files = [link.to(file_path(issue_id, kind, form), words) for form, words in FORMS.items()]
    return ReportRow(link.to(report_path(issue_id, kind), title_of(kind)), says, files)
