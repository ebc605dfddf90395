"""`triagebook run` in a real checkout: commands that were agreed to, live, recorded by what they leave."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from triagebook.facts.verdict.stages import Stage
from triagebook.model.evidence import CommandOutput, Grade, Outcome

BEFORE = ("--phase", "before", "--environment", "local", "--yes")
AFTER = ("--phase", "after", "--environment", "local", "--yes")
JUNIT = '<testsuite tests="1"><testcase classname="tests.test_chat" name="test_connects"/></testsuite>'


def command(app: Any, text: str) -> None:
    app.edit("issues/7/issue.yaml", "python -m pytest tests/test_chat.py", json.dumps(text))


def test_a_run_before_and_one_after_the_fix_validate_it(app: Any) -> None:
    """A run before the fix and one after it are all that a proof takes."""
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {app.head}}}\ncauses:")
    before = app.triagebook("run", "7", *BEFORE)
    assert before.code == 0
    assert "1 of 1: unit\n" in before.out
    assert "3 failed, 1 passed" in before.out  # what pytest prints, as it comes
    assert "  shows the defect: test_connects, TestMore::test_many\n" in before.out
    app.fix()
    assert app.triagebook("run", "7", *AFTER).code == 0
    app.record("--value", "chat.connected=97.2 %", *AFTER[:4], "--by", "developer", "--in", ".")
    assert app.case().verdict.stage is Stage.VALIDATED


def test_a_run_records_command_exit_code_commit_and_tool(app: Any) -> None:
    """The command, its exit code, the commit, a clean tree, and pytest with its version."""
    app.triagebook("run", "7", *BEFORE, "--keep")
    run = app.only()
    assert (run.command, run.exit_code, run.partial) == ("python -m pytest tests/test_chat.py", 1, None)
    assert (run.commit, run.dirty, run.suite, run.grade) == (app.head, False, "unit", Grade.MACHINE)
    assert run.tool == f"pytest {pytest.__version__}"
    assert run.output is None  # its results say more
    assert run.source.kept.endswith("-junit.xml.gz")
    assert run.sealed
    assert app.triagebook("check").out.count("issues/7/evidence") == 0


def test_an_unexpected_result_fails_the_run(app: Any) -> None:
    """The exit code says so."""
    ran = app.triagebook("run", "7", *AFTER)
    assert ran.code == 1
    assert "problem: test_connects, TestMore::test_many: does not end as expected after the fix" in ran.out
    assert len(app.evidence) == 1


def test_commands_are_shown_and_confirmed_before_they_run(app: Any) -> None:
    """Each command is shown; without a yes nothing is run, and without a terminal to ask on it is an error."""
    flags = BEFORE[:-1]
    refused = app.triagebook("run", "7", *flags, stdin="n\n")
    assert refused.code == 1
    assert "  unit: python -m pytest tests/test_chat.py\nRun 1 command? [y/N]: " in refused.err
    assert "nothing was run" in refused.err
    alone = app.triagebook("run", "7", *flags)
    assert (alone.code, "can't ask for confirmation: standard input is not a terminal" in alone.err) == (2, True)
    assert not app.evidence
    assert app.triagebook("run", "7", *flags, stdin="y\n").code == 0
    assert app.evidence


def test_control_characters_in_a_command_are_shown(app: Any) -> None:
    """What would steer the terminal is written out before anybody agrees to it."""
    command(app, "python -c pass \u202e evil")
    assert "python -c pass \\u202e evil" in app.triagebook("run", "7", *BEFORE[:-1], stdin="n\n").err


def test_a_shell_is_used_only_on_request(app: Any) -> None:
    """A record that came from somewhere can't do more than start one program."""
    command(app, "python -m pytest tests/test_chat.py && touch done")
    refused = app.triagebook("run", "7", *BEFORE)
    assert refused.code == 2
    assert "needs a shell for `&&`" in refused.err
    assert app.triagebook("run", "7", *BEFORE, "--shell").code == 0
    assert not (app.root / "done").exists()  # pytest failed, as the shell knows
    assert len(app.only().results) == 4


def test_results_are_read_from_the_file_that_the_command_names(app: Any) -> None:
    """Of any runner; what lay there before does not count."""
    app.write("write.py", f"import sys; open(sys.argv[1], 'w').write({JUNIT!r})")
    app.write("results.xml", JUNIT.replace("test_connects", "test_old"))
    app.commit()
    command(app, "python write.py results.xml")
    app.triagebook("run", "7", *BEFORE)
    assert list(app.only().results) == ["tests/test_chat.py::test_connects"]


def test_results_are_read_from_the_files_of_a_pattern(app: Any) -> None:
    """Each becomes a piece of evidence of its own."""
    other = JUNIT.replace("test_connects", "test_blue")
    code = (
        f"import os; os.mkdir('out'); open('out/a.xml', 'w').write({JUNIT!r}); open('out/b.xml', 'w').write({other!r})"
    )
    app.write("write.py", code)
    app.commit()
    command(app, "python write.py")
    ran = app.triagebook("run", "7", *BEFORE, "--results", "out/*.xml")
    assert sorted(next(iter(run.results)) for run in app.evidence.values()) == [
        "tests/test_chat.py::test_blue",
        "tests/test_chat.py::test_connects",
    ]
    assert "problem: 1 planned test has no result: unit: TestMore::test_many" in ran.out


def test_printed_results_are_read(app: Any) -> None:
    """Some runners have no file."""
    app.write("write.py", f"print({JUNIT!r})")
    app.commit()
    command(app, "python write.py")
    app.triagebook("run", "7", *BEFORE)
    assert app.only().kind == "tests"


