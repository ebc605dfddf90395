"""Repeated imports: the record stays valid, and people's edits are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triagebook.findings import Plain
from triagebook.intake import github
from triagebook.intake.reimport import nested, update
from triagebook.intake.ticket import fields_of as ticket_fields
from triagebook.model.catalog import Catalog
from triagebook.model.issue import Issue
from triagebook.store.edit import apply
from triagebook.store.emit import Writer
from triagebook.store.yaml import read_plain

HEAD = "# yaml-language-server: $schema=../.schema/issue.json\n"
ISSUE: dict[str, Any] = {
    "number": 200, "url": "https://github.com/acme/shop/issues/200", "createdAt": "2026-03-02T08:15:00Z",
    "state": "OPEN", "author": {"login": "tester"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("record", "last", "new", "becomes"),
    [
        ({"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"}),
        ({"a": "ours"}, {"a": "1"}, {"a": "2"}, {"a": "ours"}),
        ({"a": "1", "b": "x"}, {"b": "x"}, {}, {"a": "1"}),
        ({"a": "1"}, {"b": "x"}, {"b": "y"}, {"a": "1"}),
        ({"a": "1"}, {}, {"b": "y"}, {"a": "1", "b": "y"}),
        ({"l": ["1", "ours"]}, {"l": ["1"]}, {"l": ["2"]}, {"l": ["ours", "2"]}),
        ({"l": "1", "a": "1"}, {"l": ["1"]}, {}, {"a": "1"}),
        ({"l": ["ours"]}, {"l": ["1"]}, {"l": ["1"]}, {"l": ["ours"]}),
        ({"a": "1", "p": {"q": ["1"]}}, {"p.q": ["1"]}, {"p.q": ["1", "2"]}, {"a": "1", "p": {"q": ["1", "2"]}}),
        ({"l": [{"url": "u", "title": "ours"}]}, {}, {"l": [{"url": "u", "title": "t"}]},
         {"l": [{"url": "u", "title": "ours"}]}),
    ],
    ids=["follows", "ours", "gone", "taken out", "missing", "items", "last item", "item taken out", "below", "link"],
)  # fmt: skip
def test_a_field_follows_the_tracker_unless_edited(
    record: dict[str, Plain], last: Any, new: Any, becomes: dict[str, Plain]
) -> None:
    text = Writer().document(record)
    assert plain(apply(text, update("issue.yaml", record, last, new).edits)) == becomes


# Words and marks that mean something to Markdown, to YAML or to a record.
PIECES = st.sampled_from(
    ["### What happened?\n", "```\n", "TypeError: x\n", "a/b.py:12 ", "{{ x }}", "- ", "\t", "\r\n", "# ", ": ", "'",
     '"', "|", "\n\n", "   ", "\u2028", "\x85", "\ufeff", "\x00", "<!--", "-->", "`KeyError: 1`", "%", "@", "&a "]
)  # fmt: skip
WORDS = st.lists(PIECES | st.text(max_size=5), max_size=10).map("".join)


@settings(max_examples=100, deadline=None)
@given(first=st.tuples(WORDS, WORDS, WORDS), second=st.tuples(WORDS, WORDS, WORDS))
def test_any_ticket_becomes_a_valid_record(first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
    """At the first import and at the next."""
    before, after = fields_of(*first), fields_of(*second)
    before, after = ({key: value for key, value in one.items() if key[:8] != "tracker."} for one in (before, after))
    text = HEAD + Writer().document(nested(before))
    Issue.model_validate(read_plain(text))
    found = update("issue.yaml", plain(text), before, after)
    assert found.kept == []
    updated = apply(text, found.edits)
    Issue.model_validate(read_plain(updated))
    assert update("issue.yaml", plain(updated), after, after).edits == []


def fields_of(title: str, body: str, label: str) -> dict[str, Any]:
    issue = ISSUE | {"title": f"T {title}", "body": body, "labels": [{"name": label}], "comments": [{"body": title}]}
    (ticket,) = github.read(json.dumps(issue).encode()).tickets
    return ticket_fields(ticket, Catalog(), lambda _: None, "2026-01-01").fields


def plain(text: str) -> dict[str, Any]:
    record = read_plain(text)
    assert isinstance(record, Mapping)
    return dict(record)
