"""`triagebook check`: what it prints, in each format, and its exit code."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from triagebook.cli.main import outcome

Run = Callable[..., Any]


def spoil(book: Path) -> None:
    with (book / "101" / "issue.yaml").open("a") as file:
        file.write("labels: [a]\nlables: [b]\n")
    with (book / "9" / "issue.yaml").open("a") as file:
        file.write("labels:\n  - ''\n")


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("book", "no_rules")
def test_nothing_found(run: Run) -> None:
    """A book that holds together."""
    ran = run("check")
    assert (ran.code, ran.out, ran.err) == (0, "no findings in 3 issues\n", "")


@pytest.mark.usefixtures("no_rules")
def test_text(run_installed: Run, book: Path, golden: Callable[[str, str], None]) -> None:
    """Where, what, the line and what to do, issue 9 before 101; errors make the exit code 1."""
    spoil(book)
    ran = run_installed("check", "--select", "TB1")
    assert (ran.code, ran.err) == (1, "")
    golden("check", ran.out)


@pytest.mark.usefixtures("no_rules")
def test_warnings_alone(run: Run, book: Path) -> None:
    """A warning is told, and leaves the exit code at 0."""
    path = book / "10" / "issue.yaml"
    _, _, record = path.read_bytes().partition(b"\n")
    path.write_bytes(record.replace(b"\n", b"\r\n"))
    ran = run("check")
    assert ran.code == 0
    assert re.sub(r"\n +1 \| .*\n +\| \^\n", "\n", ran.out) == (
        "issues/10/issue.yaml:1:1: TB106 warning: the lines end in CR LF\n"
        "  save it with LF; git does so with `*.yaml text eol=lf`\n"
        "1 warning in 3 issues\n"
    )


def test_on_a_terminal(run_on_terminal: Run, book: Path) -> None:
    """The line is cut to the width of the terminal."""
    spoil(book)
    with (book / "10" / "issue.yaml").open("a") as file:
        file.write(f"lables: [{'b, ' * 100}c]\n")
    ran = run_on_terminal("check", "--select", "TB107", columns=50)
    excerpts = [line for line in ran.out.splitlines() if re.match(r" *\d* \| ", line)]
    assert len(excerpts) == 4
    assert max(map(len, excerpts)) == 50
    assert ran.out.splitlines()[-2:] == ["2 errors in 3 issues; 3 records can't be read", "without the source code"]


def test_colours(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal: the weight of a finding, the mark, and what it comes to."""
    spoil(book)
    monkeypatch.chdir(book)
    with CliRunner().isolation(color=True) as (out, _, _):
        outcome(["check", "--select", "TB107"])
    lines = out.getvalue().decode().splitlines()
    assert "\x1b[31m\x1b[1mTB107 error\x1b[0m" in lines[0]
    assert lines[2].endswith("\x1b[31m\x1b[1m^\x1b[0m")
    assert lines[-1].startswith("\x1b[31m\x1b[1m1 error in 3 issues\x1b[0m")


def test_a_record_does_not_steer_the_terminal(run: Run, book: Path) -> None:
    """What a record holds is shown, never obeyed."""
    with (book / "9" / "issue.yaml").open("a") as file:
        file.write('"lab\\e[2Jels": [a]\nlabels: ["a\u202eb"]\n')
    out = run("check").out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_line_outside_of_the_book_is_not_shown(run: Run, book: Path) -> None:
    """A link that leads out of the book is a finding, and no way to read other files."""
    (book.parent / "secret").write_text("the secret\n")
    (book / "10" / "issue.yaml").unlink()
    (book / "10" / "issue.yaml").symlink_to(book.parent / "secret")
    ran = run("check", "--select", "TB1")
    assert "points outside the book" in ran.out
    assert "the secret" not in ran.out


def test_what_cannot_be_read_is_counted_even_where_no_rule_is_wanted(run: Run, book: Path) -> None:
    """No rule that is left out makes a broken book look whole."""
    spoil(book)
    ran = run("check", "--ignore", "TB1,TB4")
    assert ran.out == "no findings in 3 issues; 2 records can't be read\n"


# ── other formats ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("no_rules")
def test_json(run: Run, book: Path, golden: Callable[[str, str], None]) -> None:
    """The same for programs."""
    spoil(book)
    ran = run("check", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out)["counts"]["error"] == 2
    golden("check-json", ran.out)


@pytest.mark.usefixtures("no_rules")
@pytest.mark.parametrize("form", ["github", "junit"])
def test_other_formats(form: str, run: Run, book: Path, golden: Callable[[str, str], None]) -> None:
    """The same for services."""
    spoil(book)
    ran = run("check", "--format", form)
    assert (ran.code, ran.err) == (1, "")
    golden(f"check-{form}", ran.out)


def test_formats_of_the_installed_command(run_installed: Run, book: Path) -> None:
    """Independent readers take what the command prints, whatever the terminal can show."""
    spoil(book)
    ran = run_installed("check", "--select", "TB107", "--format", "sarif", PYTHONIOENCODING="latin-1")
    (sarif,) = Sarif.model_validate_json(ran.out).runs
    assert [result.rule_id for result in sarif.results or []] == ["TB107"]
    ran = run_installed("check", "--select", "TB107", "--format", "junit", PYTHONIOENCODING="latin-1")
    assert JUnitXml.fromstring(ran.out.encode()).failures == 1


@pytest.mark.parametrize("form", ["github", "sarif"])
@pytest.mark.parametrize("below", [".", "issues", "issues/9"])
def test_services_get_paths_from_the_top_of_the_repository(form: str, below: str, run: Run, book: Path) -> None:
    """Wherever in it one stands."""
    subprocess.run(["git", "init", "--quiet", book.parent], check=True)
    spoil(book)
    out = run("check", "--format", form, cwd=book.parent / below).out
    path = '"uri": "issues/101/issue.yaml"' if form == "sarif" else "file=issues/101/issue.yaml,"
    assert path in out


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_nothing_is_written(form: str, run: Run, book: Path) -> None:
    """A check only reads, and the same book reads the same."""
    spoil(book)
    before = content(book.parent)
    first, second = (run("check", "--as-of", "2026-05-01", "--format", form) for _ in range(2))
    assert content(book.parent) == before
    assert first == second
    assert first.code == 1


@pytest.mark.parametrize("command", ["check", "fix", "report"])
def test_a_folder_that_only_lacks_its_record_is_known(command: str, run: Run, book: Path) -> None:
    """What is wrong with it can be asked for; nothing says that there is no such issue."""
    (book / "77").mkdir()
    ran = run(command, "77", *(["summary"] if command == "report" else []))
    assert "there is no issue" not in ran.err
    if command == "check":
        assert (ran.code, "`77` has no issue.yaml" in ran.out) == (1, True)
