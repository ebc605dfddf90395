"""The first page: what failed comes first, each issue with its next action; and what changed, field by field."""

from __future__ import annotations

from pathlib import Path

from tests.kit.books import DAY
from tests.kit.commands import git
from tests.kit.pages import MINIMAL, load_book, make_book, pages
from triagebook.markdown import plain
from triagebook.model.evidence import seal_of
from triagebook.site.changes import RecordChanges, recent_changes
from triagebook.site.content import SiteContent
from triagebook.store.yaml import read_plain

OWNED = MINIMAL + "owner: developer\n"
CLOSED = OWNED + "closed: {on: 2025-10-01, as: declined, why: It works as it should}\n"
CLAIM = "title: A\nclaims: [{says: Done, lines: 1, disputed: It is not}]\n"
SUITE = """
suites:
  unit: {category: unit, path: tests/test_chat.py, before: fail, after: pass, tests: {test_a: a}}
"""
RUN = """
kind: tests
grade: machine
at: 2025-09-20
environment: staging
phase: after
commit: ab14a73d8
dirty: false
results: {"tests/test_chat.py::test_a": failed}
expected: {"tests/test_chat.py::test_a": {before: fail, after: pass}}
"""
FAILED = f"{RUN}seal: {seal_of(read_plain(RUN))}\n"


def today(folder: Path, files: dict[str, str], changes: RecordChanges | None = None) -> str:
    loaded = load_book(folder, files)
    content = SiteContent(loaded.book, loaded.findings, day=DAY, **({"changes": changes} if changes else {}))
    page = next(page for page in pages(loaded.book, content=content) if page.path == "index.md")
    return plain(page.text()[0])


def test_what_failed_comes_first_then_what_expires_then_what_is_contradicted(tmp_path: Path) -> None:
    waiver = "waivers: [{rule: TB412, who: developer, why: so, until: 2025-10-20}]\n"
    files = {
        "1/issue.yaml": OWNED,
        "2/issue.yaml": OWNED,
        "2/claims/a.yaml": CLAIM,
        "3/issue.yaml": OWNED + waiver,
        "4/issue.yaml": OWNED + SUITE,
        "4/evidence/a.yaml": FAILED,
    }
    text = today(tmp_path, files)
    places = [text.index(f"- [{issue} · The chat") for issue in (4, 3, 2, 1)]
    assert places == sorted(places)
    assert "Failed in staging: 1 of 1 tests." in text
    assert "triagebook run 4 --environment staging --phase after" in text
    assert "Renew it or remove it: waiver of TB412 until 2025-10-20" in text
    assert "triagebook claims 2 --state contradicted" in text


def test_each_issue_comes_with_a_command_that_can_be_run(tmp_path: Path) -> None:
    lines = today(tmp_path, {"1/issue.yaml": OWNED, "2/issue.yaml": MINIMAL}).splitlines()
    assert [line.strip() for line in lines if "triagebook " in line] == ["triagebook show 1", "triagebook show 2"]


def test_the_counts_open_the_table_filtered(tmp_path: Path) -> None:
    text = today(tmp_path, {"1/issue.yaml": MINIMAL, "2/issue.yaml": OWNED, "2/claims/a.yaml": CLAIM})
    assert "- 0 [failed](issues/index.md?needs=failed)\n" in text
    assert "- 1 [contradicted](issues/index.md?needs=contradicted)\n" in text
    assert "- 1 [without owner](issues/index.md?needs=unowned)\n" in text


def test_a_book_without_problems_says_so_in_one_sentence(tmp_path: Path) -> None:
    assert "All is well: every issue is closed" in today(tmp_path / "a", {"1/issue.yaml": CLOSED})
    assert "All is well: nothing is contradicted" in today(tmp_path / "b", {"1/issue.yaml": OWNED})
    assert "All is well" not in today(tmp_path / "c", {"1/issue.yaml": MINIMAL})
    assert "All is well" not in today(tmp_path / "d", {"1/issue.yaml": OWNED, "2/issue.yaml": "title: ["})
    assert "All is well" not in today(tmp_path / "e", {})


def test_changes_are_listed_field_by_field(tmp_path: Path) -> None:
    before = OWNED + "labels: [a]\nplan: {phases: {one: {steps: [x]}}}\n"
    after = before.replace("severity: high", "severity: critical").replace("[a]", "[a, b]") + "due: 2025-11-01\n"
    run = 'environment: staging\nresults: {"a": failed, "b": failed, "c": passed}\n'
    files = {
        "1/issue.yaml": (before, after),
        "2/evidence/run.yaml": ("", run),
        "404/issue.yaml": (OWNED, ""),
        "catalog.yaml": ("title: A\n", "title: B\n"),
    }
    text = today(tmp_path, {"1/issue.yaml": OWNED, "2/issue.yaml": OWNED}, RecordChanges("Since v1", files))
    assert "Since v1:\n\n- [1 · The chat does not open](issues/1/index.md)\n" in text
    for words in ("severity high to critical", "labels: 1 added", "due 2025-11-01", "title A to B", "issue removed"):
        assert f"  - {words}\n" in text
    assert "  - 2 failed, 1 passed in staging (run)\n" in text
    assert "Since v1, no field changed." in today(tmp_path / "b", {"1/issue.yaml": OWNED}, RecordChanges("Since v1"))


def test_an_unknown_history_is_reported(tmp_path: Path) -> None:
    assert "Nobody knows." in today(tmp_path, {"1/issue.yaml": OWNED}, RecordChanges("", why_unknown="Nobody knows."))


def test_issues_are_counted_by_person_and_nobody_comes_last(tmp_path: Path) -> None:
    late = OWNED + "due: 2025-10-01\n"
    text = today(tmp_path, {"1/issue.yaml": MINIMAL, "2/issue.yaml": late})
    first, last = text.index("[Developer](people/developer.md) | 1 | 0 | 1 |"), text.index("[nobody]")
    assert first < last


def test_records_that_were_never_committed_are_said_to_be_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "Begin")
    make_book(tmp_path / "issues", {"1/issue.yaml": OWNED})
    changes = recent_changes(tmp_path / "issues", None)
    assert (changes.since, changes.files["1/issue.yaml"][0]) == ("Not committed yet", "")


def test_a_commit_that_changes_no_record_is_passed_over(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "Begin")
    make_book(tmp_path / "issues", {"1/issue.yaml": OWNED})
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-qm", "Add the book")
    added = git(tmp_path, "rev-parse", "HEAD").strip()
    (tmp_path / "issues" / ".schema").mkdir(exist_ok=True)
    (tmp_path / "issues" / ".schema" / "issue.json").write_text("{}", encoding="utf-8")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-qm", "Renew the schemas")
    assert f"in {added[:9]}" in recent_changes(tmp_path / "issues", None).since
