"""TB82x: statements that nothing can prove or refute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known
from .document import Document
from .phrases import any_of, one_of

_QUALITY = any_of(
    r"no (?:performance |noticeable |measurable )?(?:degradation|regressions?|slowdown)",
    r"no impact on performance",
    r"no (?:new )?errors? introduced",
    r"performance(?: is|:)? (?:maintained|unchanged|improved|unaffected|the same|acceptable)",
    r"performance[ -]\w*:? (?:none|no degradation|same or better|maintained|improved)",
    r"(?:same or better|improved|better|optimal|excellent) performance",
    r"(?:slightly |much |significantly )?faster",
    r"memory usage:? (?:identical|unchanged|the same)",
    r"stability:? (?:is |was )?(?:maintained|confirmed|improved)",
    r"(?:is|remains?|are) (?:stable|responsive|performant|reliable)",
    r"works? reliably",
    r"high confidence",
)
_MEASURE = one_of(
    r"\d+(?:\.\d+)?\s?(?:%|ms\b|s\b|sec|min|MB|GB|KB|x\b|rps|req|per )",
    r"[<>≤≥]\s?\d", r"\d+ (?:of|/|out of) \d+", r"\d+ runs",
    flags=re.IGNORECASE,
)  # fmt: skip


class NoMeasure(DocumentRule, code="TB821", severity=Level.WARNING):
    """A statement about speed, stability or confidence without a value or a threshold."""

    why = "Nobody can check it, and everybody will quote it."
    remedy = "give the value, its threshold, and the run that measured it; or leave it out"
    bad = """
# Validation report

- **Performance:** No degradation from the fix
"""
    good = bad.replace("No degradation from the fix", "median response 1.4 s before, 1.3 s after (200 requests)")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.is_of_work:
            for line in document.prose:
                match = _QUALITY.search(line.without_code)
                if match and not _MEASURE.search(line.text):
                    yield self.finding(document, line.number, f"no value supports `{match.group()}`", match.group())


_PLACEHOLDER = one_of(
    r"\b(?:TBD|TBC|FIXME|XXX+)\b",
    r"\?{3,}",
    r"\b[Ll]ines? ~?[XYZWN]\b|~[A-Z]\b",
    r"(?i:\bto be (?:determined|decided|filled in|completed later)\b|\blorem ipsum\b)",
    r"(?i:\[(?:insert|your|add|todo)\b[^\]]*\](?!\()|<(?:insert|todo|placeholder)\b[^>]*>)",
)


class Placeholder(DocumentRule, code="TB822", severity=Level.WARNING):
    """A placeholder stands where a value belongs."""

    why = "A document with parts to be determined is a draft, whatever its status says."
    remedy = "fill it in, or say what is unknown and who will find out"
    bad = "1. Line ~X: the health check endpoint"
    good = "1. Line 85: the health check endpoint"

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for line in document.prose:
            if match := _PLACEHOLDER.search(line.without_code):
                yield self.finding(document, line.number, f"`{match.group()}` is a placeholder", match.group())
