"""`triagebook check` in its first form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.findings import Finding, Severity
from triagebook.output import json as as_json
from triagebook.output import text

pytestmark = pytest.mark.usefixtures("no_rules")


def spoil(book: Path) -> None:
    with (book / "101" / "issue.yaml").open("a") as file:
        file.write("labels: [a]\nlables: [b]\n")
    with (book / "9" / "issue.yaml").open("a") as file:
        file.write("labels:\n  - ''\n")


@pytest.mark.usefixtures("book")
def test_nothing_found(run: Callable[..., Any]) -> None:
    """A book that holds together."""
    ran = run("check")
    assert (ran.code, ran.out, ran.err) == (0, "no findings in 3 issues\n", "")


def test_text(run: Callable[..., Any], book: Path, golden: Callable[[str, str], None]) -> None:
    """Where, what and what to do, issue 9 before 101; errors make the exit code 1."""
    spoil(book)
    ran = run("check")
    assert (ran.code, ran.err) == (1, "")
    golden("check", ran.out)


def test_json(run: Callable[..., Any], book: Path, golden: Callable[[str, str], None]) -> None:
    """The same for programs."""
    spoil(book)
    ran = run("check", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out)["counts"]["error"] == 2
    golden("check-json", ran.out)


def test_warnings_alone(run: Callable[..., Any], book: Path) -> None:
    """A warning is told, and leaves the exit code at 0."""
    path = book / "10" / "issue.yaml"
    _, _, record = path.read_bytes().partition(b"\n")
    path.write_bytes(record.replace(b"\n", b"\r\n"))
    ran = run("check")
    assert ran.code == 0
    assert ran.out == (
        "issues/10/issue.yaml:1:1: TB106 warning: the lines end in CR LF\n"
        "  save it with LF; git does so with `*.yaml text eol=lf`\n"
        "1 warning in 3 issues\n"
    )


def test_nothing_is_written(run: Callable[..., Any], book: Path) -> None:
    """A check only reads."""
    spoil(book)
    before = {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}
    run("check")
    assert {path: path.read_bytes() for path in book.rglob("*") if path.is_file()} == before


def test_what_is_accepted() -> None:
    """It stays visible, and counts for itself."""
    accepted = "backend, until 2026-05-01: staging is rebuilt"
    findings = [
        Finding(
            "TB900", Severity.ERROR, "9/issue.yaml", ("title",), "says\nthis", "do \x1b that", 2, 3, accepted=accepted
        ),
        Finding("TB901", Severity.NOTE, "9/issue.yaml", (), "says", "do"),
    ]
    assert text.render(findings, Path("issues")) == (
        "issues/9/issue.yaml:2:3: TB900 error: says this\n"
        "  do \\x1b that\n"
        f"  accepted by {accepted}\n"
        "issues/9/issue.yaml:1:1: TB901 note: says\n"
        "  do\n"
    )
    assert text.tally(findings) == "1 note, 1 accepted"
    document = json.loads(as_json.render(findings, Path("issues")))
    assert document["counts"] == {"error": 0, "warning": 0, "note": 1, "accepted": 1}
    assert [finding["accepted"] for finding in document["findings"]] == [accepted, None]
