"""The rules that check a book: one class a rule, one module a family. Codes are stable and never reused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    claims,
    completed_steps,
    drift,
    evidence,
    fixes,
    form,
    lifecycle,
    locations,
    prose,
    quantities,
    references,
    relations,
    results,
    runs,
    suites,
    text_defects,
    waivers,
)
from .base import Rule
from .engine import EVERYTHING, Choice, run

if TYPE_CHECKING:
    from triagebook.facts.inquiry import Inquiry
    from triagebook.findings import Finding

_FAMILIES = (
    *(form, text_defects, locations, references),
    *(claims, quantities, evidence, results, runs, suites, lifecycle, completed_steps, fixes, waivers),
    *(drift, relations, prose),
)

RULES: tuple[type[Rule], ...] = tuple(
    sorted((rule for family in _FAMILIES for rule in family.RULES), key=lambda rule: rule.code)
)


def check(inquiry: Inquiry, choice: Choice = EVERYTHING, only: frozenset[str] | None = None) -> list[Finding]:
    """The findings of every rule in a book; `only` limits them to the named issues."""
    return run(RULES, inquiry, choice, only)


__all__ = ["EVERYTHING", "RULES", "Choice", "Rule", "check"]
