"""Writes the text of a new issue: the given fields, and hints for what to add next.

`new_issue.yaml` has them. A hint is YAML behind `# `, with names from the book so that it is valid once uncommented.
Comments for the reader start with a capital letter, hints with a small one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from triagebook.model.defect import IssueKind
from triagebook.playbooks import to_record
from triagebook.store.emit import Writer

if TYPE_CHECKING:
    from triagebook.book import Book
    from triagebook.findings import Plain

_HINT = re.compile(r"^# (?P<key>[a-z]+):(?P<example>.*\n(?:#  .*\n)*)", re.MULTILINE)
# Names for the hints where the catalog has none.
_EXAMPLES = {"person": "backend", "component": "login", "environment": "staging"}


def written(fields: Mapping[str, Plain], book: Book, issue_id: str) -> str:
    """The text of the new record. The hints for tests, criteria and risks are those of its kind."""
    text = files(__package__).joinpath("new_issue.yaml").read_text(encoding="utf-8")
    for kind, example in _EXAMPLES.items():
        text = text.replace(kind.upper(), next(iter(book.names(kind)), example))
    proposed, writer = to_record(IssueKind(str(fields["kind"])), issue_id, book), Writer()

    def filled(hint: re.Match[str]) -> str:
        key = hint["key"]
        if fields.get(key):
            return writer.document({key: fields[key]})
        if key in proposed:
            return re.sub("^", "# ", writer.document({key: proposed[key]}).rstrip("\n"), flags=re.MULTILINE) + "\n"
        return hint[0] if hint["example"].strip() else ""

    return _HINT.sub(filled, text)
