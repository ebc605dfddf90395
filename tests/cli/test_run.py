"""`triagebook run` without a checkout: what it refuses before it runs anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
PLACE = ("--phase", "before", "--environment", "staging")


@pytest.fixture
def planned(book: Path) -> Path:
    """A book whose issue 9 plans a suite with a command."""
    issue = book / "9" / "issue.yaml"
    suites = "suites: {unit: {category: unit, command: python -c pass}, bare: {category: unit}}\n"
    issue.write_text(issue.read_text(encoding="utf-8") + suites, encoding="utf-8")
    return book


@pytest.mark.parametrize(
    ("arguments", "says", "do"),
    [
        (["77", *PLACE], "there is no issue `77` in this book", "triagebook list"),
        (["9"], "--phase and --environment are missing", "add --phase before or after"),
        (["9", *PLACE, "--suite", "unti"], "issue 9 has no suite `unti`", "did you mean `unit`?"),
        (["9", *PLACE, "--suite", "bare", "--in", "."], "suite `bare` has no command", "choose another suite"),
        (["10", *PLACE, "--in", "."], "there is nothing to run: the issue plans no suites", "give a suite a `command`"),
        (["9", *PLACE, "--in", "nowhere"], "there is no folder nowhere", "name the folder of the checkout"),
        (
            ["9", *PLACE],
            "there is no checkout to run in: the book is not in a git repository",
            "name one with --in DIR",
        ),
        (["9", *PLACE, "--in", ".", "--timeout", "0"], "invalid value for '--timeout'", "run --help"),
        (["9", *PLACE, "--in", "."], "can't ask for confirmation: standard input is not a terminal", "add --yes"),
    ],
)
def test_invalid_runs_are_refused(arguments: list[str], says: str, do: str, run: Run, planned: Path) -> None:
    """Nothing is run or written."""
    before = sorted(planned.rglob("*"))
    ran = run("run", *arguments)
    assert ran.code == 2
    what, advice = ran.err.splitlines()[-2:]
    assert says in what
    assert do in advice
    assert sorted(planned.rglob("*")) == before


def test_a_run_outside_a_repository_proves_nothing(run: Run, planned: Path) -> None:
    """The commit is unknown, and the output says so."""
    ran = run("run", "9", *PLACE, "--in", ".", "--yes")
    assert ran.code == 1
    assert "note: the commit is not known, so it proves nothing" in ran.out
    assert len(list((planned / "9/evidence").iterdir())) == 2
