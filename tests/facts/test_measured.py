"""Measured values: which of them answers a name, and what it counts for."""

from __future__ import annotations

import pytest

from tests.kit.stories import FIX, OLD, Plain, honest, value
from triagebook.facts.base.fact import Fact
from triagebook.model.evidence import Grade
from triagebook.model.values import FactRef


def measured(name: str, *evidence: Plain) -> Fact:
    story = honest()
    story.evidence = {f"v{index}": each for index, each in enumerate(evidence)}
    return story.case().fact(FactRef.parse(name))


def test_the_latest_of_the_best_grade() -> None:
    early, late = value("1 s", at="2025-09-20T10:00:00Z"), value("2 s", at="2025-09-21T10:00:00Z")
    assert str(measured("connect.success", early, late)) == str(measured("connect.success", late, early)) == "2 s"
    machine = value("3 s", at="2025-09-19T10:00:00Z", grade="machine", by=None)
    found = measured("connect.success", early, machine, late)
    assert (str(found), found.grade) == ("3 s", Grade.MACHINE)
    assert [str(origin) for origin in found.origins] == ["1/evidence/v1.yaml"]


def test_two_values_at_the_same_time_are_unknown() -> None:
    found = measured("connect.success", value("1 s"), value("2 s"))
    assert found.value is None
    assert found.why_unknown == "several values of `connect.success` were recorded for one time"
    assert str(measured("connect.success", value("1 s"), value("1 s"))) == "1 s"


@pytest.mark.parametrize(
    ("name", "how", "found"),
    [
        ("connect.success", {}, "1 s"),
        ("connect.success phase=after", {}, "1 s"),
        ("connect.success phase=before", {}, "unknown"),
        ("connect.success phase=before", {"phase": "before", "commit": OLD}, "1 s"),
        ("connect.success", {"phase": "before", "commit": OLD}, "unknown"),
        ("connect.success environment=staging", {}, "1 s"),
        ("connect.success environment=production", {}, "unknown"),
        ("connect.success environment=staging", {"environment": None}, "unknown"),
        ("connect.success", {"name": "connect.success users=internal"}, "unknown"),
        ("connect.success users=internal", {"name": "connect.success users=internal"}, "1 s"),
        ("connect.success users=internal", {}, "unknown"),
        ("connect.other", {}, "unknown"),
        ("connect.success", {"name": "connect.success environment=staging"}, "1 s"),
        ("connect.success", {"name": "connect.success phase=after", "phase": None}, "1 s"),
    ],
)
def test_a_value_counts_for_its_phase_environment_and_part(name: str, how: Plain, found: str) -> None:
    assert str(measured(name, value("1 s", **how))) == found


@pytest.mark.parametrize(
    ("how", "grade"),
    [
        ({}, Grade.ATTESTED),
        ({"phase": None}, Grade.TRANSCRIBED),
        ({"name": "connect.success phase=after", "phase": None}, Grade.ATTESTED),
        ({"commit": OLD}, Grade.TRANSCRIBED),
        ({"commit": FIX}, Grade.ATTESTED),
        ({"commit": None}, Grade.TRANSCRIBED),
        ({"commit": None, "build": "build-7"}, Grade.ATTESTED),
        ({"by": None}, Grade.TRANSCRIBED),
    ],
)
def test_the_grade_of_a_value_depends_on_what_is_known_of_it(how: Plain, grade: Grade) -> None:
    assert measured("connect.success", value("1 s", **how)).grade is grade


def test_a_value_before_the_fix_counts_on_code_without_it() -> None:
    assert measured("connect.success phase=before", value("1 s", phase="before", commit=OLD)).grade is Grade.ATTESTED
