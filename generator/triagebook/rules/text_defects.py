"""TB111 to TB113: wrongly decoded text, paths of one machine, and placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

from triagebook.book import Book
from triagebook.facts.case import Case
from triagebook.findings import Edit, Finding, Level

from .base import Rule
from .parts import RecordText, Speaker, texts_of_book, texts_of_issue

_OURS = (Speaker.OWN, Speaker.COMMAND)
_LOST = "\ufffd"  # the replacement character of decoders
_SUSPECT = re.compile(rf"[^\x00-\x7f]{{2}}|{_LOST}")  # non-ASCII characters have two bytes or more in UTF-8
# Part of a path, without the characters that end a path in prose, commands or quotes.
_PART = r"""[^\s\\/`"'<>|,;:*?()\[\]{}]+"""
_OF_WINDOWS = re.compile(rf"(?<![A-Za-z0-9])(?:[A-Z]:[\\/]|[a-z]:\\|[a-z]:/(?={_PART}/)){_PART}(?:[\\/]{_PART})*")
_OF_A_USER = re.compile(rf"(?<![\w.:/}}\])>~])(?:(?:/mnt/[a-z])?(?:/Users|/home|/root)|~)/{_PART}(?:/{_PART})*")
_OF_A_SHARE = re.compile(rf"(?<![\w\\]){re.escape(chr(92) * 2)}{_PART}(?:\\{_PART})+")
_BACKWARDS = re.compile(
    r"(?<![\w\\/:.-])(?:[\w.-]+\\)+[\w-]+(?:\.[\w-]+)*\.[A-Za-z]\w{0,4}\b(?!\\)"  # ends in a file name
    r"|(?<![\w\\/:.-])[\w.-]{2,}(?:\\[\w.-]{2,}){2,}"  # or has three parts
)
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|XXX+|(?i:TB[ACD]))\b|\?{3,}"
    r"|(?i:\b(?:is |are )?to be (?:determined|defined|announced|filled in)\b)"
    r"|(?i:<(?:fill|insert|enter|add|your)\b[^<>]*>|\[(?:fill|insert|enter|your)\b[^\[\]]*\]|\blorem ipsum\b)"
    r"|\b[Ll]ines?\s+(?:~\s*[A-Za-z]{1,2}|~?[NX]{1,4})\b"
)
# Each placeholder contains one of these. Checking for them first is seven times as fast, as few texts have one.
_OF_PLACEHOLDERS = (
    *("todo", "fixme", "xxx", "tba", "tbc", "tbd", "???", "lorem", "line"),
    *("determined", "defined", "announced", "filled", "<", "["),
)


class _TextRule(Rule):
    """Checks every text of the book but claims, which quote other people."""

    severity = Level.WARNING

    def find(self, case: Case) -> Iterator[Finding]:
        for said in texts_of_issue(case):
            if not said.in_claims:
                yield from self.check_text(said)

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for said in texts_of_book(book):
            yield from self.check_text(said)

    def check_text(self, said: RecordText) -> Iterator[Finding]:
        raise NotImplementedError


class WronglyDecoded(_TextRule, code="TB111"):
    """A text was decoded with the wrong character set."""

    def find(self, case: Case) -> Iterator[Finding]:
        for said in texts_of_issue(case):
            if not (said.text.isascii() or _is_disputed(case, said)):
                yield from self.check_text(said)

    def check_text(self, said: RecordText) -> Iterator[Finding]:
        if said.text.isascii() or not _SUSPECT.search(said.text):
            return
        decoded = _decoded(said.text)
        if decoded == said.text:
            return
        says = f"`{_around(said.text, decoded)}` was decoded with the wrong character set"
        if decoded is None:
            yield self.finding(said.file, said.field, says, "some characters are lost: retype the text")
        elif said.speaker is Speaker.QUOTED:
            yield self.finding(said.file, said.field, says, "copy the text from its source again")
        else:
            yield self.finding(said.file, said.field, says, "", Edit(said.file, said.field, "set", decoded))


class PathStyle(_TextRule, code="TB112"):
    """A text or command contains a path of one machine, or a path with backslashes."""

    def check_text(self, said: RecordText) -> Iterator[Finding]:
        if said.speaker not in _OURS or not ("/" in said.text or "\\" in said.text):
            return
        if own := _of_one_machine(said):
            yield self.finding(said.file, said.field, f"`{own}` exists on one machine only")
        if found := _BACKWARDS.search(said.text):
            corrected = _BACKWARDS.sub(lambda path: path.group().replace("\\", "/"), said.text)
            edit = Edit(said.file, said.field, "set", corrected)
            yield self.finding(said.file, said.field, f"`{found.group()}` has backslashes", "", edit)


class Placeholder(_TextRule, code="TB113"):
    """A text contains a placeholder that was never filled in."""

    def check_text(self, said: RecordText) -> Iterator[Finding]:
        if said.speaker not in _OURS or not any(map(said.text.lower().__contains__, _OF_PLACEHOLDERS)):
            return
        if found := _PLACEHOLDER.search(said.without_code if said.speaker is Speaker.OWN else said.text):
            yield self.finding(said.file, said.field, f"`{' '.join(found.group().split())}` is a placeholder")


def _is_disputed(case: Case, said: RecordText) -> bool:
    """Whether this is the text of a disputed claim: the wrong character may be what is disputed."""
    match said.field:
        case ("claims", int(index), "says"):
            own = (one.claim for one in case.claims if (one.file, one.index) == (said.file, index))
            return any(claim.disputed or claim.audited for claim in own)
    return False


def _decoded(text: str) -> str | None:
    """The text decoded correctly; unchanged if it is fine, None if characters are lost."""
    # Slow to import, and few books need it.
    from ftfy import TextFixerConfig, fix_encoding  # noqa: PLC0415
    from ftfy.badness import is_bad  # noqa: PLC0415

    only_what_is_certain = TextFixerConfig(unescape_html=False, restore_byte_a0=False, replace_lossy_sequences=False)
    meant = fix_encoding(text, only_what_is_certain)
    lost = is_bad(meant) or any(character == _LOST or category(character) == "Cn" for character in meant)
    return None if lost else meant


def _around(text: str, decoded: str | None) -> str:
    """The word with the first wrong characters."""
    at = next((i for i, (a, b) in enumerate(zip(text, decoded, strict=False)) if a != b), 0) if decoded else 0
    if decoded is None:
        found = _SUSPECT.search(text)
        at = found.start() if found else 0
    start = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
    return text[start:].split(maxsplit=1)[0][:40]


def _of_one_machine(said: RecordText) -> str | None:
    for found in (form.search(said.text) for form in (_OF_WINDOWS, _OF_A_USER, _OF_A_SHARE)):
        path = found.group() if found else ""
        is_page = path.startswith("/home/") and path.count("/") < 4 and "." not in path  # of the product
        if path and not (is_page and said.speaker is Speaker.OWN):
            return path
    return None
