"""The commands need nothing that Windows lacks: they run in a Python without it."""

from __future__ import annotations

import ntpath
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from triagebook.text import seen_from

# Windows has none of these. What others import of them is imported before.
WITHOUT = """
import os, signal, sys, sysconfig
import click, filelock, platformdirs, triagebook.store.write
sysconfig.get_config_vars()

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "grp", "pwd", "pty", "resource", "termios", "tty"}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Finder())
for name in ("fcntl", "grp", "pwd", "pty", "resource", "termios", "tty"):
    sys.modules.pop(name, None)
for name in ("chown", "fork", "geteuid", "getuid", "killpg", "mkfifo", "sched_getaffinity", "set_blocking",
             "setsid", "uname"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT"):
    if hasattr(signal, name):
        delattr(signal, name)
sys.platform = "win32"

from triagebook.cli.main import outcome
codes = [outcome(line.split()) for line in sys.argv[1:]]
print("exit codes:", *codes)
"""
RESULTS = '<testsuite name="shop" tests="1"><testcase classname="tests.test_a" name="test_a"/></testsuite>'


def test_the_daily_commands_run(tmp_path: Path) -> None:
    (tmp_path / "results.xml").write_text(RESULTS, encoding="utf-8")
    commands = {
        "init": 0,
        "new 1 --title Late --severity high --summary Late --error KeyError:x": 0,
        "check --no-cache": 0,
        "list": 0,
        "search late": 0,
        "show 1": 0,
        "report 1 all --out out": 0,
        "record 1 results.xml --phase before --environment staging": 1,  # it names no commit
        "set 1 severity low": 0,
        "tests 1 --out skeletons": 0,
        "run 1 --phase before --environment staging": 2,  # there is no checkout
        "match results.xml": 0,
    }
    command = [sys.executable, "-c", WITHOUT, *commands]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1].split()[2:] == list(map(str, commands.values())), done.stderr


def test_a_path_on_another_drive_is_given_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.relpath", ntpath.relpath)
    monkeypatch.setattr("triagebook.text.Path", PureWindowsPath)
    book = PureWindowsPath("C:/shop/issues")
    assert seen_from(book, PureWindowsPath("C:/shop/src/a.py")) == "../src/a.py"  # type: ignore[arg-type]
    assert seen_from(book, PureWindowsPath("D:/out/a.md")) == "D:/out/a.md"  # type: ignore[arg-type]
