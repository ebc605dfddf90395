"""TB3xx: a claim must agree with the facts, or be disputed."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.case import Case
from triagebook.facts.claims import ClaimStatus, agree, sum_of_parts
from triagebook.facts.issue_facts import plain
from triagebook.facts.verdict.criteria import measure_of
from triagebook.findings import Level
from triagebook.model.issue import Claim, Contradiction
from triagebook.model.values import FactRef
from triagebook.text import listed

from .base import Problem, Rule


class PartsDoNotAddUp(Rule, code="TB301"):
    """The parts of a claim do not add up to its value."""

    why = "A wrong sum shows that nobody counted, and plans that rely on it are wrong too."
    remedy = "correct the typing error; if the source is wrong, keep its words and add the actual value in `disputed`"
    bad = """
claims:
  - {says: 47 locations, from: https://example.org/plan, value: 47, parts: {integration: 15, unit: 28}}
"""
    good = bad.replace("28}}", "28}, disputed: the parts add up to 43}")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for index, claim in enumerate(case.issue.claims):
            if claim.parts and claim.value is not None and claim.disputed is None:
                parts = sum_of_parts(claim)
                if parts is None:
                    what = listed([str(part) for part in claim.parts.values()])
                    says = f"the parts of the claim have different units and can't be added: {what}"
                    yield ("claims", index, "parts"), says
                elif not agree(claim.value, parts):
                    says = f"the parts of the claim add up to {parts}, not to {claim.value}{_besides(case, claim)}"
                    yield ("claims", index, "value"), says


def _besides(case: Case, claim: Claim) -> str:
    """The value of the fact that the claim is about, if known."""
    try:
        fact = case.fact(claim.of) if claim.of else None
    except UnknownFactError:
        return ""
    return f"; `{fact.ref}` is {fact}" if fact and fact.value is not None else ""


class ContradictedClaim(Rule, code="TB302"):
    """A claim contradicts the fact it is about and is not disputed."""

    why = "Given two answers to one question, readers believe the one that a person wrote."
    remedy = "state the actual value in `disputed`, or correct the record that the fact is computed from"
    bad = """
claims:
  - {says: Ready for production, from: https://example.org/report, of: stage, state: validated}
"""
    good = bad.replace("state: validated", "state: validated, disputed: no run is recorded")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for state in case.claims:
            claim = state.claim
            if state.status is ClaimStatus.CONTRADICTED and state.fact and claim.disputed is None:
                key, said = ("state", claim.state) if isinstance(state.fact.value, str) else ("value", claim.value)
                yield ("claims", state.index, key), f"the claim says {said}, but {state.why}"


class DisputedButTrue(Rule, code="TB303"):
    """A claim is disputed although the fact confirms it."""

    why = "A wrong dispute is a contradiction of our own making, and discredits the others."
    remedy = "remove `disputed`; if the figure is right but misleading, set the `kind` of contradiction"
    bad = "claims: [{says: High, from: https://example.org/plan, of: severity, state: high, disputed: it is low}]"
    good = bad.replace(", disputed: it is low", "")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for state in case.claims:
            if state.status is ClaimStatus.HOLDS and state.claim.disputed and state.claim.kind in _OF_THE_FIGURE:
                says = f"the claim is disputed, but the facts confirm it: {state.why}"
                yield ("claims", state.index, "disputed"), says


# The other kinds dispute what a figure means, which no fact can settle: all tests may pass and prove nothing.
_OF_THE_FIGURE = {None, Contradiction.SUM, Contradiction.SCOPE, Contradiction.VERDICT_WITHOUT_EVIDENCE}


class ClaimsDisagree(Rule, code="TB309"):
    """Two claims state different values of one unknown fact, and neither is disputed."""

    why = "At most one of them is right, and readers can't know which."
    remedy = "record evidence that decides between them, or dispute one of them"
    bad = """
claims:
  - {says: 9 of 18 passed, from: https://example.org/plan, value: 9/18, of: tests.pass_rate}
  - {says: 61 % passed, from: https://example.org/report, value: 61 %, of: tests.pass_rate}
"""
    good = bad.replace("says: 61 %", "says: 50 %").replace("value: 61 %", "value: 50 %")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        first: dict[FactRef, Claim] = {}
        for state in case.claims:
            claim = state.claim
            undecided = state.status is ClaimStatus.UNPROVEN and state.fact and state.fact.value is None
            if claim.of and claim.disputed is None and undecided:  # TB302 reports claims that a known fact contradicts
                other = first.setdefault(plain(claim.of), claim)
                key = "state" if claim.value is None else "value"
                if _differ(claim, other):
                    where = f"the claim from {other.from_[0]}" if other.from_ else "another claim"
                    said, before = getattr(claim, key), getattr(other, key)
                    says = f"the claim says that `{claim.of}` is {said}; {where} says {before}"
                    yield ("claims", state.index, key), says


def _differ(one: Claim, other: Claim) -> bool:
    if one.value is not None and other.value is not None:
        return agree(one.value, other.value) is False and agree(other.value, one.value) is False
    return bool(one.value is other.value and one.state and other.state and one.state != other.state)


class CriterionNotAnswered(Rule, code="TB310"):
    """A claim answers a criterion with a fact that the criterion does not measure."""

    why = "A pass rate of tests does not show that connections succeed, however similar the two figures look."
    remedy = "record a value of what the criterion measures, or dispute the claim"
    bad = """
criteria: {connects: {says: Connections succeed, measure: connection.success, target: at least 95 %}}
claims: [{says: 95.7 % passed, from: https://example.org/report, of: tests.passed, criterion: connects}]
"""
    good = bad.replace("of: tests.passed", "value: 95.7 %, of: connection.success")

    def in_issue(self, case: Case) -> Iterator[Problem]:
        targets = {**case.issue.metrics, **case.issue.criteria}
        for index, claim in enumerate(case.issue.claims):
            target = targets.get(claim.criterion) if claim.criterion else None
            asked = measure_of(target) if target else None
            if asked is None or claim.disputed is not None or (claim.of and plain(claim.of) == plain(asked)):
                continue
            about = f"about `{claim.of}`" if claim.of else "about no fact"
            says = f"the criterion `{claim.criterion}` measures `{asked}`; the claim is {about}"
            yield ("claims", index, "of" if claim.of else "criterion"), says


class UnprovenClaim(Rule, code="TB313", severity=Level.WARNING):
    """A claim can't be compared with its fact: the fact is unknown, or the claim states no value."""

    why = "A claim that nothing can contradict looks as if it were confirmed."
    remedy = "record evidence for it, state its `value` or `state`, or dispute it"
    bad = "claims: [{says: Ready for production, from: https://example.org/report, of: verdict}]"
    good = "claims: [{says: Merely reported, from: https://example.org/report, of: verdict, state: reported}]"

    def in_issue(self, case: Case) -> Iterator[Problem]:
        for state in case.claims:
            fact, undisputed = state.fact, state.claim.disputed is None
            if state.status is ClaimStatus.UNPROVEN and undisputed and fact and fact.ref.name in case.facts.names:
                yield ("claims", state.index, "of"), f"the claim is unverified: {state.why}"
