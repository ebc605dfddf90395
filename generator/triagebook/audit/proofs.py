"""TB82x: checks that can't tell code with the defect from code without it."""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.findings import Finding, Level

from .base import AnyLineRule, CodeLineRule, DocumentRule, Known
from .document import CodeBlock, DocumentPurpose, MarkdownDocument, TextLine, TitleBlock
from .vague import OF_WORK
from .words import Words

WORDS = Words("proofs")


class ImportAsProof(CodeLineRule, code="TB823", severity=Level.WARNING):
    """An import that succeeds is offered as a check of behaviour."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for found in super().find(document, known):
            heading = document.section_of(found.line)
            is_set_up = heading and WORDS.set_up.search(heading.text)
            if not is_set_up and (document.is_of_work or "print(" in document.raw[found.line - 1]):
                yield found

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.import_check.search(line.text)
        if match and all(WORDS.does_nothing.match(step.strip()) for step in (match["code"] or "").split(";")):
            yield match.group(), "this shows that a module can be imported, and no more"


class SameBeforeAndAfter(DocumentRule, code="TB824"):
    """One command is expected to pass before the fix and after it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        before: dict[str, int] = {}
        for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=False):
            if not isinstance(block, CodeBlock):
                continue
            heading = document.section_of(block.line)
            title = heading.text if heading else ""
            said = (
                block.text
                if after is None or isinstance(after, CodeBlock | TitleBlock)
                else f"{block.text} {after.text}"
            )
            if not WORDS.passes.search(said):
                continue
            commands = {match[1]: line.number for line in block.lines if (match := WORDS.command.match(line.text))}
            if WORDS.before.search(title) or (WORDS.before.search(said) and not WORDS.after.search(said)):
                before |= commands
            elif WORDS.after.search(f"{title} {said}"):
                for command in commands.keys() & before.keys():
                    says = f"`{command}` is expected to pass in line {before[command]} too, before the fix"
                    yield self.finding(document, commands[command], says, command)


class SetUpErrorAsReproduction(DocumentRule, code="TB825"):
    """A run that failed in its set-up is counted as a reproduction of the defect."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        if document.kind is DocumentPurpose.OTHER:
            return
        for before, block in zip((None, *document.blocks), document.blocks, strict=False):
            heading = document.section_of(block.line)
            about = f"{before.text if before else ''} {heading.text if heading else ''}"
            for line in block.lines:
                error = WORDS.set_up_error.search(line.text)
                if error and WORDS.reproduced.search(
                    f"{about} {line.text}" if isinstance(block, CodeBlock) else line.text
                ):
                    yield self.finding(document, line.number, "this run failed before the test began", error.group())
                    break


class PassAsReproduction(AnyLineRule, code="TB826"):
    """Tests that pass are offered as proof that the defect exists."""

    only = OF_WORK

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.passing.search(line.text)
        if match and WORDS.proves.search(line.text):
            yield match.group(), "passing tests are called a proof of the defect"


class ApproximateExpectation(DocumentRule, code="TB827", severity=Level.WARNING):
    """The expected result of a check is an approximate number."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block in document.code:
            ran = ""
            for line in block.lines:
                match = WORDS.expected_about.match(line.text)
                if match and WORDS.counting.search(ran):
                    yield self.finding(document, line.number, f"`{match['count']}` can't be checked", match["count"])
                ran = line.text
