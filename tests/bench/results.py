"""The results: medians, what they say beside each other, and how they grow; kept as data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import median
from typing import Any

from .measure import Result
from .timing import UNFINISHED


@dataclass(frozen=True, slots=True)
class Figure:
    """What a measure gave: the median of its runs, or why there is none."""

    tool: str
    what: str
    issues: int  # of the book; 0 where there is none
    runs: int = 0
    seconds: float | None = None
    fastest: float | None = None
    slowest: float | None = None
    processor: float | None = None  # seconds
    megabytes: float | None = None  # of memory, at the peak
    kilobytes: float = 0  # of text that it is about
    why_not: str = ""

    @property
    def unfinished(self) -> bool:
        """It was still at work when its time was over."""
        return self.why_not.startswith(UNFINISHED)


def figure_of(result: Result) -> Figure:
    measure, runs = result.measure, result.runs
    about = (measure.tool, measure.what, result.issues)
    if not runs:
        return Figure(*about, why_not=result.why_not or "it was not run")
    seconds = [run.seconds for run in runs]
    return Figure(
        *about,
        len(runs),
        round(median(seconds), 4),
        round(min(seconds), 4),
        round(max(seconds), 4),
        round(median(run.processor for run in runs), 4),
        round(max(run.memory for run in runs) / 1e6, 1),
        round(measure.kilobytes, 1),
    )


def exponent(small: tuple[float, float], large: tuple[float, float]) -> float:
    """How something grows from one size to another: 1 is as the size does, 2 is as its square."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


@dataclass(frozen=True)
class Results:
    """All figures of one run of the bench."""

    about: dict[str, Any]  # the machine, the versions, the day, the books
    figures: Sequence[Figure]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, int], Figure]:
        return {(figure.tool, figure.what, figure.issues): figure for figure in self.figures}

    @cached_property
    def sizes(self) -> list[int]:
        return sorted({figure.issues for figure in self.figures if figure.issues})

    def figure(self, tool: str, what: str, issues: int) -> Figure | None:
        return self._by_name.get((tool, what, issues))

    def seconds(self, tool: str, what: str, issues: int) -> float | None:
        figure = self.figure(tool, what, issues)
        return figure.seconds if figure else None

    def rate(self, tool: str, what: str, issues: int) -> float | None:
        """Kilobytes a second."""
        figure = self.figure(tool, what, issues)
        return figure.kilobytes / figure.seconds if figure and figure.seconds else None

    def largest(self, tool: str, what: str, *, up_to: int) -> int:
        """The largest size that was measured; 0 where none was."""
        measured = (size for size in self.sizes if size <= up_to and self.seconds(tool, what, size) is not None)
        return max(measured, default=0)

    def growth(self, tool: str, what: str) -> float | None:
        """The exponent between the two largest sizes that were measured."""
        measured = [(size, taken) for size in self.sizes if (taken := self.seconds(tool, what, size))]
        return exponent(*measured[-2:]) if len(measured) > 1 else None

    def as_data(self) -> dict[str, Any]:
        return {**self.about, "figures": [asdict(figure) for figure in self.figures]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Results:
        about = {key: value for key, value in data.items() if key != "figures"}
        return cls(about, [Figure(**figure) for figure in data["figures"]])
