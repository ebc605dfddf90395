"""The documents that the book was made from: each of their lines stands in the report of its kind, with its source."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.kit.paths import BOOK
from tests.kit.reports import real, written
from triagebook.store.yaml import read_plain

LISTS = [read_plain(path.read_text("utf-8")) for path in sorted((BOOK.parent / "tests" / "book").glob("seeds-*"))]
KINDS = {
    "1184-remediation-plan.md": "remediation-checklist",
    "1184-test-plan.md": "test-plan",
    "1184-test-execution-plan.md": "execution-plan",
    "1231-test-strategy.md": "test-strategy",
    "1231-validation-report.md": "validation-report",
}
HEAD = {("1184-test-execution-plan.md", 249)}  # the address of the issue, which stands in the head without a source


@pytest.mark.parametrize("document", KINDS)
def test_every_fact_of_a_document_is_in_the_report_of_its_kind(document: str) -> None:
    facts: list[Any] = next(of["facts"][document] for of in LISTS if document in of["facts"])
    told = cited(document, written(real(document[:4]), KINDS[document], "md", BOOK, full=True))
    lost = [
        f"line {fact['line']}: {fact['says']}"
        for fact in facts
        if not {(document, line) for line in lines(fact["line"])} <= {(document, line) for line in told} | HEAD
    ]
    assert lost == []


def test_a_line_that_is_not_cited_is_missed() -> None:
    assert cited("a.md", "So it is (b.md, line 1; a.md, lines 2, 4 to 6), and (a.md, line 9)") == {2, 4, 5, 6, 9}


def cited(document: str, text: str) -> set[int]:
    """The lines of a document that a report names as its sources."""
    found = re.findall(re.escape(document) + r", lines? ((?:\d+(?: to \d+)?(?:, )?)+)", text)
    return {line for said in found for part in re.findall(r"\d+(?: to \d+)?", said) for line in lines(part)}


def lines(text: Any) -> set[int]:
    """`3`, `3-5`, `3 to 5` or a list of these -> the numbers."""
    parts = text if isinstance(text, list) else [text]
    ends = [re.findall(r"\d+", str(part)) for part in parts]
    return {line for end in ends for line in range(int(end[0]), int(end[-1]) + 1)}
