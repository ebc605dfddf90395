"""TB81x: ticks and results that are ahead of the work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known, LineRule
from .document import Block, Code, Document, Heading, Item, Kind, Line, Mark, Row
from .phrases import any_of, one_of
from .success import NOT_YET


class TickedAndNot(DocumentRule, code="TB813"):
    """The same item is ticked in one place and open in another."""

    why = "One of the two is wrong, and a reader sees only one of them."
    remedy = "tick it in both places, or in none"
    bad = """
- [x] Staging deployment succeeds

## Later

- [ ] Staging deployment succeeds
"""
    good = bad.replace("[x]", "[ ]")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        ticked: dict[str, Line] = {}
        other: dict[str, Line] = {}
        for line in document.prose:
            text = _subject(line)
            if len(text) > 8 and line.marks & {Mark.DONE, Mark.PENDING, Mark.FAILED}:
                is_ticked = Mark.DONE in line.marks and Mark.PENDING not in line.marks
                (ticked if is_ticked else other).setdefault(text, line)
        for text in ticked.keys() & other.keys():
            how = "open" if Mark.PENDING in other[text].marks else "marked as failed"
            yield self.finding(
                document, ticked[text].number, f"this is ticked here and {how} in line {other[text].number}"
            )


def _subject(line: Line) -> str:
    """What a tick is about: the words without boxes, numbers, brackets, articles and states."""
    text = re.sub(
        r"^\s*\[[ xX]\]\W*(?:\d+\.)?|\([^)]*\)|\b(?:the|an?|environment)\b", " ", line.text.lower().partition(" | ")[0]
    )
    label = re.match(r"(\W*\w+ \w+[^:]*): ", text)
    return re.sub(r"\W+", " ", label[1] if label else re.sub(_STATES, "", text)).strip()


_STATES = r"[:\u2013\u2014-]\W*(?:done|finished|open|pending|to ?do)\b.*$"
_CRITERIA = any_of(
    "criteria", "acceptance", "definition of done", "success metrics", "requirements", "metrics", "checklist"
)
_ACTION = any_of(
    "apply", "fix", "deploy", "implement", "run", "validate", "verify", "merge", "release", "test", "confirm", "monitor"
)
_FIXES = any_of(r"(?:apply|implement|merge|make|deploy)\b.*\b(?:fix|change|patch|correction)")
_EVIDENCE = re.compile(
    r"(?i)\b(?:met|evidence|done on|see|run)\b.*\d|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b"
)
_SHOWS_DEFECT = any_of(r"reproduc\w+", r"demonstrat\w+")  # which needs no fix
_PLAIN_WORDS = re.compile(r"[a-z]{3,}")


class PrematureTick(DocumentRule, code="TB814"):
    """A criterion is ticked while a step that it depends on is still open."""

    why = "A tick before the work is a wish, and hides that nobody will come back to check."
    remedy = "leave the box open until the step is done and its result is recorded"
    bad = """
# Test strategy

## Success criteria

- ✅ All validation tests pass after the fix

## Timeline

- ⏳ Apply the fix and run the validation tests
"""
    good = bad.replace("✅", "[ ]")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        steps = [line for line in document.prose if Mark.PENDING in line.marks and _ACTION.search(line.text)]
        if not steps or not document.is_of_work:
            return
        blocks = list(_with_headings(document))
        for index, (above, block) in enumerate(blocks):
            line = block.lines[0]
            after = blocks[index + 1][1] if index + 1 < len(blocks) else block
            if Mark.DONE not in line.marks or isinstance(block, Heading | Row) or _SHOWS_DEFECT.search(line.text):
                continue
            if _EVIDENCE.search(f"{block.text} {after.text if _is_nested(block, after) else ''}"):
                continue
            step = next((step for step in steps if _depends(line, step)), None)
            is_criterion = any(_CRITERIA.search(one.text) for one in above if one.depth > 1)
            if step is None and (is_criterion or _ACTION.search(line.text)):
                earlier = (step for step in steps if is_criterion or step.number < line.number)
                step = next((step for step in earlier if _FIXES.search(step.text)), None)
            if step is not None:
                says = f"this is ticked, but line {step.number} is still open: {step.text.strip()[:100]}"
                yield self.finding(document, line.number, says)


def _is_nested(block: Block, after: Block) -> bool:
    return isinstance(block, Item) and isinstance(after, Item) and after.depth > block.depth


def _depends(line: Line, step: Line) -> bool:
    """Whether an open step does what a line calls done: most of its words are in it."""
    needed = set(_PLAIN_WORDS.findall(step.text.lower()))
    return len(needed) > 1 and len(needed & set(_PLAIN_WORDS.findall(line.text.lower()))) >= 0.6 * len(needed)


def _with_headings(document: Document) -> Iterator[tuple[list[Heading], Block]]:
    """Each block with the headings above it."""
    above: list[Heading] = []
    for block in document.blocks:
        if isinstance(block, Heading):
            above = [*(one for one in above if one.depth < block.depth), block]
        yield above, block


_RESULT_WORDS = any_of(
    "confirmed", "passed", "passing", "validated", "verified", "working", "works", "restored", "succeeded",
    "demonstrated", "delivered", "fixed", "tested", "correct",
)  # fmt: skip
_RESULT = any_of(
    r"\d+(?:/| of )\d+ (?:\w+ )?tests? pass(?:ed)?", r"\d+ passed", r"\d+/\d+ ✅",
    r"(?:tests|suites?) (?:are |is )?(?:passing|passed|green)", r"we (?:\w+ )?(?:verified|validated|tested)",
    r"(?:actual )?results?\W{1,4}(?:passed|success|all green|ok)",
    r"tests? (?:were run and |all |have )*(?:passed|succeeded)", r"(?:was|has been) (?:verified|validated|tested)",
    r"(?:was|were) (?:all )?green",
)  # fmt: skip
_NOT_A_RESULT = any_of("should", "must", "expect(?:ed)?", "will", "total", "unverified", "before the fix", "evidence")
_STILL_OPEN = any_of("until", "when", "if", "once", "after it", "not", "validate", "verify", "ensure", "check")


class PlanWithResults(LineRule, code="TB815", severity=Level.WARNING):
    """A plan reports results of what it plans."""

    why = "A result in a plan has no run behind it, and stays there when the runs say otherwise."
    remedy = "keep the plan to what will be done, and put results with their command and date into a report"
    bad = """
