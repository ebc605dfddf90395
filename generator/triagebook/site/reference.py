"""The reference pages of rules and facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.facts import book_facts, issue_facts
from triagebook.facts.base.fact import Definition
from triagebook.markdown import Linked
from triagebook.rules import FAMILIES, Rule
from triagebook.rules import RULES as ALL_RULES
from triagebook.views.claims import TITLES

from .content import SiteContent
from .linker import Linker
from .page import Page
from .paths import FACTS, REFERENCE, RULES, kind_path, rule_path


class RuleRow(Struct, frozen=True):
    """A rule in a list."""

    link: Linked
    name: str
    severity: str
    summary: str


class ReferenceFamily(Struct, frozen=True):
    """A family of rules or facts."""

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


def rules_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(content.link(RULES), "Rules", "pages/rules.md.j2", _rules, REFERENCE)
    for rule in ALL_RULES:
        title = f"{rule.code} · {rule.name}"
        yield Page(content.link(rule_path(rule.code)), title, "pages/rule.md.j2", partial(_rule, content, rule), RULES)


def _rules(link: Linker) -> Mapping[str, object]:
    families: dict[str, list[RuleRow]] = {}
    for rule in ALL_RULES:
        row = RuleRow(link.to(rule_path(rule.code), rule.code), rule.name, rule.severity.value, rule.summary())
        families.setdefault(rule.code[:3], []).append(row)
    return {
        "number": len(ALL_RULES),
        "families": [ReferenceFamily(FAMILIES[start].capitalize(), rows) for start, rows in families.items()],
    }


def _rule(content: SiteContent, rule: type[Rule], link: Linker) -> Mapping[str, object]:
    occurring = {state.claim.kind for case in content.cases.values() for state in case.claims if state.contradiction}
    return {
        "rule": rule,
        "summary": rule.summary(),
        "remedy": rule.remedy[:1].upper() + rule.remedy[1:].rstrip(".") + ".",
        "requires": [link.rule(code) for code in rule.requires],
        "kinds": [
            link.to(kind_path(kind.value), TITLES[kind]) if kind in occurring else Linked(TITLES[kind])
            for kind in rule.kinds
        ],
        "findings": [finding for finding in content.findings if finding.code == rule.code],
    }


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────


def facts_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(content.link(FACTS), "Facts", "pages/facts.md.j2", _facts, REFERENCE)


def _facts(_: Linker) -> Mapping[str, object]:
    return {
        "families": [
            ReferenceFamily("Facts of an issue", list(_fact_rows(issue_facts.DEFINITIONS.values()))),
            ReferenceFamily("Facts of the whole book", list(_fact_rows(book_facts.DEFINITIONS.values()))),
        ],
    }


def _fact_rows(definitions: Iterable[Definition]) -> Iterator[FactRow]:
    for definition in definitions:
        defaults = definition.defaults
        yield FactRow(
            name=definition.name,
            summary=definition.summary,
            unit={"share": "a share, shown in %"}.get(definition.unit, definition.unit),
            filters=[f"{key} (default {defaults[key]})" if key in defaults else key for key in definition.filters],
            example=_example(definition),
        )


_VALUES = {"phase": "after", "environment": "staging", "state": "open", "suite": "NAME", "category": "product"}


def _example(definition: Definition) -> str:
    """The name with a value for its first filter."""
    first = definition.filters[:1]
    return " ".join([definition.name, *(f"{key}={_VALUES.get(key, key.upper())}" for key in first)])
