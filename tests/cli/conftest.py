"""Fixtures that run the installed command in a folder of its own, in a pipe and on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.kit import golden as kept
from tests.kit.commands import Ran, triagebook
from tests.kit.paths import COMMAND

HERE = Path(__file__).parent
# Takes the terminal that it finds as its own, so that Ctrl-C reaches it, then becomes the command.
ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)

INTERRUPT = b"\x03"
Run = Callable[..., Ran]


def environment(**more: str) -> dict[str, str]:
    """Environment variables that are the same on every machine."""
    plain = {"PATH": os.environ["PATH"], "COLUMNS": "100", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "TZ": "UTC"}
    return (
        plain | {key: value for key, value in os.environ.items() if key.startswith(("COVERAGE", "TRIAGEBOOK_"))} | more
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The current folder of the run. It is not the test's root folder, so nothing lies above it."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.fixture
def book(here: Path) -> Path:
    """A book with three issues below the current folder."""
    shutil.copytree(HERE / "book", here / "issues")
    return here / "issues"


@pytest.fixture
def no_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Switch the rules off, so that a new rule does not change other tests."""
    monkeypatch.setattr("triagebook.rules.engine._in_order", lambda *_: [])
    monkeypatch.setattr("triagebook.rules.engine.between_issues", lambda *_: {})
    monkeypatch.setenv("TRIAGEBOOK_CACHE", str(tmp_path / "without rules"))


@pytest.fixture
def run(here: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in this process, which is fast."""

    def run(*arguments: object, cwd: Path = here, stdin: str = "") -> Ran:
        monkeypatch.chdir(cwd)
        return triagebook(*arguments, stdin=stdin, env=environment())

    return run


@pytest.fixture
def run_installed(here: Path) -> Run:
    """Run the installed command in a process of its own, with its output in a pipe."""

    def run(*arguments: object, cwd: Path = here, **env: str) -> Ran:
        command = [COMMAND, *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=environment(**env), capture_output=True, check=False, timeout=120)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def run_on_terminal(here: Path) -> Run:
    """Run the command on a terminal; `talk` maps output to the text typed after it."""

    def run(*arguments: object, talk: Sequence[tuple[str, str]] = (), columns: int = 80, cwd: Path = here) -> Ran:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        env = environment(TERM="xterm")
        del env["COLUMNS"]
        process = subprocess.Popen(
            [sys.executable, "-c", ON_TERMINAL, COMMAND, *map(str, arguments)],
            cwd=cwd,
            env=env,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            shown = converse(ours, talk)
        finally:
            os.close(ours)
            process.wait(timeout=10)
        return Ran(process.returncode, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown).replace("\r\n", "\n"))

    return run


def converse(terminal: int, talk: Sequence[tuple[str, str]]) -> str:
    """Return the output of a terminal until the other side closes it."""
    shown, typed, waiting, read_to = b"", b"", list(talk), 0
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # Linux says so when nobody has it open any more
                break
            if not piece:
                break
            shown += piece
        elif typed == INTERRUPT:  # it is lost on a reader that was not waiting yet
            os.write(terminal, typed)
        if waiting and waiting[0][0].encode() in shown[read_to:]:
            read_to = len(shown)
            typed = waiting.pop(0)[1].encode()
            os.write(terminal, typed)
    assert not waiting, f"never read {waiting[0][0]!r} in:\n{shown.decode()}"
    return shown.decode()


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    return lambda name, text: kept.compare(f"cli/{name}.txt", text)


@pytest.fixture
def transcript(run: Run) -> Callable[[Sequence[str]], str]:
    """Return command lines, each followed by its output and exit code."""

    def write(lines: Sequence[str]) -> str:
        parts = []
        for line in lines:
            ran = run(*shlex.split(line)[1:])
            parts.append(f"$ {line}\n{ran.out}{ran.err}[{ran.code}]\n")
        return "\n".join(parts)

    return write
