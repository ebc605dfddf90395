"""A thing that is measured, and what measuring it gave."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .timing import FailedError, Run, last_line, run

TRIAGEBOOK, FLOOR = "triagebook", "floor"
ANY = "any"


def nothing() -> None:
    """There is nothing to do before a run."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One command of one tool, on one book."""

    tool: str
    what: str
    command: Sequence[str]
    folder: Path
    before: Callable[[], object] = nothing  # puts things in their place; its time does not count
    needs: str = ""  # what else of this tool must have been done on this book, just before
    kilobytes: float = 0  # how much text it is about
    told: bool = False  # whether the command says itself, on its last line, how many seconds count

    @property
    def name(self) -> str:
        return f"{self.tool}: {self.what}"


@dataclass(slots=True)
class Result:
    """What came of a measure: its runs, or why there are none."""

    measure: Measure
    issues: int
    runs: list[Run] = field(default_factory=list)
    why_not: str = ""

    @property
    def spent(self) -> float:
        return sum(each.seconds for each in self.runs)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much time the bench may take."""

    runs: int  # of each measure, at most
    enough: float  # seconds: what took as much altogether is not run again
    longest: Mapping[str, float]  # seconds of one run of another tool, by its name or for `any`

    def of(self, tool: str) -> float:
        return math.inf if tool in (TRIAGEBOOK, FLOOR) else self.longest.get(tool, self.longest[ANY])


def measure_all(measures: Sequence[Measure], issues: int, limits: Limits, work: Path) -> list[Result]:
    """Run them in turns, so that a machine that slows down slows all of them; a failure ends one, not the others."""
    results = [Result(measure, issues) for measure in measures]
    for _ in range(limits.runs):
        for result in results:
            if _has_another_turn(result, results, limits):
                _once_more(result, results, limits, work)
    return results


def _has_another_turn(result: Result, others: Sequence[Result], limits: Limits) -> bool:
    """Until it took enough; what needs another is run as often as that one, which leaves what it needs."""
    if result.why_not or not result.runs:
        return not result.why_not
    needed = _needed(result.measure, others)
    return len(needed.runs) > len(result.runs) if needed else result.spent < limits.enough


def _needed(measure: Measure, others: Sequence[Result]) -> Result | None:
    name = f"{measure.tool}: {measure.needs}"
    return next((other for other in others if other.measure.name == name), None)


def _once_more(result: Result, others: Sequence[Result], limits: Limits, work: Path) -> None:
    measure = result.measure
    try:
        _must_be_done(_needed(measure, others))
        measure.before()
        log = work / "log.txt"
        took = run(measure.command, measure.folder, environment(work), limits.of(measure.tool), log)
        seconds = float(last_line(log.read_text(encoding="utf-8"))) if measure.told else took.seconds
        result.runs.append(replace(took, seconds=seconds))
    except (FailedError, OSError) as error:
        result.why_not = str(error)
    told = result.why_not or f"{result.runs[-1].seconds:9.3f} s  {result.runs[-1].memory / 1e6:7.0f} MB"
    sys.stdout.write(f"{result.issues:>6,}  {measure.name:<44} {told}\n")
    sys.stdout.flush()


def _must_be_done(needed: Result | None) -> None:
    if needed and not needed.runs:
        raise FailedError(f"needs `{needed.measure.what}`, which was not measured")


def environment(work: Path, **more: str) -> Mapping[str, str]:
    """That of this process, without what sets Python up otherwise than for everybody: it may keep no compiled files.

    What triagebook keeps between runs is kept in the bench's folder.
    """
    usual = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**usual, "TRIAGEBOOK_CACHE": str(work / "cache"), "NO_COLOR": "1", "NO_MKDOCS_2_WARNING": "1", **more}
