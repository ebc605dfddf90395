"""`triagebook check --changed-since` checks only what a branch changed, in a real git repository."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.commands import git

Run = Callable[..., Any]

LOOSE = "people: {reported: nobody}\n"  # an error, TB201, in whatever issue it is added to
CHECK = ("check", "--select", "TB2", "--changed-since")


def add(book: Path, name: str, text: str = LOOSE) -> None:
    (book / name).parent.mkdir(exist_ok=True)
    with (book / name).open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def branch(book: Path) -> Path:
    """A book on a branch without changes; all of its issues have an error."""
    for issue in ("9", "10", "101"):
        add(book, f"{issue}/issue.yaml")
    git(book.parent, "init", "--quiet", "--initial-branch", "main")
    git(book.parent, "add", ".")
    git(book.parent, "commit", "--quiet", "--message", "The book")
    git(book.parent, "switch", "--quiet", "--create", "work")
    return book


def looked_at(run: Run, *arguments: str) -> str:
    """The last line of a check."""
    ran = run(*CHECK, "main", *arguments)
    assert not ran.err
    summary: str = ran.out.splitlines()[-1]
    return summary


@pytest.mark.usefixtures("branch")
def test_without_changes_no_issue_is_checked(run: Run) -> None:
    assert looked_at(run) == "no findings in 0 of 3 issues"


def test_an_issue_with_a_committed_change_is_checked(run: Run, branch: Path) -> None:
    add(branch, "9/issue.yaml", "labels: [a]\n")
    git(branch, "commit", "--quiet", "--all", "--message", "A label")
    assert looked_at(run) == "1 error in 1 of 3 issues"


def test_an_issue_with_an_uncommitted_change_is_checked(run: Run, branch: Path) -> None:
    add(branch, "9/issue.yaml", "labels: [a]\n")
    assert looked_at(run) == "1 error in 1 of 3 issues"


@pytest.mark.parametrize("place", [".", "issues", "issues/9"])
def test_an_issue_with_untracked_evidence_is_checked(place: str, run: Run, branch: Path) -> None:
    """From any current folder."""
    add(branch, "10/evidence/seen.yaml", "a: b\n")
    ran = run(*CHECK, "main", cwd=branch.parent / place)
    assert ran.out.splitlines()[-1].startswith("1 error in 1 of 3 issues")


@pytest.mark.parametrize("name", ["catalog.yaml", "patterns/lost-update.yaml", "patterns/new.yaml"])
def test_a_change_of_the_catalog_or_a_pattern_checks_all_issues(name: str, run: Run, branch: Path) -> None:
    add(branch, name, "# a word\n")
    assert looked_at(run).startswith("3 errors in 3 issues")


def test_a_deleted_issue_checks_all_issues(run: Run, branch: Path) -> None:
    """Other issues may refer to it."""
    shutil.rmtree(branch / "101")
    assert looked_at(run) == "3 errors in 2 issues"


@pytest.mark.parametrize("name", ["issues/README.md", "issues/.schema/issue.json", "app.py"])
def test_other_files_are_ignored(name: str, run: Run, branch: Path) -> None:
    path = branch.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("a\n")
    assert looked_at(run) == "no findings in 0 of 3 issues"


def test_ids_and_changed_since_are_combined(run: Run, branch: Path) -> None:
    for issue in ("9", "10"):
        add(branch, f"{issue}/issue.yaml", "labels: [a]\n")
    assert looked_at(run, "9", "101") == "1 error in 1 of 3 issues"


# ── git errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("branch")
@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "", "main:issues"])
def test_an_unknown_revision_is_refused(revision: str, run: Run, here: Path) -> None:
    before = sorted(here.rglob("*"))
    ran = run("check", f"--changed-since={revision}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: this clone has no commit, branch or tag named `{revision}`\n"
        "  list them with `git branch --all`; update them with `git fetch`\n"
    )
    assert sorted(here.rglob("*")) == before


def test_a_shallow_clone_is_explained(run: Run, branch: Path, tmp_path: Path) -> None:
    """The error says how to fetch the history."""
    add(branch, "9/issue.yaml", "labels: [a]\n")
    git(branch, "commit", "--quiet", "--all", "--message", "A label")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "work", branch.parent.as_uri(), str(clone))
    ran = run(*CHECK, "origin/main", cwd=clone)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: this clone has no commit, branch or tag named `origin/main`; "
        "it is shallow, so older commits are missing\n"
        "  fetch its history: `git fetch --unshallow`, `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab\n"
    )
    assert run(*CHECK, "HEAD", cwd=clone).code == 0


@pytest.mark.usefixtures("book")
def test_changed_since_needs_a_repository(run: Run) -> None:
    ran = run(*CHECK, "main")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("error: issues is not in a git repository, so `main` is unknown\n  run it in a git checkout\n")


def test_changed_since_needs_git(run: Run, branch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", _not_found)
    ran = run(*CHECK, "main", cwd=branch)
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: git is not installed")


def _not_found(*_: object, **__: object) -> None:
    raise FileNotFoundError
