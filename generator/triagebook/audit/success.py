"""TB81x: success that the document itself, or the order of its steps, contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding

from .base import DocumentRule, Known
from .document import Document, Kind, Line, Mark
from .phrases import any_of

# Words of a finished work, as verdicts use them.
_DONE = any_of(
    r"ready for (?:production|release|deployment)",
    r"production[- ]ready",
    r"(?:fully|successfully|completely) (?:fixed|validated|resolved|tested|verified|implemented)",
    r"fixed and validated",
    r"(?:is|been|was|status:?)\W{0,4}(?:now |fully |successfully )?"
    r"(?:resolved|fixed|validated|completed?|done|verified|operational|restored)",
    r"(?:fix|issue|bug) (?:complete|resolved|validated)",
)
NOT_YET = any_of(
    "not", "once", "when", "until", "after", "before", "if", "unless", "should", "will", "must", "can", "to be",
    "would", "could", "needs?", "pending", "partially",
)  # fmt: skip
_CONDITION = any_of("when", "once", "if", "after", "until", "pending", "unless")
# What has not happened, in the words of people who would rather not say so.
_OPEN = any_of(
    r"not (?:yet )?(?:accessible|available|tested|verified|validated|deployed|run|executed|confirmed|possible)",
    r"unverified", r"untested", r"could(?: not|n't) be", r"unable to", r"attempted", r"timed? ?out", r"time-?out",
    r"pending", r"blocked", r"outstanding", r"skipped", r"tbd",
    r"when (?:\w+ )?(?:infrastructure|docker|available)",
    r"to be (?:done|verified|confirmed|tested|determined)",
    r"still (?:open|failing|to do)",
    r"remains to be", r"infrastructure limit\w*",
)  # fmt: skip
_NOTHING_OPEN = any_of(
    r"(?:no|none|zero|0|without|nothing|any) (?:\w+ )?(?:pending|blocked|outstanding|skipped)", r"pending[- ]marks?"
)


def verdict_in(document: Document) -> Iterator[tuple[Line, str]]:
    """The lines that call the work finished, with the words that do."""
    for line in document.prose:
        match = _DONE.search(line.text)
        if not match or NOT_YET.search(line.text[: match.start()]) or _CONDITION.search(line.text[match.end() :]):
            continue
        if Mark.PENDING not in line.marks:
            yield line, match.group().strip()


def _open_lines(document: Document) -> list[Line]:
    return [
        line
        for line in document.prose
        if Mark.PENDING in line.marks or (_OPEN.search(line.text) and not _NOTHING_OPEN.search(line.text))
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
        still_open = _open_lines(document)
        for line, words in verdict_in(document):
            other = next((one for one in still_open if one.number != line.number), None)
            if other:
                says = f"`{words}`, but line {other.number} says: {other.text.strip()[:100]}"
                yield self.finding(document, line.number, says, words)


_ALL_PASS = any_of(
    r"all (?:\w+[ -]){0,4}?tests? (?:are |now |have )*(?:pass(?:ed|ing|es)?|green|succeed(?:ed)?)",
    r"100 ?% (?:pass|success|passed|of (?:the )?tests)",
    r"(?:no|zero|0) (?:test )?failures",
    r"no regressions?",
)
_FAILED = any_of(
    r"[1-9]\d* (?:tests? )?(?:failed|failing|failures?|errors)", r"[1-9]\d* expected failures?", r"FAILED",
    r"fails (?:in|on|with)",
)  # fmt: skip
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
        for line in document.prose:
            match = _ALL_PASS.search(line.text)
            if match and not NOT_YET.search(line.text[: match.start()]) and Mark.PENDING not in line.marks:
                failure = next((one for one in _failures(document) if one.number != line.number), None)
                if failure:
                    says = f"`{match.group()}`, but line {failure.number} says: {failure.text.strip()[:100]}"
                    yield self.finding(document, line.number, says, match.group())


def _failures(document: Document) -> Iterator[Line]:
    """The lines that show a failed test."""
    for block in document.blocks:
        for line in block.lines:
            short = _SHORT.search(line.text)
            if Mark.FAILED in line.marks or _FAILED.search(line.text) or (short and short[1] != short[2]):
                yield line


_EXCUSE = any_of(
    r"expected (?:intermittent )?(?:failure|to fail)",
    r"expected intermittent",
    r"known (?:flak\w+|intermittent)",
    r"(?:acceptable|unrelated|pre-existing) failure",
    r"(?:can|may) (?:be )?(?:safely )?ignored?",
    r"not (?:a )?(?:real|blocking) (?:failure|issue)",
)


class ExcusedFailure(DocumentRule, code="TB816"):
    """A failed test is called expected, flaky or unrelated."""

    why = "A test that was to pass and did not has found something, until a cause is shown."
    remedy = "count it as failed; declare an expected failure or a rate before the run, not after it"
    bad = """
# Validation report

- ⚠️ test_race (expected intermittent)
"""
    good = bad.replace("⚠️ test_race (expected intermittent)", "❌ test_race failed in 3 of 50 runs")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.kind is not Kind.REPORT:
            return
        for block in document.blocks:
            for line in block.lines:
                if match := _EXCUSE.search(line.text):
                    yield self.finding(document, line.number, f"a failure is excused: `{match.group()}`", match.group())
