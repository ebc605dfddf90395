"""Claims: what was stated by hand, compared with the facts."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from msgspec import Struct

from triagebook.book import Entry
from triagebook.model.evidence import Grade
from triagebook.model.issue import Claim
from triagebook.model.values import Quantity

from .base.fact import Fact, UnknownFactError, comparable, evidence_origin
from .base.record_facts import total
from .issue_facts import IssueFacts


class ClaimStatus(StrEnum):
    """Whether a claim holds."""

    HOLDS = "holds"
    CONTRADICTED = "contradicted"
    RESTATES = "restates its source"
    UNPROVEN = "unproven"


class ClaimState(Struct, frozen=True):
    """A claim, and how it compares with the facts."""

    claim: Claim
    index: int
    status: ClaimStatus
    why: str
    fact: Fact | None = None

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
            "from": [str(source) for source in claim.from_],
            "kind": claim.kind.value if claim.kind else None,
            "value": str(claim.value) if claim.value else claim.state,
            "of": str(claim.of) if claim.of else None,
            "fact": str(fact) if fact is not None and fact.value is not None else None,
            "state": self.state,
            "contradiction": self.contradiction,
            "why": self.why,
            "disputed": claim.disputed,
        }


def states_of_claims(entry: Entry, facts: IssueFacts) -> tuple[ClaimState, ...]:
    return tuple(_state(entry, facts, index, claim) for index, claim in enumerate(entry.issue.claims))


def _state(entry: Entry, facts: IssueFacts, index: int, claim: Claim) -> ClaimState:
    parts = sum_of_parts(claim)
    if parts is not None and claim.value is not None and not agree(claim.value, parts):
        why = f"the parts of the claim add up to {parts}, it says {claim.value}"
        return ClaimState(claim, index, ClaimStatus.CONTRADICTED, why)
    if claim.of is None:
        return ClaimState(claim, index, ClaimStatus.UNPROVEN, "it is about no fact that can be computed")
    try:
        fact = facts.fact(claim.of)
    except UnknownFactError as error:
        return ClaimState(claim, index, ClaimStatus.UNPROVEN, str(error))
    if fact.value is None:
        return ClaimState(claim, index, ClaimStatus.UNPROVEN, f"`{fact.ref}` is unknown: {fact.why_unknown}", fact)
    agrees = _agrees(claim, fact)
    if agrees is None:
        return ClaimState(
            claim, index, ClaimStatus.UNPROVEN, f"`{fact.ref}` is {fact}; the claim gives no such value", fact
        )
    if not agrees:
        return ClaimState(claim, index, ClaimStatus.CONTRADICTED, f"`{fact.ref}` is {fact}", fact)
    if restates(entry, claim, fact):
        why = f"`{fact.ref}` is {fact}, but that was typed from the same document"
        return ClaimState(claim, index, ClaimStatus.RESTATES, why, fact)
    return ClaimState(claim, index, ClaimStatus.HOLDS, f"`{fact.ref}` is {fact}", fact)


def sum_of_parts(claim: Claim) -> Quantity | None:
    return total(claim.parts.values())


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


def restates(entry: Entry, claim: Claim, fact: Fact) -> bool:
    """Whether a fact was typed from the very document that contains the claim."""
    if fact.grade is not Grade.TRANSCRIBED:
        return False
    own = {source.document for source in claim.from_}
    files = {origin.file for origin in fact.origins}
    typed = {
        source.document
        for name, record in entry.evidence.items()
        if evidence_origin(entry, name).file in files
        for source in record.from_
    }
    return bool(own & typed)
