"""Runs a command: streams its output, enforces a time limit, and ends its child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ctypes import CDLL
from pathlib import Path
from queue import Empty, Queue
from threading import Thread, current_thread, main_thread
from typing import IO

from msgspec import Struct, field

from triagebook.errors import TriagebookError
from triagebook.intake.input_text import MAX_BYTES

_TICK = 0.2
_LINGER = 2.0  # seconds to wait for output of processes that a command leaves running
# On SIGINT a test runner writes the results it has. One that ignores it is killed.
_ASK, _ORDER, _END = signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)
_GRACE = {_ASK: 10.0, _ORDER: 5.0}


_SET_CHILD_SUBREAPER = 36  # of prctl
_ROUNDS = 50  # a process that is ended may have started another one
_INTERRUPTS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Job(Struct, frozen=True):
    """A command and where to run it."""

    command: str | Sequence[str]  # a string is run by the shell
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)  # in addition to that of this process
    limit: float | None = None  # seconds


class CommandEnd(Struct, frozen=True):
    """How a command ended."""

    exit_code: int
    output: bytes
    seconds: float
    cut_off: str = ""  # why it was stopped
    interrupted: bool = False


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP interrupt as Ctrl-C does, so that a partial run is recorded and everything is removed."""
    if current_thread() is not main_thread():
        yield
        return
    heeded = [which for which in _INTERRUPTS if signal.getsignal(which) is not signal.SIG_IGN]  # as `nohup` wants it
    before = {which: signal.signal(which, signal.default_int_handler) for which in heeded}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


def run(job: Job, show: Callable[[bytes], None]) -> CommandEnd:
    """Run a command. `show` gets its output, piece by piece."""
    return _Running(job, show).to_the_end()


class _Running:
    def __init__(self, job: Job, show: Callable[[bytes], None]) -> None:
        self.job, self.show = job, show
        self.kept: list[bytes] = []
        self.size = 0
        self.cut_off = ""
        self.interrupted = self.heard_all = False
        self.signals: Iterator[signal.Signals] = iter((_ASK, _ORDER, _END))
        self.deadline: float | None = None
        self.lingers: float | None = None
        self.began = time.monotonic()
        self.others = _processes_below(os.getpid())
        _adopt_orphans(wanted=True)
        self.process = _start(job)
        self.pieces: Queue[bytes | None] = Queue()
        Thread(target=self._listen, daemon=True).start()

    def to_the_end(self) -> CommandEnd:
        if self.job.limit is not None:
            self.deadline = self.began + self.job.limit
        while True:
            try:
                if self._over():
                    break
            except KeyboardInterrupt:
                self._stop("it was interrupted")
                self.interrupted = True
        self._end_all()
        code = self.process.wait()
        seconds = time.monotonic() - self.began
        return CommandEnd(
            code if code >= 0 else 128 - code, b"".join(self.kept), seconds, self.cut_off, self.interrupted
        )

    def _over(self) -> bool:
        """Take the next piece of output; return whether the command has ended."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            self._stop(f"it took longer than {self.job.limit:g} s" if self.job.limit else "")
        try:
            piece = self.pieces.get(timeout=_TICK)
        except Empty:
            return self.process.poll() is not None and self._has_lingered()
        if piece is not None:
            self._keep(piece)
            return False
        self.heard_all = True
        with suppress(subprocess.TimeoutExpired):  # it may continue after closing its output
            self.process.wait(timeout=_TICK)
        return self.process.poll() is not None

    def _has_lingered(self) -> bool:
        """A process left running may keep the output open."""
        self.lingers = self.lingers or time.monotonic() + _LINGER
        return self.heard_all or time.monotonic() > self.lingers

    def _keep(self, piece: bytes) -> None:
        self.show(piece)
        if self.size < MAX_BYTES:
            self.kept.append(piece)
            self.size += len(piece)

    def _stop(self, why: str) -> None:
        """Stop the command, with a stronger signal each time."""
        self.cut_off = self.cut_off or why
        which = next(self.signals, _END)
        self._send(which)
        self.deadline = time.monotonic() + _GRACE.get(which, _LINGER)

    def _end_all(self) -> None:
        """Kill the processes that the command left running, also those that left its process group."""
        self._send(_END)
        for _ in range(_ROUNDS):
            left = _processes_below(os.getpid()) - self.others - {self.process.pid}
            for process in left:
                with suppress(OSError):
                    os.kill(process, _END)
                    os.waitpid(process, os.WNOHANG)
            if not left:
                break
            time.sleep(_TICK / 10)
        _adopt_orphans(wanted=False)

    def _send(self, which: signal.Signals) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, which)
            else:
                self.process.kill()

    def _listen(self) -> None:
        stream: IO[bytes] | None = self.process.stdout
        if stream is not None:
            with suppress(OSError), stream:
                while piece := os.read(stream.fileno(), 65536):
                    self.pieces.put(piece)
        self.pieces.put(None)


def _adopt_orphans(*, wanted: bool) -> None:
    """Become the parent of processes that lose their own, whatever they do to get away; on Linux only."""
    with suppress(AttributeError, OSError):
        CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def _processes_below(process: int) -> set[int]:
    """The children of a process and all below them, on systems that show them."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(place.parent.name)] = int(place.read_bytes().rpartition(b")")[2].split()[1])
    found, new = set[int](), {process}
    while new:
        new = {child for child, parent in parents.items() if parent in new}
        found |= new
    return found


def _start(job: Job) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603
            job.command if isinstance(job.command, str) else list(job.command),
            shell=isinstance(job.command, str),
            cwd=job.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **job.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is forwarded to the whole process group
        )
    except OSError as error:
        name = job.command if isinstance(job.command, str) else job.command[0]
        why = (error.strerror or str(error)).lower()
        raise TriagebookError(
            f"`{name}` can't be started: {why}", f"check that it is installed; it runs in {job.folder}"
        ) from None
