"""Processes that write to a book: some are killed on the way, some write at the same time. Run as a program."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from triagebook.errors import TriagebookError
from triagebook.findings import Edit
from triagebook.store import write

OLD = "title: old\n" + "a: " + "x" * 20_000 + "\n"
NEW = OLD.replace("old", "new")


def write_whole(root: Path) -> None:
    write.write(root, "7/issue.yaml", NEW)


def edit(root: Path) -> None:
    write.edit(root, [Edit("7/issue.yaml", ("title",), "set", "new")])


def create(root: Path) -> None:
    write.create(root, "8/issue.yaml", NEW)


def in_child(work: Callable[[], object]) -> int:
    """Does work in a process of its own; its number."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except TriagebookError:
            os._exit(1)
        finally:
            os._exit(0)
    return child


def ended(child: int) -> int:
    """How a process ended: negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check(root: Path) -> None:
    """Whoever died: each file is old or new, and nothing else is there that could be taken for a record."""
    assert (root / "7/issue.yaml").read_text() in {OLD, NEW}
    assert not (root / "8").exists() or (root / "8/issue.yaml").read_text() == NEW  # no folder without its record
    for path in root.rglob("*"):
        assert path.is_dir() or path.name == "issue.yaml" or (path.name.startswith(".") and path.suffix == ".tmp")


def reset(root: Path) -> None:
    for path in root.iterdir():
        shutil.rmtree(path)
    (root / "7").mkdir()
    (root / "7/issue.yaml").write_text(OLD)


def killed_before_line(number: int, work: Callable[[], object]) -> None:
    """Does work, and dies before the given line of what the writing module executes."""
    left = number

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != write.__file__:
            return None
        if event == "line":
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
        return trace

    sys.settrace(trace)
    work()


def die_at_every_line(root: Path) -> None:
    for work in (edit, create):  # to write a file is to edit it as a whole
        deaths = 0
        while True:
            reset(root)
            status = ended(in_child(lambda: killed_before_line(deaths, lambda: work(root))))  # noqa: B023
            check(root)
            if status == 0:
                break
            assert status == -signal.SIGKILL
            if deaths % 10 == 0:
                write_whole(root)  # the next writer finds no lock that a dead one holds
            deaths += 1
        assert deaths > 20


def die_at_any_moment(root: Path, times: int) -> None:
    def write_on() -> None:
        while True:
            write.write(root, "7/issue.yaml", NEW)
            write.write(root, "7/issue.yaml", OLD)

    reset(root)
    for _ in range(times):
        child = in_child(write_on)
        time.sleep(random.uniform(0, 0.01))  # noqa: S311
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
        check(root)


def append_at_once(root: Path, writers: int, times: int) -> None:
    def append(writer: int) -> None:
        for count in range(times):
            write.edit(root, [Edit("7/issue.yaml", ("labels",), "append", f"{writer}-{count}")], patience=120)

    (root / "7").mkdir()
    (root / "7/issue.yaml").write_text("title: old\n")
    children = [in_child(lambda writer=writer: append(writer)) for writer in range(writers)]  # type: ignore[misc]
    assert [ended(child) for child in children] == [0] * writers


def create_at_once(root: Path, writers: int) -> None:
    children = [in_child(lambda n=n: write.create(root, "9.md", f"{n}", patience=120)) for n in range(writers)]  # type: ignore[misc]
    assert sorted(ended(child) for child in children) == [0] + [1] * (writers - 1)


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))
