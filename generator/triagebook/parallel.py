"""Work spread over the processors: what was loaded is there in every process, and only results travel."""

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

AHEAD = 1 << 20  # bytes of results that a process may have ready

T = TypeVar("T")
R = TypeVar("R")


def spread(
    work: Callable[[T], R], items: Sequence[T], *, share: int = 8, least: int = 8, most: int = sys.maxsize
) -> Iterator[R]:
    """The results, in the order of the items; a process takes a share of them at a time.

    A process is a copy of this one, which only Linux makes well: elsewhere, and where there are not at least so many
    items for each, the work is done here. So it is where this process has threads: a copy lacks them, and would wait
    for them forever.

    A process comes to own a copy of all that it looks at. Where that is much, `most` says after how many items the
    processes make room for others.
    """
    processes = min(len(os.sched_getaffinity(0)), len(items) // least) if sys.platform == "linux" else 1
    if processes < 2 or len(list(Path("/proc/self/task").iterdir())) > 1:
        yield from map(work, items)
        return
    gc.freeze()  # what is there already is not looked through in each process, and so is never copied
    try:
        for start in range(0, len(items), most):
            stop = min(start + most, len(items))
            yield from _spread(work, [items[at : min(at + share, stop)] for at in range(start, stop, share)], processes)
    finally:
        gc.unfreeze()


def _spread(work: Callable[[T], R], shares: Sequence[Sequence[T]], processes: int) -> Iterator[R]:
    """The shares go round; a process that is ahead waits until its results are taken.

    An executor of the standard library would hold all results that nobody took yet, and leave its processes behind
    where this one is killed.
    """
    from fcntl import F_SETPIPE_SZ, fcntl  # noqa: PLC0415  (Linux has it)
    from multiprocessing import get_context  # noqa: PLC0415  (takes longer to import than a small book to read)

    context, workers = get_context("fork"), []
    try:
        with _interrupts_held():  # a process keeps it so: who interrupts this one has it end the others
            for number in range(processes):
                receiver, sender = context.Pipe(duplex=False)
                with suppress(OSError):  # where the system allows no more, they wait for one another more often
                    fcntl(sender.fileno(), F_SETPIPE_SZ, AHEAD)
                task = work, shares[number::processes], receiver, sender
                process = context.Process(target=_work, args=task, daemon=True)
                process.start()
                sender.close()  # so that nothing is waited for once the process has ended
                workers.append((process, receiver))
        for number, share in enumerate(shares):
            yield from _received(workers[number % processes][1], work, share)
    finally:
        for process, receiver in workers:
            process.terminate()
            process.join()
            receiver.close()


def _work(work: Callable[[T], R], shares: Sequence[Sequence[T]], receiver: Connection, sender: Connection) -> None:
    receiver.close()  # so that it ends when nobody is left to take results
    with suppress(Exception):  # it happens again where the results are missed, and is seen there
        for share in shares:
            sender.send(list(map(work, share)))


def _received(receiver: Connection, work: Callable[[T], R], share: Sequence[T]) -> Sequence[R]:
    """What a process found; where it failed, or was ended from outside, the work is done here, and fails here."""
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
