"""Reads and checks books in one process, then in several, and says of each what it found if that was the same.

    python tests/kit/both_ways.py FOLDER ...

Prints for each folder how many findings there are, and whether there were other processes. A program of its own, as the
process of a test may have threads, and such a one does all of its work alone.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

from triagebook.cli.findings import all_findings
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Choice, Finding
from triagebook.store.load import Loaded, load

begun: list[int] = []
os.register_at_fork(after_in_parent=lambda: begun.append(1))


def found(root: Path, processors: int) -> tuple[Loaded, list[Finding]]:
    os.sched_getaffinity = lambda _: set(range(processors))
    loaded = load(root)
    return loaded, all_findings(loaded, Inquiry(loaded.book, day=date(2025, 10, 15)), choice=Choice(select=("TB",)))


for root in map(Path, sys.argv[1:]):
    if os.geteuid() == 0 and (owner := root.stat().st_uid):  # to an administrator, permissions mean nothing
        found(root, 3)  # so that all is imported that the owner of the book may not look for
        os.seteuid(owner)
    begun.clear()
    alone = found(root, 1)
    assert not begun
    assert found(root, 3) == alone
    sys.stdout.write(f"{len(alone[1])} findings, {'several processes' if begun else 'one process'}\n")
