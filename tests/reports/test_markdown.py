"""The Markdown of every report of every story is clean GitHub-flavoured Markdown."""

from __future__ import annotations

import re

import pytest

from tests.kit.markdown import assert_read_alike, assert_tidy
from tests.kit.reports import cases, written
from triagebook import markdown
from triagebook.reports import KINDS

EVERY = [pytest.param(name, kind, id=f"{name}-{kind}") for name in cases() for kind in KINDS]


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_the_markdown_is_tidy_and_read_alike(name: str, kind: str) -> None:
    case, root = cases()[name]
    text = written(case, kind, "md", root)
    assert_tidy(text)
    assert_read_alike(text)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_every_row_of_a_table_has_the_columns_of_its_head(name: str, kind: str) -> None:
    case, root = cases()[name]
    text = written(case, kind, "md", root)
    tables = re.findall(r"^\|.*(?:\n\|.*)+", text, re.MULTILINE)
    for table in tables:
        head, rule, *rows = table.splitlines()
        assert re.fullmatch(r"\|(?::?-+:?\|)+", rule), rule
        assert rows, head
        assert {columns(row) for row in (head, *rows)} == {rule.count("|") - 1}


def columns(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row)) - 1


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("# A\n\n\n\nb\n", "two blank lines"),
        ("a \nb\n", "trailing space"),
        ("a\n\n", "at the start or the end"),
        ("a\ufdd1\n", "only HTML shows"),
    ],
)
def test_the_check_finds_what_is_not_tidy(text: str, flaw: str) -> None:
    with pytest.raises(AssertionError, match=flaw):
        assert_tidy(text)


def test_quotes_within_quotes_without_end_are_shown_as_they_are() -> None:
    """The parser would take a minute for them."""
    assert markdown.prose(">" * 60_000).startswith("```\n>>>")
