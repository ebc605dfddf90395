"""`triagebook collect`: evidence from concurrent jobs reaches the book, by real repositories."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.store.load import load

RESULTS = '<testsuite name="t" tests="1"><testcase classname="tests.test_a" name="test_{0}"/></testsuite>'
GIT = ["git", "-c", "user.name=Developer", "-c", "user.email=developer@example.org", "-c", "commit.gpgsign=false"]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run([*GIT, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def shared(book: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bare repository that all jobs clone; the book is in it."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Developer")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "developer@example.org")
    bare = here.parent / "shared.git"
    git(here, "init", "-q", "-b", "main")
    git(here, "add", ".")
    git(here, "commit", "-qm", "The book")
    git(here.parent, "clone", "-q", "--bare", str(here), str(bare))
    assert book.is_dir()
    return bare


@pytest.fixture
def job(shared: Path, tmp_path: Path, run: Callable[..., Any]) -> Callable[[str], Path]:
    """Runs a job of a matrix in a clone of its own; its artifact."""

    def run_job(leg: str) -> Path:
        clone = tmp_path / f"job-{leg}"
        git(tmp_path, "clone", "-q", str(shared), str(clone))
        (clone / "results.xml").write_text(RESULTS.format(leg), encoding="utf-8")
        where = ("--phase", "before", "--environment", "staging", "--at", "2026-04-01T10:00:00Z", "--exit-zero")
        assert run("record", "9", "results.xml", *where, "--keep", cwd=clone).code == 0
        artifact = tmp_path / "artifacts" / leg / "issues"
        shutil.copytree(clone / "issues", artifact)
        return artifact.parent

    return run_job


def test_legs_of_a_matrix_that_begin_in_the_same_second_are_all_collected(
    job: Callable[[str], Path], run: Callable[..., Any], book: Path, tmp_path: Path
) -> None:
    job("one")
    job("two")
    ran = run("collect", tmp_path / "artifacts")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    results = {
        str(name) for one in load(book).book.issues["9"].evidence.values() for name in getattr(one, "results", ())
    }
    assert {name.rpartition("::")[2] for name in results} == {"test_one", "test_two"}
    assert run("collect", tmp_path / "artifacts").out == "nothing new\n"


def test_two_jobs_that_push_at_once_lose_nothing(
    job: Callable[[str], Path], run: Callable[..., Any], shared: Path, tmp_path: Path
) -> None:
    for leg in ("one", "two"):
        git(tmp_path, "clone", "-q", str(shared), str(tmp_path / f"collector-{leg}"))
    artifacts = {leg: job(leg) for leg in ("one", "two")}  # both name their evidence alike
    for leg, artifact in artifacts.items():  # the second clone does not know what the first has pushed
        assert run("collect", artifact, "--push", cwd=tmp_path / f"collector-{leg}").out.endswith("pushed to main\n")
    git(tmp_path, "clone", "-q", str(shared), str(tmp_path / "after"))
    names = [path.name for path in (tmp_path / "after/issues/9/evidence").glob("*.yaml")]
    assert len(names) == 3, names
    assert len({(tmp_path / "after/issues/9/evidence" / name).read_bytes() for name in names}) == 3


def test_a_protected_branch_is_named_with_what_to_do(
    job: Callable[[str], Path], run: Callable[..., Any], shared: Path, tmp_path: Path
) -> None:
    hook = shared / "hooks" / "update"
    hook.write_text('#!/bin/sh\n[ "$1" != refs/heads/main ]\n')
    hook.chmod(0o755)
    git(tmp_path, "clone", "-q", str(shared), str(tmp_path / "collector"))
    ran = run("collect", job("one"), "--push", cwd=tmp_path / "collector")
    assert ran.code == 2
    assert "use --pull-request BRANCH" in ran.err


def test_a_job_in_which_nobody_is_known_to_git_pushes_to_its_own_branch(
    job: Callable[[str], Path], run: Callable[..., Any], shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first collector was at work, the second pushed to the branch, which is not the main one."""
    git(shared, "branch", "release")
    artifacts = [job("one"), job("two")]
    for name in ("a", "b"):
        git(tmp_path, "clone", "-q", "-b", "release", str(shared), str(tmp_path / name))
        git(tmp_path / name, "config", "user.useConfigOnly", "true")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name, artifact in zip("ab", artifacts, strict=True):
        ran = run("collect", artifact, "--push", cwd=tmp_path / name)
        assert ran.out.endswith("pushed to release\n"), ran.err
    assert git(shared, "log", "-2", "--format=%an", "release").split() == ["triagebook", "triagebook"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--push",), "the checkout is on no branch"), (("--pull-request", "taken"), "there is a branch taken already")],
)
def test_a_job_that_can_not_push_says_why_and_leaves_the_book_as_it_was(
    arguments: tuple[str, ...], says: str, job: Callable[[str], Path], run: Callable[..., Any], shared: Path,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    artifact, collector = job("one"), tmp_path / "collector"
    git(tmp_path, "clone", "-q", str(shared), str(collector))
    git(collector, "commit", "-q", "--allow-empty", "-m", "Another")
    git(collector, "push", "-q", "origin", "HEAD:refs/heads/taken")
    git(collector, "checkout", "-q", "HEAD~1")
    monkeypatch.setenv("GITHUB_REF_NAME", "5/merge")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    ran = run("collect", artifact, *arguments, cwd=collector)
    assert ran.code == 2
    assert says in ran.err
    assert git(collector, "status", "--short") == ""


def test_changed_evidence_and_evidence_of_unknown_issues_are_refused(
    job: Callable[[str], Path], run: Callable[..., Any], tmp_path: Path
) -> None:
    artifact = job("one")
    (record,) = (artifact / "issues/9/evidence").glob("2026-04*.yaml")
    (artifact / "issues/77/evidence").mkdir(parents=True)
    shutil.copy(record, artifact / "issues/77/evidence/a.yaml")
    record.write_text(record.read_text().replace("environment: staging", "environment: production"))
    ran = run("collect", tmp_path / "artifacts")
    assert ran.code == 1
    assert "its seal does not fit" in ran.err
    assert "there is no issue `77`" in ran.err
    assert "collected" not in ran.out
