"""The kinds of contradiction that no corruption of a record can show, and what of the others only a reader sees."""

from __future__ import annotations

from triagebook.model.document import Contradiction

# No record shows these by itself: the rules of TB5xx find them beside a checkout, and those of TB8xx in a document.
NOT_IN_A_RECORD: dict[Contradiction, str] = {
    Contradiction.DRIFT: "whether a line, a path or an option exists is known by the source code at that commit alone",
    Contradiction.TWO_VALUES: "a record states a thing once; a document may state it twice",
    Contradiction.DATE: "the days of a record are compared with its evidence; those of a document with each other",
    Contradiction.DESTRUCTIVE: "a command of a plan is agreed to before it runs; one in a document is copied",
}

# A record shows a part of these; the rest is kept as a claim, disputed with what is so.
READER_ONLY: dict[Contradiction, str] = {
    Contradiction.INFLATED_COUNT: "that a test does not touch what was changed",
    Contradiction.VACUOUS: "that a test patches what it tests, or that a search matches its own tests",
    Contradiction.IMPOSSIBLE_EXPECTATION: "that the chosen fix can't change what a test does",
    Contradiction.VERDICT_WITHOUT_EVIDENCE: "a verdict in prose, where it names no fact",
    Contradiction.FIX_AND_CHANGE: "that the change described is another than the option that was chosen",
    Contradiction.SCOPE: "extents that are given in prose, and product code that nobody listed",
    Contradiction.ENVIRONMENT: "that a command needs what the plan excludes",
    Contradiction.UNMEASURED: "that a measure does not measure what its criterion says",
    Contradiction.SEVERITY_AND_RISK: "two scales in one sentence",
    Contradiction.LOOSE_END: "a defect that is noticed in prose",
}
