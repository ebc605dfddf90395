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


def test_a_result_becomes_a_hit_with_file_and_line() -> None:
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


BASES = {
    "PROJECTROOT": {"uri": "file:///home/ci/shop/"},
    "SRC": {"uri": "src/", "uriBaseId": "PROJECTROOT"},
    "DEEP": {"uri": "deep", "uriBaseId": "SRC"},
    "LIB": {"uri": "file:///home/ci/shop/lib/"},
    "LOOP": {"uri": "x/", "uriBaseId": "LOOP"},
    "BARE": {"uriBaseId": "SRC"},
}


@pytest.mark.parametrize(
    ("artifact", "path"),
    [
        ({"uri": "a.c", "uriBaseId": "PROJECTROOT"}, "a.c"),
        ({"uri": "a.c", "uriBaseId": "SRC"}, "src/a.c"),
        ({"uri": "a.c", "uriBaseId": "DEEP"}, "src/deep/a.c"),
        ({"uri": "a.c", "uriBaseId": "LIB"}, "lib/a.c"),
        ({"uri": "a.c", "uriBaseId": "BARE"}, "src/a.c"),
        ({"uri": "a.c", "uriBaseId": "LOOP"}, "x/a.c"),
        ({"uri": "a.c", "uriBaseId": "UNKNOWN"}, "a.c"),
        ({"uri": "src/../b.c"}, "b.c"),
        ({"uri": "file:///home/ci/shop/a%20b.c"}, "a b.c"),
        ({"uri": "file://localhost/home/ci/shop/a.c"}, "a.c"),
        ({"uri": "/home/ci/shop/a.c"}, "a.c"),
        ({"uri": "file:///C:/code/shop/a.c"}, "a.c"),
        ({"uri": "c:\\code\\shop\\a.c"}, "a.c"),
        ({"uri": "src/c#/a.cs"}, "src/c#/a.cs"),
        ({"uri": "/home/ci/shopping/a.c"}, None),
        ({"uri": "https://x.org/a.c"}, None),
    ],
)
def test_bases_and_absolute_paths(artifact: dict[str, Any], path: str | None) -> None:
    """Bases may be relative to each other; absolute paths are below a base or below the given root."""
    place = {"physicalLocation": {"artifactLocation": artifact}}
    run = {"results": [{"message": {"text": "Bad"}, "locations": [place]}], "originalUriBaseIds": BASES}
    found = read(
        json.dumps({"version": "2.1.0", "runs": [run]}).encode(), "C:/code/shop" if "code" in str(artifact) else ""
    )
    assert [hit.path for hit in found.hits] == ([path] if path else [])


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"id": "default", "arguments": ["x", "y"]}, "`y` hides {x}"),
        ({"id": "shared"}, "For all"),
        ({"text": "{0} of {1}", "arguments": ["one"]}, "one of {1}"),
        ({"text": "a {0} literally"}, "a {0} literally"),
        ({"id": "unknown"}, ""),
        ({"markdown": "**m**"}, "**m**"),
    ],
)
def test_messages_by_id_with_arguments(message: dict[str, Any], says: str) -> None:
    rule = {"id": "R1", "messageStrings": {"default": {"text": "`{1}` hides {{{0}}}"}}}
    tool = {"driver": {"name": "Lint", "rules": [rule], "globalMessageStrings": {"shared": {"text": "For all"}}}}
    assert [hit.says for hit in log(result(message=message), tool=tool).hits] == [says]


def test_rules_of_an_extension() -> None:
    tool = {"driver": {"name": "Lint"}, "extensions": [{"name": "More", "rules": [{"id": "X1"}]}]}
    found = log(result(ruleId=None, rule={"index": 0, "toolComponent": {"index": 0}}), tool=tool)
    assert [hit.rule for hit in found.hits] == ["X1"]


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
        (b'{"version": "1.0.0", "runs": []}', "it is SARIF 1.0.0; only 2.1.0 is supported"),
        (b'{"version": "2.0.0-csd.2", "runs": []}', "it is SARIF 2.0.0-csd.2; only 2.1.0 is supported"),
        (b'{"runs": [5]}', "part of it is not valid SARIF"),
        (b"\xe9", "it is not valid UTF-8"),
    ],
)
def test_files_that_are_not_sarif_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.what.startswith(says)


def test_utf_16_is_read() -> None:
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
