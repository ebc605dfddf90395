"""Work spread over the processors: what was loaded is there in every process, and only results travel."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_task: tuple[Callable[[Any], Any], Sequence[Any]]


def spread(work: Callable[[T], R], items: Sequence[T], *, share: int = 8) -> Iterator[R]:
    """The results, in the order of the items; a process takes a share of them at a time.

    A process is a copy of this one, which only Linux makes well: elsewhere, and where there is little to do, the work
    is done here. So it is where this process has threads: a copy lacks them, and would wait for them forever.
    """
    processes = min(len(os.sched_getaffinity(0)), len(items) // share) if sys.platform == "linux" else 1
    if processes < 2 or len(list(Path("/proc/self/task").iterdir())) > 1:
        yield from map(work, items)
        return
    gc.freeze()  # what is there already is not looked through in each process, and so is never copied
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, context, _begin, (work, items)) as pool:
            yield from pool.map(_do, range(len(items)), chunksize=share)
    finally:
        gc.unfreeze()


def _begin(work: Callable[[T], R], items: Sequence[T]) -> None:
    global _task  # noqa: PLW0603  (what a copied process is to do)
    _task = work, items


def _do(index: int) -> Any:  # noqa: ANN401  (whatever the work gives)
    work, items = _task
    return work(items[index])
