"""TB81x: ticks and results that are ahead of the work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triagebook.findings import Finding, Level

from .base import DocumentRule, Known, LineRule
from .document import (
    Block,
    CodeBlock,
    DocumentPurpose,
    ListItem,
    MarkdownDocument,
    Row,
    StateMark,
    TextLine,
    TitleBlock,
)
from .success import statements
from .words import Words

WORDS = Words("ticks")


class TickedAndNot(DocumentRule, code="TB813"):
    """The same item is ticked in one place and open in another."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        ticked: dict[str, TextLine] = {}
        other: dict[str, TextLine] = {}
        for line in document.prose:
            text = _subject(line)
            if len(text) > 8 and line.marks & {StateMark.DONE, StateMark.PENDING, StateMark.FAILED}:
                is_ticked = StateMark.DONE in line.marks and StateMark.PENDING not in line.marks
                (ticked if is_ticked else other).setdefault(text, line)
        for text in ticked.keys() & other.keys():
            how = "open" if StateMark.PENDING in other[text].marks else "marked as failed"
            says = f"this is ticked here and {how} in line {other[text].number}"
            yield self.finding(document, ticked[text].number, says)
        for block in document.blocks if document.is_of_work else ():
            for part in block.cells if isinstance(block, Row) else [line.text for line in block.lines[:1]]:
                marks = TextLine(block.line, part).marks
                taken_back = WORDS.taken_back.search(part) or (
                    isinstance(block, ListItem) and StateMark.FAILED in marks
                )
                is_legend = {StateMark.DONE, StateMark.PENDING} <= marks and not isinstance(block, ListItem)
                if (
                    StateMark.DONE in marks
                    and taken_back
                    and not is_legend
                    and not isinstance(block, CodeBlock | TitleBlock)
                ):
                    yield self.finding(document, block.line, "this is ticked, and says that it is not done", part[:20])


def _subject(line: TextLine) -> str:
    """What a tick is about: the words without boxes, numbers, brackets, articles and states."""
    text = re.sub(
        r"^\s*\[[ xX]\]\W*(?:\d+\.)?|\([^)]*\)|\b(?:the|an?|environment)\b", " ", line.text.lower().partition(" | ")[0]
    )
    label = re.match(r"(\W*\w+ \w+[^:]*): ", text)
    return re.sub(r"\W+", " ", label[1] if label else re.sub(_STATES, "", text)).strip()


_STATES = r"[:\u2013\u2014-]\W*(?:done|finished|open|pending|to ?do)\b.*$"


