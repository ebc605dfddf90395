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
    Paragraph,
    Row,
    StateMark,
    TextLine,
    TitleBlock,
)
from .measures import key
from .success import says_open, statements
from .totals import mark_of
from .words import Words

WORDS = Words("ticks")


class TickedAndNot(DocumentRule, code="TB813"):
    """The same item is ticked in one place and open in another."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        ticked: dict[str, TextLine] = {}
        other: dict[str, TextLine] = {}
        for line in document.prose:
            text = _subject(line)
            is_box = re.match(r"\s*\[[ xX]\]", line.text)
            if len(text) > (1 if is_box else 8) and line.marks & {StateMark.DONE, StateMark.PENDING, StateMark.FAILED}:
                is_ticked = StateMark.DONE in line.marks and StateMark.PENDING not in line.marks
                (ticked if is_ticked else other).setdefault(text, line)
        for row in (row for _, *rows in document.tables for row in rows if document.is_of_work):
            if (mark := mark_of(row)) is not None:
                (ticked if mark is StateMark.DONE else other).setdefault(row.cells[0].lower(), row.lines[0])
        for text in ticked.keys() & other.keys():
            how = "open" if StateMark.PENDING in other[text].marks else "marked as failed"
            first, last = sorted((ticked[text], other[text]), key=lambda line: line.number)
            how = f"ticked here and {how}" if last is ticked[text] else f"{how} here and ticked"
            yield self.finding(document, last.number, f"this is {how} in line {first.number}")
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


class TickedThoughImpossible(DocumentRule, code="TB809"):
    """An item is ticked, and a sentence elsewhere says that it was not possible or is not done."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        still_open = [
            line
            for line in document.prose
            if StateMark.DONE not in line.marks and not line.text.lstrip().startswith("[") and says_open(line)
        ]
        still_open += [
            TextLine(line.number, re.sub(r"[_:./]+", " ", line.text)) for block in document.code for line in block.lines
            if WORDS.not_passed.search(line.text)
        ]  # fmt: skip
        against = [(other, key(other.without_code)) for other in still_open]
        untried = [
            (line, key(WORDS.of_checks.sub("", words)) or frozenset(words.lower().split()))
            for line in document.prose if not line.marks
            for match in WORDS.untried.finditer(line.without_code) for words in filter(None, match.groups())
        ]  # fmt: skip
        for block in document.blocks if against or untried else ():
            line = block.lines[0]
            is_row = isinstance(block, Row)
            text = block.cells[0] if isinstance(block, Row) else re.sub(r"^\s*\[[xX]\]", "", line.without_code)
            about = key(text)
            is_ticked = mark_of(block) is StateMark.DONE if isinstance(block, Row) else StateMark.DONE in line.marks
            is_tried = is_ticked and isinstance(block, ListItem | Row) and not WORDS.prepared.search(text)
            for other, words in untried if is_tried else ():
                if words <= about | set(text.lower().split()) and not (is_row and block.line == other.number):
                    says = f"this is ticked, but line {other.number} says: {other.text.strip()[:100]}"
                    yield self.finding(document, line.number, says)
                    break
            found = WORDS.place.search(line.without_code)
            place = key(found["name"]) if found else None
            if isinstance(block, ListItem) and StateMark.DONE in line.marks and len(about) > 1:
                for other, words in against:
                    shared = about & words
                    is_there = place and place <= words and (len(shared) > 1 or len(words) < 4)
                    is_same = is_there or (len(shared) > 1 and len(shared) >= 0.75 * len(about))
                    if is_same and other not in block.lines:
                        says = f"this is ticked, but line {other.number} says: {other.text.strip()[:100]}"
                        yield self.finding(document, line.number, says)
                        break


class TickBeforeStep(DocumentRule, code="TB814"):
    """A criterion is ticked while a step that it depends on is still open."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        blocks = list(_with_headings(document))
        coming = _steps_to_come(document)
        steps = [line for line in document.prose if StateMark.PENDING in line.marks and WORDS.action.search(line.text)]
        steps += [step for step in coming if StateMark.DONE not in step.marks and step not in steps]
        planned = list(_later_sections(document))
        yield from self._planned(document)
        if not (steps or planned):
            return
        for index, (above, block) in enumerate(blocks):
            line = block.lines[0]
            for heading, later in planned if isinstance(block, ListItem) and StateMark.DONE in line.marks else ():
                if key(heading.text) and key(heading.text) <= key(line.text):
                    says = f"this is ticked, but line {later.number} is still to come: {later.text.strip()[:100]}"
                    yield self.finding(document, line.number, says)
            after = blocks[index + 1][1] if index + 1 < len(blocks) else block
            if (
                StateMark.DONE not in line.marks
                or isinstance(block, TitleBlock | Row)
                or WORDS.shows_defect.search(line.text)
            ):
                continue
            if WORDS.evidence.search(f"{block.text} {after.text if _is_nested(block, after) else ''}"):
                continue
            apart = [step for step in steps if step.number != line.number]
            step = next((one for one in apart if _depends(line, one) or _is_still_to_do(line, one)), None)
            is_criterion = any(WORDS.criteria.search(one.text) for one in above if one.depth > 1)
            if step is None and (is_criterion or WORDS.action.search(line.text)):
                marked = [step for step in steps if step not in coming]
                earlier = (step for step in marked if is_criterion or step.number < line.number)
                step = next((step for step in earlier if WORDS.fixes.search(step.text)), None)
            if step is not None:
                says = f"this is ticked, but line {step.number} is still open: {step.text.strip()[:100]}"
                yield self.finding(document, line.number, says)

    def _planned(self, document: MarkdownDocument) -> Iterator[Finding]:
        """In a plan, a box that is ticked for what a step of its table is to do."""
        tables = document.tables if document.kind is DocumentPurpose.PLAN else []
        steps = [
            max(row.cells, key=len) for titles, *rows in tables if WORDS.step_title.match(titles.text) for row in rows
        ]
        for item in (one for one in document.blocks if isinstance(one, ListItem) and one.box):
            for step in steps:
                head = _tokens(re.split(r"[,;(]| and ", re.sub(r"^\d+\W+", "", step))[0])
                if len(head) > 1 and head <= _tokens(item.text):
                    yield self.finding(document, item.line, f"this is ticked, but a step is still to do it: {step}")


def _tokens(text: str) -> frozenset[str]:
    """The words of a step, with versions and other numbers."""
    return key(text) | frozenset(re.findall(r"\d[\w.]*\w", text))


def _later_sections(document: MarkdownDocument) -> Iterator[tuple[TitleBlock, TextLine]]:
    """The headings above days that come after the document's own, with the last of these lines."""
    days = re.findall(r"20\d\d-\d\d-\d\d", document.head)
    for heading in document.headings[1:] if days else ():
        items = [one.lines[0] for one in document.under(heading) if isinstance(one, ListItem)]
        later = [line for line in items if any(day > max(days) for day in re.findall(r"20\d\d-\d\d-\d\d", line.text))]
        if later and not any(line.marks for line in items):
            yield heading, later[-1]


