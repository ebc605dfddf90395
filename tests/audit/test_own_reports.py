"""What triagebook writes holds against its own audit: every kind of report, of every story, has no finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.kit.paths import BOOK, ROOT
from triagebook.audit import MarkdownDocument, audit
from triagebook.cli.report import document
from triagebook.facts.inquiry import Inquiry
from triagebook.reports import KINDS, make
from triagebook.store.load import load

BOOKS = (BOOK, ROOT / "tests" / "site" / "full", ROOT / "tests" / "story" / "book")
DAY = date(2026, 11, 30)
CITES = {"claims-report"}  # it lists what other documents state, right or wrong


@pytest.mark.parametrize("book", BOOKS, ids=("real", "full", "tutorial"))
@pytest.mark.parametrize("kind", sorted(set(KINDS) - CITES))
def test_a_report_passes_its_own_audit(book: Path, kind: str) -> None:
    loaded = load(book)
    for case in Inquiry(loaded.book, day=DAY).cases.values():
        text = document(make(kind, case), "md", loaded.root, loaded.root)
        found = audit(MarkdownDocument(f"{kind}.md", text))
        assert [f"{case.entry.id}:{one.line} {one.code} {one.says}" for one in found] == []
