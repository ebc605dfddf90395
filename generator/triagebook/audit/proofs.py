"""TB82x: checks that can't tell code with the defect from code without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from triagebook.findings import Finding, Level

from .base import AnyLineRule, CodeLineRule, DocumentRule, Known
from .document import CodeBlock, MarkdownDocument, TextLine, TitleBlock
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
        for block in document.code if document.is_of_work else ():
            steps = [line for line in block.lines if line.text.strip()]
            is_import = all(re.match(r"(?:import|from) |print\([\"'][^{]*$", line.text) for line in steps)
            if block.language.startswith("py") and is_import and steps and "print" in steps[-1].text:
                yield self.finding(document, steps[-1].number, "this shows that a module can be imported, and no more")
        for line in document.prose if document.is_of_work else ():
            if WORDS.shows.search(line.without_code):
                for span in re.findall(r"`([^`]+)`", line.text):
                    for words, says in self.in_line(TextLine(line.number, span), known):
                        yield self.finding(document, line.number, says, words)

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.import_check.search(line.text)
        if match and all(WORDS.does_nothing.match(step.strip()) for step in (match["code"] or "").split(";")):
            yield match.group(), "this shows that a module can be imported, and no more"


class SameBeforeAndAfter(DocumentRule, code="TB824"):
    """One command is expected to pass before the fix and after it."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        yield from self._in_words(document)
        yield from self._in_block(document)
        yield from self._in_steps(document)
        before: dict[str, int] = {}
        for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=False):
            if not isinstance(block, CodeBlock):
                continue
            heading = document.section_of(block.line)
            title = heading.text if heading else ""
            behind = "" if after is None or isinstance(after, CodeBlock | TitleBlock) else after.text
            said = f"{block.text} {behind}"
            if not WORDS.passes.search(said) or WORDS.fails_before.search(said):
                continue
            commands = {match[1]: line.number for line in block.lines if (match := WORDS.command.match(line.text))}
            if WORDS.before.search(title) or (WORDS.before.search(said) and not WORDS.after.search(said)):
                before |= commands
            elif WORDS.after.search(f"{title} {said}"):
                for command in commands.keys() & before.keys():
                    says = f"`{command}` is expected to pass in line {before[command]} too, before the fix"
                    yield self.finding(document, commands[command], says, command)

    def _in_block(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A command under a comment about the old code and under one about the new, with the same result behind it."""
        for block in document.code if document.is_of_work else ():
            expected: dict[str, int] = {}
            phase = ""
            for line in block.lines:
                if line.text.lstrip().startswith(("#", "//")):
                    is_old, is_new = WORDS.old.search(line.text), WORDS.new.search(line.text)
                    phase = "old" if is_old else "new" if is_new else phase
                elif phase == "old" and WORDS.passes.search(line.text):
                    expected[line.text] = line.number
                elif phase == "new" and line.text in expected:
                    says = f"line {expected[line.text]} expects the same before the fix"
                    yield self.finding(document, line.number, says)

    def _in_steps(self, document: MarkdownDocument) -> Iterator[Finding]:
        """A command that is to pass in two steps of a list, with the fix put in place between them."""
        for _, items in document.lists if document.is_of_work else ():
            expected: dict[str, tuple[int, bool]] = {}  # the line, and whether the fix came since
            for item in items:
                command = WORDS.command_and_result.search(item.text) if WORDS.expects.search(item.text) else None
                result = " ".join(command.groups()).casefold() if command else ""
                at, is_apart = expected.setdefault(result, (item.line, False)) if command else (0, False)
                if is_apart and WORDS.of_defect.search(item.text):
                    yield self.finding(document, at, f"line {item.line} expects the same after the fix")
                elif not command and WORDS.puts_in.search(item.text):
                    expected = {key: (line, True) for key, (line, _) in expected.items()}

    def _in_words(self, document: MarkdownDocument) -> Iterator[Finding]:
        """Two lines or rows that expect the same, the one before the fix and the other after it."""
        expected: dict[str, tuple[int, bool, str | None]] = {}
        for titles, *rows in document.tables if document.is_of_work else ():
            phases = [titles.cells.index(one) for one in titles.cells if WORDS.phase_title.fullmatch(one)]
            for row in rows if len(phases) == 2 else ():
                first, second = (row.cells[one] for one in phases)
                if first == second and WORDS.passes.search(f"-> {first}") and "`" in row.text:
                    yield self.finding(document, row.line, "the same is expected before the fix and after it")
            for row, after in pairwise(rows):
                is_pair = WORDS.old.search(row.cells[0]) and WORDS.new.search(after.cells[0])
                if is_pair and row.cells[1:] == after.cells[1:] and WORDS.expects.search(f"{titles.text} {row.text}"):
                    yield self.finding(document, after.line, f"line {row.line} expects the same before the fix")
        for line in document.prose if document.is_of_work else ():
            is_old, is_new = WORDS.before_the_fix.search(line.text), WORDS.after_the_fix.search(line.text)
            version = WORDS.version.search(line.text)
            same = WORDS.same_both.search(line.text)
            if same and not WORDS.of_regression.search(line.text):
                yield self.finding(document, line.number, f"the same is expected before and after: `{same.group()}`")
            elif (is_old or is_new or version) and WORDS.expects.search(line.text):
                plain = line.text
                for form in (WORDS.before_the_fix, WORDS.after_the_fix, WORDS.version):
                    plain = form.sub("", plain)
                key = re.sub(r"^\W*\d+\. |[\W_]+", " ", plain).casefold().strip()
                now = version and version.group()
                at, was_old, then = expected.setdefault(key, (line.number, bool(is_old), now))
                is_other_version = now and then and now != then and not (is_old or is_new)
                if at != line.number and ((was_old and is_new) or is_other_version):
                    yield self.finding(document, line.number, f"line {at} expects the same before the fix")


class SetUpErrorAsReproduction(DocumentRule, code="TB825"):
    """A run that failed in its set-up is counted as a reproduction of the defect."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        blocks = document.blocks
        for before, block, after in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
            heading = document.section_of(block.line)
            behind = after.text if after and not isinstance(after, TitleBlock) else ""
            about = f"{before.text if before else ''} {heading.text if heading else ''}"
            for line in block.lines:
                error = WORDS.set_up_error.search(line.text)
                said = f"{about} {line.text}" if isinstance(block, CodeBlock) else line.text
                if error and after and isinstance(block, CodeBlock) and WORDS.reproduced.search(behind):
                    says = f"line {line.number} shows that the run failed before the test began"
                    yield self.finding(document, after.line, says)
                    break
                if error and WORDS.reproduced.search(said):
                    yield self.finding(document, line.number, "this run failed before the test began", error.group())
                    break


class PassAsReproduction(AnyLineRule, code="TB826"):
    """Tests that pass are offered as proof that the defect exists."""

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
