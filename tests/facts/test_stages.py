"""The table of stages: one complete row for each, in the order of the stages."""

from __future__ import annotations

from triagebook.facts.base.facts import OF_VERDICT
from triagebook.facts.issue_facts import VERDICT_FACTS
from triagebook.facts.verdict.stages import STAGES, Stage


def test_each_stage_has_one_complete_row() -> None:
    assert [row.stage for row in STAGES] == list(Stage)
    assert all(row.meaning.endswith(".") for row in STAGES)
    assert {row.tone for row in STAGES} <= {"warning", "note", "tip"}


def test_the_families_of_the_verdict_are_reserved() -> None:
    assert {name.partition(".")[0] for name in VERDICT_FACTS} == OF_VERDICT
