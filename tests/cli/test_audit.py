"""`audit` reads any Markdown document, alone, with source code, and with an issue."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .conftest import Run

REPORT = """# Validation report

**Date:** 2026-05-04, **Author:** QA, **Commit:** main

**Status:** FIXED AND VALIDATED

`pytest tests/test_chat.py` in CI: 12/12 passed. Staging was not accessible.
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text(REPORT)
    return path


def test_a_document_is_audited_without_a_book(run: Run, report: Path) -> None:
    ran = run("audit", str(report))
    assert ran.code == 1
    assert f"{report}:5:1: TB811 error: `Status: FIXED`, but line 7 says: " in ran.out
    assert ran.out.endswith("1 error in 1 document\n")
    assert ran.source == "without the source code"


def test_a_document_without_findings_exits_with_0(run: Run, report: Path) -> None:
    report.write_text(REPORT.replace("FIXED AND VALIDATED", "fix committed, not validated"))
    ran = run("audit", str(report))
    assert (ran.code, ran.out) == (0, "no findings in 1 document\n")


def test_source_code_around_the_document_is_looked_up(run: Run, report: Path) -> None:
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "Add the report"]):
        (report.parent / "tests").mkdir(exist_ok=True)
        (report.parent / "tests" / "test_send.py").write_text("def test_send(): ...\n")
        subprocess.run(["git", *arguments], cwd=report.parent, check=True)
    ran = run("audit", str(report), "--select", "TB861")
    assert "TB861 error: there is no `tests/test_chat.py` in" in ran.out
    assert ran.source.startswith("compared with ")
    assert run("audit", str(report), "--select", "TB861", "--no-source").code == 0


def test_a_document_that_is_older_than_the_commit_it_names_is_found(run: Run, report: Path) -> None:
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "Add the report"]):
        subprocess.run(["git", *arguments], cwd=report.parent, check=True)
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=report.parent, text=True).strip()
    report.write_text(REPORT.replace("**Commit:** main", f"**Commit:** {head}").replace("2026-05-04", "2020-05-04"))
    ran = run("audit", str(report), "--select", "TB835")
    assert f"{report}:3:11: TB835 error: the commit {head} was made on " in ran.out


def test_a_document_that_is_older_than_a_file_it_cites_is_found(run: Run, report: Path) -> None:
    report.write_text(REPORT.replace("2026-05-04", "2020-05-04"))
    (report.parent / "tests").mkdir()
    (report.parent / "tests" / "test_chat.py").write_text("def test_send(): ...\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "Add the tests"]):
        subprocess.run(["git", *arguments], cwd=report.parent, check=True)
    ran = run("audit", str(report), "--select", "TB835")
    assert f"{report}:7:9: TB835 error: `tests/test_chat.py` came on " in ran.out


def test_documents_that_are_named_together_are_compared(run: Run, tmp_path: Path) -> None:
    plan, later = tmp_path / "plan.md", tmp_path / "report.md"
    plan.write_text("# Plan for issue 12\n\nThe response time of the page must be below 300 ms.\n")
    later.write_text("# Report on issue 12\n\nThe response time of the page must be below 500 ms.\n")
    ran = run("audit", str(plan), str(later), "--select", "TB851")
    assert (
        f"{later}:3:1: TB851 error: `The response time of the page must be below 500 ms`, but {plan}:3 says" in ran.out
    )


def test_json_is_a_baseline_for_the_next_audit(run: Run, report: Path) -> None:
    known = report.parent / "baseline.json"
    known.write_text(run("audit", str(report), "--format", "json").out)
    assert json.loads(known.read_text())["findings"][0]["line"] == 5
    ran = run("audit", str(report), "--baseline", str(known))
    assert (ran.code, ran.out) == (0, "no findings in 1 document; 1 more in the baseline\n")


def test_annotations_stand_at_the_lines_of_the_document(run: Run, report: Path) -> None:
    assert run("audit", "report.md", "--format", "github", cwd=report.parent).out.startswith(
        "::error file=report.md,line=5,col=1,"
    )


def test_an_issue_adds_its_evidence(run: Run, book: Path, report: Path) -> None:
    ran = run("audit", str(report), "--issue", "9", "--book", str(book), "--select", "TB871,TB873")
    assert "TB871 error: `Status: FIXED`, but the evidence supports `" in ran.out
    assert "TB873 error: `12/12 passed` is the result of no recorded run" in ran.out


def test_an_unknown_commit_is_refused(run: Run, report: Path) -> None:
    ran = run("audit", str(report), "--in", str(report.parent), "--commit", "nope")
    assert ran.code == 2
    assert ran.err.startswith("error: ")


def test_folders_and_patterns_stand_for_the_documents_in_them(run: Run, report: Path) -> None:
    folder = report.parent
    (folder / "docs" / "more").mkdir(parents=True)
    for name in ("a.md", "more/b.markdown", "more/c.txt"):
        (folder / "docs" / name).write_text(REPORT)
    assert run("audit", "docs", cwd=folder).out.endswith("2 errors in 2 documents\n")
    assert run("audit", "docs", "docs/**/*.md", cwd=folder).out.endswith("2 errors in 2 documents\n")
    assert run("audit", "**/*.md", cwd=folder).out.endswith("2 errors in 2 documents\n")


@pytest.mark.parametrize(
    ("place", "why"), [("empty", "contains no Markdown file"), ("*.rst", "no file matches `*.rst`")]
)
def test_a_place_without_documents_is_named(run: Run, tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("audit", place, cwd=tmp_path)
    assert ran.code == 2
    assert why in ran.err
