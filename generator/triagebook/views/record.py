"""The whole record of an issue, as the template `record` shows it on a page and in reports."""

from __future__ import annotations

from collections.abc import Mapping

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.model.planning import Work

from .affected import affected_view, tree
from .criteria import criteria, metrics
from .figures import Figures
from .relations import relations
from .suites import planned_suites, suites
from .verdict import environment_title


def record_view(case: Case, figures: Figures) -> Mapping[str, object]:
    """The variables of the template."""
    return {
        **work_view(case.book, case.issue),
        "issue": case.issue,
        "affected": affected_view(case, figures),
        "tree": tree,
        "relations": relations(case.book, case.entry),
        "suites": suites(case, figures),
        "answers": {row.id: row for row in (*criteria(case, figures), *metrics(case, figures))},
    }


def work_view(book: Book, work: Work) -> Mapping[str, object]:
    """The variables of the templates of tests and plan, for an issue or a playbook."""
    return {
        "work": work,
        "answers": {},
        "suites": planned_suites(work.suites),
        "deployments": [(environment_title(book, name), found) for name, found in work.deployment.items()],
    }
