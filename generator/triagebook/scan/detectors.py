"""Compiled detectors: they find code by its structure, or text by a regular expression.

The parsers for source code come with the extra `scan`, because they are larger than all the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triagebook.book import fits
from triagebook.errors import TriagebookError
from triagebook.expressions import compiled
from triagebook.languages import Language, language_of
from triagebook.model.building_blocks import Detector

if TYPE_CHECKING:
    from ast_grep_py import SgNode


LONGEST_TEXT = 200  # characters of what was found, so that a minified file gives no page of text
_METAVARIABLE = re.compile(r"\$\$\$(?!\w)|\$+[A-Z_][A-Z0-9_]*(?!\w)")
_WORD = re.compile(r"\w+")


class NoParsersError(TriagebookError):
    """The parsers are not installed."""


def parsed(code: str, language: str) -> SgNode:
    """The root of the syntax tree of a piece of code."""
    try:
        from ast_grep_py import SgRoot  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        do = "install them: pip install 'triagebook[scan]'"
        raise NoParsersError("the parsers for source code are not installed", do) from None
    return SgRoot(code, language).root()


class DetectorError(TriagebookError):
    """The detector can't be compiled."""


_Find = Callable[[bytes], Iterator[tuple[int, str]]]
_Compiled = tuple[_Find, tuple[bytes, ...]]  # with the words of every match


class CompiledDetector(Struct, frozen=True):
    """A detector, ready to search: which files it searches, and what it finds in one."""

    detector: Detector
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    find: _Find
    words: tuple[bytes, ...]  # what every match contains; a file without them is not parsed

    def is_for(self, path: str) -> bool:
        return (not self.include or fits(path, self.include)) and not (self.exclude and fits(path, self.exclude))

    def lines(self, data: bytes) -> dict[int, str]:
        """What is found in a file, by the line it begins on; the first of several counts."""
        if not all(word in data for word in self.words):
            return {}
        found: dict[int, str] = {}
        for line, text in self.find(data):
            found.setdefault(line, text)
        return dict(sorted(found.items()))


def compile_detector(detector: Detector) -> CompiledDetector:
    """A detector, ready to search; a DetectorError if it is not valid."""
    language = language_of(str(detector.language)) if detector.language else None
    if detector.regex is not None or language is None:
        found = _by_expression(str(detector.regex))
    else:
        found = _by_structure(str(detector.code), language)
    include, exclude = (
        tuple(pattern.removeprefix("./") for pattern in patterns) for patterns in (detector.include, detector.exclude)
    )
    return CompiledDetector(detector, include or (language.files if language else ()), exclude, *found)


def one_line(text: str) -> str:
    """Text on one line, cut if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 3]}..."


# ── by structure ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=256)
def _by_structure(code: str, language: Language) -> _Compiled:
    """Find code like a piece of code, whatever its blanks and line breaks."""
    name, code = language.name, code.strip()
    rule = _rule(code, language)
    try:
        parsed("", name).find_all(**rule)
    except RuntimeError as error:
        what = f"`{one_line(code)}` can't be searched for: {_reason(str(error))}"
        raise DetectorError(what, "write one expression or one statement") from None

    def find(data: bytes) -> Iterator[tuple[int, str]]:
        nodes = parsed(data.decode(errors="replace"), name).find_all(**rule)
        for node in sorted(nodes, key=lambda node: node.range().start.index):
            yield node.range().start.line + 1, one_line(node.text())

    # Names and keywords are compared letter by letter, so every match contains them.
    words = {word.encode() for word in _WORD.findall(_METAVARIABLE.sub(" ", code))}
    return find, tuple(sorted(words, key=lambda word: (-len(word), word)))


def _rule(code: str, language: Language) -> dict[str, Any]:
    """A piece of code by itself, or within the code it needs around it: some languages parse it differently there."""
    plain = _METAVARIABLE.sub("x", code)
    rules: list[dict[str, Any]] = [] if _is_broken(plain, language) else [{"pattern": code}]
    for around in language.around:
        if kind := _kind_within(around, plain, language):
            rules.append({"pattern": {"context": around % code, "selector": kind}})
            break
    if not rules:
        what = f"`{one_line(code)}` is not valid {language.name}"
        raise DetectorError(what, "close its brackets and quotes; `$NAME` stands for any part, `$$$` for any number")
    return {"any": rules}


def _is_broken(code: str, language: Language) -> bool:
    return parsed(code, language.name).find(kind="ERROR") is not None


def _kind_within(around: str, code: str, language: Language) -> str | None:
    """The kind of node that a piece of code is within other code; None if it is not valid there."""
    text = around % code
    if _is_broken(text, language):
        return None
    nodes = list(_below(parsed(text, language.name)))
    exact = (node.kind() for node in nodes if node.text() == code)
    return next(exact, None) or next((node.kind() for node in nodes if node.text() == f"{code};"), None)


def _reason(report: str) -> str:
    """The last reason in a report of the parser, without the trace below it."""
    reasons = re.findall(r"^ *\d+: ([^.\n]+)", report.partition("Stack backtrace")[0], re.MULTILINE)
    reason = str(reasons[-1]) if reasons else "the parser takes it for nothing"
    return reason[:1].lower() + reason[1:]


def _below(root: SgNode) -> Iterator[SgNode]:
    """The nodes of a tree, level by level."""
    waiting = [root]
    for node in waiting:
        yield node
        waiting += node.children()


# ── by a regular expression ──────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=256)
def _by_expression(regex: str) -> _Compiled:
    """Find what an expression matches, line by line. The time RE2 takes is in proportion to the text."""
    expression = compiled(regex, by_line=True)
    if expression.search(b"") is not None:
        raise DetectorError(f"`{one_line(regex)}` matches an empty line", "say what the line must contain")

    def find(data: bytes) -> Iterator[tuple[int, str]]:
        line, counted_to = 1, 0
        for match in expression.finditer(data.replace(b"\r\n", b"\n")):
            line += match.string.count(b"\n", counted_to, match.start())
            counted_to = match.start()
            yield line, one_line(match.group().decode(errors="replace"))

    return find, ()
