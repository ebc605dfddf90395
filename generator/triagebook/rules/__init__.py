"""The rules that check a book: one class per rule, one module per family. Codes are stable and never reused."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from triagebook.facts.inquiry import Inquiry
from triagebook.findings import EVERYTHING, Choice, Finding

from .base import Rule
from .engine import run


def _rules_of(base: type[Rule]) -> Iterator[type[Rule]]:
    """All subclasses with a code of their own."""
    for rule in base.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from _rules_of(rule)


FAMILIES = {
    "TB1": "form",
    "TB2": "references",
    "TB3": "numbers and claims",
    "TB4": "evidence and lifecycle",
    "TB5": "drift from the source code",
    "TB6": "relations and duplicates",
    "TB7": "prose",
    "TB8": "written documents",
}

for _module in iter_modules(__path__):  # their classes are the rules
    import_module(f"{__name__}.{_module.name}")
RULES = tuple(sorted(_rules_of(Rule), key=lambda rule: rule.code))


def check(inquiry: Inquiry, choice: Choice = EVERYTHING, only: frozenset[str] | None = None) -> list[Finding]:
    """The findings of every rule in a book; `only` limits them to the named issues."""
    return run(RULES, inquiry, choice, only)


__all__ = ["FAMILIES", "RULES", "Rule", "check"]
