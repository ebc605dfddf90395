"""Distributes work over forked processes: they share the loaded data, and only results are sent back."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

AHEAD = 1 << 20  # bytes of results that a process may buffer

T = TypeVar("T")
R = TypeVar("R")


_inside = False  # one of the processes, which starts no others


def processors() -> int:
    """How many processes may work at once. They are forked, which is only safe on Linux."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" and not _inside else 1


def spread(
    work: Callable[[T], R], items: Sequence[T], *, share: int = 8, least: int = 8, most: int = sys.maxsize
) -> Iterator[R]:
    """The results in the order of the items; a process takes a share of items at a time.

    With fewer than `least` items per process, or if this process has threads (which a fork lacks and would wait for),
    the work is done here.

    A process ends up with a copy of all the data that it reads. If that is much, `most` limits the number of items
    before processes are replaced.
    """
    processes = min(processors(), len(items) // least)
    if processes < 2 or len(list(Path("/proc/self/task").iterdir())) > 1:
        yield from map(work, items)
        return
    gc.freeze()  # keeps the collector of each process from touching, and so copying, existing objects
    try:
        for start in range(0, len(items), most):
            stop = min(start + most, len(items))
            yield from _spread(work, [items[at : min(at + share, stop)] for at in range(start, stop, share)], processes)
    finally:
        gc.unfreeze()


def _spread(work: Callable[[T], R], shares: Sequence[Sequence[T]], processes: int) -> Iterator[R]:
    """Processes take the shares in turn; one that is ahead waits until its results are taken.

    An executor of the standard library would hold all pending results, and leave its processes behind if this one is
    killed.
    """
    from fcntl import F_SETPIPE_SZ, fcntl  # noqa: PLC0415  (Linux has it)
    from multiprocessing import get_context  # noqa: PLC0415  (slow to import)

    context, workers = get_context("fork"), []
    try:
        with (
            _interrupts_held()
        ):  # inherited by the processes: an interrupt reaches only this one, which ends the others
            for number in range(processes):
                receiver, sender = context.Pipe(duplex=False)
                with suppress(OSError):  # with the default size they only wait more often
                    fcntl(sender.fileno(), F_SETPIPE_SZ, AHEAD)
                task = work, shares[number::processes], receiver, sender
                process = context.Process(target=_work, args=task, daemon=True)
                process.start()
                sender.close()  # so that reading ends when the process ends
                workers.append((process, receiver))
        for number, share in enumerate(shares):
            yield from _received(workers[number % processes][1], work, share)
    finally:
        for process, receiver in workers:
            process.terminate()
            process.join()
            receiver.close()


def _work(work: Callable[[T], R], shares: Sequence[Sequence[T]], receiver: Connection, sender: Connection) -> None:
    global _inside  # noqa: PLW0603  (of this process alone)
    _inside = True
    receiver.close()  # so that it ends when the reader is gone
    with suppress(Exception):  # the share is computed again by the reader, where the error shows
        for share in shares:
            sender.send(list(map(work, share)))


def _received(receiver: Connection, work: Callable[[T], R], share: Sequence[T]) -> Sequence[R]:
    """The results of a process; if it failed or was killed, the work is done here, and errors are raised here."""
    with suppress(EOFError, OSError):
        results: list[R] = receiver.recv()
        return results
    return list(map(work, share))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
