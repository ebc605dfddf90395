"""Tries every corruption, prints the table, and keeps it as data for the site: `python -m tests.mutation`."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .corruptions import CORRUPTIONS
from .honest import HONEST
from .table import Score, as_data, as_text
from .trial import alarms, attempt

DATA = Path(__file__).parents[2] / "build" / "mutation.json"


def main() -> int:
    with ProcessPoolExecutor() as pool:
        trials = tuple(pool.map(attempt, CORRUPTIONS, chunksize=8))
        after_honest = tuple(pool.map(alarms, HONEST, chunksize=8))
    named = zip((change.says for change in HONEST), after_honest, strict=True)
    score = Score(trials, {says: findings for says, findings in named if findings})
    sys.stdout.write(as_text(score))
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(as_data(score), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    known = {case.says for case in (*CORRUPTIONS, *HONEST) if case.flaw}
    wrong = {trial.corruption.says for trial in trials if not trial.right} | score.false_alarms.keys()
    return int(bool(wrong - known))


if __name__ == "__main__":
    sys.exit(main())
