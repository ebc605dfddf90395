"""An issue as plain data for programs: the one JSON form that commands and the site share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from triagebook.book import row_of
from triagebook.code.state import described
from triagebook.facts.case import Case
from triagebook.facts.issue_facts import DEFINITIONS
from triagebook.findings import Finding
from triagebook.model.values import FactRef

_KEPT_TO_CHECK = {"code", "expected", "seal"}  # of a run: the file has them, and they are most of its bytes


def judged_row(case: Case, findings: int) -> dict[str, Any]:
    """What a list says about an issue, with its verdict and the number of its findings."""
    verdict = case.verdict
    return row_of(case.entry) | {
        "stage": verdict.stage.value,
        "bottom_line": verdict.bottom_line,
        "environments": {name: found.state.value for name, found in verdict.environments.items()},
        "contradictions": sum(claim.contradiction for claim in case.claims),
        "findings": findings,
    }


def issue_details(case: Case, findings: Iterable[Finding]) -> dict[str, Any]:
    """All that is recorded, computed, claimed and found about an issue."""
    entry, found = case.entry, [finding.as_data() for finding in findings]
    return judged_row(case, len(found)) | {
        "source": described([case.source]),
        "record": {
            "issue": _plain(entry.issue),
            "affected": _plain(entry.affected) if entry.affected else None,
            "evidence": {
                name: _filled(
                    evidence.model_dump(mode="json", exclude=_KEPT_TO_CHECK, exclude_none=True, warnings=False)
                )
                for name, evidence in entry.evidence.items()
            },
        },
        "facts": issue_facts(case),
        "verdict": case.verdict.as_data(),
        "criteria": {name: {"answer": state.answer.value, "why": state.why} for name, state in case.criteria.items()},
        "claims": [state.as_data() for state in case.claims],
        "named_by": [{"issue": other, "kind": tie.kind} for other, tie in case.book.named_by(entry.id)],
        "findings": found,
    }


def issue_facts(case: Case) -> list[dict[str, Any]]:
    """Every fact of an issue without filters."""
    return [case.fact(FactRef(name)).as_data() for name in (*DEFINITIONS, *sorted(case.facts.measured_names))]


def _filled(value: Any) -> Any:  # noqa: ANN401  (plain data)
    """Data without empty lists and objects, of which each result has some."""
    if isinstance(value, dict):
        return {key: _filled(each) for key, each in value.items() if each not in ([], {})}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def _plain(record: BaseModel) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude_defaults=True, warnings=False)
