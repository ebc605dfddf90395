"""Rules about evidence: who vouches for it, where it was observed, and its seal."""

from __future__ import annotations

import pytest

from tests.kit.books import at, said
from triagebook.model.evidence import seal_of
from triagebook.store.yaml import read_plain


def seen(name: str, results: str, **keys: str) -> str:
    """A run that a person attests; an empty key leaves it out."""
    given = {"kind": "tests", "grade": "attested", "at": "2025-09-20", "by": "backend", "environment": "local"}
    given |= {"phase": "after", "commit": "ab14a73d8", "suite": "unit", "results": results} | keys
    body = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
    return f"# evidence/{name}.yaml\n{body}"


def sealed(text: str) -> str:
    head, _, body = text.partition("\n")
    return f"{head}\n{body}seal: {seal_of(read_plain(body))}\n"


ONE = "{test_connects: passed}"


FILE = f"{{name: junit.xml, sha256: 'sha256:{'5e' * 32}'}}"


def test_a_matching_seal_is_accepted() -> None:
    assert not said(sealed(seen("a", ONE, grade="machine", dirty="false")), "TB403")


def test_edited_evidence_is_found() -> None:
    text = sealed(seen("a", "{test_connects: failed}", grade="machine")).replace("failed", "passed")
    assert said(text, "TB403") == [
        "1/evidence/a.yaml:10: the seal does not match the content: the evidence was changed after it was recorded"
    ]


def test_edited_attested_evidence_is_found() -> None:
    assert at(sealed(seen("a", ONE)).replace("2025-09-20", "2025-09-21"), "TB403") == [("seal",)]


def test_machine_evidence_without_a_seal_is_found() -> None:
    assert said(seen("a", ONE, grade="machine"), "TB403") == [
        "1/evidence/a.yaml:2: machine evidence without a seal: triagebook did not write it"
    ]


@pytest.mark.parametrize("grade", ["attested", "transcribed"])
def test_transcribed_evidence_needs_no_seal(grade: str) -> None:
    assert not said(seen("a", ONE, grade=grade), "TB403")


@pytest.mark.parametrize(
    ("keys", "missing"),
    [
        ({"environment": ""}, "`environment`"),
        ({"phase": ""}, "`phase`"),
        ({"commit": ""}, "`commit` or `build`"),
        ({"environment": "", "phase": "", "commit": ""}, "`environment`, `phase` and `commit` or `build`"),
    ],
)
@pytest.mark.parametrize("grade", ["attested", "machine"])
def test_missing_environment_phase_or_commit_is_found(grade: str, keys: dict[str, str], missing: str) -> None:
    text = seen("a", ONE, **{"grade": grade} | keys)
    assert said(text, "TB404") == [f"1/evidence/a.yaml:1: {grade} evidence has no {missing}"]


def test_an_observation_needs_no_phase() -> None:
    assert not said(seen("a", "", kind="observation", says="It opens", phase="", suite=""), "TB404")


@pytest.mark.parametrize("keys", [{"commit": "", "build": "backend-1"}, {"grade": "transcribed", "environment": ""}])
def test_a_build_replaces_a_commit_and_transcripts_may_say_less(keys: dict[str, str]) -> None:
    assert not said(seen("a", ONE, **keys), "TB404")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"by": ""}, "the evidence is attested, but names no person in `by`"),
        (
            {"grade": "transcribed"},
            "the evidence is transcribed, but names no document in `from`",
        ),
    ],
)
def test_evidence_without_person_or_document_is_found(keys: dict[str, str], says: str) -> None:
    assert said(seen("a", ONE, **keys), "TB405") == [f"1/evidence/a.yaml:2: {says}"]


@pytest.mark.parametrize(
    "keys", [{}, {"grade": "machine", "by": ""}, {"grade": "transcribed", "by": "", "from": "https://example.org"}]
)
def test_evidence_with_person_or_document_is_accepted(keys: dict[str, str]) -> None:
    assert not said(seen("a", ONE, **keys), "TB405")


def test_an_assistant_can_not_attest() -> None:
    text = seen("a", ONE, by="robot") + "# catalog.yaml\npeople: {robot: {title: Robot, kind: assistant}}"
    says = "the evidence is attested by `robot`, an assistant: only a person can vouch"
    assert said(text, "TB405") == [f"1/evidence/a.yaml:4: {says}"]


def test_attested_evidence_without_a_seal_is_found() -> None:
    assert said(seen("a", ONE), "TB429") == [
        "1/evidence/a.yaml:2: the evidence is attested but has no seal, so it is only a statement"
    ]


@pytest.mark.parametrize("text", [sealed(seen("a", ONE)), seen("a", ONE, grade="machine")])
def test_attested_evidence_with_a_seal_is_accepted(text: str) -> None:
    assert not said(text, "TB429")


@pytest.mark.parametrize("other", [{"environment": "staging"}, {"phase": "before"}, {"commit": "5222b2560"}])
def test_one_file_recorded_for_two_runs_is_found(other: dict[str, str]) -> None:
    text = seen("a", ONE, source=FILE) + seen("b", ONE, **{"source": FILE} | other)
    says = "`junit.xml` was also recorded for another environment, phase or commit"
    assert said(text, "TB428") == [f"1/evidence/a.yaml:10: {says}", f"1/evidence/b.yaml:10: {says}"]


@pytest.mark.parametrize("other", ["", FILE, FILE.replace("5e", "6f")])
def test_two_files_or_one_run_are_accepted(other: str) -> None:
    assert not said(seen("a", ONE, source=FILE) + seen("b", ONE, source=other), "TB428")
