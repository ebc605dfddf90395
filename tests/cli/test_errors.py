"""Errors of all commands: one line says what is wrong, one what to do, and there is never a traceback."""

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
def test_without_a_book_the_error_says_where_it_searched(
    arguments: list[str], run: Callable[..., Any], here: Path
) -> None:
    """Outside a book, the error says where the command searched and how to go on."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: there is no book in {here} or in a folder above it\n"
        "  name one with --book DIR, or create one: triagebook init\n"
    )


@pytest.mark.parametrize("arguments", READERS, ids=lambda arguments: arguments[0])
def test_a_named_folder_without_a_book_is_refused(arguments: list[str], run: Callable[..., Any]) -> None:
    """No other folder is searched."""
    ran = run(*arguments, "--book", "elsewhere")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: there is no book in elsewhere\n"
        "  name the folder that holds catalog.yaml, or create one: triagebook init\n"
    )


def test_the_book_is_found_from_folders_in_it_and_above_it(run: Callable[..., Any], book: Path) -> None:
    """From the folder of an issue, from the book, and from the folder above it."""
    for place in (book / "9" / "evidence", book, book.parent):
        assert run("list", cwd=place).out.splitlines()[1].startswith("9 ")


@pytest.mark.parametrize("name", [".", "issues"])
def test_book_names_the_book_or_the_folder_above_it(name: str, run: Callable[..., Any], book: Path) -> None:
    """By its own folder, or by the folder that contains `issues`."""
    assert run("list", "--book", book.parent / name, cwd=book.parents[1]).code == 0


def test_a_wrong_command_line_is_explained_in_two_lines(
    transcript: Callable[[list[str]], str], golden: Callable[[str, str], None], book: Path
) -> None:
    """Errors in options and arguments have the same two lines."""
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
def test_a_folder_without_write_permission_is_reported(run: Callable[..., Any], book: Path) -> None:
    book.chmod(0o500)
    ran = run("new", "77", *FOUR)
    book.chmod(0o700)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2


def test_a_link_to_itself_is_not_a_book(run: Callable[..., Any], here: Path) -> None:
    (here / "issues").symlink_to("issues")
    ran = run("list")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    assert "Traceback" not in ran.err


def test_a_deleted_current_folder_is_reported(here: Path) -> None:
    code = f"import os, shutil; shutil.rmtree({str(here)!r}); os.execv({str(COMMAND)!r}, ['triagebook', 'list'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "error: no such file or directory\n"
        "  check that the files and folders on the command line exist and are accessible\n"
    )


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["list", "--help"], ["show", "9", "--format", "json"]])
def test_a_closed_pipe_is_not_an_error(arguments: list[str], book: Path) -> None:
    """The reader of a pipe may stop early."""
    process = subprocess.Popen(
        [COMMAND, *arguments], cwd=book, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), err) == (141, "")


def test_a_command_works_with_all_streams_closed(book: Path) -> None:
    done = subprocess.run(f"{COMMAND} list <&- >&- 2>&-", shell=True, cwd=book, check=False)  # noqa: S602
    assert done.returncode == 0


def test_ctrl_c_ends_a_question_quietly(run_on_terminal: Callable[..., Any], book: Path) -> None:
    """Nothing is written."""
    ran = run_on_terminal("new", talk=[("ID [102]: ", "\x03")])
    assert ran.code == 130
    assert "Traceback" not in ran.out
    assert "Aborted" not in ran.out
    assert not (book / "102").exists()


def test_a_signal_ends_a_command_quietly(book: Path) -> None:
    """Here the command waits for its input."""
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
def test_unprintable_characters_are_replaced(run_installed: Callable[..., Any]) -> None:
    ran = run_installed("list", PYTHONIOENCODING="latin-1")
    assert ran.code == 0
    assert "A ?? is shown" in ran.out
    assert "\u4fa1\u683c" in run_installed("list", "--format", "json", PYTHONIOENCODING="latin-1").out


def test_an_argument_that_is_not_utf_8_is_reported(book: Path) -> None:
    done = subprocess.run([COMMAND, "show", b"\xff"], cwd=book, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no issue `\\udcff` in this book\n")


@pytest.mark.usefixtures("book")
def test_a_missing_dependency_is_named(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The user learns which package to install, without a traceback."""
    monkeypatch.setitem(sys.modules, "rich.console", None)
    monkeypatch.delitem(sys.modules, "triagebook.cli.list", raising=False)
    ran = run("list")
    assert ran.code == 2
    assert ran.err.startswith("error: the Python package `rich`, which triagebook needs, is not installed\n  install ")
