"""The check, measured: each corruption of a clean book is found at its line by the declared codes, and by no others."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from triagebook.model.issue import Contradiction
from triagebook.rules import RULES

from .clean_book import clean_files, sealed
from .corruption import Corruption, corrupt, found, put
from .corruptions import CORRUPTIONS
from .corruptions.names import CHECKS
from .kinds import NEEDS_SOURCE, READER_ONLY
from .table import as_data, as_text, by_kind, by_rule
from .trial import attempt, findings_in

WITH_SOURCE = "TB5"  # rules that need a checkout are tested beside one


def _params() -> list[object]:
    """Every corruption; where a rule is not right yet, the test fails as soon as it is."""
    return [
        pytest.param(one, id=one.says, marks=[pytest.mark.xfail(reason=one.flaw, strict=True)] if one.flaw else [])
        for one in CORRUPTIONS
    ]


def test_the_clean_book_is_clean() -> None:
    assert findings_in(sealed(clean_files())) == []


@pytest.mark.parametrize("corruption", _params())
def test_a_corruption_is_found_where_it_is_and_nothing_else(corruption: Corruption) -> None:
    trial = attempt(corruption)
    besides = [f"{each.code} at {each.file}:{each.line}:{each.column}: {each.says}" for each in trial.besides]
    assert (list(map(str, trial.missed)), besides) == ([], [])


def test_every_rule_is_needed() -> None:
    codes = {code for corruption in CORRUPTIONS for code in corruption.codes}
    assert [rule.code for rule in RULES if rule.code not in codes and not rule.code.startswith(WITH_SOURCE)] == []


def test_every_rule_is_needed_for_its_own_sake() -> None:
    alone = {corruption.codes for corruption in CORRUPTIONS if len(corruption.codes) == 1}
    rules = [rule.code for rule in RULES if not rule.code.startswith(WITH_SOURCE)]
    assert [code for code in rules if (code,) not in alone] == []


def test_every_kind_of_contradiction_is_covered_or_can_not_be() -> None:
    covered = {corruption.kind for corruption in CORRUPTIONS}
    assert [kind for kind in Contradiction if (kind in covered) == (kind in NEEDS_SOURCE)] == []
    assert covered.issuperset(READER_ONLY)


def test_every_kind_that_a_rule_answers_for_is_tried_on_it() -> None:
    tried = {(code, corruption.kind) for corruption in CORRUPTIONS for code in corruption.codes}
    answered = {(rule.code, kind) for rule in RULES for kind in rule.kinds if not rule.code.startswith(WITH_SOURCE)}
    assert sorted(answered - tried) == []


def test_each_corruption_is_told_in_its_own_words() -> None:
    assert [says for says, times in Counter(one.says for one in CORRUPTIONS).items() if times > 1] == []
    assert all(corruption.changes and corruption.signs for corruption in CORRUPTIONS)


def test_the_table_counts_what_is_found_and_where() -> None:
    right = corrupt(Contradiction.LOOSE_END, "right", put(CHECKS, "severity", to="high"), found("TB424"))
    wrong = corrupt(
        Contradiction.LOOSE_END, "wrong", put(CHECKS, "severity", to="high"), found("TB424", CHECKS, "title")
    )
    none = corrupt(Contradiction.SUM, "none", put(CHECKS, "severity", to="low"), found("TB301"))
    trials = [attempt(one) for one in (right, wrong, none)]
    rows = {row.name: row for row in (*by_kind(trials), *by_rule(trials))}
    numbers = [rows[name] for name in ("loose-end", "TB424 loose-end", "sum")]
    assert [(row.tried, row.found, row.at_the_right_line, row.nothing_else) for row in numbers] == [
        (2, 2, 1, 1),
        (2, 2, 1, 1),
        (1, 0, 0, 1),
    ]
    assert "missed TB301 at 4/issue.yaml:2:1" in as_text(trials)
    assert json.loads(json.dumps(as_data(trials)))["corruptions"][0]["places"] == ["4/issue.yaml:2"]
