"""The engine: which rules run, and what becomes of what they find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from tests.kit.books import DAY, book_of
from triagebook.book import Book
from triagebook.code.state import UNKNOWN
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Choice, Finding, Level
from triagebook.rules import RULES, Rule
from triagebook.rules.engine import run
from triagebook.rules.twins import SourceCommitDiffers
from triagebook.rules.waivers import WaiverOfNothing


class Noted(Rule):
    """A rule that finds the title, and notes down that it ran."""

    why = remedy = "because"
    ran: ClassVar[list[str]] = []

    def find(self, case: Case) -> Iterator[Finding]:
        self.ran.append(self.code)
        yield self.finding(case.file, ("title",), "it has a title")


class First(Noted):
    """The first."""

    code = "TB101"


class Second(Noted):
    """It needs the first."""

    code = "TB201"
    requires = ("TB101",)


class Third(Noted):
    """It needs the second, and so the first."""

    code = "TB301"
    requires = ("TB201",)
    severity = Level.WARNING


class Quiet(Noted):
    """It runs where it is asked for."""

    code = "TB701"
    quiet = True


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    Noted.ran.clear()


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of("", tmp_path).book


def found(book: Book, choice: Choice, as_of: date | None = DAY, *more: type[Rule]) -> list[str]:
    return [
        finding.code for finding in run((First, Second, Third, Quiet, *more), Inquiry(book, UNKNOWN, as_of), choice)
    ]


def test_only_what_is_wanted_is_reported(book: Book) -> None:
    assert found(book, Choice(select=("TB101",))) == ["TB101", "TB101"]


def test_a_remedy_names_the_issue_in_its_command() -> None:
    """Where a finding is of no issue, nothing is filled in."""
    says = [
        SourceCommitDiffers.finding(file, (), "").do for file in ("7/issue.yaml", "patterns/a.yaml", "catalog.yaml")
    ]
    assert ["`triagebook scan 7`" in each for each in says] == [True, False, False]


def test_a_required_rule_runs_without_being_reported(book: Book) -> None:
    """The first found something, so the second stays silent, and the third runs."""
    assert found(book, Choice(select=("TB301",))) == ["TB301", "TB301"]


def test_a_quiet_rule_is_not_reported(book: Book) -> None:
    assert "TB701" not in found(book, Choice())


@pytest.mark.parametrize("choice", [Choice(("TB7",)), Choice(("TB701",)), Choice(severities={"TB701": Level.NOTE})])
def test_a_quiet_rule_that_is_asked_for_runs(book: Book, choice: Choice) -> None:
    assert "TB701" in found(book, choice)


def test_a_rule_that_is_off_is_not_reported(book: Book) -> None:
    assert set(found(book, Choice(severities={"TB301": None}))) == {"TB101"}


def test_ignoring_all_rules_finds_nothing(book: Book) -> None:
    assert found(book, Choice(ignore=("TB",))) == []


def test_other_issues_are_not_checked(book: Book) -> None:
    findings = run((First,), Inquiry(book), only=frozenset({"2"}))
    assert [finding.file for finding in findings] == ["2/issue.yaml"]
    assert Noted.ran == ["TB101"]


def test_the_catalog_sets_the_severity(tmp_path: Path) -> None:
    book = book_of("# catalog.yaml\nrules: {TB101: note}", tmp_path).book
    assert {finding.severity for finding in run((First,), Inquiry(book))} == {Level.NOTE}
    over = Choice(severities={"TB101": Level.WARNING})
    assert {finding.severity for finding in run((First,), Inquiry(book), choice=over)} == {Level.WARNING}


# ── waivers ──────────────────────────────────────────────────────────────────────────────────────────

WAIVED = "waivers: [{rule: TB701, who: backend, why: It has to be, until: 2999-12-31}]"


def test_a_waiver_for_a_quiet_rule_is_not_unused(tmp_path: Path) -> None:
    """What the quiet rule finds is not reported, and it is still there to be accepted."""
    book = book_of(WAIVED, tmp_path).book
    assert found(book, Choice(select=("TB412",)), DAY, WaiverOfNothing) == []


def test_a_waiver_for_an_unknown_rule_is_unused(tmp_path: Path) -> None:
    book = book_of(WAIVED.replace("TB701", "TB999"), tmp_path).book
    assert found(book, Choice(select=("TB412",)), DAY, WaiverOfNothing) == ["TB412"]


# ── names in the catalog ─────────────────────────────────────────────────────────────────────────────


def test_an_unknown_rule_in_the_catalog_is_found(tmp_path: Path) -> None:
    book = book_of("# catalog.yaml\nrules: {TB424: note, tb424: off, XY: error}", tmp_path).book
    unknown = [finding for finding in run(RULES, Inquiry(book)) if finding.field[:1] == ("rules",)]
    assert [(f.code, f.field[1], f.do) for f in unknown] == [
        ("TB201", "tb424", "did you mean `TB424`?"),
        ("TB201", "XY", "see: triagebook rules"),
    ]
    assert not run(RULES, Inquiry(book), choice=Choice(ignore=("TB201",)), only=frozenset())


# ── a choice ─────────────────────────────────────────────────────────────────────────────────────────

OFF = {"TB424": None}


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (Choice(), True),
        (Choice(select=("TB4",)), True),
        (Choice(select=("TB3",)), False),
        (Choice(select=("TB424",), ignore=("TB4",)), False),
        (Choice(severities=OFF), False),
        (Choice(select=("TB4",), severities=OFF), False),
        (Choice(select=("TB424",), severities=OFF), True),
        (Choice(severities={"TB424": Level.NOTE}), True),
    ],
)
def test_select_and_ignore_choose_rules(choice: Choice, wanted: bool) -> None:  # noqa: FBT001
    assert choice.wants("TB424") is wanted
