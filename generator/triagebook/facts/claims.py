"""Claims: what was stated by hand, compared with the facts."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from msgspec import Struct

from triagebook.book import Entry
from triagebook.model.document import Audited, Claim, Contradiction, document_name, places
from triagebook.model.evidence import Grade
from triagebook.model.issue import Issue
from triagebook.model.values import DocRef, Quantity

from .base.fact import Fact, UnknownFactError, comparable, evidence_origin
from .base.record_facts import total
from .issue_facts import IssueFacts


class ClaimStatus(StrEnum):
    """Whether a claim holds."""

    HOLDS = "holds"
    CONTRADICTED = "contradicted"
    RESTATES = "restates its source"
    UNPROVEN = "unproven"


# Contradictions that make a test, a check or a command useless, rather than only what is said about it.
USELESS = frozenset(
    {
        Contradiction.INFLATED_COUNT,
        Contradiction.VACUOUS,
        Contradiction.IMPOSSIBLE_EXPECTATION,
        Contradiction.WEAK_CHECK,
    }
)


class ClaimState(Struct, frozen=True):
    """A claim, and how it compares with the facts."""

    claim: Claim
    document: str  # the name by which records cite it
    file: str
    index: int  # among the claims of the file
    status: ClaimStatus
    why: str
    fact: Fact | None = None
    named: tuple[str, ...] = ()  # what it concerns: commands by text, everything else by keys
    measured: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.named, *self.measured)))

    @property
    def sources(self) -> tuple[DocRef, ...]:
        """The places of the claim, that in its own document first."""
        return (*places(self.document, self.claim.lines), *self.claim.also)

    @property
    def contradiction(self) -> bool:
        """Whether the claim is contradicted by a fact, or disputed by the people who keep the record."""
        return self.status is ClaimStatus.CONTRADICTED or self.claim.disputed is not None

    @property
    def state(self) -> str:
        """The state in a word, as options and JSON name it. A dispute in the record comes before the status."""
        return "disputed" if self.claim.disputed is not None else self.status.name.lower()

    def as_data(self) -> dict[str, Any]:
        """The one JSON form of a claim."""
        claim, fact = self.claim, self.fact
        return {
            "says": claim.says,
            "from": [str(source) for source in self.sources],
            "kind": claim.kind.value if claim.kind else None,
            "value": str(claim.value) if claim.value else claim.state,
            "of": str(claim.about.fact) if claim.about.fact else None,
            "about": list(self.parts),
            "fact": str(fact) if fact is not None and fact.value is not None else None,
            "state": self.state,
            "contradiction": self.contradiction,
            "why": self.why,
            "disputed": claim.disputed,
        }


def states_of_claims(entry: Entry, facts: IssueFacts) -> tuple[ClaimState, ...]:
    return tuple(
        ClaimState(
            claim,
            name,
            f"{entry.id}/claims/{stem}.yaml",
            index,
            *_compared(entry, facts, name, claim),
            _named(entry.issue, claim),
            _measured(entry.issue, claim),
        )
        for stem, document in entry.claims.items()
        for name in [document_name(stem, document)]
        for index, claim in enumerate(document.claims)
    )


_BY_AUDIT = {Audited.HOLDS: ClaimStatus.HOLDS, Audited.CONTRADICTED: ClaimStatus.CONTRADICTED}


def _compared(entry: Entry, facts: IssueFacts, document: str, claim: Claim) -> tuple[ClaimStatus, str, Fact | None]:
    parts, ref = total(claim.parts.values()), claim.about.fact
    if parts is not None and claim.value is not None and not agree(claim.value, parts):
        return ClaimStatus.CONTRADICTED, f"the parts of the claim add up to {parts}, it says {claim.value}", None
    if ref is None:
        status = _BY_AUDIT.get(claim.audited, ClaimStatus.UNPROVEN) if claim.audited else ClaimStatus.UNPROVEN
        return status, claim.why or "it is about no fact that can be computed", None
    try:
        fact = facts.fact(ref)
    except UnknownFactError as error:
        return ClaimStatus.UNPROVEN, str(error), None
    if fact.value is None:
        return ClaimStatus.UNPROVEN, f"`{fact.ref}` is unknown: {fact.why_unknown}", fact
    agrees = _agrees(claim, fact)
    if agrees is None:
        return ClaimStatus.UNPROVEN, f"`{fact.ref}` is {fact}; the claim gives no such value", fact
    if not agrees:
        return ClaimStatus.CONTRADICTED, f"`{fact.ref}` is {fact}", fact
    if _restates(entry, {document, *(ref.document for ref in claim.also)}, fact):
        return ClaimStatus.RESTATES, f"`{fact.ref}` is {fact}, but that was typed from the same document", fact
    return ClaimStatus.HOLDS, f"`{fact.ref}` is {fact}", fact


def _named(issue: Issue, claim: Claim) -> tuple[str, ...]:
    """The parts of the record that a claim names, without its measure."""
    about = claim.about
    suites = issue.suites if not about.suite else {str(name): issue.suites.get(name) for name in about.suite}
    found = [
        *(f"suites.{name}.tests.{test}" for test in about.test for name, s in suites.items() if s and test in s.tests),
        *(f"suites.{name}" for name in about.suite if not about.test),
        *(command.strip() for command in about.command),
        *(*about.step, *about.location, *about.field),
    ]
    return tuple(dict.fromkeys(map(str, found)))


def _measured(issue: Issue, claim: Claim) -> tuple[str, ...]:
    """The criteria that a claim is offered for, and the part that its fact is of."""
    fact = claim.about.fact
    suite = dict(fact.filters).get("suite") if fact else None
    criteria = (f"{'metrics' if name in issue.metrics else 'criteria'}.{name}" for name in claim.about.criterion)
    return (*criteria, *([f"suites.{suite}"] if suite else [fact.name] if fact else ()))


def _agrees(claim: Claim, fact: Fact) -> bool | None:
    if isinstance(fact.value, str):
        return None if claim.state is None else claim.state == fact.value
    quantity = fact.quantity
    return None if claim.value is None or quantity is None else agree(claim.value, quantity)


def agree(claimed: Quantity, actual: Quantity) -> bool | None:
    """Whether the actual value lies within the claimed one; a claimed decimal may be rounded.

    None if the two measure different things.
    """
    actual = comparable(actual, claimed)
    holds = claimed.holds(actual)
    if holds is not False or claimed.exact is None or actual.exact is None:
        return holds
    converted = actual.into(claimed.unit)
    decimals = re.match(r"-?\d+\.(\d+)", str(claimed))
    return bool(
        converted
        and converted.exact is not None
        and decimals
        and round(converted.exact, len(decimals[1])) == claimed.exact
    )


def _restates(entry: Entry, documents: set[str], fact: Fact) -> bool:
    """Whether a fact was typed from one of the documents that contain the claim."""
    files = {origin.file for origin in fact.origins} if fact.grade is Grade.TRANSCRIBED else set()
    return any(
        source.document in documents
        for name, record in entry.evidence.items()
        if evidence_origin(entry, name).file in files
        for source in record.from_
    )
