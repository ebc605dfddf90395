"""`triagebook match`: which known issue a failure in a log, a trace or a result file is."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("book")

KNOWN = "StaleCartError: cart 99 was changed"
LOG = f"""\
2026-04-01T08:00:00Z INFO web: started
2026-04-01T08:00:01Z ERROR [worker-2] shop.web: {KNOWN}
2026-04-01T08:00:02Z ERROR [worker-7] shop.web: StaleCartError: cart 100 was changed
"""
RESULTS = f"""\
<testsuite name="shop" tests="2" failures="2">
  <testcase classname="tests.test_cart" name="test_two_windows"><failure message="{KNOWN}"/></testcase>
  <testcase classname="tests.test_cart" name="test_rates"><failure message="KeyError: 'rate'"/></testcase>
</testsuite>
"""


def test_a_known_failure_is_named_and_passes(run: Callable[..., Any]) -> None:
    """Once, however often the log has it."""
    ran = run("match", "-", stdin=LOG)
    assert ran.code == 0
    assert ran.out.split()[:2] == ["known", "9"]
    assert "the same error but for values" in ran.out
    assert ran.err == "1 failure: 1 known\n"


def test_a_new_failure_fails_and_can_be_recorded(run: Callable[..., Any]) -> None:
    ran = run("match", "-", stdin="KeyError: 'rate'\n")
    assert ran.code == 1
    assert ran.out.split()[:2] == ["new", "-"]
    assert ran.err.splitlines()[-1] == "next: record it: triagebook new --error 'KeyError: '\"'\"'rate'\"'\"''"


def test_a_failure_of_an_issue_closed_as_fixed_is_back(run: Callable[..., Any], book: Path) -> None:
    record = book / "9" / "issue.yaml"
    record.write_text(record.read_text() + "closed: {on: 2026-03-20, as: fixed}\n")
    ran = run("match", "-", stdin=LOG)
    assert (ran.code, ran.out.split()[0]) == (1, "back")
    assert "closed as fixed on 2026-03-20" in ran.out


def test_the_failed_tests_of_a_result_file_are_matched(run: Callable[..., Any], here: Path) -> None:
    (here / "results.xml").write_text(RESULTS)
    ran = run("match", "results.xml", "--format", "json")
    found = json.loads(ran.out)["failures"]
    assert ran.code == 1
    assert [(one["state"], one["test"].rpartition("::")[2]) for one in found] == [
        ("known", "test_two_windows"),
        ("new", "test_rates"),
    ]


def test_a_planned_test_that_fails_is_known(run: Callable[..., Any], here: Path, book: Path) -> None:
    record = book / "10" / "issue.yaml"
    record.write_text(record.read_text() + "suites: {rates: {category: unit, tests: {test_rates: Rates exist}}}\n")
    (here / "results.xml").write_text(RESULTS)
    ran = run("match", "results.xml")
    assert "its plan has this test" in ran.out
    assert ran.code == 0


def test_a_log_without_failures_passes(run: Callable[..., Any]) -> None:
    ran = run("match", "-", stdin="all is well\n")
    assert (ran.code, ran.out, ran.err) == (0, "", "no failures found\n")


def test_a_log_is_read_packed_and_in_any_encoding(run: Callable[..., Any], tmp_path: Path) -> None:
    log, packed, powershell = tmp_path / "a.log", tmp_path / "a.log.gz", tmp_path / "powershell.log"
    empty = tmp_path / "empty.log"
    log.write_bytes(b"caf\xe9\nRateMissingError: there is no rate for this currency today\n")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    powershell.write_bytes(log.read_text(encoding="latin-1").encode("utf-16"))
    empty.touch()
    first, *others = (json.loads(run("match", str(file), "--json").out) for file in (log, packed, powershell))
    assert others == [first, first]
    assert first["failures"][0]["error"] == "RateMissingError: there is no rate for this currency today"
    assert (run("match", str(empty)).code, run("match", str(empty)).err) == (0, "no failures found\n")


@pytest.mark.parametrize(
    ("name", "text"), [("junit.xml", '<testsuite><testcase name="a">'), ("ctrf.json", '{"results": {"tests": [{"na')]
)
def test_a_truncated_result_file_is_not_read_as_a_log(
    run: Callable[..., Any], tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    ran = run("match", str(tmp_path / name))
    assert ran.code == 2
    assert f"{name}: " in ran.err
