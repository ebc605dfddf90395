"""Ordinary good documents have almost no finding: the readmes of installed packages."""

from __future__ import annotations

from importlib.metadata import distributions

import pytest

from triagebook.audit import Document, audit

MOST = 30


def _readmes() -> list[tuple[str, str]]:
    found = {}
    for one in distributions():
        text = one.metadata.get_payload()
        if one.metadata.get("Description-Content-Type", "").startswith("text/markdown") and len(text) > 1000:
            found[one.name.lower()] = text
    return sorted(found.items())[:MOST]


def test_readmes_have_less_than_one_finding_in_ten_documents() -> None:
    readmes = _readmes()
    if len(readmes) < MOST:
        pytest.skip(f"only {len(readmes)} installed packages have a readme in Markdown")
    findings = [finding for name, text in readmes for finding in audit(Document(f"{name}.md", text))]
    assert len(findings) <= len(readmes) * 0.3, [f"{one.file}:{one.line} {one.code} {one.says}" for one in findings]
