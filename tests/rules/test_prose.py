"""Rules about vague and unsupported wording."""

from __future__ import annotations

import pytest

from tests.kit.books import findings_of


def said(text: str, code: str) -> list[str]:
    return [finding.says for finding in findings_of(text, select=code)]


def test_the_rules_are_quiet_by_default() -> None:
    assert not findings_of("summary: Various things always fail.")


@pytest.mark.parametrize(
    "words", ["multiple calls", "Several calls", "throughout the code", "~47 places", "16 of 18+ files"]
)
def test_vague_words_are_found(words: str) -> None:
    assert len(said(f"summary: It is {words}.", "TB701")) == 1


def test_all_vague_words_of_a_text_are_one_finding() -> None:
    assert said("summary: Various calls in several files.", "TB701") == [
        "`Various`, `several` does not say how many or which"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "summary: Four calls, in `several/various.py`",
        "# claims/a.yaml\nclaims: [{says: Multiple calls}]",
        "symptoms: [multiple values for argument]",
        "summary: C++ and 2 + 3",
    ],
)
def test_precise_words_are_accepted(text: str) -> None:
    assert not said(text, "TB701")


@pytest.mark.parametrize(
    "words", ["always fails", "fully validated", "100 % fixed", "100% fixed", "is production-ready"]
)
def test_unsupported_certainty_is_found(words: str) -> None:
    assert len(said(f"summary: It {words}.", "TB702")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "summary: Of the tests, {{ tests.pass_rate phase=after }} pass, always.",
        "summary: It does not always fail.",
        "criteria: {c: {says: Every request is fully answered, target: 100 %}}",
    ],
)
def test_supported_certainty_is_accepted(text: str) -> None:
    assert not said(text, "TB702")
