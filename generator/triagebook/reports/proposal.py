"""What the default playbook proposes for an issue until its record has the same parts."""

from __future__ import annotations

import re

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.languages import language_of_file
from triagebook.model.base import Prose
from triagebook.model.building_blocks import Step
from triagebook.model.planning import Risk, Target
from triagebook.model.refs import PatternRef
from triagebook.playbooks import kind_of, playbook
from triagebook.views.suites import SuiteRow, planned_suites

from .gaps import says_something
from .skeletons import skeletons

# What a text says if it answers a question, and the field for the answer.
_ANSWERS = {
    "affected": (r"\b(?:every|all|each|only) \w+|\b(?:everyone|everybody|nobody)\b", "impact.broken"),
    "since": (r"\bsince\b|\bafter (?:the|an?|we) \w+|\buntil (?:v?\d|the|last)", "introduced"),
    "workaround": (r"\bwork-?arounds?\b|\bhelps\b|\bas a remedy\b", "impact.workaround"),
}


class Proposal(Struct, frozen=True):
    """A proposal: nothing of it is recorded, and no fact counts it."""

    issue: str
    kind: str  # of issue, with its article
    stated: bool  # whether the record names the kind, rather than its text
    ask: tuple[Prose, ...]
    reproduce: tuple[Step, ...]
    suites: tuple[SuiteRow, ...]
    criteria: tuple[Target, ...]
    risks: tuple[Risk, ...]
    code: str  # of the tests
    language: str  # of that code
    pattern: PatternRef | None  # whose suites the issue can take over


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
    proving = {name for name, one in case.book.patterns.items() if one.playbook and one.playbook.suites}
    found = playbook(kind_of(issue), case.entry.id, case.book)
    written = skeletons(case.entry.id, dict(found.suites), case.book.catalog.runner).files
    return Proposal(
        issue=case.entry.id,
        kind=str(found.title),
        stated=issue.kind is not None,
        ask=tuple(
            _asked(f"{issue.title}. {issue.summary}", found.ask[name], name) for name in known if not known[name]
        ),
        reproduce=() if issue.reproduce else found.reproduce,
        suites=planned_suites(found.suites),
        criteria=() if issue.criteria else tuple(found.criteria.values()),
        risks=() if issue.risks else found.risks,
        code="\n".join(written.values()),
        language=language_of_file(next(iter(written))),
        pattern=next((cause.pattern for cause in issue.possible_causes if cause.pattern in proving), None),
    )


def _asked(text: str, question: Prose, name: str) -> Prose:
    """The question, or where to record the answer if the text seems to have it."""
    words, place = _ANSWERS[name]
    if not re.search(words, text, re.IGNORECASE):
        return question
    return Prose(f"{question.partition(':')[0]}: the text says it; record it as `{place}`")
