"""The facts of a whole book: each computed over all issues, and nothing counted twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.stories import (
    CATALOG,
    TODAY,
    Plain,
    book,
    entry,
    evidence_of,
    honest,
    run,
    source,
    value,
)
from triagebook.book import Entry
from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.book_facts import DEFINITIONS
from triagebook.facts.inquiry import Inquiry
from triagebook.model.values import FactRef

CLOSED = {"on": "2025-10-01", "as": "declined", "why": "It is taken down"}
PATTERNS = {"awaited": {"title": "Awaited", "summary": "It is"}, "unused": {"title": "Unused", "summary": "It is"}}


def study(*entries: Entry, **more: Any) -> Inquiry:
    made = book({each.id: each for each in entries}, CATALOG, PATTERNS)
    return Inquiry(made, **more)


def risk(*revenue: tuple[str, str], **more: Any) -> Plain:
    return {"impact": {"revenue": [{"stream": stream, "at_risk": amount} for stream, amount in revenue]}} | more


def told(of: Inquiry, name: str) -> Any:
    return of.fact(FactRef.parse(name)).value


def text(of: Inquiry, name: str) -> str:
    return str(of.fact(FactRef.parse(name)))


def origins(of: Inquiry, name: str) -> list[str]:
    return [str(origin) for origin in of.fact(FactRef.parse(name)).origins]


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


def four() -> Inquiry:
    return study(
        entry("1", {"severity": "critical", "components": ["routes"], "owner": "developer"}),
        entry("2", {"severity": "low", "components": ["routes", "manager"], "causes": [{"pattern": "awaited"}]}),
        entry("3", {"closed": CLOSED, "causes": [{"pattern": "awaited", "state": "ruled-out"}]}),
        proven_as("4"),
        state=source(),
    )


def proven_as(name: str) -> Entry:
    made = honest().case().entry
    return Entry(name, made.issue, made.affected, made.evidence, made.claims)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ("", "1234"),
        ("state=open", "124"),
        ("state=closed", "3"),
        ("severity=critical", "1"),
        ("severity=low state=open", "2"),
        ("severity=low state=closed", ""),
        ("component=routes", "124"),
        ("component=manager", "2"),
        ("pattern=awaited", "2"),
        ("pattern=unused", ""),
        ("stage=reported", "123"),
        ("stage=released component=routes", "4"),
        ("stage=released component=manager", ""),
    ],
)
def test_issues_are_counted_by_filter(filters: str, ids: str) -> None:
    name = f"book.issues {filters}".strip()
    assert told(four(), name) == len(ids)
    assert origins(four(), name) == [f"{each}/issue.yaml" for each in ids]


@pytest.mark.parametrize(
    "name",
    [
        "book.issues state=opened",
        "book.issues severity=hgh",
        "book.issues stage=done",
        "book.issues component=route",
        "book.issues pattern=await",
        "book.issues sevrity=high",
        "book.revenue stream=chats",
        "book.revenue state=done",
        "book.environments state=ok",
        "book.environments environment=moon",
        "book.claims state=true",
        "book.claims kind=lie",
        "book.evidence grade=gold",
        "book.evidence kind=test",
        "book.evidence phase=during",
        "book.evidence environment=moon",
        "book.criteria state=done",
        "book.issue",
        "affected.files",
    ],
)
def test_a_misspelt_filter_is_refused(name: str) -> None:
    with pytest.raises(UnknownFactError):
        told(four(), name)


def test_an_empty_book_has_zero_issues() -> None:
    assert told(study(), "book.issues") == 0


# ── environments ─────────────────────────────────────────────────────────────────────────────────────


def test_proven_fixes_are_counted_by_environment() -> None:
    made = study(entry("1"), proven_as("2"), entry("3", {"closed": CLOSED}), state=source())
    assert told(made, "book.environments") == 2
    assert told(made, "book.environments state=proven") == 1
    assert told(made, "book.environments state=unknown environment=staging") == 1
    assert told(made, "book.environments environment=production") == 0
    assert origins(made, "book.environments state=proven") == ["2/issue.yaml"]


def test_a_book_that_requires_nothing_has_nothing_proven() -> None:
    nothing = Inquiry(book({"1": entry("1")}, CATALOG | {"required": []}))
    assert told(nothing, "book.environments state=proven") is None


# ── revenue ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_revenue_stream_at_risk_counts_once() -> None:
    made = study(
        entry("1", risk(("chat", "at least 500000 USD/year"), ("mail", "1000 USD/year"))),
        entry("2", risk(("chat", "at least 200000 USD/year"))),
        entry("3", risk(("chat", "50000 USD/month"))),  # 600000 a year
    )
    assert text(made, "book.revenue stream=mail") == "1000 USD/year"
    assert text(made, "book.revenue stream=chat") == "50000 USD/month"
    total = made.fact(FactRef.parse("book.revenue")).quantity
    yearly = total.into("USD/year") if total else None
    assert yearly is not None
    assert yearly.low == 601_000
    assert len(origins(made, "book.revenue")) == 4
    assert origins(made, "book.revenue stream=mail") == ["1/issue.yaml#impact.revenue.1"]


def test_one_more_issue_never_adds_to_a_stream_that_is_at_risk_already() -> None:
    same = risk(("chat", "500000 USD/year"))
    alone, together = study(entry("1", same)), study(*(entry(str(number), same) for number in range(1, 9)))
    assert text(alone, "book.revenue") == text(together, "book.revenue") == "500000 USD/year"
    assert len(origins(together, "book.revenue")) == 8


def test_a_closed_issue_puts_no_revenue_at_risk() -> None:
    made = study(entry("1", risk(("chat", "5 USD/year"), closed=CLOSED)), entry("2", risk(("mail", "3 USD/year"))))
    assert text(made, "book.revenue") == "3 USD/year"
    assert text(made, "book.revenue state=closed") == "5 USD/year"
    assert text(made, "book.revenue state=any") == "8 USD/year"
    assert origins(made, "book.revenue") == ["2/issue.yaml#impact.revenue.0"]
    assert len(origins(made, "book.revenue state=any")) == 2


@pytest.mark.parametrize(
    "revenue",
    [
        (("chat", "5 USD/year"), ("mail", "3 EUR/year")),
        (("chat", "5 USD/year"), ("chat", "3 EUR/year")),
    ],
)
def test_amounts_of_different_units_have_no_sum(revenue: tuple[tuple[str, str], ...]) -> None:
    made = study(entry("1", risk(*revenue)))
    assert told(made, "book.revenue") is None
    assert made.fact(FactRef.parse("book.revenue")).why_unknown == "the amounts are of different units"


def test_no_revenue_at_risk_is_unknown_not_nothing() -> None:
    assert told(study(entry("1")), "book.revenue") is None


# ── claims, evidence, criteria ───────────────────────────────────────────────────────────────────────


CLAIMS = {
    "claims": [
        {"says": "It is severe", "lines": "1", "about": {"fact": "severity"}, "state": "high"},
        {"says": "It is fixed", "lines": "2", "about": {"fact": "stage"}, "state": "fixed"},
        {"says": "9 + 9 = 19", "lines": "3", "value": "19", "parts": {"a": "9", "b": "9"}, "kind": "sum"},
        {"says": "Nobody knows", "lines": "4"},
        {"says": "All is well", "lines": "5", "disputed": "it is not"},
    ]
}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("book.claims", "01234"),
        ("book.claims state=holds", "0"),
        ("book.claims state=contradicted", "12"),
        ("book.claims state=unproven", "34"),
        ("book.claims state=restates-its-source", ""),
        ("book.claims kind=sum", "2"),
        ("book.contradictions", "124"),
        ("book.contradictions kind=sum", "2"),
        ("book.contradictions kind=drift", ""),
    ],
)
def test_claims_are_counted_by_state(name: str, lines: str) -> None:
    made = study(entry("1", CLAIMS), entry("2"))
    assert origins(made, name) == [f"1/claims/report.yaml#claims.{line}" for line in lines]
    assert told(made, name) == len(lines)


@pytest.mark.parametrize("name", ["book.claims", "book.contradictions", "book.evidence", "book.criteria"])
def test_a_fact_without_data_is_unknown(name: str) -> None:
    found = study(entry("1")).fact(FactRef.parse(name))
    assert found.value is None
    assert found.why_unknown


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ("", "ab/c"),
        ("kind=tests", "ab/"),
        ("kind=value", "/c"),
        ("grade=machine", "ab/"),
        ("grade=attested", "/c"),
        ("phase=before", "a/"),
        ("environment=local", "b/"),
    ],
)
def test_evidence_is_counted_by_filter(filters: str, names: str) -> None:
    of_one = {"a": evidence_of(run("before", {})), "b": evidence_of(run("after", {}, environment="local"))}
    made = study(entry("1", evidence=of_one), entry("2", evidence={"c": evidence_of(value("97 %"))}))
    first, second = names.split("/")
    wanted = [f"1/evidence/{name}.yaml" for name in first] + [f"2/evidence/{name}.yaml" for name in second]
    assert origins(made, f"book.evidence {filters}".strip()) == wanted


def test_criteria_of_open_issues_are_counted() -> None:
    asked = {"criteria": {"done": {"says": "x", "measure": "changes.total", "target": "1 changes"}, "well": "It is"}}
    made = study(entry("1", asked | {"fix": {"changes": [{"path": "a.py"}]}}), entry("2", asked | {"closed": CLOSED}))
    assert told(made, "book.criteria") == 2
    assert origins(made, "book.criteria state=met") == ["1/issue.yaml#criteria.done"]
    assert origins(made, "book.criteria state=unknown") == ["1/issue.yaml#criteria.well"]
    assert told(made, "book.criteria state=failed") == 0


# ── the study ────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_computed_twice() -> None:
    made = four()
    assert made.fact(FactRef("book.issues")) is made.fact(FactRef("book.issues"))
    assert made.cases["1"] is made.cases["1"]


def test_the_state_of_the_code_and_the_day_reach_every_issue() -> None:
    at = source()
    made = study(proven_as("1"), state=at, day=TODAY)
    assert made.cases["1"].source is at
    assert made.cases["1"].as_of == TODAY
    assert told(made, "book.issues stage=released") == 1


def test_every_fact_of_a_book_has_a_summary() -> None:
    for name, definition in DEFINITIONS.items():
        assert name.startswith("book.")
        assert name in four().names
        assert definition.summary
        four().fact(FactRef(name))
    assert four().names == set(DEFINITIONS)
