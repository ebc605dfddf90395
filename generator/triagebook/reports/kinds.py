"""The kinds of reports: each a title, its sections and its appendices. A new kind is a row here and a template."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct


class ReportKind(Struct, frozen=True):
    """A kind of report."""

    id: str
    title: str
    says: str  # what it tells whom
    sections: tuple[str, ...]  # names in `sections`, in the order of the JSON
    gaps: tuple[str, ...]  # names in `gaps`: parts of a record that it asks for if they are missing
    appendices: tuple[str, ...] = ("records", "evidence", "claims", "sources")  # that `--with` adds

    @property
    def template(self) -> str:
        return f"reports/{self.id}.md.j2"


# The appendices of reports in their order. Each is a block of the templates with the same name.
APPENDICES: Mapping[str, str] = MappingProxyType(
    {
        "records": "all that the record holds on the questions of the report",
        "evidence": "each piece of evidence, with what it counts for",
        "claims": "what documents state, and whether it holds",
        "sources": "the lines of documents that statements were taken from, as footnotes",
    }
)

_ALL = (
    ReportKind(
        "summary",
        "Summary",
        "What it is, whether it is fixed, and who acts next.",
        (
            "opening", "relations", "symptom", "impact", "revenue", "likely_causes", "files",
            "locations", "open", "scanned", "option", "why", "changes", "next_steps", "criteria_total",
            "criteria_met", "since",
        ),
        ("owner", "components", "causes", "impact", "affected", "fix", "criteria", "next"),
        ("sources",),
    ),
    ReportKind(
        "test-strategy",
        "Test strategy",
        "The risks, the levels of test against them, and why these.",
        (
            "risks", "impact", "open", "scanned", "final_search", "planned", "vacuous", "suites", "levels", "goals",
            "option", "why", "phases", "time", "next_steps", "timeline",
        ),
        ("symptoms", "causes", "impact", "suites", "expectations", "fix", "phases", "criteria", "risks", "next"),
    ),
    ReportKind(
        "test-plan",
        "Test plan",
        "Every suite and test, and what each must show.",
        ("planned", "vacuous", "suites", "setup", "promises"),
        ("symptoms", "causes", "suites", "expectations", "phases", "criteria"),
    ),
    ReportKind(
        "execution-plan",
        "Test execution plan",
        "What to run, in order, what to expect, what not to run, and how to record the results.",
        (
            "suites", "setup", "reproduce", "symptom", "phases", "runs", "record_commands", "measure_commands",
            "troubleshooting",
        ),
        ("symptoms", "suites", "expectations", "phases", "troubleshooting"),
    ),
    ReportKind(
        "remediation-checklist",
        "Remediation checklist",
        "What to change and where, in which order, how to check it and how to take it back.",
        (
            "likely_causes", "patterns", "fix", "option", "affected", "before", "phases", "during", "after",
            "final_search", "time", "rollback", "deployments", "monitoring", "communication",
        ),
        (
            "owner", "causes", "affected", "chosen", "code", "phases", "rollback", "deployment", "monitoring",
            "communication",
        ),
    ),
    ReportKind(
        "validation-report",
        "Validation report",
        "Whether the fix can ship, what proves it in which environment, and what is missing.",
        (
            "impact", "revenue", "likely_causes", "files", "locations", "fix", "planned", "passed", "rate", "failed",
            "missing", "vacuous", "not_passed", "suites", "dropped_tests", "criteria", "criteria_total", "criteria_met",
            "metrics", "changes", "unrelated", "attempts", "refusals", "unproven", "after_shipping",
            "rollback",
        ),
        ("suites", "expectations", "before", "after", "criteria", "changes", "affected"),
    ),
    ReportKind(
        "claims-report",
        "Claims report",
        "What documents state, what holds and what does not.",
        ("statements", "kind_counts"),
        (),
        ("sources",),
    ),
)  # fmt: skip

KINDS: Mapping[str, ReportKind] = MappingProxyType({kind.id: kind for kind in _ALL})
