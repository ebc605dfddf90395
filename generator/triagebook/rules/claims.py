"""TB3xx: a claim must agree with the facts, or be disputed; and a dispute says what not to act on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.base.record_facts import total
from triagebook.facts.case import Case
from triagebook.facts.claims import USELESS, ClaimState, ClaimStatus, agree
from triagebook.facts.issue_facts import plain
from triagebook.facts.verdict.criteria import measure_of
from triagebook.findings import Level
from triagebook.model.document import Claim, Contradiction
from triagebook.model.values import FactRef
from triagebook.text import listed

from .base import Problem, Rule


class PartsDoNotAddUp(Rule, code="TB301"):
    """The parts of a claim do not add up to its value."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        claim = state.claim
        if not claim.parts or claim.value is None or claim.disputed is not None:
            return
        parts = total(claim.parts.values())
        if parts is None:
            what = listed([str(part) for part in claim.parts.values()])
            yield ("parts",), f"the parts of the claim have different units and can't be added: {what}"
        elif not agree(claim.value, parts):
            yield ("value",), f"the parts of the claim add up to {parts}, not to {claim.value}{_besides(case, claim)}"


def _besides(case: Case, claim: Claim) -> str:
    """The value of the fact that the claim is about, if known."""
    try:
        fact = case.fact(claim.about.fact) if claim.about.fact else None
    except UnknownFactError:
        return ""
    return f"; `{fact.ref}` is {fact}" if fact and fact.value is not None else ""


class ContradictedClaim(Rule, code="TB302"):
    """A claim contradicts the fact it is about and is not disputed."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        claim = state.claim
        if state.status is ClaimStatus.CONTRADICTED and state.fact and claim.disputed is None:
            key, said = ("state", claim.state) if isinstance(state.fact.value, str) else ("value", claim.value)
            yield (key,), f"the claim says {said}, but {state.why}"


class DisputedButTrue(Rule, code="TB303"):
    """A claim is disputed although the fact confirms it."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        if state.status is ClaimStatus.HOLDS and state.claim.disputed and state.claim.kind in _OF_THE_FIGURE:
            yield ("disputed",), f"the claim is disputed, but the facts confirm it: {state.why}"


# The other kinds dispute what a figure means, which no fact can settle: all tests may pass and prove nothing.
_OF_THE_FIGURE = {None, Contradiction.SUM, Contradiction.SCOPE, Contradiction.VERDICT_WITHOUT_EVIDENCE}


class ClaimsDisagree(Rule, code="TB309"):
    """Two claims state different values of one unknown fact, and neither is disputed."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        claim = state.claim
        if not _is_undecided(state):  # TB302 reports claims that a known fact contradicts
            return
        other = next((one for one in case.claims if _is_undecided(one) and _fact(one) == _fact(state)), state)
        if _differ(claim, other.claim):
            key = "state" if claim.value is None else "value"
            said, before = getattr(claim, key), getattr(other.claim, key)
            where = f"the claim from {other.sources[0]}"
            yield (key,), f"the claim says that `{claim.about.fact}` is {said}; {where} says {before}"


def _is_undecided(state: ClaimState) -> bool:
    unknown = state.status is ClaimStatus.UNPROVEN and state.fact is not None and state.fact.value is None
    return unknown and state.claim.disputed is None


def _fact(state: ClaimState) -> FactRef | None:
    return plain(state.claim.about.fact) if state.claim.about.fact else None


def _differ(one: Claim, other: Claim) -> bool:
    if one.value is not None and other.value is not None:
        return agree(one.value, other.value) is False and agree(other.value, one.value) is False
    return bool(one.value is other.value and one.state and other.state and one.state != other.state)


class CriterionNotAnswered(Rule, code="TB310"):
    """A claim answers a criterion with a fact that the criterion does not measure."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        claim, targets = state.claim, {**case.issue.metrics, **case.issue.criteria}
        for name in claim.about.criterion if claim.disputed is None else ():
            asked = measure_of(targets[name]) if name in targets else None
            if asked is not None and _fact(state) != plain(asked):
                about = f"about `{claim.about.fact}`" if claim.about.fact else "about no fact"
                says = f"the criterion `{name}` measures `{asked}`; the claim is {about}"
                yield ("about", "fact" if claim.about.fact else "criterion"), says


class UnprovenClaim(Rule, code="TB313", severity=Level.WARNING):
    """A claim can't be compared with its fact: the fact is unknown, or the claim states no value."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        fact, undisputed = state.fact, state.claim.disputed is None
        if state.status is ClaimStatus.UNPROVEN and undisputed and fact and fact.ref.name in case.facts.names:
            yield ("about", "fact"), f"the claim is unverified: {state.why}"


class DisputeWithoutPart(Rule, code="TB323"):
    """A dispute calls a test, check or command useless, but does not name which one in the record."""

    def in_claim(self, case: Case, state: ClaimState) -> Iterator[Problem]:
        claim = state.claim
        if claim.disputed is None or state.parts:
            return
        if claim.kind in USELESS:
            yield ("disputed",), f"a dispute of the kind `{claim.kind.value}` does not say what it is about"
        elif named := _named(case, claim.says):
            yield ("disputed",), f"the claim names {named}, but the dispute does not say whether it is about it"


def _named(case: Case, says: str) -> str:
    """The suite or test of the record that a claim names, in words."""
    for name, suite in case.issue.suites.items():
        tests = (test for test in suite.tests if re.fullmatch(r"\w{8,}", test))
        if test := next((test for test in tests if re.search(rf"\b{test}\b", says)), None):
            return f"the test `{test}`"
        commands = [str(command.run) for command in suite.command]
        if any(part and part in says for part in (suite.path and str(suite.path), *commands)):
            return f"the suite `{name}`"
    return ""
