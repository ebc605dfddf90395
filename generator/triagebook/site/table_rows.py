"""Rows that several pages share: findings, and the state of fixes by environment."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.findings import Finding
from triagebook.markdown import Linked
from triagebook.views.verdict import environment_title

from .linker import Linker

NOT_REQUIRED = "not required"


class FindingView(Struct, frozen=True):
    """A finding, with links to the record and to the rule."""

    place: Linked
    rule: Linked
    says: str
    do: str
    accepted: str


class MatrixRow(Struct, frozen=True):
    """An issue with the state of its fix in each environment."""

    case: Case
    standings: list[str]


class Matrix(Struct, frozen=True):
    """Issues by environment."""

    environments: list[str]  # titles
    rows: list[MatrixRow]


def matrix(cases: Sequence[Case], link: Linker) -> Matrix:
    """Issues by environment: those that any issue requires or has evidence from, in the catalog's order."""
    known = link.book.catalog.environments
    named = {name for case in cases for name in case.ledger.environments}
    places = [*(name for name in known if name in named), *sorted(named.difference(known))]
    return Matrix(
        [environment_title(link.book, name) for name in places],
        [MatrixRow(case, [_standing(case, name) for name in places]) for case in cases],
    )


def _standing(case: Case, environment: str) -> str:
    found = case.verdict.environments.get(environment)
    return found.state.value if found else NOT_REQUIRED


def finding_view(finding: Finding, link: Linker) -> FindingView:
    place = link.file(finding.file, finding.line)
    return FindingView(place, link.rule(finding.code), finding.says, finding.do, finding.accepted)
