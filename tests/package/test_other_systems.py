"""The commands need nothing that Windows lacks: they run in a Python without it, where paths read as they do there."""

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

# A relative path reads as on Windows; the system still gets the real one.
import pathlib
real = pathlib.PurePath.__str__
pathlib.Path.__str__ = lambda path: real(path) if path.is_absolute() else real(path).replace("/", chr(92))
pathlib.Path.__fspath__ = pathlib.Path.as_posix = real

from triagebook.cli.main import outcome
codes = [outcome(line.split()) for line in sys.argv[1:]]
print("exit codes:", *codes)
"""
RESULTS = '<testsuite name="shop" tests="1"><testcase classname="tests.test_a" name="test_a"/></testsuite>'


def test_the_daily_commands_run(tmp_path: Path) -> None:
    for name, text in {"out/results.xml": RESULTS, "docs/report.md": "# Report\n\nAll tests pass: 3 of 5.\n"}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    commands = {
        "init": 0,
        "new 1 --title Late --severity high --summary Late --error KeyError:x": 0,
        "check --no-cache": 0,
        "list": 0,
        "search late": 0,
        "show 1": 0,
        "report 1 all --out out/reports": 0,
        "record 1 out/results.xml --phase before --environment staging": 1,  # it names no commit
        "set 1 severity low": 0,
        "tests 1 --out out/skeletons": 0,
        "run 1 --phase before --environment staging": 2,  # there is no checkout
        "match out/results.xml": 0,
        "audit docs": 0,
        "check --format github": 0,
        "init out/other": 0,
    }
    command = [sys.executable, "-c", WITHOUT, *commands]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1].split()[2:] == list(map(str, commands.values())), done.stderr
    assert "\\" not in done.stdout + done.stderr, "paths are shown with slashes"
    records = (path.read_text(encoding="utf-8") for path in tmp_path.glob("issues/**/*.yaml"))
    assert not [line for text in records for line in text.splitlines() if "\\" in line]


def test_a_path_on_another_drive_is_given_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.relpath", ntpath.relpath)
    monkeypatch.setattr("triagebook.text.Path", PureWindowsPath)
    book = PureWindowsPath("C:/shop/issues")
    assert seen_from(book, PureWindowsPath("C:/shop/src/a.py")) == "../src/a.py"  # type: ignore[arg-type]
    assert seen_from(book, PureWindowsPath("D:/out/a.md")) == "D:/out/a.md"  # type: ignore[arg-type]
