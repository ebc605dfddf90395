"""Times triagebook on made-up books, beside what else there is: `python -m tests.bench`."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from tests.kit.paths import ROOT

from . import machine, ours, page
from .measure import ANY, TRIAGEBOOK, Limits, Measure, Result, measure_all
from .place import Place, gone, kilobytes
from .results import Results, figure_of
from .rivals import RIVALS
from .rivals.rival import Rival, installed
from .timing import FailedError

WORK = ROOT / "build" / "bench"
SHOWN = ROOT / "site" / "speed"
AT_THE_PROMPT = 40  # runs: what is over in milliseconds needs more of them


def _sizes(_: click.Context, __: click.Parameter, value: str) -> list[int]:
    try:
        return sorted({int(size) for size in value.split(",")})
    except ValueError:
        raise click.BadParameter("write it as 100,1000") from None


def _longest(_: click.Context, __: click.Parameter, values: Sequence[str]) -> dict[str, float]:
    parts = [value.rpartition("=") for value in values]
    try:
        return {ANY: 240.0} | {tool or ANY: float(seconds) for tool, _, seconds in parts}
    except ValueError:
        raise click.BadParameter("write it as 240 or zensical=600") from None


@click.command()
@click.option(
    "--sizes", default="100,1000,10000", show_default=True, callback=_sizes, help="How many issues the books have."
)
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Of each measure, at most.")
@click.option("--enough", default=10.0, show_default=True, help="Seconds after which a measure is not run again.")
@click.option(
    "--longest", default=("240",), show_default=True, multiple=True, metavar="[TOOL=]SECONDS", callback=_longest,
    help="When a run of another tool, or of that one, is ended.",
)  # fmt: skip
@click.option("--only", multiple=True, metavar="TOOL", help="Only these tools: triagebook, doorstop, ...")
@click.option("--work", type=click.Path(path_type=Path), default=WORK, help="Where books and sites are made.")
@click.option("--out", type=click.Path(path_type=Path), default=SHOWN, help="The folder of the page and its data.")
@click.option("--page-only", is_flag=True, help="Make the page again from the data that are there.")
def main(
    sizes: list[int], runs: int, enough: float, longest: dict[str, float], only: tuple[str, ...], work: Path, out: Path,
    page_only: bool,  # noqa: FBT001  (an option)
) -> None:  # fmt: skip
    """Measure, and write the results as data and as a page of the site."""
    data = out / "results.json"
    if not page_only:
        out.mkdir(parents=True, exist_ok=True)
        for results in Bench(work, Limits(runs, enough, longest), only).results(sizes):
            data.write_text(json.dumps(results.as_data(), indent=1) + "\n", encoding="utf-8")
    page.write(Results.from_data(json.loads(data.read_text(encoding="utf-8"))), out / "index.md")


class Bench:
    """One run of the bench, in a folder of its own."""

    def __init__(self, work: Path, limits: Limits, only: Sequence[str]) -> None:
        self._work, self._limits = work.resolve(), limits
        self._rivals = [rival for rival in RIVALS if not only or rival.name in only]
        self._ours = not only or TRIAGEBOOK in only
        self._converted: dict[str, float] = {}  # seconds that it took to give a tool the last book
        self._quickest: dict[str, tuple[int, float]] = {}  # issues, and seconds until a tool had done something
        self._about: dict[str, Any] = {**machine.about(), "limits": asdict(limits), "books": [], "where": {}}

    def results(self, sizes: Sequence[int]) -> Iterator[Results]:
        """All that is known after each size: a long run may be cut off."""
        self._work.mkdir(parents=True, exist_ok=True)
        found: list[Result] = []
        if self._ours:
            limits = replace(self._limits, runs=max(self._limits.runs, AT_THE_PROMPT))
            found += measure_all(ours.at_the_prompt(), 0, limits, self._work)
            ast_grep = installed(self._work / "venv", "ast-grep-cli") / "ast-grep"
            found += measure_all(ours.scans(self._work, ast_grep), 0, self._limits, self._work)
        for issues in sizes:
            found += self._on(Place(self._work / f"{issues}", issues))
            yield Results(self._about, [figure_of(result) for result in found])

    def _on(self, place: Place) -> list[Result]:
        """All that is measured on a book of one size."""
        gone(place.root)
        ours.prepare(place)
        measures = ours.on_a_book(place, self._work / "cache") if self._ours else []
        if self._ours and not self._about["where"]:  # the smallest book shows it
            self._about["where"] = ours.where_time_goes(place, self._work / "cache")
        left_out = []
        for rival in self._rivals:
            try:
                measures += self._ready(rival, place)
            except (FailedError, OSError) as error:
                click.echo(f"{place.issues:>6,}  {rival.name}: not measured: {error}")
                everything = Measure(rival.name, "everything", (), place.root)
                left_out.append(Result(everything, place.issues, why_not=str(error)))
        found = measure_all(measures, place.issues, self._limits, self._work)
        for rival in self._rivals:
            own = [each for each in found if each.measure.tool == rival.name and not each.measure.needs]
            if own:
                quickest = min(min(each.runs).seconds if each.runs else math.inf for each in own)
                self._quickest[rival.name] = place.issues, self._converted[rival.name] + quickest
        self._about["books"].append(_book(place))
        gone(place.root)
        return [*found, *left_out]

    def _ready(self, rival: Rival, place: Place) -> list[Measure]:
        """Install a tool and give it the book in its own form, unless it will be too slow for that."""
        issues, seconds = self._quickest.get(rival.name, (place.issues, 0.0))
        longest = self._limits.of(rival.name)
        if seconds * place.issues / issues > longest:
            took = f"took {seconds:.0f} s" if seconds < math.inf else "was not done in time"
            raise FailedError(f"a book of {issues:,} issues {took} already, and a run is ended after {longest:.0f} s")
        click.echo(f"{place.issues:>6,}  {rival.name}: install and convert")
        programs = rival.programs(self._work / "venv")
        self._about["versions"] |= machine.pinned(rival.packages)
        began = time.perf_counter()
        rival.convert(place, programs)
        self._converted[rival.name] = time.perf_counter() - began
        return rival.measures(place, programs)


def _book(place: Place) -> dict[str, Any]:
    """How much a book is, in records and in pages."""
    pages = place.pages / "docs"
    return {
        "issues": place.issues,
        "kilobytes": round(kilobytes(place.book, "*.yaml"), 1),
        "pages": sum(1 for _ in pages.rglob("*.md")),
        "pages_kilobytes": round(kilobytes(pages, "*.md"), 1),
    }


if __name__ == "__main__":
    main()
