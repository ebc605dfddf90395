"""TB83x: who states something, when, and from where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known
from .document import Document, Kind
from .phrases import any_of, one_of


class WrongCharacters(DocumentRule, code="TB831", severity=Level.WARNING):
    """Text was decoded with the wrong character set."""

    why = "Ticks and warnings turn into noise, and a search does not find them."
    remedy = "save the file as UTF-8 once more from its source, or repair it: `ftfy FILE`"
    bad = "Status: âœ… fixed"
    good = "Status: ✅ fixed"

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.misread:
            more = f" (and {len(document.misread) - 1} more lines)" if len(document.misread) > 1 else ""
            line = document.misread[0]
            yield self.finding(document, line, f"this was decoded with the wrong character set{more}")


_MACHINE_PATH = one_of(
    r"(?<![\w/])[A-Z]:\\(?:[\w .-]+\\)+[\w.-]+",
    r"(?<![\w/])/(?:home|Users)/(?!you\b|user\b|me\b|USER)[\w.-]+/[\w./-]+",
    r"(?<![\w/])/root/[\w./-]+",
)


class MachinePath(DocumentRule, code="TB832", severity=Level.WARNING):
    """A path exists on one person's machine only."""

    why = "Nobody else can follow it, and it may name a person."
    remedy = "write the path from the root of the repository, with forward slashes"
    bad = r"""
# Remediation plan

Change `C:\GitHub\shop\app\routes.py`.
"""
    good = bad.replace("C:\\GitHub\\shop\\app\\routes.py", "app/routes.py")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.is_of_work:
            for line in (line for block in document.blocks for line in block.lines):
                if match := _MACHINE_PATH.search(line.text):
                    yield self.finding(
                        document, line.number, f"`{match.group()}` is a path of one machine", match.group()
                    )


_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_HEAD = {
    "date": re.compile(r"(?i)\b(?:date|created|updated|generated|as of)\b|\b20\d\d-\d\d-\d\d\b"),
    "author": re.compile(
        r"(?i)\b(?:authors?|by|owner|prepared|reviewed|written|tester|engineer|validated by)\b\W+\w+|@\w+"
    ),
    "commit": one_of(
        r"\b(?:commit|revision|sha|build|version|tag)\b\W{0,4}[\w.]+",
        r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b",
        flags=re.IGNORECASE,
    ),
}
_RESULT = re.compile(r"(?i)\b\d+ (?:passed|failed)\b|\d+/\d+ pass|✅|❌")
_ENVIRONMENT = any_of(
    "environment", "staging", "production", "locally", "local", "ci", r"python \d.*", r"node \d.*", "ubuntu", "windows",
    "macos", "linux", "docker", "container",
)  # fmt: skip
_COMMAND = re.compile(
    r"(?i)\b(?:pytest|npm|npx|yarn|pnpm|jest|go test|mvn|gradle|cargo|make|dotnet|ctest|tox|nox|python3?) "
)


class MissingOrigin(DocumentRule, code="TB833", severity=Level.WARNING):
    """A report lacks its date, author, commit, environment or command."""

    why = "A result that can't be traced to code, time and machine can't be repeated."
    remedy = "name them at the top: `Date:`, `Author:`, `Commit:`, and the command and environment of each result"
    bad = """
# Validation report

**Date:** 2026-05-04

12 passed in staging.
"""
    good = """
# Validation report

**Date:** 2026-05-04, **Author:** QA team, **Commit:** 5222b25608c3

`pytest tests/smoke` in staging: 12 passed.
"""

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if not document.is_of_work or len(document.blocks) < 2:
            return
        second = next((heading.line for heading in document.headings[1:]), len(document.raw) + 1)
        head = "\n".join(line.text for line in document.prose if line.number < second)
        end = "\n".join(line.text for line in document.prose[-4:])
        missing = [name for name, pattern in _HEAD.items() if not pattern.search(head) and not pattern.search(end)]
        text = "\n".join(line.text for block in document.blocks for line in block.lines)
        if document.kind is Kind.REPORT and _RESULT.search(text):
            missing += [
                name
                for name, pattern in (("environment", _ENVIRONMENT), ("command", _COMMAND))
                if not pattern.search(text)
            ]
        if missing:
            yield self.finding(document, document.blocks[0].line, f"it names no {' and no '.join(missing)}")


_MONEY = one_of(
    r"[$€£]\s?\d[\d,.]*\s?(?:[KMB]\b|million|billion)?\+?",
    r"\d+(?:\.\d+)?\s?% of (?:the |our |all |platform |total )?(?:\w+ )?"
    r"(?:value|revenue|users|customers|traffic|business|arr)\b",
    flags=re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?i)\b(?:source|according to|from the|per|see|measured|reported by|estimate by)\b|\]\(|https?://|\[\^"
)


class UnsourcedFigure(DocumentRule, code="TB834", severity=Level.WARNING):
    """An amount of money, or a share of the business, has no source."""

    why = "Large figures decide priorities; one that was made up decides them wrongly."
    remedy = "name who states it, and where; or leave it out"
    bad = """
# Remediation plan

This protects $500K+ ARR.
"""
    good = bad.replace("ARR.", "ARR (source: finance report 2026-Q1).")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if not document.is_of_work:
            return
        said: set[str] = set()
        for line in document.prose:
            for match in _MONEY.finditer(line.without_code):
                figure = match.group().strip().lower()
                if figure not in said and not _SOURCE.search(document.raw[line.number - 1]):
                    said.add(figure)
                    yield self.finding(
                        document, line.number, f"`{match.group().strip()}` has no source", match.group().strip()
                    )


class ImpossibleDate(DocumentRule, code="TB835"):
    """A date lies in the future, does not exist, or is later than that of the document that reports it."""

    why = "A report can't tell what had not happened when it was written."
    remedy = "correct the date"
    bad = """
# Validation report

**Date:** 2026-05-04

The tests were run on 2026-05-06.
"""
    good = bad.replace("2026-05-06", "2026-05-03")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        stated: tuple[int, date] | None = None
        for line in document.prose if document.is_of_work else ():
            for match in _DATE.finditer(line.without_code):
                try:
                    day = date(int(match[1]), int(match[2]), int(match[3]))
                except ValueError:
                    yield self.finding(document, line.number, f"there is no day {match.group()}", match.group())
                    continue
                if stated is None and re.search(r"(?i)\bdate\b", line.text[: match.start()]):
                    stated = (line.number, day)
                    if known.day and day > known.day:
                        yield self.finding(document, line.number, f"{day} is in the future", match.group())
                elif stated and day > stated[1] and _HAPPENED.search(line.text):
                    says = f"{day} is after the document's own date in line {stated[0]}, {stated[1]}"
                    yield self.finding(document, line.number, says, match.group())


_HAPPENED = any_of(
    "ran", "run on", "was", "were", "has", "have", "tested", "executed", "deployed", "passed", "failed", "fixed",
    "found", "merged", "started", "completed", "validated", "observed",
)  # fmt: skip
