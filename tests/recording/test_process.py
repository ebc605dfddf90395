"""Running a command: its output is streamed, and its child processes end with it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from triagebook.errors import TriagebookError
from triagebook.recording.process import CommandEnd, Job, run


def python(code: str, folder: Path, limit: float | None = 60) -> Job:
    return Job([sys.executable, "-c", code], folder, limit=limit)


def quiet(_: object) -> None:
    pass


def test_output_is_passed_on_as_it_comes(tmp_path: Path) -> None:
    """Standard error is among it, and nothing waits for the end."""
    code = "import sys, time; print('one'); time.sleep(1); sys.stderr.write('two'); sys.exit(3)"
    seen: list[tuple[bytes, float]] = []
    began = time.monotonic()
    ended = run(python(code, tmp_path), lambda piece: seen.append((piece, time.monotonic() - began)))
    assert (ended.exit_code, ended.output, ended.cut_off, ended.interrupted) == (3, b"one\ntwo", "", False)
    assert seen[-1][1] - seen[0][1] > 0.7


def test_a_command_runs_in_its_folder_with_its_environment(tmp_path: Path) -> None:
    """In the given folder, with an empty standard input."""
    job = Job("pwd; echo $NAME; cat", tmp_path, {"NAME": "value"})
    assert run(job, quiet).output.decode().split() == [str(tmp_path.resolve()), "value"]


def test_a_command_is_interrupted_at_the_time_limit(tmp_path: Path) -> None:
    """It is asked to stop first, as by Ctrl-C, so that a runner can write what it has."""
    code = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('stopped')"
    ended = run(python(code, tmp_path, 1), quiet)
    assert (ended.exit_code, ended.output) == (0, b"stopped\n")
    assert ended.cut_off == "it took longer than 1 s"
    assert ended.seconds < 8


def test_a_command_that_ignores_the_interrupt_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended, and so is what it started."""
    monkeypatch.setattr("triagebook.recording.process._GRACE", {signal.SIGINT: 0.3, signal.SIGTERM: 0.3})
    code = (
        "import signal, subprocess, sys, time\n"
        "for name in (signal.SIGINT, signal.SIGTERM): signal.signal(name, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    ended = run(python(code, tmp_path, 1), quiet)
    assert ended.exit_code == 128 + signal.SIGKILL
    assert ended.seconds < 10
    assert is_gone(int(ended.output))


def is_gone(pid: int) -> bool:
    """Killed, if perhaps not yet taken note of by whoever inherited it."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_stops_the_command_and_a_second_one_kills_it(presses: int, tmp_path: Path) -> None:
    """The first asks it to stop; the second does not wait."""
    ears = "signal.signal(signal.SIGINT, signal.SIG_IGN)" if presses > 1 else "pass"
    code = (
        f"import signal, time\n{ears}\nprint('begun', flush=True)\n"
        "try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('stopped')"
    )

    def press(piece: bytes) -> None:
        if b"begun" in piece:
            for number in range(presses):
                threading.Timer(0.3 + 0.5 * number, os.kill, (os.getpid(), signal.SIGINT)).start()

    ended = run(python(code, tmp_path), press)
    assert (ended.interrupted, ended.cut_off) == (True, "it was interrupted")
    assert ended.exit_code == (0 if presses == 1 else 128 + signal.SIGTERM)
    assert ended.seconds < 8


def test_a_command_that_closes_its_output_still_has_to_end(tmp_path: Path) -> None:
    """Closing its output is not the end of it; the time limit holds all the same."""
    code = "import os, time\nos.close(1)\nos.close(2)\ntime.sleep({})"
    assert run(python(code.format(1), tmp_path), quiet).seconds > 1
    assert run(python(code.format(60), tmp_path, 1), quiet).cut_off == "it took longer than 1 s"


def test_a_server_left_running_does_not_delay_the_end(tmp_path: Path) -> None:
    """A server that holds on to the output does not keep the run from its end."""
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)']); print('x')"
    ended = run(python(code, tmp_path), quiet)
    assert (ended.exit_code, ended.output) == (0, b"x\n")
    assert ended.seconds < 7


def test_output_beyond_the_limit_is_shown_but_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is shown."""
    monkeypatch.setattr("triagebook.recording.process.MAX_BYTES", 100_000)
    shown = 0

    def show(piece: bytes) -> None:
        nonlocal shown
        shown += len(piece)

    ended = run(python("print('x' * 1_000_000)", tmp_path), show)
    assert shown == 1_000_001
    assert len(ended.output) < 200_000


def test_a_command_that_can_not_be_started_is_refused(tmp_path: Path) -> None:
    """Not there, or not to be run."""
    (tmp_path / "script.sh").write_text("echo")
    for command in ("nowhere-to-be-found", "./script.sh"):
        with pytest.raises(TriagebookError, match="can't be started"):
            run(Job([command], tmp_path), quiet)


def test_a_signal_gives_the_exit_code_of_a_shell(tmp_path: Path) -> None:
    """As a shell gives it."""
    ended: CommandEnd = run(python("import os; os.kill(os.getpid(), 15)", tmp_path), quiet)
    assert ended.exit_code == 143