class TickBeforeStep(DocumentRule, code="TB814"):
    """A criterion is ticked while a step that it depends on is still open."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        blocks = list(_with_headings(document))
        coming = _steps_to_come(document)
        steps = [line for line in document.prose if StateMark.PENDING in line.marks and WORDS.action.search(line.text)]
        steps += [step for step in coming if StateMark.DONE not in step.marks and step not in steps]
        if not steps or not document.is_of_work:
            return
        for index, (above, block) in enumerate(blocks):
            line = block.lines[0]
            after = blocks[index + 1][1] if index + 1 < len(blocks) else block
            if (
                StateMark.DONE not in line.marks
                or isinstance(block, TitleBlock | Row)
                or WORDS.shows_defect.search(line.text)
            ):
                continue
            if WORDS.evidence.search(f"{block.text} {after.text if _is_nested(block, after) else ''}"):
                continue
            step = next((step for step in steps if step.number != line.number and _depends(line, step)), None)
            is_criterion = any(WORDS.criteria.search(one.text) for one in above if one.depth > 1)
            if step is None and (is_criterion or WORDS.action.search(line.text)):
                marked = [step for step in steps if step not in coming]
                earlier = (step for step in marked if is_criterion or step.number < line.number)
                step = next((step for step in earlier if WORDS.fixes.search(step.text)), None)
            if step is not None:
                says = f"this is ticked, but line {step.number} is still open: {step.text.strip()[:100]}"
                yield self.finding(document, line.number, says)


def _is_nested(block: Block, after: Block) -> bool:
    return isinstance(block, ListItem) and isinstance(after, ListItem) and after.depth > block.depth


def _depends(line: TextLine, step: TextLine) -> bool:
    """Whether an open step does what a line calls done: most of its words are in it."""
    needed = _words(re.split(r" \(|: | \u2014 | - |, (?:due|by)", step.text)[0])
    verb = WORDS.plain_words.search(step.text.lower())  # "validate" is no "validation"
    is_same = len(needed) > 2 or (verb and verb.group() in line.text.lower())
    return len(needed) > 1 and bool(is_same) and len(needed & _words(line.text)) >= 0.75 * len(needed)


def _words(text: str) -> set[str]:
    return {word.rstrip("s")[:6] for word in WORDS.plain_words.findall(text.lower())} - {
        "the",
        "and",
        "for",
        "are",
        "not",
    }


def _steps_to_come(document: MarkdownDocument) -> list[TextLine]:
    """The first line of each item under a heading such as "Next steps", or of a schedule that names who does it."""
    found = []
    for above, block in _with_headings(document):
        if isinstance(block, ListItem) and above:
            is_scheduled = WORDS.schedule.search(above[-1].text) and WORDS.owned.search(block.text)
            if is_scheduled or any(WORDS.next.search(one.text) for one in above):
                found.append(block.lines[0])
        elif isinstance(block, Row) and not block.is_header and any(WORDS.next.search(one.text) for one in above):
            found.append(TextLine(block.line, max(block.cells, key=len)))
    return found


def _with_headings(document: MarkdownDocument) -> Iterator[tuple[list[TitleBlock], Block]]:
    """Each block with the headings above it."""
    above: list[TitleBlock] = []
    for block in document.blocks:
        if isinstance(block, TitleBlock):
            above = [*(one for one in above if one.depth < block.depth), block]
        yield above, block


class PlanWithResults(LineRule, code="TB815", severity=Level.WARNING):
    """A plan reports results of what it plans."""

    only = (DocumentPurpose.PLAN,)

    def lines(self, document: MarkdownDocument) -> Iterable[TextLine]:
        return statements(document)

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = (WORDS.result_words if StateMark.DONE in line.marks else WORDS.result).search(line.text)
        before = re.split(r"[.;]\s", line.text[: match.start()])[-1] if match else ""
        if (
            match
            and StateMark.PENDING not in line.marks
            and not WORDS.not_a_result.search(line.text)
            and not WORDS.still_open.search(before)
        ):
            yield match.group(), f"a plan states a result: `{match.group()}`"


class SuccessStillToVerify(DocumentRule, code="TB817"):
    """The document states a success that its own next steps are still to verify."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if document.kind is not DocumentPurpose.REPORT:
            return
        coming = _steps_to_come(document)
        steps = [step for step in coming if WORDS.verifies.search(step.text)]
        in_next = {step.number for step in coming}
        for block in document.blocks:
            if block.line in in_next or isinstance(block, TitleBlock | CodeBlock):
                continue
            for line in block.lines:
                match = WORDS.succeeded.search(line.text)
                if match and not WORDS.not_yet.search(line.text[: match.start()]):
                    step = next((step for step in steps if len(_stems(line) & _stems(step)) > 1), None)
                    if step:
                        says = f"`{match.group()}`, but line {step.number} is still to do: {step.text.strip()[:100]}"
                        yield self.finding(document, line.number, says, match.group())


def _stems(line: TextLine) -> set[str]:
    return {
        word.rstrip("s")[:6]
        for word in WORDS.plain_words.findall(line.text.lower())
        if not WORDS.common.fullmatch(word)
    }


class StepsWithoutOwner(DocumentRule, code="TB818", severity=Level.WARNING):
    """None of the next steps has an owner or a date."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        coming = [heading for heading in document.headings if document.is_of_work and WORDS.next.search(heading.text)]
        steps = {
            heading.line: [one for one in document.under(heading) if isinstance(one, ListItem)] for heading in coming
        }
        if not any(WORDS.owned.search(step.text) for items in steps.values() for step in items):
            for line, items in steps.items():
                if len(items) > 1:
                    yield self.finding(document, line, f"none of these {len(items)} steps has an owner or a date")
