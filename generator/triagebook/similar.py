"""Finds what resembles a reported defect: the known patterns its errors match, and the issues most like it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from heapq import nsmallest

from msgspec import Struct

from .book import Book, Entry, natural
from .expressions import occurs
from .model.base import Path
from .model.defect import Certainty
from .model.scalars import leaves
from .model.values import Place
from .text_index import TextIndex

MOST = 3  # issues that are proposed
# Measured on 1,076 SeaMonkey reports by tests/similar/measure.py. At 0.7 the best match passes for 45 of 75 reports
# with known duplicates and is right for 32; it passes for 29 % of the others. At 0.5: 68, 40 and 61 %.
LEAST = 0.7  # similarity of a match that is worth proposing
# What a field adds when two issues say exactly the same in it. Paths and components are few words, so they agree often.
_WEIGHTS = {"title": 1.0, "text": 1.0, "errors": 1.0, "frames": 0.5, "paths": 0.5, "components": 0.1}
_SAME_ERROR, _SAME_FAILURE, _PATTERN = 1.0, 0.5, 0.5
_LONGEST_ERROR = 4000  # characters of an error that count
_TYPE = re.compile(r"(?:[A-Za-z_][\w.$]*)(?=: )")
_VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\b0x[0-9a-fA-F]+\b|\d+|\b\w*[A-Z_]\w*\b")
_FRAME = re.compile(
    r'^\s*File "(?P<python>[^"\n]+)", line \d+, in (?P<function>\S+)'
    r"|^\s*at (?:(?P<caller>[^\s(]+) \()?(?P<script>[^\s():]+\.[cm]?[jt]sx?):\d+"
    r"|^\s*at (?P<method>[\w.$<>]+)\((?P<java>\w+\.(?:java|kt|scala)):\d+\)"
    r"|^\s+(?P<go>\S+\.go):\d+",
    re.MULTILINE,
)
_FOREIGN = re.compile(
    r"(?:site|dist)-packages/|node_modules/|/lib/python\d|^node:|/go/(?:src|pkg/mod)/|^(?:java|javax|jdk|sun|kotlin|scala)\."
)


class Profile(Struct, frozen=True):
    """What of an issue, or of a report that is not an issue yet, is compared with others."""

    title: str = ""
    text: str = ""
    errors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def fields(self) -> dict[str, str]:
        """The text of each field that is indexed; the title and errors count as text, too."""
        return {
            "title": self.title,
            "text": "\n".join([self.title, self.text, *self.errors]),
            "errors": "\n".join(self.errors),
            "frames": "\n".join(own_frames(self.text)),
            "paths": "\n".join(self.paths),
            "components": "\n".join(self.components),
        }


class Match(Struct, frozen=True):
    """An issue that resembles a report, and what the two share."""

    issue: str
    title: str
    similarity: float
    failure: str
    patterns: tuple[str, ...]
    paths: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def is_telling(self) -> bool:
        """False where one shared word is all there is, which may be chance."""
        return bool(self.failure or self.patterns or self.paths or len(self.words) > 1)

    def reasons(self) -> str:
        named = {"the pattern": self.patterns, "the paths": self.paths, "the words": self.words}
        shared = [f"{what} {', '.join(names)}" for what, names in named.items() if names]
        return "; ".join([self.failure, *shared] if self.failure else shared)


class PatternMatch(Struct, frozen=True):
    """A pattern whose expression matches an error."""

    pattern: str
    title: str
    expression: str
    error: str


def matching_patterns(book: Book, errors: Iterable[str]) -> list[PatternMatch]:
    """The patterns that match one of these errors, each with its first expression that does."""
    found: dict[str, PatternMatch] = {}
    for error in errors:
        for name, pattern in book.patterns.items():
            expression = next((one for one in pattern.errors if occurs(one, error[:_LONGEST_ERROR])), None)
            if expression is not None and name not in found:
                found[name] = PatternMatch(name, pattern.title, expression, error)
    return list(found.values())


class SimilarIssues:
    """Profiles by issue id, indexed once and compared with any number of reports."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._profiles = profiles
        self._names = list(profiles)

    @classmethod
    def of_book(cls, book: Book) -> SimilarIssues:
        return cls({entry.id: profile_of(entry) for entry in book.issues.values()})

    def to(self, report: Profile, excluding: str | None = None, most: int = MOST, least: float = LEAST) -> list[Match]:
        """The issues most like a report, the most similar first."""
        scores = self._scores(report)
        likely = (at for at, score in enumerate(scores) if score >= least and self._names[at] != excluding)
        best = nsmallest(most, likely, key=lambda at: (-scores[at], natural(self._names[at])))
        return [self._match(report, self._names[at], scores[at]) for at in best]

    @cached_property
    def _indexes(self) -> dict[str, TextIndex]:
        fields = [profile.fields() for profile in self._profiles.values()]
        return {name: TextIndex([field[name] for field in fields]) for name in _WEIGHTS}

    @cached_property
    def _positions(self) -> dict[object, list[int]]:
        """Where each error, fingerprint and pattern occurs."""
        found: dict[object, list[int]] = {}
        for position, profile in enumerate(self._profiles.values()):
            for key in _exact(profile):
                found.setdefault(key, []).append(position)
        return found

    def _scores(self, report: Profile) -> list[float]:
        scores = [0.0] * len(self._names)
        for field, text in report.fields().items():
            self._indexes[field].add_similarities(text, _WEIGHTS[field], scores)
        for key, weight in _exact(report).items():
            for position in self._positions.get(key, ()):
                scores[position] += weight
        return scores

    def _match(self, report: Profile, name: str, score: float) -> Match:
        other = self._profiles[name]
        words = self._indexes["text"].shared_words(f"{report.title} {report.text}", f"{other.title} {other.text}")
        paths, patterns = {*report.paths} & {*other.paths}, {*report.patterns} & {*other.patterns}
        return Match(
            name,
            other.title,
            score,
            _same_failure(report, other),
            tuple(sorted(patterns)),
            tuple(sorted(paths)[:3]),
            tuple(words[:4]),
        )


