"""Findings as JUnit XML: one test case per finding, or one that passed if there are none."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from triagebook.findings import Finding

from .check_result import CheckResult
from .text import place

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: CheckResult) -> str:
    """Findings that fail the check are failures; accepted, known and minor ones are skipped, with their text."""
    known = report.known or ()
    findings = len(report.findings) + len(known)
    failures = sum(map(report.fails, report.findings))
    numbers = {"tests": max(findings, 1), "failures": failures, "errors": 0, "skipped": findings - failures}
    counts = {name: str(number) for name, number in numbers.items()}
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
