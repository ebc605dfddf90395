"""Findings as SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from triagebook import __version__
from triagebook.findings import Finding, RuleDescription
from triagebook.text import visible

from .check_result import CheckResult


def render(report: CheckResult) -> str:
    """One run of the tool, with the rules that it knows."""
    driver = {"name": "triagebook", "version": __version__, "rules": [_rule(rule) for rule in report.rules]}
    state = None if report.known is None else "new"
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            *(_result(finding, report, state) for finding in report.findings),
            *(_result(finding, report, "unchanged") for finding in report.known or ()),
        ],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: type[RuleDescription]) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Finding, report: CheckResult, state: str | None) -> dict[str, Any]:
    uri, region = _uri(report.place(finding)), {"startLine": finding.line, "startColumn": finding.column}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": visible(f"{finding.says}. {finding.do[:1].upper()}{finding.do[1:]}")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
    }
    if finding.accepted:
        result["suppressions"] = [{"kind": "inSource", "justification": visible(finding.accepted)}]
    return result | ({"baselineState": state} if state else {})


def _uri(place: str) -> str:
    """The URI of a file: relative to the checkout, or absolute if the book is outside it."""
    path = PurePath(place)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(place))


def _fingerprint(finding: Finding) -> str:
    """A fingerprint that stays the same when a finding moves to another line."""
    what = "\0".join([finding.code, finding.file, ".".join(map(str, finding.field)), finding.says])
    return hashlib.sha256(what.encode(errors="surrogatepass")).hexdigest()[:32]
