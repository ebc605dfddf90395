"""How quick a command answers at the prompt: a process of its own, beside the least that Python needs for its kind.

    python tests/bench/bench_prompt.py             # the median of 15 runs
    python tests/bench/bench_prompt.py --runs 31

What is compared runs in turns, so a machine that slows down slows both. A run before the first that counts fills the
caches of Python and of the templates, as the first use after an installation does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

BOOK = Path(__file__).parents[2] / "issues"
TRIAGEBOOK = "from triagebook.cli.main import run; run()"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A command, and what a program of its kind can't do without."""

    command: tuple[str, ...]
    floor: str
    target: str


COMPARISONS = (
    Comparison(("report", "1231", "validation-report"), "import pydantic, jinja2", "under 3 x"),
    Comparison(("--help",), "import argparse", "under +100 ms"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process takes, in milliseconds: of the processor, and by the clock."""

    processor: float
    clock: float


def cost(code: str, *arguments: str) -> Cost:
    """What one process takes that runs some code."""
    start = time.perf_counter()
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(command, cwd=BOOK, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"failed: {' '.join(command)}")
    return Cost(1000 * (used.ru_utime + used.ru_stime), 1000 * clock)


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=15, show_default=True, help="How often each is run.")
def main(runs: int) -> None:
    """Measure what a report costs, and what the help costs."""
    for each in COMPARISONS:
        turns = [(cost(TRIAGEBOOK, *each.command), cost(each.floor)) for _ in range(1 + runs)][1:]
        click.echo(f"triagebook {' '.join(each.command)}, beside `{each.floor}`: {each.target}")
        for what in ("processor", "clock"):
            ours, least = (median(getattr(one, what) for one in side) for side in zip(*turns, strict=True))
            click.echo(f"  {what:<10}{ours:8.1f} ms {least:8.1f} ms {ours / least:6.2f} x {ours - least:+8.1f} ms")


if __name__ == "__main__":
    main()
