"""An outline: what lists, related issues and the rules between issues need to know of one issue. Plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from .findings import Field

_TICKET = re.compile(r"(?P<tracker>.*/)(?:issues|pull|browse|tickets|work_items)/(?P<id>[\w-]+)(?=$|[/?#])")


class OutlinedTie(Struct, frozen=True):
    """A relation to another issue."""

    to: str
    kind: str
    why: str | None = None


class OutlinedLocation(Struct, frozen=True):
    """An affected location."""

    path: str
    lines: tuple[int, ...]
    state: str


class Outline(Struct, frozen=True, omit_defaults=True):
    """What others need to know of an issue."""

    id: str
    row: dict[str, Any]  # what a list says of it; rules see no more of it than the day on which it was opened
    ties: tuple[OutlinedTie, ...] = ()
    others: tuple[str, ...] = ()  # the issues that it names
    originals: tuple[tuple[Field, str], ...] = ()  # those of them that it names as its original
    errors: tuple[tuple[Field, str], ...] = ()
    cited: tuple[tuple[Field, str, tuple[int, ...]], ...] = ()  # field, file and lines of places in the issue itself
    causes: tuple[tuple[int, str, str], ...] = ()  # index, pattern and state
    repository: str = ""  # of the affected locations
    commit: str = ""
    locations: tuple[OutlinedLocation, ...] = ()
    links: tuple[str, ...] = ()  # addresses
    revenue: tuple[tuple[str, str], ...] = ()  # stream and amount at risk
    documents: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, Field, str, str], ...] = ()  # file, field, kind and name of what others must hold
    names: tuple[tuple[str, str], ...] = ()  # kind and name of what it refers to
    title_words: str = ""  # the stems of its title
    words: str = ""  # of its title, its summary and its symptoms

    @property
    def file(self) -> str:
        return f"{self.id}/issue.yaml"

    @property
    def tickets(self) -> Iterator[tuple[int, str, str]]:
        """Of its links to trackers: index, address of the tracker, id there."""
        found = ((index, _TICKET.match(link)) for index, link in enumerate(self.links))
        return ((index, match["tracker"], match["id"]) for index, match in found if match)

    @property
    def age(self) -> tuple[str, int, str]:
        """Sort key: the oldest issue first, then by id."""
        return self.row["opened"], len(self.id), self.id
