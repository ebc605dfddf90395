"""Every rule for documents finds its bad example, and nothing in its good one."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.kit.books import book_of
from triagebook.audit import DOCUMENT_RULES, DocumentRule, Known, MarkdownDocument, audit, words
from triagebook.code.tree import SourceTree
from triagebook.facts.inquiry import Inquiry

EVERY_RULE = pytest.mark.parametrize("rule", DOCUMENT_RULES, ids=lambda rule: rule.code)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    book = book_of("severity: high", tmp_path_factory.mktemp("book")).book
    return Known(Inquiry(book).case("1"), date(2026, 6, 1))


def _codes(rule: type[DocumentRule], text: str, known: Known) -> list[str]:
    tree = SourceTree(
        "app at 1a2b3c4", rule.source, lambda path: rule.source[path].encode(), lambda commit: commit == "1a2b3c4"
    )
    case = known.case if rule.with_issue else None
    findings = audit(
        MarkdownDocument("notes.md", text), Known(case, known.day, tree if rule.source else None, place="notes.md")
    )
    assert all(finding.says and finding.do and finding.line >= 1 for finding in findings)
    return [finding.code for finding in findings]


@EVERY_RULE
def test_the_bad_example_has_the_finding(rule: type[DocumentRule], known: Known) -> None:
    assert rule.code in _codes(rule, rule.bad, known)


@EVERY_RULE
def test_the_good_example_has_none(rule: type[DocumentRule], known: Known) -> None:
    assert rule.code not in _codes(rule, rule.good, known)


@EVERY_RULE
def test_a_rule_documents_itself(rule: type[DocumentRule]) -> None:
    assert re.fullmatch(r"TB8\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.summary().endswith(".")
    assert "\n" not in rule.summary()
    assert rule.why
    assert rule.remedy


def test_codes_and_names_are_given_once() -> None:
    for given in (Counter(rule.code for rule in DOCUMENT_RULES), Counter(rule.name for rule in DOCUMENT_RULES)):
        assert not [name for name, times in given.items() if times > 1]


def test_every_entry_of_the_vocabulary_is_used() -> None:
    folder = Path(words.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    text = (folder / "words.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text).values():
        for kind, entries in table.items():
            uses = (
                re.findall(r"\{([a-z_]+)\}", text) if kind == "parts" else re.findall(r"WORDS\.(?:each\(.)?(\w+)", code)
            )
            assert set(entries) <= set(uses)
