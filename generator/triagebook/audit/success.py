"""TB81x: success that the document itself, or the order of its steps, contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding

from .base import AnyLineRule, DocumentRule, Known
from .document import Document, Kind, Line, Mark
from .words import Words

WORDS = Words("success")

# Words of a finished work, as verdicts use them.
# What has not happened, in the words of people who would rather not say so.


def statements(document: Document) -> Iterator[Line]:
    """The lines that state how things are: no criteria, expectations and lists of what is to come."""
    criteria = {row.line for title, *rows in document.tables if WORDS.to_come.search(title.text) for row in rows}
    for before, items in document.lists:
        if before is not None and WORDS.to_come.search(before.text):
            criteria |= {line.number for item in items for line in item.lines}
    yield from (line for line in document.prose if line.number not in criteria)


def verdict_in(document: Document) -> Iterator[tuple[Line, str]]:
    """The lines that call the work finished, with the words that do."""
    for line in statements(document):
        match = WORDS.done.search(line.text)
        if (
            not match
            or WORDS.not_yet.search(line.text[: match.start()])
            or WORDS.condition.search(re.split(r"[:;.]\s", line.text[match.end() :])[0])
        ):
            continue
        if Mark.PENDING not in line.marks:
            yield line, match.group().strip()


def _open_lines(document: Document) -> list[Line]:
    return [
        line
        for line in document.prose
        if Mark.PENDING in line.marks or (WORDS.open.search(line.text) and not WORDS.nothing_open.search(line.text))
    ]


class FinishedWithOpenWork(DocumentRule, code="TB811"):
    """The document calls the work finished, and shows that part of it is not done."""

    why = "Somebody will release on the strength of the verdict and never read the line that takes it back."
    remedy = "say what is done and what is not: `fix committed; not verified in staging`"
    bad = """
# Validation report

**Status:** FIXED AND VALIDATED

The staging service was not accessible for the final validation.
"""
    good = bad.replace("FIXED AND VALIDATED", "fix committed, not validated")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        boxes = document.kind is Kind.REPORT  # those of a plan are for its reader to tick
        still_open = [line for line in _open_lines(document) if boxes or not line.text.lstrip().startswith("[ ]")]
        for line, words in verdict_in(document):
            is_before = WORDS.before_release.search(words)
            others = (one for one in still_open if not (is_before and WORDS.of_release.search(one.text)))
            other = next((one for one in others if one.number != line.number), None)
            if other:
                says = f"`{words}`, but line {other.number} says: {other.text.strip()[:100]}"
                yield self.finding(document, line.number, says, words)


_DENIES = re.compile(
    r"^\W*(?:no|nothing)\b|\. No\b|\b(?:shows?|proves?) that\b|\breproduc|\b(?:before|without) (?:the )?fix\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\b(\d[\d,]*)/(\d[\d,]*) (?:tests? )?pass(?:ed|ing)?\b", re.IGNORECASE)


class AllPassWithFailures(DocumentRule, code="TB812"):
    """The document says that all tests pass, and lists failures."""

    why = "One failure is enough to make the sentence false, and it is the one that matters."
    remedy = "say how many passed, failed and did not run"
    bad = """
# Validation report

All tests pass.

- ✅ test_connect
- ❌ test_send
"""
    good = bad.replace("All tests pass", "One of two tests passes")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.kind is not Kind.REPORT:
            return
        for line in statements(document):
            match = WORDS.all_pass.search(line.text)
            if match and not WORDS.not_yet.search(line.text[: match.start()]) and Mark.PENDING not in line.marks:
                failure = next((one for one in _failures(document) if one.number != line.number), None)
                if failure:
                    says = f"`{match.group()}`, but line {failure.number} says: {failure.text.strip()[:100]}"
                    yield self.finding(document, line.number, says, match.group())


def _failures(document: Document) -> Iterator[Line]:
    """The lines that show a failed test."""
    for block in document.blocks:
        for line in block.lines:
            short = _SHORT.search(line.text)
            failed = (
                WORDS.failed.search(line.text)
                and not WORDS.all_pass.search(line.text)
                and not _DENIES.search(line.text)
            )
            if Mark.FAILED in line.marks or failed or (short and short[1] != short[2]):
                yield line


class ExcusedFailure(AnyLineRule, code="TB816"):
    """A failed test is called expected, flaky or unrelated."""

    why = "A test that was to pass and did not has found something, until a cause is shown."
    remedy = "count it as failed; declare an expected failure or a rate before the run, not after it"
    bad = """
# Validation report

- ⚠️ test_race (expected intermittent)
"""
    good = bad.replace("⚠️ test_race (expected intermittent)", "❌ test_race failed in 3 of 50 runs")
    only = (Kind.REPORT,)

    def in_line(self, line: Line, known: Known) -> Iterator[tuple[str, str]]:
        failed = WORDS.failure.search(line.text) or line.marks & {Mark.FAILED, Mark.WARNED}
        excuse = WORDS.excuse.search(line.text)
        if failed and excuse and not WORDS.before_fix.search(line.text):
            yield excuse.group(), f"a failure is excused: `{excuse.group()}`"
