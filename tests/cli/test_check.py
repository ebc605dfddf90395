"""`triagebook check`: its output in each format, and its exit code."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from tests.kit.commands import triagebook

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
def test_a_consistent_book_has_no_findings(run: Run) -> None:
    ran = run("check")
    assert (ran.code, ran.out, ran.err) == (0, "no findings in 3 issues\n", "")


@pytest.mark.usefixtures("no_rules")
def test_text_lists_findings_in_order_of_issues(
    run_installed: Run, book: Path, golden: Callable[[str, str], None]
) -> None:
    """Each finding has a position, a message, a source line and advice. Errors make the exit code 1."""
    spoil(book)
    ran = run_installed("check", "--select", "TB1")
    assert (ran.code, ran.err) == (1, "")
    golden("check", ran.out)


@pytest.mark.usefixtures("no_rules")
def test_warnings_alone_exit_with_0(run: Run, book: Path) -> None:
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


def test_source_lines_fit_the_terminal(run_on_terminal: Run, book: Path) -> None:
    spoil(book)
    with (book / "10" / "issue.yaml").open("a") as file:
        file.write(f"lables: [{'b, ' * 100}c]\n")
    ran = run_on_terminal("check", "--select", "TB107", columns=50)
    excerpts = [line for line in ran.out.splitlines() if re.match(r" *\d* \| ", line)]
    assert len(excerpts) == 4
    assert 45 < max(map(len, excerpts)) <= 50
    assert "2 errors in 3 issues; 3 records can't be read" in ran.out.splitlines()


def test_colours_on_a_terminal(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Level, mark and summary are coloured."""
    spoil(book)
    monkeypatch.chdir(book)
    lines = triagebook("check", "--select", "TB107", color=True).out.splitlines()
    assert "\x1b[31m\x1b[1mTB107 error\x1b[0m" in lines[0]
    assert lines[2].endswith("\x1b[31m\x1b[1m^\x1b[0m")
    assert lines[-1].startswith("\x1b[31m\x1b[1m1 error in 3 issues\x1b[0m")


def test_a_record_does_not_steer_the_terminal(run: Run, book: Path) -> None:
    """Control characters in a record are escaped."""
    with (book / "9" / "issue.yaml").open("a") as file:
        file.write('"lab\\e[2Jels": [a]\nlabels: ["a\u202eb"]\n')
    out = run("check").out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_line_outside_of_the_book_is_not_shown(run: Run, book: Path) -> None:
    """A link that leads out of the book is a finding, and does not reveal other files."""
    (book.parent / "secret").write_text("the secret\n")
    (book / "10" / "issue.yaml").unlink()
    (book / "10" / "issue.yaml").symlink_to(book.parent / "secret")
    ran = run("check", "--select", "TB1")
    assert "points outside the book" in ran.out
    assert "the secret" not in ran.out


def test_unreadable_records_are_counted_whichever_rules_run(run: Run, book: Path) -> None:
    spoil(book)
    ran = run("check", "--ignore", "TB1,TB4")
    assert ran.out == "no findings in 3 issues; 2 records can't be read\n"


# ── other formats ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("no_rules")
def test_json_output(run: Run, book: Path, golden: Callable[[str, str], None]) -> None:
    spoil(book)
    ran = run("check", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out)["counts"]["error"] == 2
    golden("check-json", ran.out)


@pytest.mark.usefixtures("no_rules")
@pytest.mark.parametrize("form", ["github", "junit"])
def test_github_and_junit_output(form: str, run: Run, book: Path, golden: Callable[[str, str], None]) -> None:
    spoil(book)
    ran = run("check", "--format", form)
    assert (ran.code, ran.err) == (1, "")
    golden(f"check-{form}", ran.out)


def test_formats_of_the_installed_command(run_installed: Run, book: Path) -> None:
    """Independent parsers accept the output, whatever the terminal's encoding."""
    spoil(book)
    ran = run_installed("check", "--select", "TB107", "--format", "sarif", PYTHONIOENCODING="latin-1")
    (sarif,) = Sarif.model_validate_json(ran.out).runs
    assert [result.rule_id for result in sarif.results or []] == ["TB107"]
    ran = run_installed("check", "--select", "TB107", "--format", "junit", PYTHONIOENCODING="latin-1")
    assert JUnitXml.fromstring(ran.out.encode()).failures == 1


@pytest.mark.parametrize("form", ["github", "sarif"])
@pytest.mark.parametrize("below", [".", "issues", "issues/9"])
def test_services_get_paths_from_the_top_of_the_repository(form: str, below: str, run: Run, book: Path) -> None:
    """The current folder makes no difference."""
    subprocess.run(["git", "init", "--quiet", book.parent], check=True)
    spoil(book)
    out = run("check", "--format", form, cwd=book.parent / below).out
    path = '"uri": "issues/101/issue.yaml"' if form == "sarif" else "file=issues/101/issue.yaml,"
    assert path in out


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_check_writes_nothing_and_repeats_itself(form: str, run: Run, book: Path) -> None:
    spoil(book)
    before = content(book.parent)
    first, second = (run("check", "--as-of", "2026-05-01", "--format", form) for _ in range(2))
    assert content(book.parent) == before
    assert first == second
    assert first.code == 1


@pytest.mark.parametrize("command", ["check", "fix", "report"])
def test_a_folder_without_issue_yaml_is_a_known_issue(command: str, run: Run, book: Path) -> None:
    (book / "77").mkdir()
    ran = run(command, "77", *(["summary"] if command == "report" else []))
    assert "there is no issue" not in ran.err
    if command == "check":
        assert (ran.code, "`77` has no issue.yaml" in ran.out) == (1, True)
