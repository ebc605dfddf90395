"""Ordinary good documents have almost no finding: readmes of installed packages, guides of the system, and our own."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from triagebook.audit import MarkdownDocument, audit

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
    findings = [finding for name, text in readmes for finding in audit(MarkdownDocument(f"{name}.md", text))]
    assert len(findings) <= len(readmes) * 0.3, [f"{one.file}:{one.line} {one.code} {one.says}" for one in findings]


def test_guides_and_changelogs_have_less_than_one_finding_in_ten_documents() -> None:
    folders = (Path("/usr/share/doc"), Path("/usr/lib/node_modules/npm"))
    paths = sorted(path for folder in folders for path in folder.rglob("*.md") if path.stat().st_size < 60_000)[::4]
    if len(paths) < MOST:
        pytest.skip(f"only {len(paths)} Markdown files are in {' and '.join(map(str, folders))}")
    findings = [one for path in paths for one in audit(MarkdownDocument(path.name, path.read_text("utf-8", "replace")))]
    assert len(findings) <= len(paths) * 0.1, [f"{one.file}:{one.line} {one.code} {one.says}" for one in findings]


def test_our_own_documents_have_no_finding() -> None:
    paths = [*(ROOT / "site" / "guide").glob("*.md"), *ROOT.glob("*.md")]
    findings = [one for path in paths for one in audit(MarkdownDocument(path.name, path.read_text("utf-8")))]
    assert [f"{one.file}:{one.line} {one.code} {one.says}" for one in findings] == []
