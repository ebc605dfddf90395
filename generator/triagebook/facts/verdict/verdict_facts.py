"""Facts that follow from the criteria and the verdict."""

from __future__ import annotations

import sys

from triagebook.facts.base.fact import Computed, Definition, definitions_in, evidence_origin, fact, issue_origin

from .criteria import Answer
from .verdict import Verdict


def _criteria(name: str, summary: str, answer: Answer | None) -> Definition:
    def compute(verdict: Verdict, phase: str | None = None, kind: str | None = None) -> Computed:
        criteria = verdict.entry.issue.criteria
        if not criteria:
            return Computed(None, why_unknown="no criterion is recorded")
        found = [
            key
            for key, criterion in criteria.items()
            if phase in {None, str(criterion.phase or "")}
            and kind in {None, str(criterion.kind or "")}
            and answer in {None, verdict.criteria[key].answer}
        ]
        return Computed(len(found), tuple(issue_origin(verdict.entry, "criteria", key) for key in found))

    return Definition(name, summary, "criteria", compute)


criteria_total = _criteria("criteria.total", "Criteria", None)
criteria_met = _criteria("criteria.met", "Criteria that are met", Answer.MET)
criteria_failed = _criteria("criteria.failed", "Criteria that failed", Answer.FAILED)
criteria_unknown = _criteria("criteria.unknown", "Criteria that are neither met nor failed", Answer.UNKNOWN)


@fact("stage", "What the evidence supports, for the whole issue")
def stage(verdict: Verdict) -> Computed:
    return Computed(verdict.stage.value, (issue_origin(verdict.entry),))


@fact("verdict", "What the evidence supports: the stage, or the state of one environment")
def of_environment(verdict: Verdict, environment: str | None = None) -> Computed:
    if environment is None:
        return Computed(verdict.stage.value, (issue_origin(verdict.entry),))
    found = verdict.environments.get(environment)
    if found is None:
        return Computed(None, why_unknown=f"nothing is required or recorded for {environment}")
    return Computed(found.state.value, tuple(evidence_origin(verdict.entry, name) for name in found.evidence))


DEFINITIONS = definitions_in(sys.modules[__name__])
