"""An independent JUnit reader finds each case and its outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from tests.kit.findings import FINDINGS, RULES, finding
from triagebook.findings import Finding, Level
from triagebook.output.check_result import CheckResult
from triagebook.output.junit import render


def read(*findings: Finding, **more: Any) -> TestSuite:
    """The one suite, as junitparser has it."""
    xml = JUnitXml.fromstring(render(CheckResult(findings, Path("issues"), RULES, **more)).encode())
    (suite,) = xml
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (
        suite.tests,
        suite.failures,
        suite.errors,
        suite.skipped,
    )
    return suite


def answer(case: TestCase) -> Any:
    (found,) = case.result
    return found


def test_a_clean_check_has_one_passing_case() -> None:
    """A report without a case would count as no report."""
    suite = read()
    (case,) = suite
    assert (suite.tests, suite.failures, suite.skipped) == (1, 0, 0)
    assert case.is_passed


def test_an_error_is_a_failure() -> None:
    (case,) = read(finding(line=3, column=7))
    assert (case.classname, case.name) == ("issues/9/issue.yaml", "TB301 first 3:7")
    failure = answer(case)
    assert isinstance(failure, Failure)
    assert (failure.message, failure.type) == ("it is wrong", "TB301")
    assert failure.text == "issues/9/issue.yaml:3:7\nmend it"


def test_a_finding_that_does_not_fail_the_check_is_skipped() -> None:
    suite = read(
        finding(severity=Level.WARNING),
        finding(accepted="backend, until 2026-01-01: a reason"),
        known=[finding(line=9)],
    )
    assert (suite.tests, suite.failures, suite.skipped) == (3, 0, 3)
    texts = [answer(case).text for case in suite]
    assert "accepted by backend, until 2026-01-01: a reason" in texts[1]
    assert "in the baseline" in texts[2]


def test_a_warning_is_a_failure_in_a_strict_check() -> None:
    suite = read(finding(severity=Level.WARNING), strict=True)
    assert suite.failures == 1


@given(FINDINGS)
def test_any_findings_give_valid_xml_with_correct_counts(findings: list[Finding]) -> None:
    """The counts are those of the cases, and what XML can't hold does not break it."""
    suite = read(*findings)
    cases = list(suite)
    assert len(cases) == suite.tests == max(len(findings), 1)
    assert sum(isinstance(r, Failure) for case in cases for r in case.result) == suite.failures
    assert sum(isinstance(r, Skipped) for case in cases for r in case.result) == suite.skipped


@given(FINDINGS)
def test_messages_are_kept_except_for_characters_outside_xml(findings: list[Finding]) -> None:
    """But for characters that XML has no way to write."""
    xml = render(CheckResult(findings, Path("issues"), RULES))
    said = [node.attrib["message"] for node in ET.fromstring(xml).iter() if "message" in node.attrib]  # noqa: S314
    for found, words in zip(findings, said, strict=True):
        assert len(words) == len(found.says)
        assert all(a in (b, "\ufffd") for a, b in zip(words, found.says, strict=True))
