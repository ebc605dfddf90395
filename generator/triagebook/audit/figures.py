"""Reads numbers as people write them: in digits or words, with units, as durations, and as counts of results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from .words import Words

WORDS = Words("figures")
_NAMES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
DURATION = WORDS.duration


def count(text: str) -> int:
    """A whole number in digits or words."""
    if text.lower() == "a dozen":
        return 12
    if scaled := re.fullmatch(r"([\d,.]+) (million|thousand)", text):
        return round(value(scaled[1]) * (1_000_000 if scaled[2] == "million" else 1000))
    return _NAMES.index(text.lower()) if text[0].isalpha() else int(re.sub(r"\D", "", text))


def value(text: str) -> float:
    """A number with a point or a comma before its decimals, in digits or words."""
    if text[0].isalpha():
        return 1 if text.lower() in {"a", "an"} else count(text)
    grouped = WORDS.grouped.match(text)
    return float(re.sub(r"[,\u202f']", "", text) if grouped else text.replace(",", "."))


# ── durations ────────────────────────────────────────────────────────────────────────────────────────

_PARTS = {"a half": 0.5, "a quarter": 0.25, "three quarters": 0.75}
_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 480}


def minutes(match: re.Match[str]) -> tuple[float, float]:
    """The shortest and the longest time that a duration means; a day has eight hours of work."""
    scale = _MINUTES[(match["unit"] or match["unit2"])[0].lower()]
    if match["unit2"]:
        return scale / 2, scale / 2
    part = (match["half"] or match["half2"] or "").removeprefix(" and ")
    more = value(match["rest"] or "0") + scale * _PARTS.get(part.lower(), 0)
    low = value(match["low"]) * scale + more
    return low, value(match["high"]) * scale + more if match["high"] else low


# ── counts of results ────────────────────────────────────────────────────────────────────────────────


class Outcomes(Struct, frozen=True):
    """The counts of test results in one line, by the words for them."""

    counts: dict[str, int]
    total: int | None = None

    def of(self, kind: str) -> int | None:
        """The count of `passed`, `failed` or `skipped`; None if it is not stated."""
        found = [number for word, number in self.counts.items() if kind_of(word) == kind]
        return sum(found) if found else None


def kind_of(text: str) -> str:
    """Whether words mean tests that passed, failed or were skipped, or all of them; empty for anything else."""
    kinds = {"passed": WORDS.passed, "failed": WORDS.failed, "skipped": WORDS.skipped, "total": WORDS.total}
    return next((kind for kind, pattern in kinds.items() if pattern.search(text)), "")


@lru_cache(maxsize=4096)
def outcomes(text: str) -> Outcomes:
    """The counts of results that a line states; none if it states one twice."""
    counts: dict[str, int] = {}
    total: int | None = None
    for number, kind, words in _labelled(text):
        key = words.lower()
        if kind == "total":
            total = number if total is None else total
        elif key in counts:
            return Outcomes({})
        else:
            counts[key] = number
    return Outcomes(counts, total)


def _labelled(text: str) -> Iterator[tuple[int, str, str]]:
    """Each number of results with its kind and the words for it, which stand behind it or before it."""
    found = list(WORDS.number.finditer(text.replace("`", " ").replace("*", " ")))
    part: int | None = None
    stated = 0
    for index, match in enumerate(found):
        if WORDS.bound.search(text[: match.start()]):
            continue
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        after, before = text[match.end() : end], text[found[index - 1].end() if index else 0 : match.start()]
        if index + 1 < len(found) and WORDS.over.fullmatch(after):
            part, label = count(match.group()), before
            continue
        words = _words_behind(after) or ("" if part is not None else _words_before(before))
        if part is not None:
            words = words if words and kind_of(words) != "total" else _words_before(label) or words
            yield count(match.group()), "total", "total"
        kind = kind_of(words)
        number, part = (count(match.group()), None) if part is None else (part, None)
        if not kind and before.endswith(("out of ", ", of ")):
            kind = words = "total"
        if kind:
            stated += kind != "total"
            yield number, kind, words
        elif stated > 1 and before.endswith("(") and after.startswith(")"):
            yield number, "total", "total"


def _words_behind(text: str) -> str:
    words = " ".join(WORDS.apart.split(text)[0].split()[:6])
    found = WORDS.passed.search(words) or WORDS.failed.search(words) or WORDS.skipped.search(words)
    found = found or WORDS.total.search(words)
    return found.group() if found and not WORDS.denied.search(words[: found.start()]) else ""


def _words_before(text: str) -> str:
    found = WORDS.label.search(re.split(r"[,;.|()]|\s[-\u2013\u2014]\s", text)[-1])
    return found[1] or found[2] if found else ""
