"""The list of issues, and the page of each issue: the shared views, its charts, reports and documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from triagebook.facts.base.fact import Fact
from triagebook.facts.case import Case, described
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import Linked
from triagebook.model.values import FactRef
from triagebook.reports import KINDS
from triagebook.views import criteria
from triagebook.views.claims import contradictions, other_claims
from triagebook.views.evidence import evidence_rows
from triagebook.views.figures import Figures
from triagebook.views.head import fields
from triagebook.views.record import record_view
from triagebook.views.verdict import verdict_view

from .charts import pass_rates, results
from .content import SiteContent, lookup_of
from .linker import Linker
from .page import Page
from .paging import Listing, with_further
from .paths import FACTS, ISSUES, RELATIONS, issue_path, report_path
from .reports import FORMS, file_path, title_of


def issues_pages(content: SiteContent) -> Iterator[Page]:
    listing = Listing("issues", "Issues", ISSUES, "issues/page", content.ordered)
    lead, unread = number_of_issues(content), content.book.unread_issues
    view = partial(dict[str, object], lead=lead, issues=listing, unread=unread)
    yield from with_further(Page(ISSUES, "Issues", "pages/issues.md.j2", view, content.linker, ISSUES), listing)


def number_of_issues(content: SiteContent) -> str:
    """How many issues there are, as a sentence."""
    number, open_ = len(content.book.issues), len(content.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def issue_page(content: SiteContent, case: Case) -> Page:
    path, title = issue_path(case.entry.id), f"{case.entry.id} · {case.issue.title}"
    linker = Linker(content.book, case.entry)
    view = partial(_issue, content, case, linker)
    return Page(path, title, "pages/issue.md.j2", view, linker, ISSUES, lookup_of(case))


def _issue(content: SiteContent, case: Case, linker: Linker) -> Mapping[str, object]:
    """The variables of the issue page's template."""
    issue, entry, figures = case.issue, case.entry, Figures(case)
    rates = pass_rates(case)
    return {
        **record_view(case, figures),
        "id": entry.id,
        "state": issue.state,
        "verdict": verdict_view(case, figures),
        "source": described([case.source]),
        "criteria_tally": criteria.tally(case),
        "findings": content.findings_in(case.entry.id),
        "fields": fields(case),
        "figures": _figures(case, linker),
        "all_relations": linker.to(RELATIONS, "The relations of all issues"),
        "evidence": evidence_rows(case)[::-1],
        "rates": rates,
        "charts": results(case) | (rates.bars if rates else {}),
        "claims": contradictions(case, figures),
        "other_claims": other_claims(case, figures),
        "reports": [(kind.says, *_report(entry.id, name, linker)) for name, kind in KINDS.items()],
    }


def _figures(case: Case, linker: Linker) -> list[tuple[Fact, Linked, str]]:
    """All known figures of the issue except the verdict, each with its name and what it says."""
    names = (name for name in (*DEFINITIONS, *sorted(case.facts.measured_names)) if name != "verdict")
    facts = (case.fact(FactRef(name)) for name in names)
    return [(fact, *_named(fact.ref.name, linker)) for fact in facts if fact.value is not None]


def _named(name: str, linker: Linker) -> tuple[Linked, str]:
    known = DEFINITIONS.get(name)
    return (linker.to(FACTS, name, name), known.summary) if known else (Linked(name), "A measured value")


def _report(issue_id: str, kind: str, linker: Linker) -> tuple[Linked, list[Linked]]:
    """The page of a report, and its files to download."""
    files = [linker.to(file_path(issue_id, kind, form), words) for form, words in FORMS.items()]
    return linker.to(report_path(issue_id, kind), title_of(kind)), files
