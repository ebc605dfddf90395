"""Checks the filters of facts: an unknown value would count nothing and look like an answer."""

from __future__ import annotations

from collections.abc import Collection

from triagebook.model.affected import LocationState
from triagebook.model.catalog import Catalog
from triagebook.model.evidence import Grade, Phase
from triagebook.model.issue import Issue
from triagebook.model.values import FactRef

from .fact import UnknownFactError


def refuse_unknown_values(issue: Issue, catalog: Catalog, ref: FactRef) -> None:
    """Raises UnknownFactError if a filter has a value that nothing can match."""
    for key, value in ref.filters:
        known = _values(issue, catalog, ref.name.partition(".")[0], key)
        if value and known is not None and value not in known:
            names = ", ".join(f"`{name}`" for name in known) or "none"
            raise UnknownFactError(f"`{ref.name}` has no {key} `{value}`; known: {names}")


def _values(issue: Issue, catalog: Catalog, family: str, key: str) -> Collection[str] | None:
    """The accepted values; None if any value is accepted."""
    match family, key:
        case "affected", "category":
            return catalog.file_categories
        case "affected", "state":
            return [state.value for state in LocationState]
        case "tests", "category":
            return catalog.test_categories
        case "tests" | "evidence", "phase":
            return [side.value for side in Phase]
        case _, "phase":
            return issue.plan.phases if issue.plan else ()
        case _, "suite":
            return issue.suites
        case _, "environment":
            return catalog.environments
        case _, "stream":
            return catalog.streams
        case _, "grade":
            return [grade.value for grade in Grade]
        case "evidence", "kind":
            return ("tests", "command", "value", "observation")
        case "impact", "of":
            return [share.of.replace(" ", "-") for share in issue.impact.share] if issue.impact else ()
        case _:
            return None
