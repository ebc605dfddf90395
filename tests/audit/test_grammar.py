"""Documents made by rule have no finding; the same ones with a contradiction of each kind have one at its line."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.audit.mutate import Mutant, mutants
from tests.audit.test_mutants import TREE
from tests.kit.books import book_of
from triagebook.audit import DOCUMENT_RULES, Known, MarkdownDocument, audit
from triagebook.facts.inquiry import Inquiry

KNOWN = Known(None, date(2026, 12, 1), TREE, date(2026, 8, 1), "notes.md")
OTHERS = "across-documents"  # the kind that is compared with another document
RECORD = "success-beyond-the-record"  # the kind that is compared with an issue


@cache
def _by_kind() -> dict[str, list[Mutant]]:
    kinds: dict[str, list[Mutant]] = {}
    for mutant in mutants(Path(__file__).parent / "grammar.txt"):
        kinds.setdefault(mutant.kind, []).append(mutant)
    return kinds


@pytest.fixture(scope="module")
def with_issue(tmp_path_factory: pytest.TempPathFactory) -> Known:
    book = book_of("severity: high", tmp_path_factory.mktemp("book")).book
    return replace(KNOWN, case=Inquiry(book).case("1"))


def _known(mutant: Mutant, with_issue: Known) -> Known:
    if mutant.kind == OTHERS:
        return replace(KNOWN, others=(MarkdownDocument("other.md", mutant.clean),))
    return with_issue if mutant.kind == RECORD else KNOWN


@pytest.mark.parametrize("kind", _by_kind())
def test_of_each_kind_95_percent_are_found_at_their_lines(kind: str, with_issue: Known) -> None:
    missed = []
    for mutant in _by_kind()[kind]:
        known = _known(mutant, with_issue)
        rules = [rule() for rule in DOCUMENT_RULES if rule.code in mutant.codes]
        wrong, clean = MarkdownDocument("notes.md", mutant.text), MarkdownDocument("notes.md", mutant.clean)
        found = {(one.code, one.line) for rule in rules if rule.is_for(wrong) for one in rule.find(wrong, known)}
        before = {(one.code, one.line) for rule in rules if rule.is_for(clean) for one in rule.find(clean, known)}
        if not any(line in mutant.lines for _, line in found - before):
            missed.append([wrong.raw[line - 1] for line in sorted(mutant.lines)])
    assert len(_by_kind()[kind]) >= 20
    assert len(missed) <= 0.05 * len(_by_kind()[kind]), missed


@pytest.mark.parametrize("kind", _by_kind())
def test_documents_without_a_contradiction_have_no_finding(kind: str, with_issue: Known) -> None:
    for mutant in _by_kind()[kind][::4]:
        found = audit(MarkdownDocument("notes.md", mutant.clean), _known(mutant, with_issue))
        assert [f"{one.line} {one.code} {one.says}" for one in found] == [], mutant.clean
