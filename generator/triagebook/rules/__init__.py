"""The rules that check a book: one class a rule, one module a family. Codes are stable and never reused."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding

from . import (
    claims,
    completed_steps,
    drift,
    evidence,
    figures,
    fixes,
    form,
    laws,
    lifecycle,
    locations,
    plans,
    prose,
    quantities,
    references,
    relations,
    results,
    runs,
    suites,
    text_defects,
    twins,
    waivers,
)
from .base import Rule
from .engine import EVERYTHING, Choice, run

_FAMILIES = (
    *(form, text_defects, locations, references),
    *(
        claims,
        quantities,
        figures,
        evidence,
        results,
        runs,
        suites,
        laws,
        lifecycle,
        completed_steps,
        fixes,
        plans,
        waivers,
    ),
    *(drift, relations, twins, prose),
)


def _rules_in(family: ModuleType) -> Iterator[type[Rule]]:
    """The rules that a module defines: the subclasses with a code of their own."""
    for value in vars(family).values():
        if isinstance(value, type) and issubclass(value, Rule) and "code" in vars(value):
            yield value


RULES = tuple(sorted({rule for family in _FAMILIES for rule in _rules_in(family)}, key=lambda rule: rule.code))


def check(inquiry: Inquiry, choice: Choice = EVERYTHING, only: frozenset[str] | None = None) -> list[Finding]:
    """The findings of every rule in a book; `only` limits them to the named issues."""
    return run(RULES, inquiry, choice, only)


__all__ = ["EVERYTHING", "RULES", "Choice", "Rule", "check"]