# Test plan

- ✅ Event delivery confirmed
"""
    good = bad.replace("✅ Event delivery confirmed", "Event delivery is tested by `test_events`")

    only = (Kind.PLAN,)

    def in_line(self, line: Line, known: Known) -> Iterator[tuple[str, str]]:
        match = (_RESULT_WORDS if Mark.DONE in line.marks else _RESULT).search(line.text)
        if match and not _NOT_A_RESULT.search(line.text) and not _STILL_OPEN.search(line.text[: match.start()]):
            yield match.group(), f"a plan states a result: `{match.group()}`"


_NEXT = any_of(
    "next(?: steps?)?", "follow[- ]?ups?", "(?:what )?remain(?:s|ing)(?: work)?", "(?:still )?to ?do", "outstanding",
    "open (?:items?|points?|issues?|tasks?)", "action items?",
)  # fmt: skip
_VERIFIES = re.compile(
    r"(?i)^\W*(?:[\w ]+: )?(?:verify|validate|confirm|measure|check|run|test|monitor|make sure|ensure)\b"
)
_SUCCEEDED = any_of(
    r"(?:properly |fully )?(?:delivered|deliverable|operational|restored|unblocked|maintained)",
    r"(?:successfully |correctly )?(?:working|validated|protected|established?|enforced|rejected|complete|correct)",
    r"(?:works?|working|functions?|functioning|functional|sent|invalidated|applied) (?:correctly|properly|"
    r"successfully|now|again)",
    r"no longer \w+", r"succeeds?", r"back to normal", r"\w+ (?:correctly|properly|as expected|as intended)",
)  # fmt: skip
# Words that a statement and a step share without being about the same.
_COMMON = any_of(
    "tests?", "issues?", "the", "and", "are", "for", "has", "with", "from", "when", "that", "this", "after",
    "before", "production", "staging", "work",
    "environment", "verify", "validate", "confirm", "complete", "finish", "check", "owner", "team", "works",
    "correctly",
)  # fmt: skip


class SuccessStillToVerify(DocumentRule, code="TB817"):
    """The document states a success that its own next steps are still to verify."""

    why = "It was not seen, or there would be no need to look."
    remedy = "say that it is not verified yet, and move it to the next steps"
    bad = """
# Validation report

Real-time events are now properly delivered.

## Next steps

1. Verify the delivery of real-time events in staging
"""
    good = bad.replace("Real-time events are now properly delivered", "The awaited call was removed")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.kind is not Kind.REPORT:
            return
        blocks = list(_with_headings(document))
        in_next = {block.line for above, block in blocks if any(_NEXT.search(one.text) for one in above)}
        steps = [block.lines[0] for _, block in blocks if block.line in in_next and isinstance(block, Item)]
        steps = [step for step in steps if _VERIFIES.search(step.text)]
        for _, block in blocks:
            if block.line in in_next or isinstance(block, Heading | Code):
                continue
            for line in block.lines:
                match = _SUCCEEDED.search(line.text)
                if match and not NOT_YET.search(line.text[: match.start()]):
                    step = next((step for step in steps if len(_stems(line) & _stems(step)) > 1), None)
                    if step:
                        says = f"`{match.group()}`, but line {step.number} is still to do: {step.text.strip()[:100]}"
                        yield self.finding(document, line.number, says, match.group())


def _stems(line: Line) -> set[str]:
    return {word.rstrip("s")[:6] for word in _PLAIN_WORDS.findall(line.text.lower()) if not _COMMON.fullmatch(word)}


_OWNED = one_of(
    r"@\w+",
    r"(?i:\b(?:owner|assigned|assignee|responsible|by|due|until)\b\W+\w+)",
    r"\b20\d\d-\d\d-\d\d\b",
    r"\([A-Z][a-z]+(?: [A-Z][a-z]+)?\)",
)


class StepsWithoutOwner(DocumentRule, code="TB818", severity=Level.WARNING):
    """None of the next steps has an owner or a date."""

    why = "What nobody owns is not done, and the next document no longer mentions it."
    remedy = "give each step an owner and a date, or a ticket that has both"
    bad = """
# Validation report

## Next steps

1. Complete the staging deployment
2. Add alerts
"""
    good = bad.replace("deployment", "deployment (owner: QA team)")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        for heading in document.headings if document.is_of_work else ():
            if _NEXT.search(heading.text):
                items = [block for block in document.under(heading) if isinstance(block, Item)]
                if len(items) > 1 and not any(_OWNED.search(item.text) for item in items):
                    yield self.finding(
                        document, heading.line, f"none of these {len(items)} steps has an owner or a date"
                    )
