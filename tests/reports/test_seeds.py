"""The documents that the book was made from: each of their facts stands in a report of the issue, with its source."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from tests.kit.paths import BOOK
from tests.kit.reports import real, written
from triagebook.reports import KINDS
from triagebook.store.yaml import read_plain

LISTS = [read_plain(path.read_text("utf-8")) for path in sorted((BOOK.parent / "tests" / "book").glob("seeds-*"))]
DOCUMENTS = (
    "1184-remediation-plan.md",
    "1184-test-plan.md",
    "1184-test-execution-plan.md",
    "1231-test-strategy.md",
    "1231-validation-report.md",
)
HEAD = {("1184-test-execution-plan.md", 249)}  # the address of the issue, which stands in the head without a source


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_fact_of_a_document_is_in_a_full_report(document: str) -> None:
    facts: list[Any] = next(of["facts"][document] for of in LISTS if document in of["facts"])
    told = cited(document, full(document[:4]))
    lost = [
        f"line {fact['line']}: {fact['says']}"
        for fact in facts
        if not {(document, line) for line in lines(fact["line"])} <= {(document, line) for line in told} | HEAD
    ]
    assert lost == []


@cache
def full(issue_id: str) -> str:
    return "\n".join(written(real(issue_id), kind, "md", BOOK, full=True) for kind in KINDS)


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
