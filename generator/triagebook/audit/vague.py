"""TB82x: statements that nothing can prove or refute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Level

from .base import Known, LineRule
from .document import Document, Kind, Line
from .phrases import any_of, one_of

OF_WORK = (Kind.PLAN, Kind.REPORT)
_SUBJECT = (
    r"(?:performance|latency|response times?|load times?|throughput|memory(?: usage| consumption)?|cpu (?:usage|load)|"
    r"speed|overhead|"
    r"stability|scalability|confidence|start-?up time)"
)
_GOOD = (
    r"(?:maintained|unchanged|(?:not |un)affected|the same(?! \w)|same or better|acceptable|improved|excellent|"
    r"optimal|good|better|identical|"
    r"higher|lower|reduced|confirmed|negligible|none|no (?:degradation|impact|regression)|high|did not change|"
    r"as good as before)"
)
_QUALITY = any_of(
    r"no (?:performance |noticeable |measurable )*(?:degradation|regressions?|slowdowns?|overhead|"
    r"effect on (?:speed|performance))",
    r"no (?:performance impact|impact on performance)", r"no (?:new )?errors? introduced",
    rf"{_SUBJECT}(?: impact| risk)?(?: of the fix)?(?:\*\*|\s(?:is|was|are|has|have|were|been|now|much|greatly))*"
    rf"\s?:?\s?{_GOOD}",
    r"(?:same or better|improved|better|optimal|excellent) performance",
    r"(?:slightly |much |significantly |noticeably )?faster",
    r"(?:is|remains?|are|runs?) (?:now |very |more )?(?:stable|stably|responsive|performant|reliable|reliably|"
    r"scalable)",
    r"more (?:efficient|responsive|stable|robust|reliable|performant)",
    r"(?:significant|major|huge|big|noticeable) (?:performance )?"
    r"(?:improvements?|gains?|speed-?ups?)", r"snappier|smoother|rock[- ]solid", r"works? reliably", r"scales? well",
    r"high confidence",
)  # fmt: skip
_MEASURE = one_of(
    r"\d+(?:\.\d+)?\s?(?:%|ms\b|s\b|sec|min|MB|GB|KB|x\b|rps|req|per )",
    r"[<>≤≥]\s?\d", r"\d+ (?:of|/|out of) \d+", r"\d+ runs",
    flags=re.IGNORECASE,
)  # fmt: skip


class NoMeasure(LineRule, code="TB821", severity=Level.WARNING):
    """A statement about speed, stability or confidence without a value or a threshold."""

    why = "Nobody can check it, and everybody will quote it."
    remedy = "give the value, its threshold, and the run that measured it; or leave it out"
    bad = """
# Validation report

- **Performance:** No degradation from the fix
"""
    good = bad.replace("No degradation from the fix", "median response 1.4 s before, 1.3 s after (200 requests)")
    only = OF_WORK

    def lines(self, document: Document) -> Iterator[Line]:
        assessed = {row.line for title, *rows in document.tables if "risk" in title.text.lower() for row in rows}
        return (line for line in document.prose if line.number not in assessed)

    def in_line(self, line: Line, known: Known) -> Iterator[tuple[str, str]]:
        match = _QUALITY.search(line.without_code)
        if match and not _MEASURE.search(line.text):
            yield match.group(), f"no value supports `{match.group()}`"


_PLACEHOLDER = one_of(
    r"\b(?:TBD|TBC|TBA|FIXME|XXX+)\b",
    r"\?{3,}",
    r"\b[Ll]ines? ~?[XYZWN]\b|~[A-Z]\b",
    r"(?i:\bto be (?:determined|decided|filled in|completed later)\b|\blorem ipsum\b)",
    r"(?i:\[(?:insert|your|add|todo|placeholder)\b[^\]]*\](?!\()|<(?:insert|todo|placeholder)\b[^>]*>)",
)
_IN_WORK = one_of(  # what a guide may write for the reader to replace
    r"\bTODO\b(?=:| -|\s*-->)",
    r"\bXX+\b|\bX{6,}\b|#N{3}\b",
    r"(?<![\w_])_{3,}(?![\w_])|__ ?%",
    r"(?i:: ?(?:YYYY-MM-DD|<[a-z ]+>)(?=[.\s]|$))",
    r"(?i:\bfill in\b|: \?(?=\s|$)|\bversion:? x\.y(?:\.z)?\b|\bto be (?:done|defined)(?=[.]|$)|"
    r"\badd (?:more )?details here\b)",
)


class Placeholder(LineRule, code="TB822", severity=Level.WARNING):
    """A placeholder stands where a value belongs."""

    why = "A document with parts to be determined is a draft, whatever its status says."
    remedy = "fill it in, or say what is unknown and who will find out"
    bad = "1. Line ~X: the health check endpoint"
    good = "1. Line 85: the health check endpoint"

    def lines(self, document: Document) -> Iterator[Line]:
        code = {line.number for block in document.code for line in block.lines}
        of_work = document.is_of_work
        for number, raw in enumerate(document.raw, 1):
            line = Line(number, raw)
            if number not in code and (of_work or not _IN_WORK.search(line.without_code)):
                yield line

    def in_line(self, line: Line, known: Known) -> Iterator[tuple[str, str]]:
        text = line.without_code
        if match := _PLACEHOLDER.search(text) or _IN_WORK.search(text):
            yield match.group(), f"`{match.group()}` is a placeholder"