def _is_nested(block: Block, after: Block) -> bool:
    return isinstance(block, ListItem) and isinstance(after, ListItem) and after.depth > block.depth


def _depends(line: TextLine, step: TextLine) -> bool:
    """Whether an open step does what a line calls done: most of its words are in it."""
    needed = _words(re.split(r" \(|: | \u2014 | - |, (?:due|by)", step.without_code)[0])
    verb = WORDS.plain_words.search(step.text.lower())  # "validate" is no "validation"
    is_same = len(needed) > 2 or (verb and verb.group() in line.text.lower())
    return len(needed) > 1 and bool(is_same) and len(needed & _words(line.text)) >= 0.75 * len(needed)


def _is_still_to_do(line: TextLine, step: TextLine) -> bool:
    """Whether a step is to do what a line calls done, or to release what it says is seen in production."""
    done = key(re.sub(r"^\s*\[[xX]\]", "", line.without_code))
    is_release = WORDS.delivers.match(step.text.lstrip("[] ")) and "staging" not in step.text
    head = key(re.split(r"[,:(]", step.without_code.strip("[] "))[0])
    is_past = re.search(
        r"\w(?:ed|en|nt)\b", line.text
    )  # "signed by the owner", and no thing such as "validation tests"
    is_same = is_past and len(done) > 1 and done <= head
    return bool(is_same or (is_release and WORDS.delivered.search(line.text)))


def _words(text: str, empty: re.Pattern[str] = WORDS.empty) -> set[str]:
    words = WORDS.plain_words.findall(text.lower())
    return {word.rstrip("s")[:6] for word in words if not empty.fullmatch(word)}


def _steps_to_come(document: MarkdownDocument) -> list[TextLine]:
    """The first line of each item under a heading such as "Next steps", or of a schedule that names who does it."""
    found = []
    for before, items in document.parts:
        if isinstance(before, Paragraph) and WORDS.next.match(before.text.strip(" *_")) and before.text.endswith(":"):
            found += [item.lines[0] for item in items if isinstance(item, ListItem)]
    for above, block in _with_headings(document):
        if isinstance(block, ListItem) and above:
            is_scheduled = WORDS.schedule.search(above[-1].text) and WORDS.owned.search(block.text)
            if is_scheduled or any(WORDS.next.search(one.text) for one in above):
                found.append(block.lines[0])
        elif (
            isinstance(block, Row)
            and not block.is_header
            and any(WORDS.next.search(one.text) for one in (*above, document.tables_by_line[block.table_line][0]))
        ):
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
        coming = _steps_to_come(document)
        steps = [step for step in coming if WORDS.verifies.search(step.text)]
        in_next = {step.number for step in coming}
        for block in document.blocks:
            if block.line in in_next or isinstance(block, TitleBlock | CodeBlock):
                continue
            for line in block.lines:
                past = WORDS.past.search(line.text)
                step = next((step for step in coming if past and _depends(line, step)), None)
                if step and past and not WORDS.not_yet.search(line.text[: past.start()]):
                    says = f"`{past.group()}`, but line {step.number} is still to do: {step.text.strip()[:100]}"
                    yield self.finding(document, line.number, says, past.group())
                    continue
                match = WORDS.succeeded.search(line.text)
                if match and not WORDS.not_yet.search(line.text[: match.start()]):
                    about = _words(line.text, WORDS.common)
                    step = next((one for one in steps if len(about & _words(one.text, WORDS.common)) > 1), None)
                    if step:
                        says = f"`{match.group()}`, but line {step.number} is still to do: {step.text.strip()[:100]}"
                        yield self.finding(document, line.number, says, match.group())


class StepsWithoutOwner(DocumentRule, code="TB818", severity=Level.WARNING):
    """None of the next steps has an owner or a date."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        coming = [heading for heading in document.headings if WORDS.next.search(heading.text)]
        steps = {
            heading.line: [one for one in document.under(heading) if isinstance(one, ListItem)] for heading in coming
        }
        if not any(WORDS.owned.search(step.text) for items in steps.values() for step in items):
            for line, items in steps.items():
                is_own = document.is_by_name and all(step.box is not None for step in items)  # the author's own list
                if len(items) > 1 and not is_own:
                    yield self.finding(document, line, f"none of these {len(items)} steps has an owner or a date")
