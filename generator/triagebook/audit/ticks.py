"""TB81x: ticks and results that are ahead of the work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known
from .document import Block, Code, Document, Heading, Item, Kind, Line, Mark, Paragraph, Row
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
        still_open: dict[str, Line] = {}
        for line in document.prose:
            text = re.sub(r"\W+", " ", re.sub(r"^\s*\[[ xX]\]", "", line.text)).strip().lower()
            if len(text) > 8 and line.marks & {Mark.DONE, Mark.PENDING}:
                (ticked if Mark.DONE in line.marks else still_open).setdefault(text, line)
        for text in ticked.keys() & still_open.keys():
            says = f"this is ticked here and open in line {still_open[text].number}"
            yield self.finding(document, ticked[text].number, says)


_CRITERIA = any_of(
    "criteria", "acceptance", "definition of done", "success metrics", "requirements", "metrics", "checklist"
)
_ACTION = any_of(
    "apply", "fix", "deploy", "implement", "run", "validate", "verify", "merge", "release", "test", "confirm", "monitor"
)
_SHOWS_DEFECT = any_of(r"reproduc\w+", r"demonstrat\w+")  # which needs no fix
_PLAIN_WORDS = re.compile(r"[a-z]{4,}")


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
        for heading, block in _with_headings(document):
            line = block.lines[0]
            if Mark.DONE not in line.marks or isinstance(block, Heading | Row):
                continue
            step = next((step for step in steps if _depends(line, step)), None)
            in_criteria = any(_CRITERIA.search(one.text) for one in heading)
            if step is None and in_criteria and not _SHOWS_DEFECT.search(line.text):
                step = next(
                    (step for step in steps if re.search(r"(?i)\b(?:apply|implement|deploy)\b", step.text)), None
                )
            if step is not None:
                says = f"this is ticked, but line {step.number} is still open: {step.text.strip()[:100]}"
                yield self.finding(document, line.number, says)


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
    "demonstrated", "delivered",
)  # fmt: skip


class PlanWithResults(DocumentRule, code="TB815", severity=Level.WARNING):
    """A plan reports results of what it plans."""

    why = "A result in a plan has no run behind it, and stays there when the runs say otherwise."
    remedy = "keep the plan to what will be done, and put results with their command and date into a report"
    bad = """
# Test plan

- ✅ Event delivery confirmed
"""
    good = bad.replace("✅ Event delivery confirmed", "Event delivery is tested by `test_events`")

    def find(self, document: Document, known: Known) -> Iterator[Finding]:
        if document.kind is Kind.PLAN:
            for line in (
                line for block in document.blocks if isinstance(block, Item | Paragraph) for line in block.lines
            ):
                match = _RESULT_WORDS.search(line.text) if Mark.DONE in line.marks else None
                if match and not re.search(r"(?i)\b(?:should|must|expected)\b", line.text):
                    yield self.finding(
                        document, line.number, f"a plan states a result: `{match.group()}`", match.group()
                    )


_NEXT = any_of(
    "next steps?", "follow[- ]?ups?", "remaining(?: work)?", "to ?do", "outstanding", "open items?", "action items?"
)
_VERIFIES = any_of("verify", "validate", "confirm", "measure", "check that", "run")
_SUCCEEDED = any_of(
    r"(?:properly |fully )?(?:delivered|deliverable|operational|restored|unblocked|maintained)",
    r"(?:successfully |correctly )?(?:working|validated|protected|established?)",
    r"(?:works?|working|functioning|functional) (?:correctly|properly)",
    r"no longer \w+",
)
# Words that a statement and a step share without being about the same.
_COMMON = any_of(
    "tests?", "issues?", "with", "from", "when", "that", "this", "after", "before", "production", "staging",
    "environment",
    "verify", "validate", "confirm", "complete", "finish",
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
    return {word[:6] for word in _PLAIN_WORDS.findall(line.text.lower()) if not _COMMON.fullmatch(word)}


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
