"""Rows of tables that several pages share: issues, findings, and the state of fixes by environment."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.findings import Finding
from triagebook.markdown import Linked
from triagebook.views.head import state_of

from .linker import Linker

NOT_REQUIRED = "not required"


class FindingView(Struct, frozen=True):
    """A finding, with links to the record and to the rule."""

    place: Linked
    rule: Linked
    says: str
    do: str
    accepted: str


class IssueRow(Struct, frozen=True):
    """An issue in a table."""

    id: Linked
    title: Linked
    severity: str
    state: str
    stage: str
    components: list[object]
    opened: object
    owner: object


class MatrixRow(Struct, frozen=True):
    """An issue with the state of its fix in each environment."""

    id: Linked
    title: Linked
    stage: str
    standings: list[str]


class Matrix(Struct, frozen=True):
    """Issues by environment."""

    environments: list[Linked]
    rows: list[MatrixRow]


def issue_rows(cases: Sequence[Case], link: Linker) -> list[IssueRow]:
    return [
        IssueRow(
            id=link.issue(case.entry.id),
            title=link.issue(case.entry.id, case.issue.title),
            severity=case.issue.severity.value,
            state=state_of(case.issue),
            stage=case.verdict.stage.value,
            components=_list(link(case.issue.components)),
            opened=case.issue.opened,
            owner=link(case.issue.owner) if case.issue.owner else "",
        )
        for case in cases
    ]


def matrix(cases: Sequence[Case], link: Linker) -> Matrix:
    """Issues by environment: those that any issue requires or has evidence from, in the catalog's order."""
    known = link.book.catalog.environments
    named = {name for case in cases for name in case.ledger.environments}
    places = [*(name for name in known if name in named), *sorted(named.difference(known))]
    return Matrix(
        environments=[Linked(str(known[name].title) if name in known else name) for name in places],
        rows=[
            MatrixRow(
                id=link.issue(case.entry.id),
                title=link.issue(case.entry.id, case.issue.title),
                stage=case.verdict.stage.value,
                standings=[_standing(case, name) for name in places],
            )
            for case in cases
        ],
    )


def _standing(case: Case, environment: str) -> str:
    found = case.verdict.environments.get(environment)
    return found.state.value if found else NOT_REQUIRED


def finding_view(finding: Finding, link: Linker) -> FindingView:
    place = link.file(finding.file, finding.line)
    return FindingView(place, link.rule(finding.code), finding.says, finding.do, finding.accepted)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