def profile_of(entry: Entry) -> Profile:
    """The profile of an issue on record."""
    issue = entry.issue
    patterns = (cause.pattern for cause in issue.causes if cause.state is not Certainty.RULED_OUT)
    says = [*(symptom.says for symptom in issue.symptoms), *(cause.says for cause in issue.causes)]
    values = (value for record in (issue, entry.affected) if record for _, value in leaves(record))
    paths = (
        str(value.path if isinstance(value, Place) else value) for value in values if isinstance(value, Path | Place)
    )
    return Profile(
        issue.title,
        "\n".join([issue.summary, *filter(None, says)]),
        tuple(symptom.error for symptom in issue.symptoms if symptom.error),
        tuple(dict.fromkeys(paths)),
        tuple(issue.components),
        tuple(pattern for pattern in patterns if pattern),
    )


def _exact(profile: Profile) -> dict[object, float]:
    """What either is the same in two issues or is not, with what it adds to their similarity."""
    texts = {" ".join(error.split()): _SAME_ERROR for error in profile.errors}
    failures = {fingerprint(error): _SAME_FAILURE for error in profile.errors}
    patterns = {("pattern", pattern): _PATTERN for pattern in profile.patterns}
    return dict([*texts.items(), *failures.items(), *patterns.items()])


def _same_failure(report: Profile, other: Profile) -> str:
    texts = {" ".join(error.split()) for error in other.errors}
    failures = {fingerprint(error) for error in other.errors}
    if same := next((error for error in report.errors if " ".join(error.split()) in texts), ""):
        return f"the same error ({_short(same)})"
    if alike := next((error for error in report.errors if fingerprint(error) in failures), ""):
        return f"the same error but for names and numbers ({_short(alike)})"
    return ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"


# ── failures ─────────────────────────────────────────────────────────────────────────────────────────


class Fingerprint(Struct, frozen=True):
    """An error without what differs from one occurrence to the next."""

    type: str  # empty where the text names none
    message: str


def fingerprint(error: str) -> Fingerprint:
    """The fingerprint of an error text: quoted words, names, numbers and addresses in its message do not count."""
    text = " ".join(error[:_LONGEST_ERROR].split())
    found = _TYPE.match(text)
    kind = found.group() if found else ""
    message = text[len(kind) :].removeprefix(": ")
    return Fingerprint(kind, _VARIES.sub("*", message) if kind else message)


def own_frames(text: str) -> list[str]:
    """The frames of stack traces in a text that lie in the project's own code, as `file function`, without lines."""
    frames = []
    for frame in _FRAME.finditer(text.replace("\\", "/")):
        part = frame.groupdict(default="")
        where = part["method"] or part["python"] or part["script"] or part["go"]
        if not _FOREIGN.search(where):
            frames.append(f"{where} {part['function'] or part['caller']}".strip())
    return list(dict.fromkeys(frames))
