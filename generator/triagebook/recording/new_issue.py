"""Writes the text of a new issue: the given fields, and hints for what to add next.

A hint is YAML behind `# `, with names from the book so that it is valid once uncommented. Comments for the reader start
with a capital letter, hints with a small one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.findings import Edit
from triagebook.store.edit import apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.book import Book
    from triagebook.findings import Field

_HEAD = """\
# yaml-language-server: $schema=../.schema/issue.json
title: ""
severity: ""
opened: ""
summary: ""

# These four fields make an issue. The rest is optional: to fill it in, remove the `# ` and edit the example.
# An editor that supports the first line explains every key; so does `triagebook schema issue`.
"""

# For each key: a comment for the reader, if any, and the hint.
_PARTS: dict[str, tuple[str, str]] = {
    "owner": (
        "Who owns the next step, and which component is at fault: ids of ../catalog.yaml.",
        "owner: {person}",
    ),
    "components": ("", "components: [{component}]"),
    "labels": ("Labels to search for, and related pages.", "labels: [login]"),
    "links": ("", "links: [https://example.org/issues/1]"),
    "environments": (
        "Where it occurs. The catalog says where a fix must be proven.",
        "environments: {{seen: [{place}]}}",
    ),
    "symptoms": (
        "Its symptoms. Give the exact error text, so that a test can expect it.",
        """\
symptoms:
  - error: "TypeError: object Manager can't be used in 'await' expression"
    seen: [{place}]
    at: app/routes.py:85""",
    ),
    "causes": (
        "Why it happens: `suspected`, `confirmed` or `ruled-out`. For a known cause, name its `pattern`.",
        """\
causes:
  - says: The factory is synchronous, and its callers await it
    state: suspected
    at: app/manager.py:309""",
    ),
    "suites": (
        "The tests that reproduce it and prove the fix.",
        """\
suites:
  reproduction:
    category: {category}
    path: tests/test_reproduction.py
    command: python -m pytest tests/test_reproduction.py
    before: {{fail: "can't be used in 'await' expression"}}
    after: pass
    tests:
      test_connects: A user connects""",
    ),
    "criteria": (
        "What must hold before it counts as fixed.",
        """\
criteria:
  connects:
    says: Connections succeed
    measure: connections.success
    target: at least 95 %""",
    ),
    "next": ("The next actions.", "next:\n  - {{do: Write a test that fails, owner: {person}}}"),
}

# Names for the hints where the catalog has none.
_EXAMPLES = {"person": "backend", "component": "login", "environment": "staging", "test category": "unit"}


class NewIssue(Struct, frozen=True):
    """The fields of a new issue."""

    title: str
    severity: str
    opened: str
    summary: str
    owner: str | None = None
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


def written(issue: NewIssue, book: Book) -> str:
    """The text of the new record."""
    text = _HEAD + "".join(f"{line}\n" for line in _lines(issue, book))
    return apply(text, [Edit("issue.yaml", field, "set", value) for field, value in _words(issue)])


def _words(issue: NewIssue) -> Iterator[tuple[Field, str]]:
    """Free text. It may contain anything, so the YAML editor inserts it."""
    yield ("title",), issue.title
    yield ("severity",), issue.severity
    yield ("opened",), issue.opened
    yield ("summary",), issue.summary
    yield from ((("labels", index), label) for index, label in enumerate(issue.labels))
    yield from ((("links", index), link) for index, link in enumerate(issue.links))
    yield from ((("symptoms", index, "error"), error) for index, error in enumerate(issue.errors))


def _lines(issue: NewIssue, book: Book) -> Iterator[str]:
    known, names = dict(_known(issue)), _names(book)
    for key, (words, hint) in _PARTS.items():
        if words:
            yield ""
            yield f"# {words}"
        yield from known.get(key) or (f"# {line}" for line in hint.format(**names).splitlines())


def _known(issue: NewIssue) -> Iterator[tuple[str, list[str]]]:
    """The lines of the given keys: ids as they are, and empty placeholders for free text."""
    if issue.owner:
        yield "owner", [f"owner: {issue.owner}"]
    if issue.components:
        yield "components", [f"components: [{', '.join(issue.components)}]"]
    if issue.labels:
        yield "labels", ["labels:", *(['  - ""'] * len(issue.labels))]
    if issue.links:
        yield "links", ["links:", *(['  - ""'] * len(issue.links))]
    if issue.seen:
        yield "environments", [f"environments: {{seen: [{', '.join(issue.seen)}]}}"]
    if issue.errors:
        yield "symptoms", ["symptoms:", *(['  - error: ""'] * len(issue.errors))]
    if issue.patterns:
        lines = (line for pattern in issue.patterns for line in (f"  - pattern: {pattern}", "    state: suspected"))
        yield "causes", ["causes:", *lines]


def _names(book: Book) -> dict[str, str]:
    first = {kind: next(iter(book.names(kind)), example) for kind, example in _EXAMPLES.items()}
    return {
        "person": first["person"],
        "component": first["component"],
        "place": first["environment"],
        "category": first["test category"],
    }
