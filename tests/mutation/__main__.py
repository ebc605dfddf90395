"""Tries every corruption, prints the table, and keeps it as data for the site: `python -m tests.mutation`."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .corruptions import CORRUPTIONS
from .table import as_data, as_text
from .trial import attempt

DATA = Path(__file__).parents[2] / "build" / "mutation.json"


def main() -> int:
    with ProcessPoolExecutor() as pool:
        trials = list(pool.map(attempt, CORRUPTIONS, chunksize=8))
    sys.stdout.write(as_text(trials))
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(as_data(trials), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any(not trial.right and not trial.corruption.flaw for trial in trials))


if __name__ == "__main__":
    sys.exit(main())
