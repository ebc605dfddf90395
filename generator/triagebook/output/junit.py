"""Findings as JUnit XML: one test case per finding, or one that passed if there are none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from .text import place

if TYPE_CHECKING:
    from triagebook.findings import Finding

    from .check_result import CheckResult

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: CheckResult) -> str:
    """Findings that fail the check are failures; accepted, known and minor ones are skipped, with their text."""
    known = report.known or ()
    findings = [*report.findings, *known]
    failures = sum(map(report.fails, report.findings))
    counts = {
        "tests": str(max(len(findings), 1)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(len(findings) - failures),
    }
    suites = ET.Element("testsuites", {"name": "triagebook", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "triagebook check", **counts})
    if not findings:
        ET.SubElement(suite, "testcase", classname="triagebook", name="the records hold together")
    for finding in report.findings:
        accepted = f"accepted by {finding.accepted}" if finding.accepted else ""
        _add(suite, finding, report, accepted, failed=report.fails(finding))
    for finding in known:
        _add(suite, finding, report, "in the baseline", failed=False)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _add(suite: ET.Element, finding: Finding, report: CheckResult, excuse: str, *, failed: bool) -> None:
    title = f"{report.title(finding)} {finding.line}:{finding.column}"
    where = {"classname": _xml(report.place(finding)), "name": _xml(title)}
    case = ET.SubElement(suite, "testcase", where)
    attributes = {"message": _xml(finding.says)} | ({"type": finding.code} if failed else {})
    answer = ET.SubElement(case, "failure" if failed else "skipped", attributes)
    answer.text = _xml("\n".join([place(finding, report.root), finding.do, *([excuse] if excuse else [])]))


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
