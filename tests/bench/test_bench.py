"""The bench measures what it says, and its arithmetic is right. How long something takes is asserted nowhere."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from triagebook.cli.main import outcome

from . import page
from .machine import about, pinned
from .make_book import make
from .measure import FLOOR, TRIAGEBOOK, Limits, Measure, Result, measure_all
from .place import retitle
from .results import Figure, Results, exponent, figure_of
from .rivals import RIVALS
from .rivals.items import items
from .targets import TARGETS
from .timing import FailedError, Run, run
from .where import PARTS, REST

# ── the book ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_made_up_book_is_clean_and_stays_so_when_a_title_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, 3)
    retitle(tmp_path / "2" / "issue.yaml")
    retitle(tmp_path / "2" / "issue.yaml")
    assert outcome(["check", "--strict", "--no-cache", "--book", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "no findings in 3 issues\n"
    assert "not awaitable (2)\n" in (tmp_path / "2" / "issue.yaml").read_text(encoding="utf-8")


def test_no_two_issues_have_the_same_words() -> None:
    lines = [line for item in items(40) for line in set(item.text.splitlines()) if line.count(" ") > 25]
    assert len(lines) == 400
    assert len(lines) == len(set(lines))


def test_an_item_has_the_texts_of_its_issue_and_links_to_older_ones() -> None:
    first, second, third = items(3)
    assert (first.links, second.links, third.links) == ([], [1], [1])
    assert first.title not in first.text
    assert "await a plain function" in first.text
    assert "::\n\n    async def test_" in first.text


# ── a run ────────────────────────────────────────────────────────────────────────────────────────────


def python(code: str, tmp_path: Path, limit: float = 60) -> Run:
    return run([sys.executable, "-c", code], tmp_path, os.environ, limit, tmp_path / "log.txt")


def test_the_memory_is_that_of_the_command_alone(tmp_path: Path) -> None:
    ours = bytearray(os.urandom(1)) * 200_000_000  # what this process holds is not counted
    small, large = python("pass", tmp_path), python("b'1' * 100_000_000", tmp_path)
    assert small.memory < 50_000_000
    assert 100_000_000 < large.memory < len(ours)


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells")
def test_the_memory_is_that_of_all_processes_together(tmp_path: Path) -> None:
    child = "import sys, time; held = b'1' * 60_000_000; time.sleep(1.5)"
    code = f"import subprocess, sys; p = [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in range(2)]; "
    assert python(code + "[each.wait() for each in p]", tmp_path).memory > 120_000_000


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"^exit code 3: no such thing$"):
        python("print('at work'); print('no such thing'); raise SystemExit(3)", tmp_path)


def test_a_command_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    child = "import pathlib, time; time.sleep(3); pathlib.Path('done').touch()"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(FailedError, match="did not end within 1 s"):
        python(code, tmp_path, limit=1)
    assert not (tmp_path / "done").exists()


def test_one_failure_does_not_stop_the_rest(tmp_path: Path) -> None:
    def of(what: str, code: str, needs: str = "") -> Measure:
        return Measure("tool", what, (sys.executable, "-c", code), tmp_path, needs=needs)

    def broken() -> None:
        raise OSError("nothing to change")

    measures = [
        of("build", "raise SystemExit('broken')"),
        of("build again", "pass", needs="build"),
        Measure("tool", "change", (sys.executable,), tmp_path, broken),
        of("check", "pass"),
    ]
    found = measure_all(measures, 10, Limits(runs=3, enough=60, longest={"any": 60}), tmp_path)
    assert [len(each.runs) for each in found] == [0, 0, 0, 3]
    assert [each.why_not for each in found] == [
        "exit code 1: broken",
        "needs `build`, which was not measured",
        "nothing to change",
        "",
    ]


def test_what_took_long_enough_is_not_run_again(tmp_path: Path) -> None:
    quick = Measure("tool", "x", (sys.executable, "-c", ""), tmp_path)
    [found] = measure_all([quick], 10, Limits(runs=5, enough=0, longest={"any": 60}), tmp_path)
    assert len(found.runs) == 1


def test_what_needs_another_is_run_as_often_as_that_one(tmp_path: Path) -> None:
    def of(what: str, code: str, needs: str = "") -> Measure:
        return Measure("tool", what, (sys.executable, "-c", f"import time, pathlib; {code}"), tmp_path, needs=needs)

    measures = [
        of("check", "pathlib.Path('built').unlink(missing_ok=True)"),
        of("build", "time.sleep(0.5); pathlib.Path('built').touch()"),
        of("build again", "pathlib.Path('built').read_text()", needs="build"),
    ]
    found = measure_all(measures, 10, Limits(runs=2, enough=0.45, longest={"any": 60}), tmp_path)
    assert [(len(each.runs), each.why_not) for each in found] == [(2, ""), (1, ""), (1, "")]


def test_the_parts_of_a_command_are_told(tmp_path: Path) -> None:
    out, root = tmp_path / "where.json", Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.bench.where", str(out), "check", "--no-cache"]
    run(command, root, os.environ, 60, tmp_path / "log.txt")
    shares = json.loads(out.read_text(encoding="utf-8"))
    assert sum(shares.values()) == pytest.approx(1)
    assert {"reading the records", "checking them", "importing modules"} < set(shares) <= {*PARTS.values(), REST}


# ── arithmetic ───────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_is_the_median_and_the_peak(tmp_path: Path) -> None:
    runs = [Run(3.0, 1.0, 5_000_000), Run(1.0, 4.0, 9_000_000), Run(1.5, 2.0, 7_000_000)]
    figure = figure_of(Result(Measure("tool", "x", (), tmp_path, kilobytes=30), 10, runs))
    assert figure == Figure("tool", "x", 10, 3, 1.5, 1.0, 3.0, 2.0, 9.0, 30)


def test_an_exponent_tells_how_something_grows() -> None:
    assert exponent((100, 2.0), (1000, 20.0)) == pytest.approx(1)
    assert exponent((100, 2.0), (1000, 200.0)) == pytest.approx(2)
    assert exponent((100, 2.0), (1000, 2.0)) == pytest.approx(0)


RESULTS = Results(
    {
        "day": "2026-01-02",
        "machine": {"processor": "P", "cores": 2, "memory_gb": 8, "system": "S", "python": "3.11"},
        "versions": {"triagebook": "1"},
        "limits": {"runs": 5, "enough": 20, "longest": {"any": 240, "zensical": 300}},
        "where": {"A cold check": {"reading the records": 0.996, "Python": 0.004}},
        "books": [{"issues": 100, "kilobytes": 4600, "pages": 0, "pages_kilobytes": 0}],
    },
    [
        Figure(TRIAGEBOOK, "--help", 0, 5, 0.05, 0.05, 0.05, 0.05, 16),
        Figure(FLOOR, "import argparse", 0, 5, 0.02, 0.02, 0.02, 0.02, 9),
        Figure(TRIAGEBOOK, "check, cold", 100, 3, 1.0, 1.0, 1.0, 1.0, 60, 4600),
        Figure(TRIAGEBOOK, "check, cold", 1000, 3, 12.0, 12.0, 12.0, 12.0, 90, 46000),
        Figure("doorstop", "check, cold", 100, 3, 2.0, 2.0, 2.0, 2.0, 70, 1800),
        Figure("doorstop", "check, cold", 1000, why_not="did not end within 240 s"),
        Figure(TRIAGEBOOK, "site, cold", 1000, 1, 10.0, 10.0, 10.0, 10.0, 300, 46000),
        Figure("mkdocs-material", "site, cold", 1000, 1, 200.0, 200.0, 200.0, 200.0, 900, 180000),
    ],
)


def test_results_are_kept_as_data_and_read_back() -> None:
    again = Results.from_data(json.loads(json.dumps(RESULTS.as_data())))
    assert (again.about, list(again.figures)) == (RESULTS.about, RESULTS.figures)


def test_a_target_says_whether_it_is_met_and_by_how_much_it_is_missed() -> None:
    verdicts = {target.says: target.verdict(RESULTS) for target in reversed(TARGETS)}  # the first of a name counts
    said = {says: verdict.says for says, verdict in verdicts.items()}
    assert said["`triagebook --help`, more than Python with argparse"] == "met"
    assert said["A cold site, beside mkdocs-material alone on the same pages"] == "met"
    doorstop = verdicts["A cold check, per kilobyte, beside that of doorstop"]
    assert doorstop.at == 1000
    assert doorstop.value == pytest.approx(46000 / 12 / 900)
    assert doorstop.says == "not measured"  # at the size that counts
    growth = verdicts["A cold check, per issue, beside a book a tenth of the size"]
    assert growth.value == pytest.approx(1.2)
    assert said["A warm check"] == "not measured"
    slower = Results(RESULTS.about, [replace(each, seconds=25.0) for each in RESULTS.figures if each.issues == 1000])
    assert TARGETS[2].verdict(slower).says == "missed by 15.0\N{NO-BREAK SPACE}x"


def test_the_page_shows_what_was_measured_and_what_was_not(tmp_path: Path) -> None:
    page.write(RESULTS, tmp_path / "index.md")
    text = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "| triagebook | check, cold | 1.00 s | 12.0 s | 90 MB | 3,833 KB/s | 1.08 |" in text
    assert "| doorstop | check, cold | 2.00 s | unfinished | 70 MB | 900 KB/s |  |" in text
    assert "| doorstop | check, cold | 1,000 | did not end within 240 s |" in text
    assert "| A cold check | Share |\n|---|---:|\n| reading the records | 100% |\n\n" in text
    assert text.count("<figure") == 3  # the check, the site, how both grow


# ── what it runs on ──────────────────────────────────────────────────────────────────────────────────


def test_every_tool_has_a_pinned_version() -> None:
    for rival in RIVALS:
        assert set(pinned(rival.packages)) == set(rival.packages)


def test_the_machine_is_named() -> None:
    machine = about()["machine"]
    assert all(machine.values())
