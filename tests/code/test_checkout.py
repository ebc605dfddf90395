"""What git reports of a checkout: its commit, uncommitted changes, digests, ancestry, and where history ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triagebook.code.checkout import checkout_at
from triagebook.code.git import GitError
from triagebook.code.history import ancestry
from triagebook.code.objects import Objects
from triagebook.model.values import Digest

from .repository import Repository


def sha(text: str) -> str:
    return Digest.of(text.encode())


@pytest.fixture
def app(app: Repository) -> Repository:
    """A small application and its test, committed."""
    app.commit({"app/__init__.py": "", "app/chat.py": "chat", "tests/test_chat.py": "test"})
    return app


@pytest.fixture
def head(app: Repository) -> str:
    return app.git("rev-parse", "HEAD")


def test_a_checkout_is_found_from_any_folder_in_it(app: Repository, head: str) -> None:
    """From any folder in it."""
    checkout = checkout_at(app.root / "app")
    assert (checkout.root, checkout.head) == (app.root.resolve(), head)
    assert (checkout.changed, checkout.dirty, checkout.shallow) == ((), False, False)


def test_uncommitted_files_are_listed_but_not_the_leftovers_of_tools(app: Repository) -> None:
    """Changed, staged, removed and new files; not what tools leave behind."""
    app.write({"app/chat.py": "changed"})
    app.write({"app/größe x.py": "new"})
    app.write({"tests/staged.py": ""})
    app.git("add", "tests/staged.py")
    (app.root / "tests/test_chat.py").unlink()
    for leftover in ("app/__pycache__/a.pyc", ".pytest_cache/x", "node_modules/a/b.js", ".coverage"):
        app.write({leftover: ""})
    changed = ("app/chat.py", "app/größe x.py", "tests/staged.py", "tests/test_chat.py")
    assert checkout_at(app.root).changed == changed


def test_new_files_belong_to_the_work_tree_and_ignored_ones_do_not(app: Repository) -> None:
    """New ones count, even the output of tools; ignored ones do not. Those hidden from git count."""
    app.commit({".gitignore": "ignored.py\n"})
    app.git("update-index", "--assume-unchanged", "app/chat.py")
    app.write({"ignored.py": ""})
    app.write({"app/größe x.py": "new"})
    app.write({"junit.xml": "output"})
    committed = {".gitignore", "app/__init__.py", "app/chat.py", "tests/test_chat.py"}
    assert checkout_at(app.root).files == tuple(sorted({*committed, "app/größe x.py", "junit.xml"}))


def test_the_book_and_result_files_do_not_make_a_checkout_dirty(app: Repository) -> None:
    """The book, and files that are being recorded, do not count as code."""
    app.write({"issues/7/issue.yaml": "changed"})
    app.write({"results/junit.xml": "new"})
    assert checkout_at(app.root).dirty
    assert not checkout_at(app.root, [app.root / "issues", app.root / "results/junit.xml", Path("/elsewhere")]).dirty


def test_asking_git_writes_nothing(app: Repository) -> None:
    """Not even the index, which `git status` likes to refresh."""
    os.utime(app.root / "app/chat.py", (1, 1))
    index = (app.root / ".git/index").read_bytes()
    checkout_at(app.root)
    assert (app.root / ".git/index").read_bytes() == index


def test_the_environment_of_a_git_hook_is_ignored(
    app: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Git tells its hooks which repository is meant; here the folder does."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert checkout_at(app.root).head == Objects(app.root).commit("main")


def test_a_folder_outside_a_repository_is_refused(tmp_path: Path) -> None:
    """It says so, in git's words."""
    with pytest.raises(GitError, match="not a git repository"):
        checkout_at(tmp_path)
    with pytest.raises(GitError, match="there is no folder"):
        checkout_at(tmp_path / "nowhere")


def test_a_missing_git_is_reported(app: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may not be installed."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitError, match="git is not installed"):
        checkout_at(app.root)


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    """A repository may be new."""
    with pytest.raises(GitError, match="new has no commit yet"):
        checkout_at(Repository(tmp_path / "new").root)


@pytest.mark.parametrize("name", ["", "nowhere", "-h", "--all", "HEAD:app/chat.py", "0" * 40, "a\nb"])
def test_options_files_and_unknown_names_are_not_commits(name: str, app: Repository) -> None:
    """Neither is an option or a file."""
    assert Objects(app.root).commit(name) is None


def test_a_commit_is_found_by_branch_tag_or_short_hash(app: Repository, head: str) -> None:
    """By branch, tag, or the start of the hash."""
    app.git("tag", "--annotate", "--message=x", "v1")
    assert {Objects(app.root).commit(name) for name in ("HEAD", "main", "v1", head[:7])} == {head}
    assert Objects(app.root).made(head).year >= 2024


def test_the_files_of_a_folder_have_digests_and_missing_ones_have_none(app: Repository) -> None:
    """Of files, and of the files in folders; what is not there has none."""
    app.write({".gitignore": "ignored.py\n"})
    app.write({"app/ignored.py": "x"})
    app.write({"app/new.py": "new"})
    (app.root / "app/outside.py").symlink_to("/etc/hostname")
    found = checkout_at(app.root).digests(["app", "tests/test_chat.py", "gone.py", "tests/test_chat.py"])
    assert sorted(found) == ["app/__init__.py", "app/chat.py", "app/new.py", "tests/test_chat.py"]
    assert found["app/new.py"] == sha("new")


def test_the_digests_of_a_commit_are_those_of_its_files(app: Repository, head: str) -> None:
    """As the files were then."""
    second = app.commit({"app/chat.py": "changed", "app/new.py": "new"})
    before = Objects(app.root).digests({head: ["app", "gone.py"]})[head]
    assert sorted(before) == ["app/__init__.py", "app/chat.py"]
    now = Objects(app.root).digests({second: ["app/chat.py"], head: []})
    assert now == {second: {"app/chat.py": sha("changed")}, head: {}}


def test_ancestry_is_known_for_known_commits(app: Repository, head: str) -> None:
    """Yes, no, and nothing if a commit is not known."""
    second = app.commit({"a": ""})
    pairs = [(second, head[:8]), (head, second), (head, "1" * 40)]
    known = ancestry(checkout_at(app.root).objects, pairs, shallow=False)
    assert known == {(second, head[:8]): True, (head, second): False}


def test_a_shallow_clone_can_confirm_ancestry_but_not_deny_it(app: Repository, head: str) -> None:
    """There `no` is unknown."""
    _, older, newest = (app.commit({name: ""}) for name in "abc")
    clone = app.root.parent / "clone"
    app.git("clone", "--quiet", "--depth=2", app.root.as_uri(), str(clone))
    shallow = checkout_at(clone)
    assert shallow.shallow
    pairs = [(newest, older), (older, newest), (newest, head)]
    assert ancestry(shallow.objects, pairs, shallow=True) == {(newest, older): True}
