"""Compares texts by the words they share: TF-IDF weights over English stems, cosine similarity."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt

from Stemmer import Stemmer  # type: ignore[import-not-found]

_WORD = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)*")
_LONGEST = 100_000  # characters of a text that count
_STOP_WORDS = frozenset(
    """
    a an and are as at be but by can for from has have if in into is it no not of on or our that the their then there
    these they this to was we were when which will with you
    """.split()  # noqa: SIM905
)


class TextIndex:
    """Texts that are indexed once and compared with any number of others."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._stem = Stemmer("english").stemWord
        counts = [Counter(stem for stem, _ in self._stems(text)) for text in texts]
        uses = Counter(stem for count in counts for stem in count)
        most = max(3, len(texts) // 10)  # a word that more texts use tells nothing
        self._rarity = {stem: 1 + log((1 + len(texts)) / (1 + use)) for stem, use in uses.items() if use <= most}
        self._texts_with: dict[str, list[tuple[int, float]]] = {}
        for position, count in enumerate(counts):
            for stem, weight in self._vector(count).items():
                self._texts_with.setdefault(stem, []).append((position, weight))

    def add_similarities(self, text: str, weight: float, scores: list[float]) -> None:
        """Adds to the score of each indexed text, by position, its similarity (0 to `weight`) to this one."""
        for stem, share in self._vector(Counter(stem for stem, _ in self._stems(text))).items():
            weighted = weight * share
            for position, other in self._texts_with.get(stem, ()):
                scores[position] += weighted * other

    def shared_words(self, one: str, other: str) -> list[str]:
        """The words that two texts share, the rarest first."""
        words = {stem: word for stem, word in self._stems(one) if stem in self._rarity}
        shared = words.keys() & {stem for stem, _ in self._stems(other)}
        return [words[stem] for stem in sorted(shared, key=lambda stem: (-self._rarity[stem], stem))]

    def _stems(self, text: str) -> list[tuple[str, str]]:
        words = (word.lower() for word in _WORD.findall(text[:_LONGEST]))
        return [(self._stem(word), word) for word in words if word not in _STOP_WORDS]

    def _vector(self, count: Mapping[str, int]) -> dict[str, float]:
        vector = {stem: (1 + log(n)) * self._rarity[stem] for stem, n in count.items() if stem in self._rarity}
        length = sqrt(sum(weight * weight for weight in vector.values()))
        return {stem: weight / length for stem, weight in vector.items()}
