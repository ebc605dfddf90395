"""What a document lacks: values of its record that it leaves out, and parts of it with nothing in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from triagebook.model.base import Commit, Record
from triagebook.model.scalars import leaves
from triagebook.model.values import DocRef, Place

# What the catalog and the other records call the things that the full record names by id.
NAMES = {
    "chat": "Chat",
    "staging": "Staging",
    "production": "Production",
    "unit": "Unit tests",
    "product": "Product code",
    "enterprise": "Enterprise",
    "subscriptions": "Subscriptions",
    "backend": "Backend team",
    "developer": "Developer",
    "drop-await": "Remove the keyword",
    "reproduce": "Reproduce the defect",
    "same-cause": "Has the same cause as",
    "awaited-sync-call": "A synchronous call is awaited",
    "unawaited": "A coroutine is not awaited",
}


def missing(record: Record, page: str) -> list[tuple[object, ...]]:
    """The values of a record that its page does not show, by where they stand."""
    return [
        (*way, words)
        for way, value in leaves(record)
        if way not in {("kind",), ("partial",), ("dirty",)}  # a page says these in words
        for words in words_of(value)
        if not any(form in page for form in (words, NAMES.get(words, words), words.replace("-", " ")))
        if words not in page.replace(",", "")  # money as people write it
    ]


def words_of(value: object) -> Iterator[str]:
    """How a value stands on a page."""
    match value:
        case "":
            pass  # nothing to show
        case datetime():
            yield f"{value:%Y-%m-%d %H:%M}"
        case date():
            yield value.isoformat()
        case DocRef(on_the_web=True):
            yield value.document.removeprefix("https://")
        case DocRef():
            yield f"{value.document}, line {value.first}"
        case Place():
            yield str(value.path)
            yield from map(str, value.lines)
        case Commit():
            yield value[:9]
        case _:
            words = f"{value:,}" if isinstance(value, int) else str(value)
            first = words.strip().splitlines()[0].replace("\\", "")
            yield re.sub(r"\{\{ affected.locations \}\}", "3", first)


def empty_parts(text: str) -> list[str]:
    """Traces of a value that was not there, and headings with nothing below."""
    unfenced = re.sub(r"^ *(```+).*?^ *\1$", "code", text, flags=re.DOTALL | re.MULTILINE)
    words = re.sub(r"`[^`\n]*`", "code", re.sub(r"^ +", "", unfenced, flags=re.MULTILINE))
    traces = re.findall(r"\bNone\b|Undefined|\{\{|\{%|\(\)|\[\](?!\()|^- *$|,\s*[.)]| · *$| ,", words, re.MULTILINE)
    headings = re.findall(r"^(#+) (.*)\n+(?=(#+) |\Z)", words, re.MULTILINE)
    return [*traces, *(title for above, title, below in headings if len(below) <= len(above))]
