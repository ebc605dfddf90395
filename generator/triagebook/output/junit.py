"""Findings as JUnit XML, which test reports read: a case a finding, or one that passed where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from triagebook.findings import Finding, RuleNote, Severity

from .text import place

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(findings: Sequence[Finding], root: Path, rules: Sequence[RuleNote] = ()) -> str:
    """Errors are failures; what is accepted or less than an error is skipped, with its text."""
    names = {rule.code: rule.name for rule in rules}
    failures = sum(_fails(finding) for finding in findings)
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
    for finding in findings:
        title = f"{finding.code} {names.get(finding.code, '')} {finding.line}:{finding.column}"
        where = {"classname": _xml((root / finding.file).as_posix()), "name": _xml(title)}
        case = ET.SubElement(suite, "testcase", where)
        attributes = {"message": _xml(finding.says)} | ({"type": finding.code} if _fails(finding) else {})
        answer = ET.SubElement(case, "failure" if _fails(finding) else "skipped", attributes)
        accepted = f"\naccepted by {finding.accepted}" if finding.accepted else ""
        answer.text = _xml(f"{place(finding, root)}\n{finding.do}{accepted}")
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _fails(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and not finding.accepted


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