def test_a_command_without_results_is_recorded_as_output(app: Any) -> None:
    """Its output and exit code are kept, as of any command."""
    command(app, "python -c 'print(1); exit(3)'")
    ran = app.triagebook("run", "7", *BEFORE)
    assert "note: unit left no readable results; its output is recorded instead" in ran.out
    record = app.only()
    assert isinstance(record, CommandOutput)
    assert (record.exit_code, record.output, record.grade) == (3, "1", Grade.MACHINE)
    assert next(iter(app.evidence)).endswith("-unit-local")


def test_unreadable_results_are_reported_and_the_output_is_recorded(app: Any) -> None:
    """It is said, and what was printed is recorded."""
    app.write("write.py", "open('results.xml', 'w').write('<testsuite>'); print('half')")
    app.commit()
    command(app, "python write.py results.xml")
    ran = app.triagebook("run", "7", *BEFORE)
    assert "results.xml: it is not valid XML" in ran.out
    assert app.only().output == "half"


SLOW = """
import pathlib, time

def test_connects():
    raise TypeError("object Manager can't be used in 'await' expression")

def test_slow():
    pathlib.Path(MARKER).touch()
    time.sleep(60)
"""


def slow_suite(app: Any) -> Path:
    """A suite whose second test takes long; it makes a file, outside of the checkout, when it begins."""
    marker = Path(app.root.parent / "slow test began")
    app.write("tests/test_chat.py", SLOW.replace("MARKER", repr(str(marker))))
    app.commit()
    return marker


def test_a_run_over_the_time_limit_is_recorded_as_partial(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pytest has by then is recorded, as partial. The clock jumps over the limit when the slow test begins."""
    marker = slow_suite(app)
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + 600 * marker.exists())
    monkeypatch.setattr("triagebook.recording.process.time", clock)
    ran = app.triagebook("run", "7", *BEFORE, "--timeout", "5")
    assert ran.code == 1
    assert "note: unit was stopped: it took longer than 300 s" in ran.out
    run = app.only()
    assert run.partial is True
    assert run.results["tests/test_chat.py::test_connects"].outcome is Outcome.FAILED


def test_ctrl_c_leaves_a_partial_run_and_skips_the_next_suites(app: Any) -> None:
    """It leaves a partial run, and the suites that follow are not begun."""
    marker = slow_suite(app)
    app.edit("issues/7/issue.yaml", "criteria:", "  second: {category: unit, command: python -c pass}\ncriteria:")
    line = [str(Path(sys.executable).with_name("triagebook")), "run", "7", *BEFORE]
    process = subprocess.Popen(line, cwd=app.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while not marker.exists():
        assert process.poll() is None, "it ended before the slow test began"
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "unit was stopped: it was interrupted" in out
    assert "2 of 2" not in out
    assert "Traceback (most recent call last)" not in out
    assert app.only().partial is True


def test_a_stopped_run_without_results_keeps_its_output(app: Any) -> None:
    """Then nothing is known but what was printed."""
    command(app, "python -c 'import time; print(1, flush=True); time.sleep(60)'")
    app.triagebook("run", "7", *AFTER, "--timeout", "0.02")
    run = app.only()
    assert (run.kind, run.partial, dict(run.results), run.suite) == ("tests", True, {}, "unit")
    assert run.output.startswith("1")


def test_code_that_changes_during_a_run_makes_it_prove_nothing(app: Any) -> None:
    """Nobody knows then what was tested."""
    app.write("tests/test_chat.py", "def test_connects():\n    open('tests/test_chat.py', 'a').write('# x\\n')\n")
    app.commit()
    ran = app.triagebook("run", "7", *AFTER)
    assert "the code changed while the tests ran, so they prove nothing: tests/test_chat.py" in ran.out
    assert app.only().dirty is True


def test_files_that_a_run_leaves_make_only_the_next_run_dirty(app: Any) -> None:
    """Files that it writes do not make its own tree dirty; they do so for the next one."""
    app.write("tests/test_chat.py", "def test_connects():\n    open('report.py', 'w').close()\n")
    app.commit()
    app.triagebook("run", "7", *AFTER)
    assert app.only().dirty is False
    ran = app.triagebook("run", "7", *AFTER)
    assert "the work tree holds changes or code in no commit, so it proves nothing: report.py" in ran.out


def test_in_names_the_folder_to_run_in(app: Any, tmp_path: Path) -> None:
    """`--in` says where; it may be no repository at all."""
    app.git("clone", "--quiet", str(app.root), str(tmp_path / "clone"))
    app.triagebook("run", "7", *BEFORE, "--in", tmp_path / "clone")
    assert app.only().commit == app.head
    (tmp_path / "plain/tests").mkdir(parents=True)
    (tmp_path / "plain/tests/test_chat.py").write_text("def test_connects(): pass\n")
    ran = app.triagebook("run", "7", *BEFORE, "--in", tmp_path / "plain")
    assert f"the commit is not known, so it proves nothing: {tmp_path / 'plain'} is not in a git repository" in ran.out


def test_json_is_alone_on_standard_output(app: Any) -> None:
    """JSON on standard output, and all else on the other."""
    ran = app.triagebook("run", "7", *BEFORE, "--format", "json")
    told = json.loads(ran.out)["runs"]
    assert [(run["suite"], run["exit_code"], run["partial"], run["problems"]) for run in told] == [
        ("unit", 1, False, [])
    ]
    assert told[0]["files"][0]["failed"] == 3
    assert told[0]["evidence"] == [f"issues/7/evidence/{name}.yaml" for name in app.evidence]
    assert "3 failed, 1 passed" in ran.err
