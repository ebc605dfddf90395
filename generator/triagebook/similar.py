"""Finds what resembles a reported defect: the known patterns its errors match, and the issues most like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from .book import Book, Entry, natural
from .cache_folder import cache_folder
from .expressions import occurs
from .failures.likeness import Fingerprint, KnownFailures, failures_of, fingerprints
from .failures.traces import failures
from .model.base import Path as PlacePath
from .model.defect import Certainty
from .model.scalars import leaves
from .model.values import Place
from .store.memo import Memo
from .store.survey import Survey
from .text_index import TextIndex, stem_counts

MOST = 3  # issues that are proposed
# Measured on 1,076 SeaMonkey reports by tests/similar/measure.py. At 0.9 the best match passes for 27 of 75 reports
# with known duplicates and is right for 20; it passes for 12 % of the others.
LEAST = 0.9  # similarity of a match that is worth proposing for its words alone
# What a field adds when two issues say exactly the same in it. Paths and components are few words, so they agree often.
_WEIGHTS = {"title": 1.0, "text": 1.0, "paths": 0.5, "components": 0.1}
_SAME_FAILURE, _SAME_PATTERN = 2.0, 1.0
_LONGEST_ERROR = 4000  # characters of an error that a pattern is compared with


class Profile(Struct, frozen=True):
    """What of an issue, or of a report that is not an issue yet, is compared with others."""

    title: str = ""
    text: str = ""
    errors: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def traits(self) -> Traits:
        fields = {
            "title": self.title,
            "text": "\n".join([self.title, self.text, *self.errors]),
            "paths": "\n".join(self.paths),
            "components": "\n".join(self.components),
        }
        found = [*(one for error in self.errors for one in failures_of(error)), *failures(self.text)]
        words = {name: stem_counts(text) for name, text in fields.items()}
        return Traits(self.title, words, fingerprints(found), self.paths, self.patterns)


class Traits(Struct, frozen=True):
    """What an index needs of a profile. It follows from the profile alone, so it can be kept between runs."""

    title: str
    words: dict[str, dict[str, int]]  # how often each field has each stem; title and errors count as text, too
    failures: tuple[Fingerprint, ...]
    paths: tuple[str, ...]
    patterns: tuple[str, ...]


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
        """False if they share only one word, which may be chance."""
        return bool(self.failure or self.patterns or self.paths or len(self.words) > 1)

    def reasons(self) -> str:
        words = () if self.failure else self.words
        named = {"the pattern": self.patterns, "the paths": self.paths, "the words": words}
        shared = [f"{what} {', '.join(names)}" for what, names in named.items() if names]
        return "; ".join(filter(None, [self.failure, *shared]))


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
    """The traits of issues by id, indexed once and compared with any number of reports."""

    def __init__(self, traits: Mapping[str, Traits]) -> None:
        self._traits = {name: traits[name] for name in sorted(traits, key=natural)}
        self._names = list(self._traits)
        self._places = {name: place for place, name in enumerate(self._names)}
        self._same = cache(self._same_failure)  # many issues have one failure
        self._failures = KnownFailures({name: one.failures for name, one in self._traits.items()})
        fields = [one.words for one in self._traits.values()]
        self._indexes = {name: TextIndex([field[name] for field in fields]) for name in _WEIGHTS}

    @classmethod
    def below(cls, root: Path) -> SimilarIssues:
        """The issues of the book in a folder; the traits of those that did not change are known from the last run."""
        return cls.of(Survey(root, Memo(cache_folder())))

    @classmethod
    def of(cls, survey: Survey) -> SimilarIssues:
        return cls(traits_in(survey))

    def to(self, report: Profile, excluding: str | None = None, most: int = MOST, least: float = LEAST) -> list[Match]:
        """The issues most like a report: those with the same failure, then the most similar."""
        likely = self._likely(report.traits, excluding, most, least)
        return [self._match(report, name, score, failure) for name, score, failure in likely]

    def _likely(
        self, traits: Traits, excluding: str | None, most: int = MOST, least: float = LEAST
    ) -> list[tuple[str, float, str]]:
        """The issues most like these traits, each with its similarity, and the failure that is the same."""
        same, scores = self._same(traits.failures), self._similarities(traits)
        for place in same:
            scores[place] += _SAME_FAILURE
        itself = self._places.get(excluding or "")
        likely = [place for place, score in enumerate(scores) if score >= least and place != itself]
        likely.sort(key=scores.__getitem__, reverse=True)  # of equal ones the first by id
        return [(self._names[place], scores[place], same.get(place, "")) for place in likely[:most]]

    def _same_failure(self, failures: tuple[Fingerprint, ...]) -> dict[int, str]:
        """Who had one of these failures, by place, each with what is the same."""
        alike = (found for one in reversed(failures) for found in self._failures.like(one).items())
        return {self._places[name]: why for name, why in alike}

    def basis(self, issue: str) -> list[tuple[object, ...]]:
        """What the matches of an indexed issue follow from, beside its own text: it need not be read to know it."""
        found: list[tuple[object, ...]] = []
        if (own := self._traits.get(issue)) is None:
            return found
        for name, _, failure in self._likely(own, issue):
            other = self._traits[name]
            words = [self._indexes[field].shared(own.words["text"], other.words[field]) for field in ("text", "title")]
            found.append((name, other.title, failure, other.patterns, other.paths, words))
        return found

    def with_all_words(self, text: str) -> list[str]:
        """The issues with every word of a text, also where too many have them to tell which one is meant."""
        wanted = stem_counts(text).keys()
        return [name for name, one in self._traits.items() if wanted and wanted <= one.words["text"].keys()]

    def _similarities(self, report: Traits) -> list[float]:
        scores = [0.0] * len(self._traits)
        for field, counts in report.words.items():
            self._indexes[field].add_similarities(counts, _WEIGHTS[field], scores)
        for place, other in enumerate(self._traits.values() if report.patterns else ()):
            scores[place] += _SAME_PATTERN * len({*report.patterns} & {*other.patterns})
        return scores

    def _match(self, report: Profile, name: str, score: float, failure: str) -> Match:
        other = self._traits[name]
        said = f"{report.title} {report.text}"
        in_both = (self._indexes[field].shared_words(said, other.words[field]) for field in ("text", "title"))
        words = next(filter(None, in_both), [])
        paths, patterns = {*report.paths} & {*other.paths}, {*report.patterns} & {*other.patterns}
        return Match(
            name,
            other.title,
            score,
            failure,
            tuple(sorted(patterns)),
            tuple(sorted(paths)[:3]),
            tuple(words[:4]),
        )


def groups(profiles: Mapping[str, Profile]) -> list[tuple[list[str], str]]:
    """Which of these reports may have one cause, each group with what two of them share."""
    similar = SimilarIssues({name: profile.traits for name, profile in profiles.items()})
    group_of: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    for name, profile in profiles.items():
        for match in similar.to(profile, excluding=name):
            one, other = group_of.setdefault(name, [name]), group_of.setdefault(match.issue, [match.issue])
            if match.is_telling and one is not other:
                one.extend(other)
                group_of.update(dict.fromkeys(other, one))
                why.setdefault(one[0], match.reasons())
    distinct = {id(group): group for group in group_of.values() if len(group) > 1}
    return [(sorted(group, key=natural), why[group[0]]) for group in distinct.values()]


def traits_in(survey: Survey) -> dict[str, Traits]:
    return survey.each("traits", Traits, lambda entry, book: profile_of(entry, book).traits)


def profile_of(entry: Entry, book: Book) -> Profile:
    """The profile of an issue on record. A pattern that matches its errors counts until it is ruled out."""
    issue = entry.issue
    errors = tuple(symptom.error for symptom in issue.symptoms if symptom.error)
    patterns = {match.pattern: Certainty.SUSPECTED for match in matching_patterns(book, errors)}
    patterns |= {str(cause.pattern): cause.state for cause in issue.causes if cause.pattern}
    says = [*(symptom.says for symptom in issue.symptoms), *(cause.says for cause in issue.causes)]
    values = (value for record in (issue, entry.affected) if record for _, value in leaves(record))
    paths = (
        str(value.path if isinstance(value, Place) else value)
        for value in values
        if isinstance(value, PlacePath | Place)
    )
    return Profile(
        issue.title,
        "\n".join([issue.summary, *filter(None, says)]),
        errors,
        tuple(dict.fromkeys(paths)),
        tuple(issue.components),
        tuple(pattern for pattern, state in patterns.items() if state is not Certainty.RULED_OUT),
    )
