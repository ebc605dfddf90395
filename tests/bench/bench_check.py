"""How long `triagebook check` takes as a book grows: seconds an issue, which should stay the same.

    python -m tests.bench.bench_check              # 100, 1,000 and 10,000 issues
    python -m tests.bench.bench_check 1000 --profile

The books are made anew in a temporary folder, unless `--keep DIR` names one where they may stay.
"""

from __future__ import annotations

import cProfile
import pstats
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from .make_book import make

SIZES = (100, 1_000, 10_000)
DAY = "2025-10-01"
CHECK = "import sys; from triagebook.cli.main import run; run()"


def book_of(issues: int, folder: Path) -> Path:
    """The book of a size; one that is there already is taken as it is."""
    root = folder / f"{issues}"
    if not root.is_dir():
        making = folder / f"{issues}.making"
        shutil.rmtree(making, ignore_errors=True)
        make(making, issues)
        making.rename(root)
    return root


def seconds(root: Path) -> tuple[float, float, float]:
    """What a check takes, by the clock and by the processor, and the memory it needs in GB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, "-c", CHECK, "check", "--book", str(root), "--as-of", DAY, "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        raise click.ClickException(f"the book is to be without errors:\n{done.stdout[-2000:]}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1e6


def profile(root: Path) -> None:
    """Where the time goes."""
    from triagebook.cli.main import outcome  # noqa: PLC0415  (only here is the check run in this process)

    profiler = cProfile.Profile()
    profiler.runcall(outcome, ["check", "--book", str(root), "--as-of", DAY, "--no-cache"])
    pstats.Stats(profiler).sort_stats("cumulative").print_stats("triagebook", 60)


@click.command()
@click.argument("sizes", type=click.IntRange(min=1), nargs=-1)
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Where books are kept and looked for.")
@click.option("--profile", "profiled", is_flag=True, help="Show where the time goes.")
def main(sizes: Sequence[int], keep: Path | None, profiled: bool) -> None:  # noqa: FBT001  (an option)
    """Measure the check on books of these sizes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for issues in sizes or SIZES:
            root = book_of(issues, folder)
            if profiled:
                profile(root)
                continue
            clock, processor, memory = seconds(root)
            click.echo(
                f"{issues:>7,} issues  {clock:8.2f} s  {clock / issues:.4f} s an issue"
                f"  ({processor / issues:.4f} s of the processor, {memory:.2f} GB)"
            )


if __name__ == "__main__":
    main()
