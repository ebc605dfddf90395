"""The reference pages of rules and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from triagebook.audit import DOCUMENT_RULES
from triagebook.facts import book_facts, issue_facts
from triagebook.facts.base.fact import Definition
from triagebook.findings import RuleDescription
from triagebook.model.document import Contradiction
from triagebook.rules import FAMILIES
from triagebook.rules import RULES as RECORD_RULES

from .content import SiteContent
from .page import Page
from .paths import FACTS, REFERENCE, RULES, rule_path

ALL_RULES: Sequence[type[RuleDescription]] = (*RECORD_RULES, *DOCUMENT_RULES)


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────


def rules_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(RULES, "Rules", "pages/rules.md.j2", _rules, content.linker, REFERENCE)
    for rule in ALL_RULES:
        title, view = f"{rule.code} · {rule.name}", partial(_rule, rule)
        yield Page(rule_path(rule.code), title, "pages/rule.md.j2", view, content.linker, RULES)


def _rules() -> Mapping[str, object]:
    families: dict[str, list[type[RuleDescription]]] = {}
    for rule in ALL_RULES:
        families.setdefault(FAMILIES[rule.code[:3]].capitalize(), []).append(rule)
    return {"number": len(ALL_RULES), "families": families}


def _rule(rule: type[RuleDescription]) -> Mapping[str, object]:
    return {
        "rule": rule,
        "language": "markdown" if rule in DOCUMENT_RULES else "yaml",
        "remedy": rule.remedy[:1].upper() + rule.remedy[1:].rstrip(".") + ".",
        "kinds": [Contradiction(kind).heading for kind in rule.kinds],
    }


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────

_VALUES = {"phase": "after", "environment": "staging", "state": "open", "suite": "NAME", "category": "product"}


def facts_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(FACTS, "Facts", "pages/facts.md.j2", _facts, content.linker, REFERENCE)


def _facts() -> Mapping[str, object]:
    families = {"Facts of an issue": issue_facts.DEFINITIONS, "Facts of the whole book": book_facts.DEFINITIONS}
    return {"families": {title: list(known.values()) for title, known in families.items()}, "example": _example}


def _example(definition: Definition) -> str:
    """The name with a value for its first filter."""
    first = definition.filters[:1]
    return " ".join([definition.name, *(f"{key}={_VALUES.get(key, key.upper())}" for key in first)])
