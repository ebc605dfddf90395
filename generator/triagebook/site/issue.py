"""What the page of an issue shows: the shared views of the issue, its charts, reports and documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from triagebook.facts.case import Case, described
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.markdown import Linked
from triagebook.model.planning import Work
from triagebook.model.values import FactRef
from triagebook.reports import KINDS
from triagebook.views import criteria
from triagebook.views.affected import affected_view
from triagebook.views.claims import contradictions, other_claims
from triagebook.views.evidence import evidence_rows
from triagebook.views.figures import Figures
from triagebook.views.head import fields, state_of
from triagebook.views.relations import relations
from triagebook.views.suites import planned_suites, suites
from triagebook.views.verdict import environment_title, verdict_view

from .affected_tree import tree
from .charts import pass_rates, results
from .linker import Linker
from .paths import FACTS, RELATIONS, report_path
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


def issue_view(case: Case, link: Linker, findings: Collection[object]) -> Mapping[str, object]:
    """The variables of the issue page's template."""
    issue, entry, figures = case.issue, case.entry, Figures(case)
    rates = pass_rates(case)
    return {
        "see": link,
        "id": entry.id,
        "issue": issue,
        "state": state_of(issue),
        "verdict": verdict_view(case, figures),
        "source": described([case.source]),
        "criteria_tally": criteria.tally(case),
        "findings": findings,
        "fields": fields(case),
        "figures": _figures(case, link),
        "affected": affected_view(case, figures),
        "tree": tree,
        "relations": relations(case.book, entry),
        "all_relations": link.to(RELATIONS, "The relations of all issues"),
        "evidence": evidence_rows(case)[::-1],
        "rates": rates,
        "charts": {**results(case), "pass-rate": rates},
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
