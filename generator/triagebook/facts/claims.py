"""Claims: what was stated by hand, held against the facts."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.model.evidence import Grade

from .fact import Fact, UnknownFactError, comparable
from .numbers import total

if TYPE_CHECKING:
    from triagebook.model.issue import Claim
    from triagebook.model.values import Quantity

    from .case import Case


class Standing(StrEnum):
    """How a claim stands."""

    HOLDS = "holds"
    CONTRADICTED = "contradicted"
    RESTATES = "restates its source"
    UNPROVEN = "unproven"


class ClaimState(Struct, frozen=True):
    """What became of a claim, and whether the record says so itself."""

    claim: Claim
    index: int
    standing: Standing
    why: str
    fact: Fact | None = None

    @property
    def contradiction(self) -> bool:
        """Whether it is to be shown as contradicted: by a fact, or by the people who keep the record."""
        return self.standing is Standing.CONTRADICTED or self.claim.disputed is not None


def states_of_claims(case: Case) -> tuple[ClaimState, ...]:
    return tuple(_state(case, index, claim) for index, claim in enumerate(case.issue.claims))


def _state(case: Case, index: int, claim: Claim) -> ClaimState:
    parts = sum_of_parts(claim)
    if parts is not None and claim.value is not None and not agree(claim.value, parts):
        why = f"the parts of the claim add up to {parts}, it says {claim.value}"
        return ClaimState(claim, index, Standing.CONTRADICTED, why)
    if claim.of is None:
        return ClaimState(claim, index, Standing.UNPROVEN, "it is about no fact that can be computed")
    try:
        fact = case.fact(claim.of)
    except UnknownFactError as error:
        return ClaimState(claim, index, Standing.UNPROVEN, str(error))
    if fact.value is None:
        return ClaimState(claim, index, Standing.UNPROVEN, f"`{fact.ref}` is unknown: {fact.why_unknown}", fact)
    agrees = _agrees(claim, fact)
    if agrees is None:
        return ClaimState(
            claim, index, Standing.UNPROVEN, f"`{fact.ref}` is {fact}; the claim gives no such value", fact
        )
    if not agrees:
        return ClaimState(claim, index, Standing.CONTRADICTED, f"`{fact.ref}` is {fact}", fact)
    if restates(case, claim, fact):
        why = f"`{fact.ref}` is {fact}, but that was typed from the same document"
        return ClaimState(claim, index, Standing.RESTATES, why, fact)
    return ClaimState(claim, index, Standing.HOLDS, f"`{fact.ref}` is {fact}", fact)


def sum_of_parts(claim: Claim) -> Quantity | None:
    return total(claim.parts.values())


def _agrees(claim: Claim, fact: Fact) -> bool | None:
    if isinstance(fact.value, str):
        return None if claim.state is None else claim.state == fact.value
    quantity = fact.quantity
    return None if claim.value is None or quantity is None else agree(claim.value, quantity)


def agree(claimed: Quantity, so: Quantity) -> bool | None:
    """Does what is so lie within what was claimed? A figure without a unit counts things; a rounded one may round.

    None where the two measure different things.
    """
    so = comparable(so, claimed)
    holds = claimed.holds(so)
    if holds is not False or claimed.exact is None or so.exact is None:
        return holds
    converted = so.into(claimed.unit)
    decimals = re.match(r"-?\d+\.(\d+)", str(claimed))
    return bool(
        converted
        and converted.exact is not None
        and decimals
        and round(converted.exact, len(decimals[1])) == claimed.exact
    )


def restates(case: Case, claim: Claim, fact: Fact) -> bool:
    """Whether a fact is typed from the very document that the claim stands in."""
    if fact.grade is not Grade.TRANSCRIBED:
        return False
    own = {source.document for source in claim.from_}
    names = {origin.file: origin for origin in fact.origins}
    typed = {
        source.document
        for name, record in case.entry.evidence.items()
        if case.evidence_file(name) in names
        for source in record.from_
    }
    return bool(own & typed)
