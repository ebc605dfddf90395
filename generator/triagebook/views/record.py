"""The whole record of an issue, as its page and full reports show it."""

from __future__ import annotations

from collections.abc import Mapping

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.model.document import places
from triagebook.model.planning import Work

from .affected import affected_view
from .claims import doubts
from .criteria import criteria, metrics
from .figures import Figures
from .relations import relations
from .suites import planned_suites, suites
from .verdict import environment_title


def record_view(case: Case, figures: Figures) -> Mapping[str, object]:
    """What is shown of an issue, by name."""
    return {
        **work_view(case.book, case.issue),
        "doubts": doubts(case),
        "issue": case.issue,
        "affected": affected_view(case, figures),
        "documents": case.entry.documents,
        "places": places,
        "relations": relations(case.book, case.entry),
        "suites": suites(case, figures),
        "answers": {row.id: row for row in (*criteria(case, figures), *metrics(case, figures))},
    }


def work_view(book: Book, work: Work) -> Mapping[str, object]:
    """What is shown of the tests and the plan of an issue or a playbook, by name."""
    return {
        "work": work,
        "answers": {},
        "suites": planned_suites(work.suites),
        "deployments": [(environment_title(book, name), found) for name, found in work.deployment.items()],
    }
