"""TB87x: a document compared with the record of an issue: its verdict, results, locations and severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triagebook.facts.base.test_facts import runs_by_result
from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus, EnvironmentVerdict
from triagebook.facts.verdict.stages import Stage
from triagebook.findings import Finding
from triagebook.model.values import FactRef
from triagebook.text import counted

from .base import DocumentRule, Known, LineRule
from .document import MarkdownDocument, TextLine
from .figures import Outcomes, count, outcomes
from .success import verdict_in
from .words import Words, any_of

WORDS = Words("record")

_STAGES = {
    Stage.RELEASED: any_of("released", "deployed to production", "live in production"),
    Stage.VALIDATED: any_of(
        "validated",
        "verified",
        "ready for (?:production|release)",
        "production[- ]ready",
        r"\w+\W+ready",
        "resolved",
        "restored",
        "operational",
    ),
    Stage.FIXED: any_of("fixed", "resolved", "complete"),
}


class VerdictBeyondStage(DocumentRule, code="TB871"):
    """The document calls the issue fixed, validated or ready, but the evidence does not."""

    with_issue = True

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        case = known.case
        if case is None:
            return
        for line, words in verdict_in(document):
            claimed = next((stage for stage, pattern in _STAGES.items() if pattern.search(words)), None)
            if claimed and not case.verdict.has_reached(claimed):
                verdict = case.verdict
                says = f"`{words}`, but the evidence supports `{verdict.stage}`: {verdict.bottom_line}"
                yield self.finding(document, line.number, says, words)


class CaseRule(LineRule):
    """A rule that compares one line with an issue."""

    with_issue = True

    def in_line(self, line: TextLine, known: Known) -> Iterable[tuple[str, str]]:
        return self.against(line, known.case) if known.case else ()

    def against(self, line: TextLine, case: Case) -> Iterable[tuple[str, str]]:
        return ()


def environments_in(text: str, case: Case) -> Iterator[tuple[str, str, EnvironmentVerdict | None]]:
    """The environments where a line claims success: its words, the name, and what the evidence says of it."""
    for match in WORDS.proven_in.finditer(text):
        name = match["environment"].lower()
        if name in case.book.catalog.environments and not WORDS.denied.search(text[: match.end()]):
            yield match.group(), name, case.verdict.environments.get(name)


class EnvironmentNotProven(CaseRule, code="TB872"):
    """The document claims success in an environment where no run proves it."""

    def against(self, line: TextLine, case: Case) -> Iterator[tuple[str, str]]:
        for words, name, found in environments_in(line.text, case):
            if found is None or found.state is not EnvironmentStatus.PROVEN:
                why = found.reasons[0] if found and found.reasons else "no run is recorded"
                yield words, f"`{words}`, but {name} is not proven: {why}"


def stated_result(text: str) -> tuple[int, int] | None:
    """How many tests passed, of how many; None if a line does not state both."""
    if match := WORDS.ratio.search(text):
        return count(match["passed"]), count(match["of"])
    stated = Outcomes({}) if WORDS.denied.search(re.split(r"\d", text)[0]) else outcomes(text)
    passed = stated.of("passed")
    whole = stated.total or (sum(stated.counts.values()) if len(stated.counts) > 1 else None)
    return None if passed is None or whole is None else (passed, whole)


class ResultNotRecorded(CaseRule, code="TB873"):
    """The document states a test result that no recorded run has."""

    def against(self, line: TextLine, case: Case) -> Iterator[tuple[str, str]]:
        stated, recorded = stated_result(line.text), runs_by_result(case.ledger)
        if stated and stated not in recorded:
            words = f"{stated[0]}/{stated[1]} passed"
            has = ", ".join(f"{passed}/{of}" for passed, of in sorted(recorded)) or "none"
            yield words, f"`{words}` is the result of no recorded run; recorded: {has}"


class UnlikeRecord(CaseRule, code="TB874"):
    """Severity, files or locations differ from those of the record."""

    def against(self, line: TextLine, case: Case) -> Iterator[tuple[str, str]]:
        match = WORDS.severity.search(line.text)
        severity = case.issue.severity.value
        if match and match["level"].lower() != severity:
            yield match["level"], f"`{match.group()}`, but the record says {severity}"
        for match in WORDS.locations.finditer(line.text):
            things, whole = match["things"].lower(), re.search(r"(?i)\b(?:all|total|in|affected)\b", line.text)
            known = case.fact(FactRef(f"affected.{things}")).value
            if whole and isinstance(known, int) and count(match["number"]) != known:
                has = counted(known, things.rstrip("s"))
                yield match.group(), f"`{match.group()}`, but the record has {has}"
