"""`gate` passes if the evidence supports a stage, says what is missing if not, and never guesses."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.kit.paths import PROVEN
from triagebook.code.state import SourceState
from triagebook.facts.inquiry import Inquiry
from triagebook.store.load import Loaded

from .conftest import Run


def test_a_proven_fix_passes(run: Run) -> None:
    ran = run("gate", "12", "--book", PROVEN, "--no-source", "--environment", "local")
    assert (ran.code, ran.out) == (0, "12 passes: its stage is validated. Fix proven in local; not released.\n")


def test_what_is_missing_is_said_with_its_command(run: Run) -> None:
    ran = run("gate", "12", "--book", PROVEN, "--no-source", "--environment", "production", "--stage", "fixed")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "12 does not pass: its stage is validated. Fix proven in local; not released.",
        (
            "  prove the fix in production: no run after the fix is recorded in production: "
            "triagebook run 12 --environment production --phase after"
        ),
    ]


def test_without_ids_issues_that_were_closed_without_a_fix_are_left_out(run: Run, book: Path) -> None:
    record = book / "9" / "issue.yaml"
    record.write_text(record.read_text() + "closed: {on: 2026-03-01, as: declined, why: The page is gone}\n")
    ran = run("gate", "--stage", "reported", "--format", "json")
    assert ran.code == 0
    assert [issue["id"] for issue in json.loads(ran.out)["issues"]] == ["10"]


def test_a_shallow_clone_gives_no_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def shallow(loaded: Loaded, *_: object, **__: object) -> Inquiry:
        return Inquiry(loaded.book, SourceState("shop", "1" * 40, shallow=True), date(2026, 6, 1))

    monkeypatch.setattr("triagebook.cli.gate.inquire", shallow)
    ran = run("gate", "12", "--book", PROVEN, "--stage", "released")
    assert ran.code == 2
    assert "fetch-depth: 0" in ran.source


def test_an_unknown_environment_is_refused(run: Run) -> None:
    ran = run("gate", "12", "--book", PROVEN, "--environment", "stagin")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: there is no environment `stagin` in this book")


def test_an_unreadable_record_gives_no_answer(run: Run, book: Path) -> None:
    (book / "9" / "issue.yaml").write_text("title: [\n", encoding="utf-8")
    assert run("gate", "--stage", "reported").code == 2
