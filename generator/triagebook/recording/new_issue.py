"""The text of a new record: the four fields, what is known besides, and hints at what may come next.

A hint is a piece of a record behind `# `; words to the reader begin with a capital letter, hints with a small one. The
names in hints are those of the book, so that one holds as soon as its `# ` is taken away.
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

# These four fields make an issue. The rest is optional: take the `# ` away in front of what you know.
# An editor that reads the first line explains every key; so does `triagebook schema issue`.
"""

# For each key: a word to the reader, which stands above the key or above the one that follows, and the hint.
_PARTS: dict[str, tuple[str, str]] = {
    "owner": ("Who owns the next step, and where the defect lives: ids from ../catalog.yaml.", "owner: {person}"),
    "components": ("", "components: [{component}]"),
    "labels": ("Words to find it by, and where it is talked about.", "labels: [login]"),
    "links": ("", "links: [https://example.org/issues/1]"),
    "environments": (
        "Where it was seen. The catalog says where a fix must be proven.",
        "environments: {{seen: [{place}]}}",
    ),
    "symptoms": (
        "How it shows: the exact text of the error, so that a test can expect it.",
        """\
symptoms:
  - error: "TypeError: object Manager can't be used in 'await' expression"
    seen: [{place}]
    at: app/routes.py:85""",
    ),
    "causes": (
        "Why it happens: `suspected`, `confirmed` or `ruled-out`. A known cause is named by its `pattern`.",
        """\
causes:
  - says: The factory is synchronous, and its callers await it
    state: suspected
    at: app/manager.py:309""",
    ),
    "suites": (
        "What is run to reproduce it, and to prove the fix.",
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
        "What must be true before it counts as fixed.",
        """\
criteria:
  connects:
    says: Connections succeed
    measure: connections.success
    target: at least 95 %""",
    ),
    "next": ("What comes next.", "next:\n  - {{do: Write a test that fails, owner: {person}}}"),
}

# What a hint names where the catalog knows nothing of the kind.
_EXAMPLES = {"person": "backend", "component": "login", "environment": "staging", "test category": "unit"}


class NewIssue(Struct, frozen=True):
    """What is known of a new issue."""

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


def written(draft: NewIssue, book: Book) -> str:
    """The draft as the text of its file."""
    text = _HEAD + "".join(f"{line}\n" for line in _lines(draft, book))
    return apply(text, [Edit("issue.yaml", field, "set", value) for field, value in _words(draft)])


def _words(draft: NewIssue) -> Iterator[tuple[Field, str]]:
    """What somebody wrote. It may hold anything, so it is put in place by what knows YAML."""
    yield ("title",), draft.title
    yield ("severity",), draft.severity
    yield ("opened",), draft.opened
    yield ("summary",), draft.summary
    yield from ((("labels", index), label) for index, label in enumerate(draft.labels))
    yield from ((("links", index), link) for index, link in enumerate(draft.links))
    yield from ((("symptoms", index, "error"), error) for index, error in enumerate(draft.errors))


def _lines(draft: NewIssue, book: Book) -> Iterator[str]:
    known, names = dict(_known(draft)), _names(book)
    for key, (words, hint) in _PARTS.items():
        if words:
            yield ""
            yield f"# {words}"
        yield from known.get(key) or (f"# {line}" for line in hint.format(**names).splitlines())


def _known(draft: NewIssue) -> Iterator[tuple[str, list[str]]]:
    """The keys that are filled in. Ids stand as they are; words have their places kept."""
    if draft.owner:
        yield "owner", [f"owner: {draft.owner}"]
    if draft.components:
        yield "components", [f"components: [{', '.join(draft.components)}]"]
    if draft.labels:
        yield "labels", ["labels:", *(['  - ""'] * len(draft.labels))]
    if draft.links:
        yield "links", ["links:", *(['  - ""'] * len(draft.links))]
    if draft.seen:
        yield "environments", [f"environments: {{seen: [{', '.join(draft.seen)}]}}"]
    if draft.errors:
        yield "symptoms", ["symptoms:", *(['  - error: ""'] * len(draft.errors))]
    if draft.patterns:
        lines = (line for pattern in draft.patterns for line in (f"  - pattern: {pattern}", "    state: suspected"))
        yield "causes", ["causes:", *lines]


def _names(book: Book) -> dict[str, str]:
    first = {kind: next(iter(book.names(kind)), example) for kind, example in _EXAMPLES.items()}
    return {
        "person": first["person"],
        "component": first["component"],
        "place": first["environment"],
        "category": first["test category"],
    }
