"""What the page of one issue shows: the verdict, the record's own words, and names and links for all it refers to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import Linked
from triagebook.model.base import Prose
from triagebook.model.issue import Document
from triagebook.model.planning import Work
from triagebook.model.values import FactRef
from triagebook.reports import KINDS
from triagebook.views.relations import relations

from .affected import affected_view
from .charts import pass_rates, results
from .claims import claims_of
from .fields import fields, state_of
from .linker import Linker
from .paths import FACTS, RELATIONS, report_path
from .reports import FORMS, file_path, title_of
from .results import evidence_views, suite_view
from .verdict import answers, verdict_on_page


class RelationView(Struct, frozen=True):
    """A tie to another issue, recorded by this one, the other one or both."""

    says: str
    issue: Linked
    why: Prose | None


class FigureView(Struct, frozen=True):
    """A computed figure."""

    name: Linked
    says: str
    value: str
    rests_on: str


class DocumentView(Struct, frozen=True):
    """A document about the issue."""

    name: str
    title: Linked
    record: Document


class ReportView(Struct, frozen=True):
    """A report on the issue, with the files to take away."""

    title: Linked
    says: str
    files: list[Linked]


def issue_view(
    case: Case,
    link: Linker,
    findings: Collection[object],
) -> Mapping[str, object]:
    """What the template of an issue's page sees."""
    issue, entry = case.issue, case.entry
    rates = pass_rates(case)
    return {
        "see": link,
        "id": entry.id,
        "issue": issue,
        "state": state_of(issue),
        "components": link(issue.components),
        "verdict": verdict_on_page(case, link),
        "findings": findings,
        "facts": fields(case.book, issue, link),
        "figures": _figures(case, link),
        "affected": affected_view(case.book, entry.affected, link) if entry.affected else None,
        "relations": [RelationView(tie.says, link.titled(tie.issue), tie.why) for tie in relations(case.book, entry)],
        "all_relations": link.to(RELATIONS, "The relations of all issues"),
        "fix": issue.fix,
        "evidence": evidence_views(case, link),
        "rates": rates,
        "charts": {**results(case), "pass-rate": rates},
        "claims": claims_of(case),
        "reports": [_report(entry.id, name, kind.says, link) for name, kind in KINDS.items()],
        "documents": [
            DocumentView(name, Linked(document.title, document.url), document)
            for name, document in issue.documents.items()
        ],
        **work_view(issue, link, case),
    }


def work_view(work: Work, link: Linker, case: Case | None = None) -> Mapping[str, object]:
    """What the templates of tests and plan see: of an issue, or of a playbook."""
    return {
        "work": work,
        "answers": answers(case) if case else {},
        "suites": [suite_view(suite_id, suite, link, case) for suite_id, suite in work.suites.items()],
        "deployments": [
            (getattr(link.book.catalog.environments.get(place), "title", place), deployment)
            for place, deployment in work.deployment.items()
        ],
    }


def _figures(case: Case, link: Linker) -> list[FigureView]:
    """All that can be computed of the issue and is known, but for what the verdict says."""
    facts = [
        case.fact(FactRef(name)) for name in (*DEFINITIONS, *sorted(case.facts.measured_names)) if name != "verdict"
    ]
    return [
        FigureView(
            name=link.to(FACTS, fact.ref.name, fact.ref.name)
            if fact.ref.name in DEFINITIONS
            else Linked(fact.ref.name),
            says=DEFINITIONS[fact.ref.name].summary if fact.ref.name in DEFINITIONS else "A measured value",
            value=str(fact),
            rests_on=fact.grade.value if fact.grade else "the records",
        )
        for fact in facts
        if fact.value is not None
    ]


def _report(issue_id: str, kind: str, says: str, link: Linker) -> ReportView:
    files = [link.to(file_path(issue_id, kind, form), words) for form, words in FORMS.items()]
    return ReportView(link.to(report_path(issue_id, kind), title_of(kind)), says, files)
