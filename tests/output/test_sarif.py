"""The SARIF is valid for an independent reader and complete for GitHub's code scanning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from sarif_pydantic import Level as SarifLevel
from sarif_pydantic import Result, Run, Sarif

from tests.kit.findings import FINDINGS, RULES, finding
from triagebook import __version__
from triagebook.findings import Finding, Level
from triagebook.output.check_result import CheckResult
from triagebook.output.sarif import render
from triagebook.rules import RULES as ALL_RULES


def run_of(*findings: Finding, root: Path = Path("issues"), **more: Any) -> Run:
    """The one run, as sarif-pydantic has it."""
    sarif = Sarif.model_validate_json(render(CheckResult(findings, root, RULES, **more)))
    assert sarif.version == "2.1.0"
    (run,) = sarif.runs
    return run


def results(run: Run) -> list[Result]:
    return [*(run.results or [])]


def uri(result: Result) -> str:
    (location,) = result.locations or []
    assert location.physical_location
    assert location.physical_location.artifact_location
    return str(location.physical_location.artifact_location.uri)


def test_the_tool_and_its_rules_are_listed() -> None:
    driver = run_of().tool.driver
    assert (driver.name, driver.version) == ("triagebook", __version__)
    assert [rule.id for rule in driver.rules or []] == ["TB301", "TB302", "TB305"]


def test_a_finding_becomes_a_result_at_its_position() -> None:
    (result,) = results(run_of(finding("TB302", Level.WARNING, line=3, column=7)))
    assert (result.rule_id, result.level) == ("TB302", SarifLevel.WARNING)
    assert result.message.text == "it is wrong. Mend it"
    assert uri(result) == "issues/9/issue.yaml"
    (location,) = result.locations or []
    assert location.physical_location
    region = location.physical_location.region
    assert region
    assert (region.start_line, region.start_column) == (3, 7)


def raw_results(*findings: Finding, **more: Any) -> list[dict[str, Any]]:
    """The results without an eye for what they must be."""
    found: list[dict[str, Any]] = json.loads(render(CheckResult(findings, Path("issues"), RULES, **more)))["runs"][0][
        "results"
    ]
    return found


def test_an_accepted_finding_is_suppressed() -> None:
    (result,) = raw_results(finding(accepted="backend, until 2026-01-01: a reason"))
    assert result["suppressions"] == [{"kind": "inSource", "justification": "backend, until 2026-01-01: a reason"}]


def test_a_known_finding_is_unchanged() -> None:
    (result,) = raw_results(finding())
    assert "baselineState" not in result
    states = [result["baselineState"] for result in raw_results(finding(), known=[finding(line=9)])]
    assert states == ["new", "unchanged"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("9/issue.yaml", "issues/9/issue.yaml"),
        ("9 a/50%#?.yaml", "issues/9%20a/50%25%23%3F.yaml"),
        ("9/价.yaml", "issues/9/%E4%BB%B7.yaml"),
        ("a:b.yaml", "issues/a%3Ab.yaml"),
        ("\udcff.yaml", "issues/%FF.yaml"),
    ],
)
def test_a_uri_is_relative_and_percent_encoded(file: str, expected: str) -> None:
    (result,) = results(run_of(finding(file=file)))
    assert uri(result) == expected


def test_a_book_at_the_root_of_the_checkout_has_short_uris() -> None:
    (result,) = results(run_of(finding(), root=Path()))
    assert uri(result) == "9/issue.yaml"


def test_a_book_outside_the_checkout_has_absolute_uris() -> None:
    (result,) = results(run_of(finding(), root=Path("/some where/issues")))
    assert uri(result) == "file:///some%20where/issues/9/issue.yaml"


def test_a_finding_on_another_line_keeps_its_fingerprint() -> None:
    one, moved, other = results(run_of(finding(line=3), finding(line=8), finding(says="something else")))
    assert one.partial_fingerprints == moved.partial_fingerprints != other.partial_fingerprints


@given(FINDINGS)
def test_every_property_required_by_code_scanning_is_present(findings: list[Finding]) -> None:
    """The properties that GitHub's documentation calls required, and the limits it sets."""
    document = json.loads(render(CheckResult(findings, Path("issues"), RULES)))
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result, found in zip(run["results"], findings, strict=True):
        assert isinstance(result["message"]["text"], str)
        assert result["partialFingerprints"]
        (location,) = result["locations"]
        address = urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
        assert [address.scheme, address.netloc, address.query, address.fragment] == [""] * 4
        assert unquote(address.path) == f"issues/{found.file}"
        assert address.path.isascii()
        region = location["physicalLocation"]["region"]
        assert min(region.values()) >= 1
        assert "ruleIndex" not in result or rules[result["ruleIndex"]]["id"] == result["ruleId"]
        Sarif.model_validate(document)


def test_every_rule_has_the_texts_that_code_scanning_shows() -> None:
    document = json.loads(render(CheckResult([], Path("issues"), ALL_RULES)))
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == len(ALL_RULES)
    for rule in rules:
        assert len(rule["name"]) <= 255
        for part in ("shortDescription", "fullDescription", "help"):
            assert 0 < len(rule[part]["text"]) <= 1024
