"""SARIF: files, lines, rules, and the scanned commit."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triagebook.intake.input_text import UnreadableError
from triagebook.intake.sarif import SarifHit, SarifLog, read

SHA = "5222b25608c3a1b2c3d4e5f60718293a4b5c6d7e"


def result(uri: str = "src/a.py", line: int = 3, **more: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line, "snippet": {"text": "  x = 1\n"}}}
    return {"ruleId": "R1", "message": {"text": "Bad"}, "locations": [{"physicalLocation": place}], **more}


def log(*results: dict[str, Any], **run: Any) -> SarifLog:
    whole = {"tool": {"driver": {"name": "Lint", "version": "1.2"}}, "results": list(results), **run}
    return read(json.dumps({"version": "2.1.0", "runs": [whole]}).encode())


def test_a_result() -> None:
    found = log(result(), versionControlProvenance=[{"repositoryUri": "https://x.org/a", "revisionId": SHA.upper()}])
    assert found.hits == [SarifHit("src/a.py", 3, "x = 1", "Bad", "R1")]
    assert (found.tools, found.repositories, found.commits) == (["Lint 1.2"], {"https://x.org/a"}, {SHA})


def test_results_are_sorted_and_unique() -> None:
    found = log(result(line=9), result(line=3), result(line=9))
    assert [hit.line for hit in found.hits] == [3, 9]


def test_suppressed_results_are_left_out() -> None:
    found = log(
        result(suppressions=[{"kind": "inSource"}]), result(baselineState="absent"), result(kind="pass"),
        result(suppressions=[{"kind": "external", "status": "rejected"}]), {"message": {"text": "no place"}},
    )  # fmt: skip
    assert (len(found.hits), found.suppressed, found.placeless) == (1, 3, 1)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/a%20b.py", "src/a b.py"),
        ("src\\a.py", "src/a.py"),
        ("file:///repo/src/a.py", "src/a.py"),
        ("file:///elsewhere/a.py", None),
        ("/etc/passwd", None),
        ("../a.py", None),
        ("https://x.org/a.py", None),
        ("", None),
    ],
)
def test_paths_are_relative_to_the_repository(uri: str, path: str | None) -> None:
    """Files elsewhere are listed and left out."""
    found = log(result(uri), originalUriBaseIds={"%SRCROOT%": {"uri": "file:///repo/"}})
    assert [hit.path for hit in found.hits] == ([path] if path else [])
    assert len(found.outside) == (0 if path else 1)


def test_rules_and_files_by_index() -> None:
    by_index = {
        "ruleIndex": 0, "message": {},
        "locations": [{"physicalLocation": {"artifactLocation": {"index": 0}}}],
    }  # fmt: skip
    tool = {"driver": {"name": "Lint", "rules": [{"id": "R9"}]}}
    found = log(by_index, tool=tool, artifacts=[{"location": {"uri": "a.c"}}])
    assert found.hits == [SarifHit("a.c", 0, "", "", "R9")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is empty"),
        (b"{", "it is not valid JSON"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"{}", "it is JSON, but not SARIF"),
        (b'{"version": "1.0.0", "runs": []}', "it is SARIF 1.0.0; only 2.x is supported"),
        (b'{"runs": [5]}', "part of it is not valid SARIF"),
        (b"\xe9", "it is not valid UTF-8"),
    ],
)
def test_files_that_are_not_sarif_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.what.startswith(says)


def test_utf_16() -> None:
    assert read(json.dumps({"runs": []}).encode("utf-16")).hits == []


KEYS = ["tool", "driver", "results", "locations", "physicalLocation", "artifactLocation", "uri", "region", "startLine",
        "message", "text", "ruleIndex", "artifacts", "suppressions", "versionControlProvenance"]  # fmt: skip
JSON = st.recursive(
    st.none() | st.integers(-3, 9) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(run=JSON)
def test_any_run_is_read_or_refused(run: object) -> None:
    with suppress(UnreadableError):
        read(json.dumps({"runs": [run]}).encode())
