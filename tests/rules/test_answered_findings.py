"""A disputed claim answers the findings that it is about."""

from __future__ import annotations

import pytest

from tests.kit.books import said

ALIKE = "suites: {unit: {category: unit, before: pass, after: pass, tests: {a: a}}}\n"


def disputed(kind: str, shows: str) -> str:
    claim = f"says: it proves the fix, kind: {kind}, about: {{field: {shows}}}, disputed: it does not"
    return f"{ALIKE}# claims/report.yaml\nclaims: [{{{claim}}}]"


@pytest.mark.parametrize("kind", ["vacuous", "inflated-count"])
@pytest.mark.parametrize("shows", ["suites", "suites.unit", "suites.unit.before"])
def test_a_disputed_claim_answers_the_finding_at_its_field(kind: str, shows: str) -> None:
    assert not said(disputed(kind, shows), "TB406")


@pytest.mark.parametrize(("kind", "shows"), [("sum", "suites.unit"), ("vacuous", "suites.other")])
def test_a_dispute_of_another_kind_or_field_answers_nothing(kind: str, shows: str) -> None:
    assert said(disputed(kind, shows), "TB406")
