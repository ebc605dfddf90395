"""The issues of a book as items of tools that keep a title, a text and links: all but the runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from tests.bench.make_book import records


@dataclass(frozen=True, slots=True)
class Item:
    """One issue, as plain text."""

    number: int
    title: str
    text: str
    links: Sequence[int]  # to older issues only: some of these tools allow no circle


def items(issues: int) -> Iterator[Item]:
    for number in range(1, issues + 1):
        files = dict(records(number, issues))
        issue = files["issue.yaml"]
        links = sorted(int(each["to"]) for each in issue["relations"] if int(each["to"]) < number)
        told = {key: value for key, value in issue.items() if key not in {"title", "relations"}}
        text = "\n\n".join(_texts(told | files["affected.yaml"]))
        yield Item(number, issue["title"], text, links)


def _texts(value: Any, key: str = "") -> Iterator[str]:
    """Every text in a record, in its order; code stands indented, as Markdown and reStructuredText have it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
    elif key == "code":
        yield "::\n\n" + indent(value, "    ").rstrip()
    else:
        yield value.strip()
