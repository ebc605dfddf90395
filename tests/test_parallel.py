"""Several processes return what one returns, in the same order, and errors in them are raised here.

A process with threads does its work alone, and that of a test may well have some: so each test begins one of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done by one process")

THREE = """
import os, signal, sys, threading, time
os.sched_getaffinity = lambda pid: {0, 1, 2}
from triagebook.parallel import spread
own = os.getpid()
"""


def said_by(code: str, *arguments: str) -> list[str]:
    """What a program prints that believes to have three processors; nothing of it is an error or a warning."""
    command = [sys.executable, "-W", "error", "-c", THREE + code, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


def test_results_come_in_the_order_of_the_items() -> None:
    numbers, processes = said_by("""
found = list(spread(lambda n: (n, os.getpid()), range(100)))
print([n for n, _ in found] == list(range(100)))
print(len({pid for _, pid in found} - {own}))
""")
    assert (numbers, processes) == ("True", "3")


def test_processes_are_replaced_after_a_number_of_items() -> None:
    numbers, processes = said_by("""
found = list(spread(lambda n: (n, os.getpid()), range(100), most=40))
print([n for n, _ in found] == list(range(100)))
print(len({pid for _, pid in found} - {own}))
""")
    assert (numbers, processes) == ("True", "9")


@pytest.mark.parametrize("count", [0, 1, 31])
def test_a_small_amount_of_work_is_done_in_this_process(count: int) -> None:
    assert said_by(f"print([pid == own for pid in spread(lambda n: os.getpid(), range({count}), least=16)])") == [
        str([True] * count)
    ]


def test_a_process_with_threads_does_the_work_itself() -> None:
    assert said_by("""
enough = threading.Event()
threading.Thread(target=enough.wait).start()
print(set(spread(lambda n: os.getpid(), range(100))) == {own})
enough.set()
""") == ["True"]


def test_an_error_in_the_work_is_raised_unchanged() -> None:
    assert said_by("""
class Odd(Exception):  # which can't be sent from one process to another
    def __init__(self, number, word):
        super().__init__(f"{number} is {word}")

def work(number):
    if number == 50:
        raise Odd(number, "odd")
    return number

found = []
try:
    for number in spread(work, range(100)):
        found.append(number)
except Odd as error:
    print(found == list(range(48)), error, error.__context__)
""") == ["True 50 is odd None"]


def test_work_of_a_killed_process_is_done_in_this_process() -> None:
    assert said_by("""
def work(number):
    if number == 50 and os.getpid() != own:
        os.kill(os.getpid(), signal.SIGKILL)
    return number

print(list(spread(work, range(100))) == list(range(100)))
""") == ["True"]


def test_results_that_cannot_be_sent_are_computed_in_this_process() -> None:
    assert said_by("print([make() for make in spread(lambda n: lambda: n, range(100))] == list(range(100)))") == [
        "True"
    ]


def test_stopping_early_leaves_no_process_behind() -> None:
    assert said_by("""
from multiprocessing import active_children
found = spread(lambda n: bytes(1 << 20), range(1000))
print(len(next(found)), len(active_children()))
found.close()
print(len(active_children()))
""") == [f"{1 << 20} 3", "0"]


# ── interrupted ──────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def begun(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A program in a group of its own, as a shell begins one, once it says that it is ready.

    All its processes can write to where it writes: what it says comes to an end when the last of them has ended.
    """
    command = [sys.executable, "-c", THREE + code, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "ready\n"
            yield program
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)


def test_an_interrupt_ends_all_processes_of_a_check(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("title: Book\n")
    for number in range(100):
        (tmp_path / str(number)).mkdir()
    slowly = """
from triagebook.cli import main
from triagebook.store import files

def slowly(*_):
    if os.getpid() != own:
        os.write(1, b"ready\\n")  # in one piece: others say so too
        time.sleep(600)

files._FolderReader.read_issue = slowly
main.run()
"""
    with begun(slowly, "check", "--no-cache", "--book", str(tmp_path)) as program:
        os.killpg(program.pid, signal.SIGINT)
        _, errors = program.communicate(timeout=60)
        assert (program.returncode, errors.strip()) == (130, "")


def test_processes_end_when_their_parent_is_killed() -> None:
    with begun("""
for found in spread(lambda n: bytes(1 << 20), range(1000)):
    print("ready", flush=True)
    time.sleep(600)
""") as program:
        program.kill()
        program.communicate(timeout=60)
