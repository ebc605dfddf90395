"""Writes the text of a new issue: the given fields, and hints for what to add next.

A hint is YAML behind `# `, with names from the book so that it is valid once uncommented. Comments for the reader start
with a capital letter, hints with a small one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from triagebook.playbooks import to_record
from triagebook.store.emit import Writer

if TYPE_CHECKING:
    from triagebook.book import Book
    from triagebook.findings import Plain
    from triagebook.model.defect import IssueKind

_MODELINE = "# yaml-language-server: $schema=../.schema/issue.json\n"
_HEAD = """
# These four fields make an issue. The rest is optional: to fill it in, remove the `# ` and edit the example.
# An editor that supports the first line explains every key; so does `triagebook schema issue`.
"""
_WRITER = Writer()

# For each key: a comment for the reader, if any, and the hint.
_PARTS: dict[str, tuple[str, str]] = {
    "kind": ("The kind of defect, read from the text. Until the record holds more, reports propose what fits it.", ""),
    "owner": (
        "Who owns the next step, and which component is at fault: ids of ../catalog.yaml.",
        "owner: {person}",
    ),
    "components": ("", "components: [{component}]"),
    "labels": ("Labels to search for, and related pages.", "labels: [login]"),
    "links": ("", "links: [https://example.org/issues/1]"),
    "relations": ("", ""),
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
    "detector": (
        "How to find it in the source code; `triagebook scan` records where.",
        """\
detector: {{regex: "await get_manager", include: ["*.py"]}}""",
    ),
    "fix": (
        "How it is fixed: each change, with its commit.",
        """\
fix:
  changes:
    - {{path: app/routes.py, what: Four awaits removed, commit: ab14a73d8}}""",
    ),
    "suites": ("The tests that reproduce it and prove the fix; `triagebook tests` writes their code.", ""),
    "criteria": ("What must hold before it counts as fixed.", ""),
    "risks": ("What may go wrong with the fix.", ""),
    "next": ("The next actions.", "next:\n  - {{do: Write a test that fails, owner: {person}}}"),
}

# Names for the hints where the catalog has none.
_EXAMPLES = {"person": "backend", "component": "login", "environment": "staging"}


class NewIssue(Struct, frozen=True):
    """The fields of a new issue."""

    title: str
    severity: str
    opened: str
    summary: str
    kind: IssueKind
    owner: str | None = None
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    same_cause: tuple[str, ...] = ()  # other issues


def written(issue: NewIssue, book: Book, issue_id: str) -> str:
    """The text of the new record. The hints for tests, criteria and risks are those of its kind."""
    names, given = _names(book), _given(issue)
    proposed = to_record(issue.kind, issue_id, book)
    basics = {"title": issue.title, "severity": issue.severity, "opened": issue.opened, "summary": issue.summary}
    text = _MODELINE + _WRITER.document(basics) + _HEAD
    for key, (words, hint) in _PARTS.items():
        text += f"\n# {words}\n" if words else ""
        if key in given:
            text += _WRITER.document({key: given[key]})
        else:
            fitting = _WRITER.document({key: proposed[key]}) if key in proposed else hint.format(**names)
            text += "".join(f"# {line}\n" for line in fitting.splitlines())
    return text


def _given(issue: NewIssue) -> dict[str, Plain]:
    """The given keys of those that have hints."""
    fields: dict[str, Plain] = {
        "kind": issue.kind.value,
        "owner": issue.owner or "",
        "components": list(issue.components),
        "labels": list(issue.labels),
        "links": list(issue.links),
        "relations": [{"to": issue_id, "kind": "same-cause"} for issue_id in issue.same_cause],
        "environments": {"seen": list(issue.seen)} if issue.seen else {},
        "symptoms": [{"error": error} for error in issue.errors],
        "causes": [{"pattern": pattern, "state": "suspected"} for pattern in issue.patterns],
    }
    return {key: value for key, value in fields.items() if value}


def _names(book: Book) -> dict[str, str]:
    first = {kind: next(iter(book.names(kind)), example) for kind, example in _EXAMPLES.items()}
    return {
        "person": first["person"],
        "component": first["component"],
        "place": first["environment"],
    }
