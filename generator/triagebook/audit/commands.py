"""TB84x: commands and scripts in a document that prove nothing, or that destroy something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triagebook.findings import Finding

from .base import CodeLineRule, DocumentRule, Known
from .document import CodeBlock, MarkdownDocument, TextLine
from .words import Words

WORDS = Words("commands")

_SHELL = {"bash", "sh", "shell", "console", "zsh", "yaml", "yml", "makefile", "dockerfile", ""}


class SuccessWhateverHappened(DocumentRule, code="TB844"):
    """A script prints success, or swallows failure, whatever its commands return."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        for block in document.code:
            yield from self._printed(document, block) if document.is_of_work else ()
            if block.language not in _SHELL:
                continue
            is_known = any("|| true" in line.text for line in document.prose)  # the document is about it
            ran, guarded = False, WORDS.guard.search(WORDS.swallows.sub("", block.source))
            for line in block.lines:
                runs = bool(WORDS.test_run.search(line.text))
                may_fail = runs or (
                    document.is_of_work
                    and not is_known
                    and not WORDS.may_fail.match(re.sub(r"^[\s-]*(?:run: |RUN )?", "", line.text))
                )
                if may_fail and (match := WORDS.swallows.search(line.text)):
                    yield self.finding(document, line.number, "the failure of this command is swallowed", match.group())
                elif ran and WORDS.prints_success.search(line.text) and not guarded:
                    says = "this is printed whatever the commands above return"
                    yield self.finding(document, line.number, says, line.text.strip())
                ran = ran or runs or bool(document.is_of_work and WORDS.script.match(line.text))
        for line, command in _told_commands(document):
            if match := WORDS.swallows.search(command):
                yield self.finding(document, line.number, "the failure of this command is swallowed", match.group())

    def _printed(self, document: MarkdownDocument, block: CodeBlock) -> Iterator[Finding]:
        """Success that a program prints although what it ran, or found, may have been bad."""
        before = ""
        for line in block.lines:
            depth = len(line.text) - len(line.text.lstrip())
            runs = [one for one in before.split("\n") if WORDS.may_be_bad.search(one)]
            is_in_branch = runs and depth > min(len(one) - len(one.lstrip()) for one in runs)
            if runs and not is_in_branch and WORDS.says_success.search(line.text) and not WORDS.stops.search(before):
                says = f"this is printed whatever came of `{runs[-1].strip()}`"
                yield self.finding(document, line.number, says, line.text.strip())
            before += f"{line.text}\n"


def _told_commands(document: MarkdownDocument) -> Iterator[tuple[TextLine, str]]:
    """The commands in the prose that the reader is told to run."""
    for line in document.prose if document.is_of_work else ():
        for span in re.finditer(r"`([^`]+)`", line.text):
            if WORDS.told_to_run.search(line.text[: span.start()]):
                yield line, span[1]


class DestructiveCommand(CodeLineRule, code="TB845"):
    """A command in the document destroys or rewrites more than the work needs."""

    def lines(self, document: MarkdownDocument) -> Iterator[TextLine]:
        yield from (line for block in document.code for line in block.lines)
        yield from (TextLine(line.number, command) for line, command in _told_commands(document))

    def in_line(self, line: TextLine, known: Known) -> Iterator[tuple[str, str]]:
        match = WORDS.destructive.search(line.text)
        if match and not line.text.lstrip().startswith("#"):
            yield match.group(), f"`{match.group()}` destroys or rewrites files wholesale"


class CheckNarrowerThanFix(DocumentRule, code="TB828"):
    """The search that checks the fix finds less than the fix has to change."""

    def find(self, document: MarkdownDocument, known: Known) -> Iterator[Finding]:
        lines = [line for block in document.code for line in block.lines]
        replaced = {match["text"]: line.number for line in lines for match in WORDS.replace.finditer(line.text)}
        for line in lines:
            for match in WORDS.search.finditer(line.text):
                for text, at in replaced.items():
                    if match["text"].startswith(text) and match["text"] != text:
                        says = f"it searches for `{match['text']}`, but line {at} replaces `{text}`"
                        yield self.finding(document, line.number, says, match["text"])
