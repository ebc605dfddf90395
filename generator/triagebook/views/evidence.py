"""Evidence: each piece with its result and what it counts for."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.ledger.grading import moment
from triagebook.model.base import Text
from triagebook.model.evidence import (
    CommandOutput,
    Evidence,
    Grade,
    Held,
    MeasuredValue,
    Observation,
    Outcome,
    TestRun,
)

_FEW = 3  # tests, which are listed each with its error

_KINDS = {
    TestRun: "Test run",
    CommandOutput: "Command output",
    MeasuredValue: "Measured value",
    Observation: "Observation",
}


class EvidenceRow(Struct, frozen=True):
    """A piece of evidence, with what it counts for."""

    name: str
    kind: str
    record: Evidence
    result: str  # in a few words
    counts_as: str
    documents: tuple[str, ...]  # the documents it was typed from, if nothing else vouches for it
    totals: tuple[str, ...]  # that the source states itself
    files: tuple[Text, ...]  # the code it saw, by digest

    @property
    def timed(self) -> bool:
        return isinstance(self.record, TestRun) and any(each.seconds for each in self.record.results.values())

    @property
    def expected(self) -> list[tuple[Held, list[Text]]]:
        """What was expected when the run was recorded, each with its tests."""
        found: dict[str, tuple[Held, list[Text]]] = {}
        for name, held in self.record.expected.items() if isinstance(self.record, TestRun) else ():
            found.setdefault(repr(held), (held, []))[1].append(Text(name))
        return list(found.values())

    @property
    def common_error(self) -> tuple[str, int]:
        """The error that most failed tests ended with, and how many; empty if few tests had the same."""
        results = self.record.results.values() if isinstance(self.record, TestRun) else ()
        errors = Counter(str(result.error) for result in results if result.error)
        error, number = max(errors.items(), key=lambda one: one[1], default=("", 0))
        return (error, number) if number > _FEW else ("", 0)

    @property
    def remarked(self) -> bool:
        """Whether a result has an error of its own, attempts, files that it may be in, a note or a source."""
        results, same = self.record.results.values() if isinstance(self.record, TestRun) else (), self.common_error[0]
        own = (result.error and result.error != same for result in results)
        return any(own) or any(one.attempts or one.fits or one.note or one.from_ for one in results)


def evidence_rows(case: Case) -> tuple[EvidenceRow, ...]:
    """The evidence of an issue, the earliest first."""
    ordered = sorted(case.entry.evidence.items(), key=lambda item: (moment(item[1]), item[0]))
    return tuple(evidence_row(case, name, record) for name, record in ordered)


def evidence_row(case: Case, name: str, record: Evidence) -> EvidenceRow:
    return EvidenceRow(
        name=name,
        kind=_KINDS[type(record)],
        record=record,
        result=_result(record),
        counts_as=case.ledger.grades[name].value,
        documents=unverified_sources(case, name),
        totals=totals(record) if isinstance(record, TestRun) else (),
        files=tuple(Text(f"{path} {digest.partition(':')[2][:9]}") for path, digest in record.code.items()),
    )


def totals(record: TestRun) -> tuple[str, ...]:
    """The totals that the source of a run states itself."""
    stated = ((label, value) for label, value in record.totals or () if value is not None)
    return tuple(str(value) if label == "seconds" else f"{value} {label}" for label, value in stated)


def unverified_sources(case: Case, name: str) -> tuple[str, ...]:
    """The documents that evidence was typed from; empty if a machine or a named person vouches for it."""
    if case.ledger.grades[name] is not Grade.TRANSCRIBED:
        return ()
    return tuple(dict.fromkeys(source.document for source in case.entry.evidence[name].from_))


def _result(record: Evidence) -> str:
    match record:
        case TestRun():
            counts = Counter(result.outcome for result in record.results.values())
            listed = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
            return listed or "no test result"
        case CommandOutput():
            return f"exit code {record.exit_code}" if record.exit_code is not None else "output kept"
        case MeasuredValue():
            return f"{record.name} is {record.value}"
        case Observation():
            seen = "the error was seen" if record.error else "seen"
            return f"{seen} {record.count} times" if record.count and record.count > 1 else seen
        case _:
            return ""
