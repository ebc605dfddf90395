"""A record that is written reads back as it was meant, whatever it holds; its file has a name of its own."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagebook.errors import TriagebookError
from triagebook.intake.clean_text import clean, error_text, joined
from triagebook.model.evidence import seal_of
from triagebook.recording.evidence_file import EvidenceDraft, finished
from triagebook.store.yaml import read_plain

AT = "2026-01-02T03:04:05Z"


def draft(**more: Any) -> EvidenceDraft:
    plain = {"kind": "tests", "grade": "machine", "at": AT, "environment": "local", "results": {"test_x": "passed"}}
    return EvidenceDraft("unit", plain | more)


def text_of(made: Any) -> str:
    return str(next(iter(made.files.values())).decode())


def test_evidence_names_its_schema_and_has_a_seal() -> None:
    """Its first line tells editors the schema; its seal is that of what is read back."""
    made = finished("7", draft(commit=None, note=""), ())
    assert list(made.files) == ["7/evidence/2026-01-02T030405Z-unit-local.yaml"]
    text = text_of(made)
    assert text.startswith("# yaml-language-server: $schema=../../.schema/evidence.json\nkind: tests\n")
    plain = read_plain(text)
    assert isinstance(plain, dict)
    assert plain["seal"] == seal_of(plain)
    assert {"commit", "note"}.isdisjoint(plain)
    assert made.record.sealed


def test_a_taken_name_gets_a_number() -> None:
    """Evidence is appended, never replaced."""
    names = [finished("7", draft(), taken).name for taken in ([], ["2026-01-02T030405Z-unit-local"])]
    assert names == ["2026-01-02T030405Z-unit-local", "2026-01-02T030405Z-unit-local-2"]


@pytest.mark.parametrize(
    ("at", "what", "environment", "name"),
    [
        ("2026-01-02", "value", None, "2026-01-02-value"),
        (AT, "s" * 300, "e" * 300, f"2026-01-02T030405Z-{'s' * 60}-{'e' * 60}"),
    ],
)
def test_a_file_name_has_time_suite_and_environment(at: str, what: str, environment: str | None, name: str) -> None:
    """Time, suite or kind, environment; never too long."""
    assert finished("7", EvidenceDraft(what, draft(at=at, environment=environment).plain), ()).name == name


def test_a_kept_source_is_compressed_beside_the_evidence() -> None:
    """Compressed, beside the record, and the same bytes for the same file."""
    source = {"name": "my results: a/b.xml", "sha256": "sha256:" + "0" * 64}
    one = EvidenceDraft("unit", draft(source=source).plain, kept=b"<testsuite/>")
    first, second = (finished("7", one, ()) for _ in range(2))
    assert first.files == second.files
    place, data = list(first.files.items())[1]
    assert re.fullmatch(r"7/evidence/2026-01-02T030405Z-unit-local-[0-9a-f]{8}-my-results-a-b\.xml\.gz", place)
    assert gzip.decompress(data) == b"<testsuite/>"


def test_attachments_are_kept_beside_the_evidence() -> None:
    """One that looks like a record is given another ending."""
    plain = {"kind": "observation", "grade": "attested", "at": AT, "says": "It fails", "by": "developer"}
    made = finished("7", EvidenceDraft("observation", plain, attached={"a b.png": b"1", "c.yaml": b"2"}), ())
    name = "2026-01-02T030405Z-observation"
    assert list(made.files)[1:] == [f"7/evidence/{name}-a-b.png", f"7/evidence/{name}-c.yaml.txt"]
    assert [str(path) for path in made.record.attached] == [f"{name}-a-b.png", f"{name}-c.yaml.txt"]  # type: ignore[attr-defined]


def test_invalid_evidence_is_refused_before_writing() -> None:
    """It is an error for people, and nothing was written."""
    with pytest.raises(TriagebookError, match=r"the evidence would not be valid: .*is not a commit"):
        finished("7", draft(commit="main"), ())


def test_evidence_over_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record has at most 10 MB; here the limit is one."""
    monkeypatch.setattr("triagebook.recording.evidence_file.MAX_BYTES", 1_000_000)
    results = {f"test_{number}": {"outcome": "failed", "error": "x" * 3_900} for number in range(280)}
    with pytest.raises(TriagebookError, match=r"the evidence is 1 MB, over the limit of 1"):
        finished("7", draft(results=results), ())


@given(st.text(), st.text(), st.text())
def test_any_text_is_read_back_unchanged(name: str, error: str, output: str) -> None:
    """What runners and commands print is kept as it reads back."""
    results = {joined(name): {"outcome": "failed", "error": error_text(error)}}
    results = {key: {k: v for k, v in value.items() if v} for key, value in results.items()}
    printed = clean(output).strip("\n")
    made = finished("7", draft(results=results, output=printed if printed.strip() else None), ())
    assert made.record.sealed
    assert list(made.record.results) == [joined(name)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["<<", "null", "~", "- x", "a: b", "#x", "&a", "*a", "!a", "{a}", "[a]", "'", '"', "\\", "%", "@a", "`a`",
             "? x", ": x", "1184", "true", "a #b", "=", "|", ">", "\u2028", "é", "😀", "y" * 400],
)  # fmt: skip
def test_names_that_look_like_other_yaml_types_stay_text(name: str) -> None:
    """Names that YAML would take for something else."""
    results = {joined(name): {"outcome": "failed", "error": name.strip() or "x"}}
    made = finished("7", draft(results=results), ())
    assert list(made.record.results) == [joined(name)]  # type: ignore[attr-defined]
