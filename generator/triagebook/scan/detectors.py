"""Compiled detectors: they find code by its structure, or text by a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import re2  # type: ignore[import-untyped]
from ast_grep_py import SgNode, SgRoot
from msgspec import Struct

from triagebook.book import fits
from triagebook.errors import TriagebookError
from triagebook.model.building_blocks import Detector

from .languages import LANGUAGES, Language, language_of

LONGEST_TEXT = 200  # characters of what was found, so that a minified file gives no page of text
_METAVARIABLE = re.compile(r"\$\$\$(?!\w)|\$+[A-Z_][A-Z0-9_]*(?!\w)")
_WORD = re.compile(r"\w+")


class DetectorError(TriagebookError):
    """The detector can't be compiled."""


class _Finder(Protocol):
    words: tuple[bytes, ...]

    def find(self, data: bytes) -> Iterator[tuple[int, str]]: ...


class CompiledDetector(Struct, frozen=True):
    """A detector that can be asked which files it is for, and what it finds in one."""

    detector: Detector
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    finder: _Finder

    def is_for(self, path: str) -> bool:
        return (not self.include or fits(path, self.include)) and not (self.exclude and fits(path, self.exclude))

    def lines(self, data: bytes, *, skim: bool = True) -> dict[int, str]:
        """What is found in a file, by the line it begins on; the first of several counts.

        The file is skimmed for the words that every match holds before it is read in earnest.
        """
        if skim and not all(word in data for word in self.finder.words):
            return {}
        found: dict[int, str] = {}
        for line, text in self.finder.find(data):
            found.setdefault(line, text)
        return dict(sorted(found.items()))


@lru_cache(maxsize=256)
def _finder_of(code: str | None, regex: str | None, language: str | None) -> tuple[_Finder, tuple[str, ...]]:
    if regex is not None:
        return _ByExpression(regex), ()
    known = language_of(str(language))
    if known is None:
        names = ", ".join(LANGUAGES)
        raise DetectorError(f"`{language}` is no language that code can be searched in", f"write one of {names}")
    return _ByStructure(str(code), known), known.files


def compile_detector(detector: Detector) -> CompiledDetector:
    """A detector, ready to search; a DetectorError where it can't. `code` without globs is for its language's files."""
    finder, files = _finder_of(detector.code, detector.regex, detector.language)
    return CompiledDetector(detector, tuple(detector.include) or files, tuple(detector.exclude), finder)


def one_line(text: str) -> str:
    """What was found, on one line, and not too much of it."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 3]}..."


# ── by structure ─────────────────────────────────────────────────────────────────────────────────────


class _ByStructure:
    """Finds code like a piece of code, whatever its blanks and line breaks."""

    def __init__(self, code: str, language: Language) -> None:
        self.language = language.name
        code = code.strip()
        self.rule = _rule(code, language)
        # Names and keywords are compared letter by letter, so whatever matches holds them.
        words = {word.encode() for word in _WORD.findall(_METAVARIABLE.sub(" ", code))}
        self.words = tuple(sorted(words, key=lambda word: (-len(word), word)))
        try:
            SgRoot("", self.language).root().find_all(**self.rule)
        except RuntimeError as error:
            what = f"`{one_line(code)}` can't be searched for: {_reason(str(error))}"
            raise DetectorError(what, "write one expression or one statement") from None

    def find(self, data: bytes) -> Iterator[tuple[int, str]]:
        nodes = SgRoot(data.decode(errors="replace"), self.language).root().find_all(**self.rule)
        for node in sorted(nodes, key=lambda node: node.range().start.index):
            yield node.range().start.line + 1, one_line(node.text())


def _rule(code: str, language: Language) -> dict[str, Any]:
    """A piece of code as it stands alone, or as it stands where such code does: some languages read it otherwise."""
    plain = _METAVARIABLE.sub("x", code)
    rules: list[dict[str, Any]] = [] if _is_broken(plain, language) else [{"pattern": code}]
    for around in language.around:
        if kind := _kind_within(around, plain, language):
            rules.append({"pattern": {"context": around % code, "selector": kind}})
            break
    if not rules:
        what = f"`{one_line(code)}` is no whole piece of {language.name}"
        raise DetectorError(what, "close its brackets and quotes; `$NAME` stands for any part, `$$$` for any number")
    return {"any": rules}


def _is_broken(code: str, language: Language) -> bool:
    return SgRoot(code, language.name).root().find(kind="ERROR") is not None


def _kind_within(around: str, code: str, language: Language) -> str | None:
    """What a piece of code is in its place; None where it can't stand there."""
    text = around % code
    if _is_broken(text, language):
        return None
    nodes = list(_below(SgRoot(text, language.name).root()))
    exact = (node.kind() for node in nodes if node.text() == code)
    return next(exact, None) or next((node.kind() for node in nodes if node.text() == f"{code};"), None)


def _reason(report: str) -> str:
    """The last reason in a report of the parser, without the trace below it."""
    reasons = re.findall(r"^ *\d+: ([^.\n]+)", report.partition("Stack backtrace")[0], re.MULTILINE)
    reason = str(reasons[-1]) if reasons else "the parser takes it for nothing"
    return reason[:1].lower() + reason[1:]


def _below(root: SgNode) -> Iterator[SgNode]:
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += node.children()


# ── by a regular expression ──────────────────────────────────────────────────────────────────────────


class _ByExpression:
    """Finds what an expression matches, line by line. RE2 needs no more time than in proportion to the text."""

    words: tuple[bytes, ...] = ()  # the expression itself is quick enough

    def __init__(self, regex: str) -> None:
        self.expression = expression_of(regex)
        if self.expression.search(b"") is not None:
            raise DetectorError(f"`{one_line(regex)}` matches an empty line", "say what the line must hold")

    def find(self, data: bytes) -> Iterator[tuple[int, str]]:
        line, counted_to = 1, 0
        for match in self.expression.finditer(data.replace(b"\r\n", b"\n")):
            start = match.start()
            line += match.string.count(b"\n", counted_to, start)
            counted_to = start
            yield line, one_line(match.group().decode(errors="replace"))


def expression_of(regex: str) -> Any:  # noqa: ANN401  (RE2's expressions have no type)
    """An expression that never matches across lines; a DetectorError where it is none."""
    options = re2.Options()
    options.log_errors, options.never_nl = False, True
    try:
        return re2.compile(f"(?m){regex}".encode(), options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace").replace("(?m)", "")
        what = f"`{one_line(regex)}` is no regular expression that can be searched for: {why}"
        raise DetectorError(
            what, "correct it; it is written as for RE2, without look-around and back-references"
        ) from None
