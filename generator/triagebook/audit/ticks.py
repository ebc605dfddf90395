"""TB81x: ticks and results that are ahead of the work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known, LineRule
from .document import Block, Code, Document, Heading, Item, Kind, Line, Mark, Row
from .words import Words

WORDS = Words("ticks")


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
_EVIDENCE = re.compile(
    r"(?i)\b(?:met|evidence|done on|see|run)\b.*\d|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b"
)
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
        steps = [line for line in document.prose if Mark.PENDING in line.marks and WORDS.action.search(line.text)]
        if not steps or not document.is_of_work:
            return
        blocks = list(_with_headings(document))
        for index, (above, block) in enumerate(blocks):
            line = block.lines[0]
            after = blocks[index + 1][1] if index + 1 < len(blocks) else block
            if Mark.DONE not in line.marks or isinstance(block, Heading | Row) or WORDS.shows_defect.search(line.text):
                continue
            if _EVIDENCE.search(f"{block.text} {after.text if _is_nested(block, after) else ''}"):
                continue
            step = next((step for step in steps if _depends(line, step)), None)
            is_criterion = any(WORDS.criteria.search(one.text) for one in above if one.depth > 1)
            if step is None and (is_criterion or WORDS.action.search(line.text)):
                earlier = (step for step in steps if is_criterion or step.number < line.number)
                step = next((step for step in earlier if WORDS.fixes.search(step.text)), None)
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
        match = (WORDS.result_words if Mark.DONE in line.marks else WORDS.result).search(line.text)
        if (
            match
            and not WORDS.not_a_result.search(line.text)
            and not WORDS.still_open.search(line.text[: match.start()])
        ):
            yield match.group(), f"a plan states a result: `{match.group()}`"


_VERIFIES = re.compile(
    r"(?i)^\W*(?:[\w ]+: )?(?:verify|validate|confirm|measure|check|run|test|monitor|make sure|ensure)\b"
)
# Words that a statement and a step share without being about the same.


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
        in_next = {block.line for above, block in blocks if any(WORDS.next.search(one.text) for one in above)}
        steps = [block.lines[0] for _, block in blocks if block.line in in_next and isinstance(block, Item)]
        steps = [step for step in steps if _VERIFIES.search(step.text)]
        for _, block in blocks:
            if block.line in in_next or isinstance(block, Heading | Code):
                continue
            for line in block.lines:
                match = WORDS.succeeded.search(line.text)
                if match and not WORDS.not_yet.search(line.text[: match.start()]):
                    step = next((step for step in steps if len(_stems(line) & _stems(step)) > 1), None)
                    if step:
                        says = f"`{match.group()}`, but line {step.number} is still to do: {step.text.strip()[:100]}"
                        yield self.finding(document, line.number, says, match.group())


def _stems(line: Line) -> set[str]:
    return {
        word.rstrip("s")[:6] for word in _PLAIN_WORDS.findall(line.text.lower()) if not WORDS.common.fullmatch(word)
    }


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
            if WORDS.next.search(heading.text):
                items = [block for block in document.under(heading) if isinstance(block, Item)]
                if len(items) > 1 and not any(WORDS.owned.search(item.text) for item in items):
                    yield self.finding(
                        document, heading.line, f"none of these {len(items)} steps has an owner or a date"
                    )
