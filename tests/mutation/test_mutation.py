"""The check, measured: each corruption of a clean book is found at its line by the declared codes, and by no others."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from triagebook.model.document import Contradiction
from triagebook.rules import RULES

from .clean_book import clean_files, sealed, write
from .corruption import Corruption, corrupt, found, put
from .corruptions import CORRUPTIONS
from .corruptions.names import CHECKS
from .honest import HONEST, Honest
from .kinds import NOT_IN_A_RECORD, READER_ONLY
from .table import Score, as_data, as_text, by_kind, by_rule
from .trial import TODAY, alarms, attempt, findings_in

# Rules that need a checkout are tested beside one, the list of uncounted runs with the laws.
WITH_SOURCE = ("TB5", "TB444")


def _each(cases: Iterable[Corruption | Honest]) -> list[object]:
    """Every case by its words; where a rule is not right yet, the test fails as soon as it is."""
    return [
        pytest.param(case, id=case.says, marks=[pytest.mark.xfail(reason=case.flaw, strict=True)] if case.flaw else [])
        for case in cases
    ]


# ── what is found ────────────────────────────────────────────────────────────────────────────────────


def test_the_clean_book_is_clean() -> None:
    assert findings_in(sealed(clean_files())) == []


def test_the_command_finds_nothing_in_it(tmp_path: Path) -> None:
    """Strictly, on the same day; what is accepted in the book is shown."""
    write(sealed(clean_files()), tmp_path)
    command = [Path(sys.executable).with_name("triagebook"), "check", "--strict", "--as-of", str(TODAY)]
    ran = subprocess.run([*command, "--book", tmp_path], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "3 accepted in 10 issues")


@pytest.mark.parametrize("corruption", _each(CORRUPTIONS))
def test_a_corruption_is_found_where_it_is_and_nothing_else(corruption: Corruption) -> None:
    trial = attempt(corruption)
    besides = [f"{each.code} at {each.file}:{each.line}:{each.column}: {each.says}" for each in trial.besides]
    assert (list(map(str, trial.missed)), besides) == ([], [])


@pytest.mark.parametrize("change", _each(HONEST))
def test_an_honest_change_raises_no_alarm(change: Honest) -> None:
    assert [f"{each.code} at {each.file}:{each.line}: {each.says}" for each in alarms(change)] == []


# ── what is tried ────────────────────────────────────────────────────────────────────────────────────


def test_every_rule_is_needed() -> None:
    """One that no corruption needs, for its own sake alone, is deleted."""
    alone = {corruption.codes for corruption in CORRUPTIONS if len(corruption.codes) == 1}
    assert [rule.code for rule in RULES if (rule.code,) not in alone and not rule.code.startswith(WITH_SOURCE)] == []


def test_every_kind_of_contradiction_is_covered_or_can_not_be() -> None:
    covered = {corruption.kind for corruption in CORRUPTIONS}
    assert [kind for kind in Contradiction if (kind in covered) == (kind in NOT_IN_A_RECORD)] == []
    assert covered.issuperset(READER_ONLY)


def test_every_kind_that_a_rule_answers_for_is_tried_on_it() -> None:
    tried = {(code, corruption.kind) for corruption in CORRUPTIONS for code in corruption.codes}
    answered = {(rule.code, kind) for rule in RULES for kind in rule.kinds if not rule.code.startswith(WITH_SOURCE)}
    assert sorted(answered - tried) == []


def test_each_case_is_told_in_its_own_words() -> None:
    words = Counter(case.says for case in (*CORRUPTIONS, *HONEST))
    assert [says for says, times in words.items() if times > 1] == []
    assert all(corruption.changes and corruption.signs for corruption in CORRUPTIONS)


# ── the table ────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_counts_what_is_found_and_where() -> None:
    graver = put(CHECKS, "severity", to="high")
    right = corrupt(Contradiction.LOOSE_END, "right", graver, found("TB424"))
    elsewhere = corrupt(Contradiction.LOOSE_END, "elsewhere", graver, found("TB424", CHECKS, "title"))
    missed = corrupt(Contradiction.SUM, "missed", put(CHECKS, "severity", to="low"), found("TB301"))
    score = Score([attempt(one) for one in (right, elsewhere, missed)])
    rows = {row.name: row for row in (*by_kind(score.trials), *by_rule(score.trials))}
    figures = [rows[name] for name in ("loose-end", "TB424 loose-end", "sum")]
    assert [(row.tried, row.found, row.at_the_right_line, row.nothing_else) for row in figures] == [
        (2, 2, 1, 1),
        (2, 2, 1, 1),
        (1, 0, 0, 1),
    ]
    assert "missed TB301 at 4/issue.yaml:2:1" in as_text(score)
    assert json.loads(json.dumps(as_data(score)))["corruptions"][0]["places"] == ["4/issue.yaml:2"]
