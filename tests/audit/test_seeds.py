"""The five hand-written documents: what the rules find in them, and that nothing of it is wrong.

`seeds.txt` is the table. The documents themselves are not in the repository; without them there is nothing to compare.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from triagebook.audit import MarkdownDocument, audit

SEEDS = Path(os.environ.get("TRIAGEBOOK_SEEDS", ROOT.parent / "shared" / "seeds"))
TABLE = (Path(__file__).parent / "seeds.txt").read_text(encoding="utf-8")
ROWS = re.findall(r"^(?P<place>\S+\.md:\d+) (?P<code>TB\d+)(?P<wrong> wrong)?  .+$", TABLE, re.MULTILINE)


def test_the_table_is_what_the_rules_find() -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"the documents are not in {SEEDS}; name their folder in TRIAGEBOOK_SEEDS")
    documents = [MarkdownDocument(path.name, path.read_text(encoding="utf-8")) for path in sorted(SEEDS.glob("*.md"))]
    found = [(f"{one.file}:{one.line}", one.code) for document in documents for one in audit(document)]
    assert found == [(place, code) for place, code, _ in ROWS]


def test_at_least_45_contradictions_are_found_by_rule() -> None:
    assert len({place for place, _, wrong in ROWS if not wrong}) >= 45


def test_at_most_one_finding_in_ten_is_wrong() -> None:
    assert sum(bool(wrong) for *_, wrong in ROWS) * 10 <= len(ROWS)
