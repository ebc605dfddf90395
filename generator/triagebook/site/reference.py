"""What there is to look up: the rules of the check, the facts, and every field of every record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from triagebook.facts import book_facts, registry
from triagebook.facts.fact import Definition
from triagebook.findings import Finding
from triagebook.markdown import Linked
from triagebook.reports.contradictions import TITLES
from triagebook.rules import RULES as ALL_RULES
from triagebook.rules import Rule

from .rows import finding_view
from .see import FACTS, RULES, See, kind_path, rule_path
from .shelf import Shelf

FAMILIES = {
    "TB1": "Form",
    "TB2": "References",
    "TB3": "Numbers and claims",
    "TB4": "Evidence and lifecycle",
    "TB5": "Drift from the source code",
    "TB6": "Relations and duplicates",
    "TB7": "Prose",
}


class RuleRow(Struct, frozen=True):
    """A rule in a list."""

    link: Linked
    name: str
    severity: str
    summary: str


class Family(Struct, frozen=True):
    """The rules of one family, or the facts of one."""

    title: str
    rows: Sequence[object]


class FactRow(Struct, frozen=True):
    """A fact that can be asked for."""

    name: str
    summary: str
    unit: str
    filters: list[str]
    example: str


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────


def rules_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, RULES)
    families: dict[str, list[RuleRow]] = {}
    for rule in ALL_RULES:
        row = RuleRow(see.to(rule_path(rule.code), rule.code), rule.name, rule.severity.value, rule.summary())
        families.setdefault(rule.code[:3], []).append(row)
    return {
        "see": see,
        "number": len(ALL_RULES),
        "families": [Family(FAMILIES.get(start, start), rows) for start, rows in families.items()],
    }


def rule_view(shelf: Shelf, rule: type[Rule]) -> Mapping[str, object]:
    see = See(shelf.book, rule_path(rule.code))
    found: Iterable[Finding] = (finding for finding in shelf.findings if finding.code == rule.code)
    occurring = {state.claim.kind for case in shelf.cases.values() for state in case.claims if state.contradiction}
    return {
        "see": see,
        "rule": rule,
        "summary": rule.summary(),
        "remedy": rule.remedy[:1].upper() + rule.remedy[1:].rstrip(".") + ".",
        "requires": [see.rule(code) for code in rule.requires],
        "kinds": [
            see.to(kind_path(kind.value), TITLES[kind]) if kind in occurring else Linked(TITLES[kind])
            for kind in rule.kinds
        ],
        "findings": [finding_view(finding, see) for finding in found],
    }


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────


def facts_view(shelf: Shelf) -> Mapping[str, object]:
    return {
        "see": See(shelf.book, FACTS),
        "families": [
            Family("Facts of an issue", list(_facts(registry.DEFINITIONS.values()))),
            Family("Facts of the whole book", list(_facts(book_facts.DEFINITIONS.values()))),
        ],
    }


def _facts(definitions: Iterable[Definition]) -> Iterator[FactRow]:
    for definition in definitions:
        defaults = definition.defaults
        yield FactRow(
            name=definition.name,
            summary=definition.summary,
            unit={"share": "a share of 1, shown as %"}.get(definition.unit, definition.unit),
            filters=[f"{key} (else {defaults[key]})" if key in defaults else key for key in definition.filters],
            example=_example(definition),
        )


_VALUES = {"phase": "after", "environment": "staging", "state": "open", "suite": "NAME", "category": "product"}


def _example(definition: Definition) -> str:
    """The name with its first filter."""
    first = definition.filters[:1]
    return " ".join([definition.name, *(f"{key}={_VALUES.get(key, key.upper())}" for key in first)])
