"""What a person reads when a command can't do its work: one line what, one line what to do, and never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.paths import COMMAND

FOUR = ["--title", "a", "--severity", "low", "--summary", "b"]
READERS = [["list"], ["show", "9"], ["check"], ["fix"], ["build"], ["serve"], ["schema"], ["new", *FOUR]]


@pytest.mark.parametrize("arguments", READERS, ids=lambda arguments: arguments[0])
def test_no_book(arguments: list[str], run_installed: Callable[..., Any], here: Path) -> None:
    """Outside of a book, a command says where it looked and how to go on."""
    ran = run_installed(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: there is no book in {here}, nor in a folder above it\n"
        "  name one with --book DIR, or make one: triagebook init\n"
    )


@pytest.mark.parametrize("arguments", READERS, ids=lambda arguments: arguments[0])
def test_no_book_where_one_is_named(arguments: list[str], run: Callable[..., Any]) -> None:
    """A folder that somebody names is looked into, and no other."""
    ran = run(*arguments, "--book", "elsewhere")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: there is no book in elsewhere\n"
        "  name the folder that holds catalog.yaml, or make one: triagebook init\n"
    )


def test_the_book_is_found_upwards(run: Callable[..., Any], book: Path) -> None:
    """From inside an issue, from the book, and from the folder above it."""
    for place in (book / "9" / "evidence", book, book.parent):
        assert run("list", cwd=place).out.splitlines()[1].startswith("9 ")


@pytest.mark.parametrize("name", [".", "issues"])
def test_the_book_is_named(name: str, run: Callable[..., Any], book: Path) -> None:
    """By its own folder, or by the one that holds it."""
    assert run("list", "--book", book.parent / name, cwd=book.parents[1]).code == 0


def test_a_wrong_command_line(
    transcript: Callable[[list[str]], str], golden: Callable[[str, str], None], book: Path
) -> None:
    """What click finds is told in the same two lines."""
    lines = [
        "triagebook lost",
        "triagebook --lost",
        "triagebook list --compnent cart",
        "triagebook list --severity bad",
        "triagebook list --owner",
        "triagebook show",
        "triagebook show 1 2",
    ]
    golden("errors-usage", transcript(lines))
    assert book.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written(run: Callable[..., Any], book: Path) -> None:
    """What the system refuses is told without a traceback."""
    book.chmod(0o500)
    ran = run("new", "77", *FOUR)
    book.chmod(0o700)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2


def test_a_link_in_place_of_the_book(run: Callable[..., Any], here: Path) -> None:
    """A link that leads to itself is no book."""
    (here / "issues").symlink_to("issues")
    ran = run("list")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    assert "Traceback" not in ran.err


def test_the_folder_is_gone(here: Path) -> None:
    """Somebody removed the folder that the shell stands in."""
    code = f"import os, shutil; shutil.rmtree({str(here)!r}); os.execv({str(COMMAND)!r}, ['triagebook', 'list'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "error: no such file or directory\n"
        "  check that the files and folders on the command line exist and are accessible\n"
    )


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["list", "--help"], ["show", "9", "--format", "json"]])
def test_nobody_reads(arguments: list[str], book: Path) -> None:
    """The reader of a pipe may leave early; that is quiet."""
    process = subprocess.Popen(
        [COMMAND, *arguments], cwd=book, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), err) == (141, "")


def test_no_streams_at_all(book: Path) -> None:
    """A shell may close them all."""
    done = subprocess.run(f"{COMMAND} list <&- >&- 2>&-", shell=True, cwd=book, check=False)  # noqa: S602
    assert done.returncode == 0


def test_interrupted(run_on_terminal: Callable[..., Any], book: Path) -> None:
    """Ctrl-C ends a question quietly, and nothing is written."""
    ran = run_on_terminal("new", talk=[("ID [102]: ", "\x03")])
    assert ran.code == 130
    assert "Traceback" not in ran.out
    assert "Aborted" not in ran.out
    assert not (book / "102").exists()


def test_interrupted_at_work(book: Path) -> None:
    """So does the signal, wherever the command is at: here it waits for what it is to import."""
    code = "import sys; from triagebook.cli.main import run; print(flush=True); run()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "import", "github", "-", "--book=."],
        cwd=book, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    process.stdout.readline()
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err.strip()) == (130, "")


@pytest.mark.usefixtures("book")
def test_odd_characters_on_a_poor_terminal(run_installed: Callable[..., Any]) -> None:
    """Where the output can't show a letter, something else stands for it."""
    ran = run_installed("list", PYTHONIOENCODING="latin-1")
    assert ran.code == 0
    assert "A ?? is shown" in ran.out
    assert "\u4fa1\u683c" in run_installed("list", "--format", "json", PYTHONIOENCODING="latin-1").out


def test_a_name_that_is_not_text(book: Path) -> None:
    """A byte that is no UTF-8 may come from the shell."""
    done = subprocess.run([COMMAND, "show", b"\xff"], cwd=book, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no issue `\\udcff` in this book\n")
