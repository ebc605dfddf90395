"""TB87x: a document compared with the record of an issue: its verdict, results, locations and severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triagebook.facts.base.test_facts import passed_by_run
from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.findings import Finding
from triagebook.model.values import FactRef
from triagebook.text import counted

from .base import DocumentRule, Known, LineRule
from .document import MarkdownDocument, TextLine
from .figures import count
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
        "resolved",
        "restored",
        "operational",
    ),
    Stage.FIXED: any_of("fixed", "resolved", "complete"),
}


class VerdictBeyondStage(DocumentRule, code="TB871"):
    """The document calls the issue fixed, validated or ready, and the evidence does not."""

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


class EnvironmentNotProven(CaseRule, code="TB872"):
    """The document claims success in an environment where no run proves it."""

    def against(self, line: TextLine, case: Case) -> Iterator[tuple[str, str]]:
        environments, named = case.verdict.environments, case.book.catalog.environments
        for match in WORDS.proven_in.finditer(line.text):
            name = match["environment"].lower()
            found = environments.get(name)
            is_proven = found is not None and found.state is EnvironmentStatus.PROVEN
            if name in named and not is_proven and not WORDS.denied.search(line.text[: match.end()]):
                why = found.reasons[0] if found and found.reasons else "no run is recorded"
                yield match.group(), f"`{match.group()}`, but {name} is not proven: {why}"


class ResultNotRecorded(CaseRule, code="TB873"):
    """The document states a test result that no recorded run has."""

    def against(self, line: TextLine, case: Case) -> Iterator[tuple[str, str]]:
        for match in WORDS.ratio.finditer(line.text):
            counts = passed_by_run(case.ledger)  # a transcribed one may be typed from this very document
            if (count(match["passed"]), count(match["of"])) not in counts:
                has = ", ".join(f"{passed}/{of}" for passed, of in sorted(counts)) or "none"
                yield match.group(), f"`{match.group()}` is the result of no recorded run; recorded: {has}"


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
