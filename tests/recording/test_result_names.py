"""Results are called as the repository calls their files, each by a name of its own; and when they were seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from triagebook.errors import TriagebookError
from triagebook.facts.ledger.planned_tests import split_name
from triagebook.intake.results import CaseResult, Results, SuiteProblem
from triagebook.model.evidence import Outcome
from triagebook.recording import timestamps
from triagebook.recording.result_names import TestPaths, named

PLACES = ("tests/test_chat.py", "tests/unit", "backend/tests/test_chat.py")


@pytest.mark.parametrize(
    ("name", "relative"),
    [
        ("/home/ci/app/tests/test_chat.py::test_x", "tests/test_chat.py::test_x"),
        ("/home/ci/app/backend/tests/test_chat.py::TestA::test_x[/a]", "backend/tests/test_chat.py::TestA::test_x[/a]"),
        ("C:/ci/app/tests/unit/test_a.py::test_x", "tests/unit/test_a.py::test_x"),
        ("/home/ci/app/tests/unit/deep/test_a.py", "tests/unit/deep/test_a.py"),
        ("/home/ci/app/other/test_a.py::test_x", "/home/ci/app/other/test_a.py::test_x"),
        ("/home/ci/app/mytests/test_chat.py::x", "/home/ci/app/mytests/test_chat.py::x"),
        ("tests/test_chat.py::test_x", "tests/test_chat.py::test_x"),
        ("org.example.CalcTest::adds", "org.example.CalcTest::adds"),
        ("test_x", "test_x"),
    ],
)
def test_paths_of_other_machines_are_cut_where_the_plan_names_them(name: str, relative: str) -> None:
    """They are cut where they end in a place of the plan; else they stay as they are."""
    assert TestPaths(places=PLACES).relative(name) == relative


def test_paths_of_this_machine_are_relative_to_the_checkout(tmp_path: Path) -> None:
    """They are seen from the top of the checkout, through links too."""
    (tmp_path / "real/backend/tests").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real/backend/tests/test_a.py").touch()
    paths = TestPaths(tmp_path / "link", tmp_path / "link/backend")
    for name in (
        f"{tmp_path}/link/backend/tests/test_a.py",
        f"{tmp_path}/real/backend/tests/test_a.py",
        "tests/test_a.py",
        "backend/tests/test_a.py",
        "/home/ci/work/app/backend/tests/test_a.py",
    ):
        assert paths.relative(f"{name}::test_x") == "backend/tests/test_a.py::test_x"


@pytest.mark.parametrize("name", ["a\0b::x", "/a\0b::x", f"/{'x' * 5000}::y", "/::x", "::x", "/", ".."])
def test_odd_paths_raise_no_error(name: str, tmp_path: Path) -> None:
    """No path in a file stops the recording."""
    assert TestPaths(tmp_path, tmp_path, PLACES).relative(name)


def test_results_with_the_same_name_are_numbered() -> None:
    """Those of one name are numbered in brackets, so that they fold into their test; what never ran is among them."""
    cases = [
        CaseResult("a.py::x", Outcome.PASSED),
        CaseResult("a.py::x", Outcome.FAILED),
        CaseResult("a.py::x[1]", Outcome.PASSED),
    ]
    problems = (SuiteProblem("a.py", "it could not be collected"), SuiteProblem("a.py", "left out", skipped=True))
    found = named(Results("junit", tuple(cases), problems=problems), TestPaths())
    assert {one.name: one.outcome for one in found} == {
        "a.py::x": Outcome.PASSED,
        "a.py::x[#2]": Outcome.FAILED,
        "a.py::x[1]": Outcome.PASSED,
        "a.py": Outcome.ERROR,
        "a.py[#2]": Outcome.SKIPPED,
    }
    assert {split_name(one.name)[2] for one in found[:3]} == {"x"}


# ── when it was seen ─────────────────────────────────────────────────────────────────────────────────

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
WRITTEN = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-06-01T11:59:00+02:00", datetime(2026, 6, 1, 9, 59, tzinfo=UTC)),
        ("2026-06-01T09:30:00.123456789Z", datetime(2026, 6, 1, 9, 30, 0, 123456, tzinfo=UTC)),
        ("Mon, 01 Jun 2026 09:30:00 GMT", datetime(2026, 6, 1, 9, 30, tzinfo=UTC)),
        ("2020-01-01T00:00:00Z", datetime(2020, 1, 1, tzinfo=UTC)),
        (None, WRITTEN),
        ("", WRITTEN),
        ("yesterday", WRITTEN),
        ("1970-01-01T00:00:00", WRITTEN),
        ("0001-01-01T00:00:00", WRITTEN),
        ("2026-06-01T11:00:00Z", WRITTEN),  # after it was written: its clock is wrong
        ("9999-12-31T23:59:59-12:00", WRITTEN),
    ],
)
def test_the_time_in_the_file_is_used_if_it_is_possible(said: str | None, at: datetime) -> None:
    """As the file says, if that can be; else when it was written."""
    assert timestamps.seen_at(said, WRITTEN, NOW) == at


def test_a_time_without_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is local time or UTC: whichever is later and still before the file was written."""
    for zone, hours in (("UTC", 9), ("Asia/Tokyo", 9), ("America/New_York", 9)):
        monkeypatch.setenv("TZ", zone)
        import time  # noqa: PLC0415

        time.tzset()
        try:
            assert timestamps.seen_at("2026-06-01T09:30:00", WRITTEN, NOW).hour == hours
            here = WRITTEN.astimezone().replace(tzinfo=None).isoformat()
            assert timestamps.seen_at(here, WRITTEN, NOW) == WRITTEN
        finally:
            monkeypatch.undo()
            time.tzset()


def test_a_file_from_the_future() -> None:
    """Nothing was seen that has not happened yet."""
    later = NOW + timedelta(days=400)
    assert timestamps.seen_at(None, later, NOW) == NOW
    assert timestamps.seen_at(later.isoformat(), later, NOW) == NOW


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-05-01", date(2026, 5, 1)),
        ("2026-05-01T10:00:00+02:00", datetime(2026, 5, 1, 8, 0, tzinfo=UTC)),
        ("2026-05-01 10:00Z", datetime(2026, 5, 1, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_given_time_is_read(text: str, at: date) -> None:
    assert timestamps.given(text, NOW) == at


@pytest.mark.parametrize("text", ["", "today", "2026-05-01T10:00", "2026-02-30", "2027-01-01", "2026-06-01T13:00Z"])
def test_impossible_times_are_refused(text: str) -> None:
    """No zone, no such day, not yet."""
    with pytest.raises(TriagebookError, match="--at: "):
        timestamps.given(text, NOW)


def test_times_are_written_in_utc() -> None:
    """In UTC, to the second."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=2)))
    assert timestamps.written(moment) == "2026-01-02T01:04:05Z"
