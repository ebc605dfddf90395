"""What the default playbook proposes for a new issue, until its record holds as much."""

from __future__ import annotations

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.languages import language_of_file
from triagebook.model.base import Prose
from triagebook.model.building_blocks import Step
from triagebook.model.planning import Risk, Target
from triagebook.playbooks import kind_of, playbook
from triagebook.playbooks.runners import results_file
from triagebook.views.suites import SuiteRow, planned_suites

from .gaps import says_something
from .skeletons import skeletons


class Proposal(Struct, frozen=True):
    """A proposal: nothing of it is recorded, and no fact counts it."""

    kind: str  # of issue, with its article
    stated: bool  # whether the record names the kind, rather than its text
    ask: tuple[Prose, ...]
    reproduce: tuple[Step, ...]
    suites: tuple[SuiteRow, ...]
    criteria: tuple[Target, ...]
    risks: tuple[Risk, ...]
    code: str  # of the tests
    language: str  # of that code
    results_file: str  # that the tests write; empty if only `triagebook run` records their results


def proposal(case: Case) -> Proposal | None:
    """What is proposed for an open issue without suites; each part only where the record has none."""
    issue, impact = case.issue, case.issue.impact
    if issue.closed or issue.suites:
        return None
    known = {
        "affected": impact and (impact.broken or impact.segments),
        "since": says_something(issue.introduced),
        "workaround": impact and impact.workaround,
    }
    found = playbook(kind_of(issue), case.entry.id, case.book)
    written = skeletons(case.entry.id, dict(found.suites), case.book.catalog.runner).files
    commands = (str(one.run) for suite in found.suites.values() for one in suite.command)
    return Proposal(
        kind=str(found.title),
        stated=issue.kind is not None,
        ask=tuple(question for name, question in found.ask.items() if not known[name]),
        reproduce=() if issue.reproduce else found.reproduce,
        suites=planned_suites(found.suites),
        criteria=() if issue.criteria else tuple(found.criteria.values()),
        risks=() if issue.risks else found.risks,
        code="\n".join(written.values()),
        results_file=next(filter(None, map(results_file, commands)), ""),
        language=language_of_file(next(iter(written))),
    )
