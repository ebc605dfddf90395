"""TB82x: statements that nothing can prove or refute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known
from .document import Code, Document, Kind
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


class NoMeasure(DocumentRule):
    """A statement about speed, stability or confidence without a value or a threshold."""

    code = "TB821"
    severity = Level.WARNING
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


class Placeholder(DocumentRule):
    """A placeholder stands where a value belongs."""

    code = "TB822"
    severity = Level.WARNING
    why = "A document with parts to be determined is a draft, whatever its status says."
    remedy = "fill it in, or say what is unknown and who will find out"
    bad = "1. Line ~X: the health check endpoint"
    good = "1. Line 85: the health check endpoint"

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for line in document.prose:
            if match := _PLACEHOLDER.search(line.without_code):
                yield self.finding(document, line.number, f"`{match.group()}` is a placeholder", match.group())


_IMPORT_CHECK = re.compile(
    r"""python3? -c\s+(?P<quote>["'])(?P<code>\s*(?:import|from)\b(?:(?!(?P=quote)).)*)(?P=quote)"""
)
_DOES_NOTHING = re.compile(r"^(?:import [\w., ]+|from [\w.]+ import [\w, *()]+|print\(.*\)|assert [\w.]+|)$")


class ImportAsProof(DocumentRule):
    """An import that succeeds is offered as a check of behaviour."""

    code = "TB823"
    severity = Level.WARNING
    why = "A module with the defect imports as well as one without it."
    remedy = "run a test that fails while the defect is there"
    bad = """
```bash
python -c "from app.manager import get_manager; print('manager works')"
```
"""
    good = """
```bash
python -m pytest tests/test_manager.py
```
"""

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for block in document.code:
            for line in block.lines:
                match = _IMPORT_CHECK.search(line.text)
                if (
                    match
                    and "print(" in match["code"]
                    and all(map(_DOES_NOTHING.match, map(str.strip, match["code"].split(";"))))
                ):
                    yield self.finding(
                        document, line.number, "this shows that a module can be imported, and no more", match.group()
                    )


_PASSES = any_of(r"(?:expected?|should)\b.*\b(?:pass(?:es|ing|ed)?|succeeds?|green)")
_BEFORE = any_of(r"before", r"pre-?fix", r"current state", r"with (?:the )?bug", r"reproduc\w+", r"bug exists")
_AFTER = any_of(r"after", r"post-?fix", r"validat\w+", r"fixed", r"with (?:the )?fix")
_COMMAND = re.compile(
    r"^\s*(?:\$ )?((?:python3? -m )?(?:pytest|npm run|npm test|npx|go test|mvn|cargo test|make|python3?|\./\S+)\b.*?)"
    r"\s*(?:#.*)?$"
)


class SameBeforeAndAfter(DocumentRule):
    """One command is expected to pass before the fix and after it."""

    code = "TB824"
    why = "A test that passes with the defect in place can't show that it is gone."
    remedy = "choose a test that fails before the fix, and say with which error"
    bad = """
# Test plan

## Before the fix

```bash
pytest tests/test_bug.py
# Expected: all tests pass
```

## After the fix

```bash
pytest tests/test_bug.py
# Expected: all tests pass
```
"""
    good = bad.replace("all tests pass", "test_connect fails with a TypeError", 1)

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        before: dict[str, int] = {}
        for block in document.code:
            heading = document.section_of(block.line)
            about = f"{heading.text if heading else ''} {block.text}"
            if not _PASSES.search(block.text):
                continue
            commands = {match[1]: line.number for line in block.lines if (match := _COMMAND.match(line.text))}
            if _BEFORE.search(heading.text if heading else "") or (_BEFORE.search(about) and not _AFTER.search(about)):
                before |= commands
            elif _AFTER.search(about):
                for command in commands.keys() & before.keys():
                    says = f"`{command}` is expected to pass in line {before[command]} too, before the fix"
                    yield self.finding(document, commands[command], says, command)


_SET_UP_ERROR = one_of(
    r"\b(?:ModuleNotFoundError|ImportError while|ERROR collecting|ERROR at setup|ECONNREFUSED|Cannot find module)\b",
    r"\berrors? during collection\b", r"\bfixture '\w+' not found", r"\bcommand not found\b",
    r"\bNo such file or directory\b", r"\bno tests ran\b", r"\bcollected 0 items\b",
)  # fmt: skip
_REPRODUCED = any_of(
    r"reproduce[sd]",
    r"(?:bug|issue) confirmed",
    r"(?:confirm|prove|demonstrate)s? (?:the )?(?:bug|issue|defect)",
)


class SetUpErrorAsReproduction(DocumentRule):
    """A run that failed in its set-up is counted as a reproduction of the defect."""

    code = "TB825"
    why = "A test that could not start says nothing about the product."
    remedy = "mend the set-up, run it again, and quote the failure of the test itself"
    bad = """
# Test report

The bug is reproduced:

```
ERROR collecting tests/test_bug.py
ModuleNotFoundError: No module named 'app'
```
"""
    good = bad.replace(
        "ERROR collecting tests/test_bug.py\nModuleNotFoundError: No module named 'app'",
        "FAILED tests/test_bug.py::test_connect - TypeError",
    )

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.kind is Kind.OTHER:
            return
        for before, block in zip((None, *document.blocks), document.blocks, strict=False):
            if not isinstance(block, Code) or before is None:
                continue
            heading = document.section_of(block.line)
            error = next((line for line in block.lines if _SET_UP_ERROR.search(line.text)), None)
            if error and (_REPRODUCED.search(before.text) or (heading and _REPRODUCED.search(heading.text))):
                yield self.finding(document, error.number, "this run failed before the test began", error.text.strip())
