"""The rules: what must hold in a book. A family is a module, a rule is a class; codes are stable and never reused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.code.state import UNKNOWN, Sources

from . import (
    claims,
    drift,
    evidence,
    fixes,
    form,
    lifecycle,
    locations,
    numbers,
    prose,
    references,
    relations,
    results,
    runs,
    suites,
    ticks,
    waivers,
    wording,
)
from .base import Rule
from .engine import EVERYTHING, Choice, run

if TYPE_CHECKING:
    from datetime import date

    from triagebook.book import Book
    from triagebook.findings import Finding

_FAMILIES = (
    *(form, wording, locations, references),
    *(claims, numbers, evidence, results, runs, suites, lifecycle, ticks, fixes, waivers),
    *(drift, relations, prose),
)

RULES: tuple[type[Rule], ...] = tuple(
    sorted((rule for family in _FAMILIES for rule in family.RULES), key=lambda rule: rule.code)
)


def check(
    book: Book,
    source: Sources = UNKNOWN,
    as_of: date | None = None,
    choice: Choice = EVERYTHING,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """What is wrong with a book; `only` names the issues to look at."""
    return run(RULES, book, source, as_of, choice, only)


__all__ = ["EVERYTHING", "RULES", "Choice", "Rule", "check"]
