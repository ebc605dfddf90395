"""Compares texts by the words they share: TF-IDF weights over English stems, cosine similarity."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt

from Stemmer import Stemmer  # type: ignore[import-not-found]

_STEM = Stemmer("english").stemWord
_WORD = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)*")
_LONGEST = 100_000  # characters of a text that count
_STOP_WORDS = frozenset(
    """
    a an and are as at be but by can for from has have if in into is it no not of on or our that the their then there
    these they this to was we were when which will with you
    """.split()  # noqa: SIM905
)


def stems(text: str) -> list[tuple[str, str]]:
    """The stem of each word that counts, with the word."""
    words = (word.lower() for word in _WORD.findall(text[:_LONGEST]))
    return [(_STEM(word), word) for word in words if word not in _STOP_WORDS]


def stem_counts(text: str) -> dict[str, int]:
    """How often a text has each stem: all of it that an index needs."""
    return Counter(stem for stem, _ in stems(text))


def words_of(text: str) -> str:
    """The distinct stems of a text."""
    return " ".join(sorted(stem_counts(text)))


class TextIndex:
    """Texts that are indexed once and compared with any number of others; each is given as its `stem_counts`."""

    def __init__(self, texts: Sequence[Mapping[str, int]]) -> None:
        uses = Counter(stem for counts in texts for stem in counts)
        most = max(3, len(texts) // 10)  # a word that more texts use is no evidence of likeness
        self._rarity = {stem: 1 + log((1 + len(texts)) / (1 + use)) for stem, use in uses.items() if use <= most}
        self._texts_with: dict[str, list[tuple[int, float]]] = {}
        for position, counts in enumerate(texts):
            for stem, weight in self._vector(counts).items():
                self._texts_with.setdefault(stem, []).append((position, weight))

    def add_similarities(self, counts: Mapping[str, int], weight: float, scores: list[float]) -> None:
        """Adds to the score of each indexed text, by position, its similarity (0 to `weight`) to this one."""
        for stem, share in self._vector(counts).items():
            weighted = weight * share
            for position, other in self._texts_with.get(stem, ()):
                scores[position] += weighted * other

    def shared_words(self, text: str, other: Mapping[str, int]) -> list[str]:
        """The words of a text that another has too, the rarest first."""
        words = {stem: word for stem, word in stems(text) if word.isalpha()}
        return [words[stem] for stem in self.shared(words, other)]

    def shared(self, stems: Iterable[str], other: Mapping[str, int]) -> list[str]:
        """Those of some stems that another text has too, the rarest first."""
        found = (stem for stem in stems if stem in self._rarity and stem in other)
        return sorted(found, key=lambda stem: (-self._rarity[stem], stem))

    def _vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        vector = {stem: (1 + log(n)) * self._rarity[stem] for stem, n in counts.items() if stem in self._rarity}
        length = sqrt(sum(weight * weight for weight in vector.values()))
        return {stem: weight / length for stem, weight in vector.items()}
