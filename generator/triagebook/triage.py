"""Triage at the door: which known pattern an error fits, and which issues most likely have the same cause, and why.

The score is a plain sum, so that a person can follow it:
    5  the same error text; 3 where only names and numbers in it differ
    3  a pattern that both fit
    2  each path that both name, up to three
    1  each telling word that both use, up to four: one that few issues of the book use
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from .book import Book, Entry, natural
from .model.base import Path
from .model.defect import Certainty
from .model.scalars import leaves
from .model.values import Place

LEAST = 3  # a score below this is chance
MOST = 3  # issues that are proposed
_SAME_ERROR, _SAME_FORM, _PATTERN, _PATH, _WORD = 5, 3, 3, 2, 1
_PATHS, _WORDS = 3, 4  # how many of them count
_LONGEST = 4000  # letters of an error that are looked at
_NAMES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\b0x[0-9a-fA-F]+\b|\d+|\b\w*[A-Z_]\w*(?=\s)")
_WORD_FORM = re.compile(r"[A-Za-z][A-Za-z_]{3,}")
# Words that reports of all kinds use.
_COMMON_WORDS = """
    about after again also always because been before being between both call called calls cannot code could
    does doing done each else error every expected failed failing fails false file files from happen happened
    happens have having here http https into issue just last like line main make more most much must never
    none nothing null only open other over python raise recent return same says self should since some still
    such test tests than that their them then there these they thing this those through time traceback tracker
    true under until used user users uses very want was were what when where which while will with without
    work works would your
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Report(Struct, frozen=True):
    """What is known of a new issue at the door."""

    errors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    words: str = ""  # its title and summary


class Fit(Struct, frozen=True):
    """A pattern whose expression matches an error."""

    pattern: str
    title: str
    expression: str
    error: str


class Alike(Struct, frozen=True):
    """An issue that most likely has the same cause."""

    issue: str
    title: str
    score: int
    why: tuple[str, ...]


def fits(book: Book, errors: Iterable[str]) -> list[Fit]:
    """The patterns that errors fit, each by its first expression that matches."""
    found: dict[str, Fit] = {}
    for error in errors:
        for name, pattern in book.patterns.items():
            expression = next((one for one in pattern.errors if re.search(one, error[:_LONGEST])), None)
            if expression is not None and name not in found:
                found[name] = Fit(name, pattern.title, expression, error)
    return list(found.values())


class _Traits(Struct, frozen=True):
    """What of an issue another may have in common with it."""

    issue: str
    title: str
    errors: frozenset[str]
    forms: frozenset[str]
    causes: frozenset[str]
    paths: frozenset[str]
    words: frozenset[str]


class Known:
    """The issues of a book, looked at once, however many new ones are held against them."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def alike(self, report: Report, but: str | None = None) -> list[Alike]:
        """The issues that most likely have the same cause, the likeliest first."""
        patterns = {fit.pattern for fit in fits(self.book, report.errors)}
        scored = [self._scored(one, report, patterns) for one in self._traits if one.issue != but]
        likely = [one for one in scored if one.score >= LEAST]
        return sorted(likely, key=lambda one: (-one.score, natural(one.issue)))[:MOST]

    @cached_property
    def _traits(self) -> list[_Traits]:
        return [_traits(entry) for entry in self.book.issues.values()]

    @cached_property
    def _used(self) -> Counter[str]:
        return Counter(word for one in self._traits for word in one.words)

    def _telling(self, words: Iterable[str]) -> list[str]:
        """Words that few issues use, the rarest first: what every issue says tells nothing."""
        few = max(3, len(self.book.issues) // 10)
        return sorted((word for word in words if self._used[word] <= few), key=lambda word: (self._used[word], word))

    def _scored(self, one: _Traits, report: Report, patterns: set[str]) -> Alike:
        parts = list(self._parts(one, report, patterns))
        return Alike(one.issue, one.title, sum(points for points, _ in parts), tuple(why for _, why in parts))

    def _parts(self, one: _Traits, report: Report, patterns: set[str]) -> Iterator[tuple[int, str]]:
        """Each thing in common: what it counts, and its name."""
        errors = [" ".join(error.split()) for error in report.errors]
        if same := next((error for error in errors if error in one.errors), None):
            yield _SAME_ERROR, f"the same error ({_short(same)})"
        elif form := next((error for error in errors if _form(error) in one.forms), None):
            yield _SAME_FORM, f"the same error but for names and numbers ({_short(form)})"
        if both := sorted(one.causes & patterns):
            yield _PATTERN, f"the pattern {both[0]}"
        if paths := sorted(one.paths.intersection(report.paths))[:_PATHS]:
            yield _PATH * len(paths), f"the {'path' if len(paths) == 1 else 'paths'} {', '.join(paths)}"
        if words := self._telling(_telling_words(report.words) & one.words)[:_WORDS]:
            yield _WORD * len(words), f"the {'word' if len(words) == 1 else 'words'} {', '.join(words)}"


def _traits(entry: Entry) -> _Traits:
    issue = entry.issue
    errors = frozenset(" ".join(symptom.error.split()) for symptom in issue.symptoms if symptom.error)
    causes = (cause.pattern for cause in issue.causes if cause.state is not Certainty.RULED_OUT)
    return _Traits(
        entry.id, issue.title, errors, frozenset(map(_form, errors)), frozenset(str(one) for one in causes if one),
        frozenset(_paths(entry)), _telling_words(f"{issue.title} {issue.summary}"),
    )  # fmt: skip


def _form(error: str) -> str:
    """An error without what differs from one case to the next: quoted words, names with capitals, numbers."""
    kind, colon, rest = error.partition(": ")
    return kind + colon + " ".join(_NAMES.sub("*", f"{rest} ").split()) if colon else error


def _paths(entry: Entry) -> Iterator[str]:
    for record in (entry.issue, entry.affected):
        for _, value in leaves(record) if record is not None else ():
            if isinstance(value, Path | Place):
                yield str(value.path if isinstance(value, Place) else value)


def _telling_words(text: str) -> frozenset[str]:
    found = (word.casefold() for word in _WORD_FORM.findall(text[:100_000]))
    return frozenset(word for word in found if word not in _COMMON)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
