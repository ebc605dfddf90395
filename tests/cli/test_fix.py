"""`triagebook fix` from end to end: what it fixes, and that it changes nothing else."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.autofix import apply_fixes, plan_fixes
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding
from triagebook.rules import check
from triagebook.store.load import Loaded

Run = Callable[..., Any]

WRONG = """\
# An issue with much to fix.   Odd   spaces stay.
title: "It is âœ… done"   # says the report
severity: low
opened: 2025-09-15
summary: |
  The calls in app\\routes\\chat.py fail.   # no comment

  ```
  x: 1
  ```
relations:
- {to:   2, kind: blocks}   # the other one


next:
    - do: Run it      # aligned
      owner: me
      command: pytest tests\\unit\\test_a.py
"""
OTHER = """\
title: Another
severity: low
opened: 2025-09-16
summary: Something else.
# the end, without a line end"""
BACK = """\
relations:
  - to: 1
    kind: blocked-by"""
AFFECTED = """\
source: {repository: app, commit: 5222b25608c3}
locations:
  - app\\routes\\b.py:9,3,3
  - app/routes/a.py:3   # the worst
"""
CATALOG = "repositories: {app: https://example.org/app}\npeople: {me: Me}\n"


@pytest.fixture
def wrong(here: Path) -> Path:
    """A book of two issues with fixable findings."""
    root = here / "issues"
    for name, text in {"catalog.yaml": CATALOG, "1/issue.yaml": WRONG, "2/issue.yaml": OTHER}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


def files(book: Path) -> dict[str, bytes]:
    return {path.relative_to(book).as_posix(): path.read_bytes() for path in book.rglob("*") if path.is_file()}


def test_only_what_is_wrong_changes(run: Run, wrong: Path) -> None:
    """Comments, spaces, all other bytes and the file mode stay; the missing half of a relation is added."""
    (wrong / "1/issue.yaml").chmod(0o640)
    ran = run("fix", "--yes")
    assert (ran.code, ran.err) == (0, "")
    right = WRONG.replace('"It is âœ… done"', "It is ✅ done").replace("app\\routes\\", "app/routes/")
    assert (wrong / "1/issue.yaml").read_text(encoding="utf-8") == right.replace("tests\\unit\\", "tests/unit/")
    assert (wrong / "2/issue.yaml").read_text(encoding="utf-8") == f"{OTHER}\n{BACK}"
    assert stat.S_IMODE((wrong / "1/issue.yaml").stat().st_mode) == 0o640


@pytest.mark.usefixtures("wrong")
def test_it_prints_the_difference_and_a_summary(run: Run) -> None:
    ran = run("fix", "--yes")
    assert ran.out.splitlines()[:2] == ["--- issues/1/issue.yaml", "+++ issues/1/issue.yaml"]
    assert "+++ issues/2/issue.yaml" in ran.out
    assert ran.out.endswith("\nfixed 4 findings (TB111, TB112, TB601) in 2 files\n")


def test_a_fixed_book_has_no_findings(run: Run, wrong: Path) -> None:
    assert run("check").out.count("warning:") == 4
    run("fix", "--yes")
    assert "warning:" not in run("check").out
    fixed = files(wrong)
    assert run("fix", "--yes").out == "nothing to fix\n"
    assert files(wrong) == fixed


def test_one_fix_may_reveal_the_next(run: Run, wrong: Path) -> None:
    """An unreadable path hides its file from the rules; once it is readable, the lines are fixed."""
    (wrong / "1/affected.yaml").write_text(AFFECTED.replace("   # the worst", ""), encoding="utf-8")
    run("fix", "--yes")
    assert (wrong / "1/affected.yaml").read_text(encoding="utf-8").splitlines()[1:] == [
        "locations:",
        "  - app/routes/b.py:3,9",
        "  - app/routes/a.py:3",
    ]


def test_locations_are_not_sorted(run: Run, wrong: Path) -> None:
    """The order may mean something, so this needs a person."""
    (wrong / "1/affected.yaml").write_text(AFFECTED, encoding="utf-8")
    ran = run("fix", "--yes")
    assert (wrong / "1/affected.yaml").read_text(encoding="utf-8") == AFFECTED.replace("\\", "/").replace(
        "9,3,3", "3,9"
    )
    assert ran.out.endswith("; 1 finding needs a manual fix; see: triagebook check\n")


