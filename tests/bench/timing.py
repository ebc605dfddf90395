"""Runs a command as a process of its own, and says what it took: time by the clock, time of the processor, memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

UNFINISHED = "did not end within"

LAUNCHER = Path(__file__).with_name("launch.py")
_LOOK_EVERY = 0.2  # seconds
_AT_MOST = 0.02  # of the time goes into looking: at much memory that takes a while


class FailedError(Exception):
    """A command did not do its work; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """What one run took."""

    seconds: float
    processor: float  # seconds of all processors, of the command and of those it started
    memory: int  # bytes at the peak


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], limit: float, log: Path) -> Run:
    """Run it to its end, or to the limit of seconds; what it prints goes to the log."""
    launcher = subprocess.Popen(
        [sys.executable, "-I", "-S", LAUNCHER, log.resolve(), *command],
        cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    watch = _Watch(launcher.pid, limit)
    watch.start()
    try:
        told, _ = launcher.communicate()
    except KeyboardInterrupt:
        watch.end()
        raise
    watch.stop()
    if watch.ended_it:
        raise FailedError(f"{UNFINISHED} {limit:.0f} s")
    if launcher.returncode:
        raise FailedError(f"`{command[0]}` can't be started")
    code, seconds, processor, memory = map(float, told.split())
    if code:
        raise FailedError(f"exit code {code:.0f}: {last_line(log.read_text(encoding='utf-8', errors='replace'))}")
    # The system knows the peak of the largest process; only the watch saw what several of them took together.
    return Run(seconds, processor, max(int(memory), watch.together))


class _Watch(threading.Thread):
    """Looks at a running command now and then: at the memory of all its processes, and at the clock."""

    def __init__(self, pid: int, limit: float) -> None:
        super().__init__(daemon=True)
        self._pid, self._limit = pid, limit
        self._over = threading.Event()
        self.together = 0
        self.ended_it = False

    def run(self) -> None:
        end = time.monotonic() + self._limit
        took = 0.0
        while not self._over.wait(max(_LOOK_EVERY, took / _AT_MOST)):
            began = time.monotonic()
            family = list(_started_by(self._pid))
            if len(family) > 1:
                self.together = max(self.together, sum(map(_memory, family)))
            took = time.monotonic() - began
            if time.monotonic() > end:
                self.ended_it = True
                self.end()
                return

    def end(self) -> None:
        os.killpg(self._pid, signal.SIGKILL)

    def stop(self) -> None:
        self._over.set()
        self.join()


def _started_by(pid: int) -> Iterator[int]:
    """All processes that one started, and those that they started, where the system tells."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _read(children).split()):
            yield child
            yield from _started_by(child)


def _memory(pid: int) -> int:
    """What a process holds; what it shares with others counts for each in part."""
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # it ended meanwhile
        return ""


def last_line(printed: str) -> str:
    """What a command said last, which tells why it failed."""
    lines = printed.strip().splitlines()
    return lines[-1].strip()[:200] if lines else "it printed nothing"
