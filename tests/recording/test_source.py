"""What git says of a checkout: its commit, what is not committed, digests, what holds what, where history ends."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from triagebook.code.checkout import checkout_at
from triagebook.code.checkouts import find
from triagebook.code.commits import ancestry, commit_of, made_at
from triagebook.code.digests import digests, digests_at
from triagebook.code.git import GitError
from triagebook.code.states import state_for
from triagebook.recording.observed_code import code_now
from triagebook.store.load import load


def sha(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_a_clean_checkout(app: Any) -> None:
    """From any folder in it."""
    checkout = checkout_at(app.root / "app")
    assert (checkout.root, checkout.head) == (app.root.resolve(), app.head)
    assert (checkout.changed, checkout.dirty, checkout.shallow) == ((), False, False)


def test_what_is_not_committed(app: Any) -> None:
    """Changed, staged, removed and new files; not what tools leave behind."""
    app.write("app/chat.py", "changed")
    app.write("app/größe x.py", "new")
    app.write("tests/staged.py", "")
    app.git("add", "tests/staged.py")
    (app.root / "tests/test_chat.py").unlink()
    for leftover in ("app/__pycache__/a.pyc", ".pytest_cache/x", "node_modules/a/b.js", ".coverage"):
        app.write(leftover, "")
    changed = ("app/chat.py", "app/größe x.py", "tests/staged.py", "tests/test_chat.py")
    assert checkout_at(app.root).changed == changed


def test_what_is_kept_apart(app: Any) -> None:
    """The book, and files that are being recorded, are no code."""
    app.write("issues/7/issue.yaml", "changed")
    app.write("results/junit.xml", "new")
    assert checkout_at(app.root).dirty
    assert not checkout_at(app.root, [app.book, app.root / "results/junit.xml", Path("/elsewhere")]).dirty


def test_asking_git_writes_nothing(app: Any) -> None:
    """Not even the index, which `git status` likes to refresh."""
    os.utime(app.root / "app/chat.py", (1, 1))
    index = (app.root / ".git/index").read_bytes()
    checkout_at(app.root)
    assert (app.root / ".git/index").read_bytes() == index


def test_a_hook_of_another_repository(app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git tells its hooks which repository is meant; here the folder does."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert checkout_at(app.root).head == commit_of(app.root, "main")


def test_no_repository(tmp_path: Path) -> None:
    """It says so, in git's words."""
    with pytest.raises(GitError, match="not a git repository"):
        checkout_at(tmp_path)
    with pytest.raises(GitError, match="there is no folder"):
        checkout_at(tmp_path / "nowhere")