def test_a_dry_run_shows_the_difference_and_writes_nothing(run: Run, wrong: Path) -> None:
    """The exit code is 1."""
    before = files(wrong)
    ran = run("fix", "--dry-run")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.endswith("would fix 4 findings (TB111, TB112, TB601)\n")
    assert files(wrong) == before


def test_changes_are_written_after_confirmation(run_on_terminal: Run, wrong: Path) -> None:
    ran = run_on_terminal("fix", talk=[("Fix 4 findings (TB111, TB112, TB601)? [y/N]", "y\n")])
    assert ran.code == 0
    assert "✅" in (wrong / "1/issue.yaml").read_text(encoding="utf-8")


def test_without_confirmation_nothing_changes(run_on_terminal: Run, wrong: Path) -> None:
    before = files(wrong)
    ran = run_on_terminal("fix", talk=[("[y/N]", "n\n")])
    assert ran.code == 1
    assert ran.out.endswith("nothing was written\n")
    assert files(wrong) == before


def test_in_a_pipe_nothing_is_written_without_yes(run: Run, wrong: Path) -> None:
    before = files(wrong)
    ran = run("fix")
    assert ran.code == 2
    assert ran.err.endswith(
        "error: can't ask for confirmation: standard input is not a terminal\n"
        "  add --yes to write the changes, or --dry-run to see them\n"
    )
    assert files(wrong) == before


def test_ids_limit_the_fixes(run: Run, wrong: Path) -> None:
    before = files(wrong)
    assert run("fix", "2", "--yes").out == "nothing to fix\n"
    assert files(wrong) == before
    assert run("fix", "1", "--yes").code == 0


@pytest.mark.usefixtures("wrong")
def test_an_unknown_issue_is_refused(run: Run) -> None:
    ran = run("fix", "3", "--yes")
    assert ran.code == 2
    assert ran.err.startswith("error: there is no issue `3` in this book\n")


def test_an_issue_that_is_unreadable_because_of_backslashes_can_be_fixed(run: Run, wrong: Path) -> None:
    with (wrong / "2/issue.yaml").open("a", encoding="utf-8") as file:
        file.write("\nsource: {repository: app, commit: 5222b25608c3}\ncauses: [{says: It, at: app\\a.py:3}]\n")
    ran = run("fix", "2", "--yes")
    assert ran.out.splitlines()[-1] == "fixed 1 finding (TB108) in 1 file"
    assert "at: app/a.py:3}" in (wrong / "2/issue.yaml").read_text(encoding="utf-8")


def test_a_waived_finding_is_not_fixed(run: Run, wrong: Path) -> None:
    with (wrong / "1/issue.yaml").open("a", encoding="utf-8") as file:
        file.write("waivers:\n  - {rule: TB111, who: me, why: It says so, until: 2999-12-31}\n")
    run("fix", "--yes")
    assert "âœ…" in (wrong / "1/issue.yaml").read_text(encoding="utf-8")


def test_line_endings_and_byte_order_mark_are_kept(run: Run, wrong: Path) -> None:
    path = wrong / "1/issue.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + WRONG.encode().replace(b"\n", b"\r\n"))
    run("fix", "--yes")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# An issue")
    assert data.count(b"\n") == data.count(b"\r\n") == WRONG.count("\n")
    assert "✅".encode() in data


def test_control_characters_are_escaped(run: Run, wrong: Path) -> None:
    path = wrong / "1/issue.yaml"
    path.write_text(WRONG.replace("# says the report", "# \u202e report"), encoding="utf-8")
    out = run("fix", "--dry-run").out
    assert "\u202e" not in out
    assert "\\u202e report" in out


def test_a_file_saved_during_confirmation_is_not_overwritten(wrong: Path) -> None:
    def look(loaded: Loaded) -> list[Finding]:
        return check(Inquiry(loaded.book))

    plan = plan_fixes(wrong, look)
    (wrong / "2/issue.yaml").write_text(OTHER.replace("low", "high"), encoding="utf-8")
    before = files(wrong)
    with pytest.raises(Exception, match=r"2/issue\.yaml changed while the fix was being planned"):
        apply_fixes(wrong, plan)
    assert files(wrong) == before
