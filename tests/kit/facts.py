"""A case made of a few lines of YAML: what a test of one fact needs, and no story around it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from triagebook.facts.base.fact import Fact
from triagebook.facts.case import Case
from triagebook.model.values import FactRef
from triagebook.store.yaml import read_plain

from .stories import CATALOG, FOUR_FIELDS, Story, sealed


def case(issue: str = "", affected: str = "", catalog: str = "", **evidence: str) -> Case:
    """Evidence is sealed where it names a machine or a person as its witness; claims are those of report.md."""
    fields = FOUR_FIELDS | plain(issue)
    return Story(
        claims=fields.pop("claims", []),
        issue=fields,
        affected=plain(affected) if affected else None,
        catalog=CATALOG | plain(catalog),
        evidence={name: _recorded(plain(text)) for name, text in evidence.items()},
    ).case()


def plain(text: str) -> dict[str, Any]:
    found: Any = read_plain(text) if text.strip() else {}
    return dict(found)


def fact(of: Case, name: str) -> Fact:
    return of.fact(FactRef.parse(name))


def number(of: Case, name: str) -> Fraction | None:
    """The one number that a fact is; None if it is unknown."""
    quantity = fact(of, name).quantity
    return quantity.exact if quantity else None


def origins(of: Case, name: str) -> list[str]:
    return [str(origin) for origin in fact(of, name).origins]


def why_unknown(of: Case, name: str) -> str:
    found = fact(of, name)
    assert found.value is None, f"{found.ref} is {found}"
    return found.why_unknown


def _recorded(evidence: dict[str, Any]) -> dict[str, Any]:
    return evidence if evidence["grade"] == "transcribed" else sealed(evidence)