def test_no_git(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may not be installed."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitError, match="git is not installed"):
        checkout_at(app.root)


def test_no_commit_yet(tmp_path: Path, app: Any) -> None:
    """A repository may be new."""
    app.git("init", "--quiet", str(tmp_path / "new"))
    assert checkout_at(tmp_path / "new").head is None


@pytest.mark.parametrize("name", ["", "nowhere", "-h", "--all", "HEAD:app/chat.py", "0" * 40, "a\nb"])
def test_what_is_no_commit(name: str, app: Any) -> None:
    """Neither is an option or a file."""
    assert commit_of(app.root, name) is None


def test_commits(app: Any) -> None:
    """By branch, tag, or the start of the hash."""
    app.git("tag", "--annotate", "--message=x", "v1")
    assert {commit_of(app.root, name) for name in ("HEAD", "main", "v1", app.head[:7])} == {app.head}
    assert made_at(app.root, app.head).year >= 2024


def test_digests(app: Any) -> None:
    """Of files, and of the files in folders; what is not there has none."""
    app.write(".gitignore", "ignored.py\n")
    app.write("app/ignored.py", "x")
    app.write("app/new.py", "new")
    (app.root / "app/outside.py").symlink_to("/etc/hostname")
    found = digests(checkout_at(app.root), ["app", "tests/test_chat.py", "gone.py", "tests/test_chat.py"])
    assert sorted(found) == ["app/__init__.py", "app/chat.py", "app/new.py", "tests/test_chat.py"]
    assert found["app/new.py"] == sha("new")


def test_digests_of_a_commit(app: Any) -> None:
    """As the files were then."""
    first = app.head
    app.write("app/chat.py", "changed")
    app.write("app/new.py", "new")
    app.commit()
    before = digests_at(checkout_at(app.root).objects, {first: ["app", "gone.py"]})[first]
    assert sorted(before) == ["app/__init__.py", "app/chat.py"]
    now = digests_at(checkout_at(app.root).objects, {app.head: ["app/chat.py"], first: []})
    assert now == {app.head: {"app/chat.py": sha("changed")}, first: {}}


def test_ancestry(app: Any) -> None:
    """Yes, no, and nothing where a commit is not known."""
    first = app.head
    app.write("a", "")
    second = app.commit()
    pairs = [(second, first[:8]), (first, second), (first, "1" * 40)]
    known = ancestry(checkout_at(app.root).objects, pairs, shallow=False)
    assert known == {
        (second, first[:8]): True,
        (first, second): False,
    }


def test_ancestry_in_a_shallow_clone(app: Any) -> None:
    """A `no` can't be told there."""
    first = app.head
    for name in "abc":
        app.write(name, "")
        app.commit()
    clone = app.root.parent / "clone"
    app.git("clone", "--quiet", "--depth=2", app.root.as_uri(), str(clone))
    shallow = checkout_at(clone)
    older = commit_of(app.root, "HEAD~1")
    assert shallow.shallow
    assert ancestry(
        shallow.objects, [(app.head, str(older)), (str(older), app.head), (app.head, first)], shallow=True
    ) == {(app.head, older): True}


def test_the_state_that_an_issue_asks_for(app: Any) -> None:
    """The files that count, and whether each commit holds the fix."""
    first = app.head
    app.record(app.pytest(), "--phase", "before", "--environment", "local")
    fixed = app.fix()
    loaded = app.load()
    found = find(loaded.root, loaded.book, loaded.book.issues["7"], None)
    assert found.checkout
    state = state_for(loaded.book.issues["7"], found.checkout)
    assert (state.head, state.dirty) == (fixed, False)
    assert set(state.digests) == {"app/chat.py", "tests/test_chat.py"}
    assert state.holds(first, fixed) is False
    assert state.holds(fixed, fixed[:9]) is True


# ── which checkout ───────────────────────────────────────────────────────────────────────────────────


def where(app: Any, folder: Path | None = None) -> Any:
    loaded = app.load()
    return find(loaded.root, loaded.book, loaded.book.issues["7"], folder)


def test_the_repository_around_the_book(app: Any) -> None:
    """It is taken where the issue names no other."""
    assert where(app).checkout.root == app.root.resolve()


def test_another_repository_than_the_books_own(app: Any) -> None:
    """Its commit would be wrong; so nothing is known until somebody says where the code is."""
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {'1' * 40}}}\ncauses:")
    found = where(app)
    assert found.checkout is None
    assert found.why.startswith("the book's own repository is not `app`")
    ran = app.record(app.pytest(), "--phase", "before", "--environment", "local")
    assert "note: the commit is not known, so it proves nothing" in ran.out
    assert app.only().commit is None


def test_a_repository_by_its_address(app: Any) -> None:
    """However the address is written."""
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {'1' * 40}}}\ncauses:")
    app.edit("issues/catalog.yaml", "https://example.org/app", "https://example.org/team/app")
    app.git("remote", "add", "origin", "git@example.org:team/app.git")
    assert where(app).checkout.root == app.root.resolve()


def test_the_checkout_of_the_catalog(app: Any) -> None:
    """Seen from the book's folder; one that is not there is said."""
    app.git("clone", "--quiet", str(app.root), str(app.root.parent / "code"))
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {'1' * 40}}}\ncauses:")
    app.edit("issues/catalog.yaml", "{app: https", "{app: {checkout: ../../code, url: https")
    app.edit("issues/catalog.yaml", "org/app}", "org/app}}")
    assert where(app).checkout.root == (app.root.parent / "code").resolve()
    app.edit("issues/catalog.yaml", "../../code", "../../gone")
    assert "and it is not" in where(app).why


def test_a_folder_that_is_named(app: Any, tmp_path: Path) -> None:
    """It counts for more than the catalog; it may be no repository."""
    assert where(app, app.root / "app").checkout.root == app.root.resolve()
    (tmp_path / "plain").mkdir()
    found = where(app, tmp_path / "plain")
    assert (found.checkout, "not a git repository" in found.why) == (None, True)
    assert "so it proves nothing" in code_now(found, []).notes[0]


def test_a_book_at_the_top_of_its_repository(app: Any) -> None:
    """Then its records are kept apart, and the code is not."""
    app.git("mv", "issues/catalog.yaml", "catalog.yaml")
    app.git("mv", "issues/7", "7")
    app.commit()
    app.write("7/issue.yaml", (app.root / "7/issue.yaml").read_text() + "# changed\n")
    loaded = load(app.root)
    found = find(app.root, loaded.book, loaded.book.issues["7"], None)
    assert found.checkout
    assert not found.checkout.dirty
    app.write("app/chat.py", "changed")
    assert find(app.root, loaded.book, loaded.book.issues["7"], None).checkout.changed == ("app/chat.py",)
