"""Claims: what was stated by hand, compared with the facts."""

from __future__ import annotations

import pytest

from tests.kit.facts import case
from triagebook.facts.base.record_facts import total
from triagebook.facts.claims import ClaimState, ClaimStatus, agree
from triagebook.model.document import Claim
from triagebook.model.values import Quantity

AFFECTED = "source: {repository: app, commit: 5222b25608c3}\nlocations: ['app/a.py:3,5', 'app/b.py:7']"
SUITE = "\nsuites: {unit: {category: unit, after: pass, tests: {test_a: a, test_b: b, test_c: c}}}"
RUN = """
{kind: tests, at: 2025-09-20, environment: staging, phase: after, suite: unit, from: report.md#L44,
 results: {test_a: passed, test_b: passed, test_c: failed}, %s}
"""


def claim(rest: str) -> str:
    return f"claims: [{{says: so, lines: 90, {rest}}}]"


def state(issue: str, affected: str = AFFECTED, **evidence: str) -> ClaimState:
    (found,) = case(issue, affected, **evidence).claims
    return found


@pytest.mark.parametrize(
    ("rest", "status", "why"),
    [
        ("about: {fact: affected.locations}, value: 3", ClaimStatus.HOLDS, "`affected.locations` is 3 locations"),
        (
            "about: {fact: affected.locations}, value: at least 2",
            ClaimStatus.HOLDS,
            "`affected.locations` is 3 locations",
        ),
        (
            "about: {fact: affected.locations}, value: 47",
            ClaimStatus.CONTRADICTED,
            "`affected.locations` is 3 locations",
        ),
        (
            "about: {fact: affected.locations}, value: more than 3 locations",
            ClaimStatus.CONTRADICTED,
            "`affected.locations` is 3",
        ),
        ("about: {fact: severity}, state: high", ClaimStatus.HOLDS, "`severity` is high"),
        ("about: {fact: severity}, state: low", ClaimStatus.CONTRADICTED, "`severity` is high"),
        (
            "about: {fact: severity}, value: 3",
            ClaimStatus.UNPROVEN,
            "`severity` is high; the claim gives no such value",
        ),
        (
            "about: {fact: affected.files}, state: few",
            ClaimStatus.UNPROVEN,
            "`affected.files` is 2 files; the claim gives no such",
        ),
        (
            "about: {fact: affected.files}, value: 3 s",
            ClaimStatus.UNPROVEN,
            "`affected.files` is 2 files; the claim gives no such",
        ),
        (
            "about: {fact: tests.passed}, value: 3",
            ClaimStatus.UNPROVEN,
            "`tests.passed` is unknown: no suite lists a test that fits",
        ),
        (
            "about: {fact: affected.files phase=a}, value: 3",
            ClaimStatus.UNPROVEN,
            "`affected.files` has no filter `phase`",
        ),
        ("value: 3", ClaimStatus.UNPROVEN, "it is about no fact that can be computed"),
        ("value: 3, parts: {a: 1, b: 1}", ClaimStatus.CONTRADICTED, "the parts of the claim add up to 2, it says 3"),
        ("value: 2, parts: {a: 1, b: 1}", ClaimStatus.UNPROVEN, "it is about no fact that can be computed"),
        (
            "value: 3, parts: {a: 1, b: 1}, about: {fact: affected.locations}",
            ClaimStatus.CONTRADICTED,
            "the parts of the claim",
        ),
    ],
)
def test_a_claim_is_compared_with_its_fact(rest: str, status: ClaimStatus, why: str) -> None:
    found = state(claim(rest))
    assert found.status is status
    assert found.why.startswith(why)


# ── a claim beside its own source ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("grade", "status"),
    [
        ("grade: transcribed", ClaimStatus.RESTATES),
        ("grade: transcribed, note: and more", ClaimStatus.RESTATES),
        (f"grade: attested, by: developer, commit: {'0' * 40}", ClaimStatus.HOLDS),
        (f"grade: machine, dirty: false, commit: {'0' * 40}", ClaimStatus.HOLDS),
    ],
)
def test_a_figure_from_the_same_document_proves_nothing(grade: str, status: ClaimStatus) -> None:
    assert state(claim("about: {fact: tests.passed}, value: 2") + SUITE, a=RUN % grade).status is status


def test_a_figure_from_another_document_confirms_the_claim() -> None:
    run = RUN.replace("report.md", "log.md") % "grade: transcribed"
    assert state(claim("about: {fact: tests.passed}, value: 2") + SUITE, a=run).status is ClaimStatus.HOLDS


def test_a_document_may_contradict_itself() -> None:
    found = state(claim("about: {fact: tests.passed}, value: 3") + SUITE, a=RUN % "grade: transcribed")
    assert found.status is ClaimStatus.CONTRADICTED


# ── what is shown as a contradiction ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        ("about: {fact: severity}, state: low", True),
        ("about: {fact: severity}, state: low, disputed: it is not", True),
        ("about: {fact: severity}, state: high, disputed: it is not", True),
        ("disputed: it is not", True),
        ("about: {fact: severity}, state: high", False),
        ("value: 3", False),
    ],
)
def test_a_disputed_contradiction_is_still_shown(rest: str, shown: bool) -> None:  # noqa: FBT001
    assert state(claim(rest)).contradiction is shown


def test_claims_keep_their_order() -> None:
    issue = "claims: [{says: a}, {says: b}]"
    assert [(found.index, str(found.claim.says)) for found in case(issue).claims] == [(0, "a"), (1, "b")]


# ── do two figures agree? ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claimed", "so", "agrees"),
    [
        ("95.7 %", "22/23", True),
        ("95.7%", "22/23", True),
        ("95.6 %", "22/23", False),
        ("96 %", "22/23", False),
        ("0.957", "22/23", True),
        ("90 %", "16/18", False),
        ("at least 90 %", "16/18", False),
        ("22/23", "22/23", True),
        ("22/23", "21/23", False),
        ("1.34s", "1.337 s", True),
        ("1.34 s", "1337 ms", True),
        ("5 to 8 min", "6 min", True),
        ("5 to 8 min", "4 to 6 min", False),
        ("47", "47 locations", True),
        ("47", "40 locations", False),
        ("47 places", "47 locations", None),
        ("30", "30 min", None),
        ("500000", "500000 USD/year", None),
        ("about 47", "47 locations", True),
        ("-0.5", "-0.46", True),
    ],
)
def test_a_rounded_figure_agrees_with_the_exact_one(claimed: str, so: str, agrees: bool | None) -> None:  # noqa: FBT001
    assert agree(Quantity.parse(claimed), Quantity.parse(so)) is agrees


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"a": "16", "b": "28", "c": "1", "d": "2"}, "47"),
        ({"a": "20 min", "b": "5 to 8 min"}, "25 to 28 min"),
        ({"a": "20 min", "b": "3 files"}, "None"),
        ({}, "None"),
    ],
)
def test_the_parts_of_a_claim_are_added(parts: dict[str, str], says: str) -> None:
    read = Claim.model_validate({"says": "so", "parts": parts})
    assert str(total(read.parts.values())) == says
