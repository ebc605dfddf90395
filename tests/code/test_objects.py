"""What was committed, read through one process."""

from __future__ import annotations

import os
from pathlib import Path

from triagebook.code.checkout import checkout_at
from triagebook.code.history import commits_with
from triagebook.code.objects import Objects
from triagebook.model.values import Digest

from .repository import Repository, run_git


def sha(text: str) -> str:
    return Digest.of(text.encode())


def test_digests_of_many_commits_are_read_at_once(app: Repository) -> None:
    """Of files and folders; links and submodules have none."""
    first = app.commit({"lib/a.py": "a", "lib/deep/b.py": "b", "c.py": "c"})
    (app.root / "lib" / "link.py").symlink_to("a.py")
    second = app.commit({"lib/a.py": "changed"})
    found = Objects(app.root).digests({first: ["lib", "gone.py"], second: ["lib/", "c.py"]})
    assert found == {
        first: {"lib/a.py": sha("a"), "lib/deep/b.py": sha("b")},
        second: {"lib/a.py": sha("changed"), "lib/deep/b.py": sha("b"), "c.py": sha("c")},
    }


def test_a_commit_is_found_by_its_content(app: Repository) -> None:
    """A squashed branch keeps its content under another commit."""
    app.commit({"a.py": "one", "b.py": "one"})
    app.git("switch", "--quiet", "--create", "work")
    app.commit({"a.py": "two"})
    tip = app.commit({"b.py": "two"})
    app.git("switch", "--quiet", "main")
    app.git("merge", "--quiet", "--squash", "work")
    squashed = app.commit()
    content = (("a.py", sha("two")), ("b.py", sha("two")))
    assert set(commits_with(checkout_at(app.root).objects, [content])[content]) == {tip, squashed}
    app.git("branch", "--quiet", "-D", "work")
    other = (("a.py", sha("two")), ("b.py", sha("one")))
    assert commits_with(checkout_at(app.root).objects, [content, other]) == {content: (squashed,), other: ()}


def test_an_unknown_name_has_no_answer_and_the_next_question_is_answered(app: Repository, tmp_path: Path) -> None:
    """It has no answer, and the next question is answered as before."""
    head = app.commit({"a.py": "a"})
    objects = Objects(app.root)
    assert [objects.commit(name) for name in ("nowhere", "", "-h", "a\nb", "HEAD:a.py", "x blob 3")] == [None] * 6
    assert objects.commit("HEAD") == head
    assert Objects(tmp_path).commit("HEAD") is None


def test_files_within_a_submodule_are_not_missing(app: Repository, tmp_path: Path) -> None:
    app.commit({"a.py": "a"})
    above = Repository(tmp_path / "above")
    above.git("submodule", "--quiet", "add", str(app.root), "libs/app")
    above.commit()
    item = Objects(above.root).item("HEAD", "libs/app/a.py")
    assert item
    assert item.kind == "submodule"


def test_a_forked_process_asks_git_on_its_own(app: Repository) -> None:
    """Two processes that read from one pipe would take each other's answers."""
    head = app.commit({"a.py": "a"})
    objects = Objects(app.root)
    assert objects.text(head, "a.py") == b"a"
    child = os.fork()
    if not child:
        os._exit(0 if objects.read("HEAD:a.py") and objects.commit("main") == head else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert objects.read("HEAD:a.py")


def test_a_repository_with_sha256_hashes_is_read(tmp_path: Path) -> None:
    (tmp_path / "long").mkdir()
    run_git(tmp_path / "long", "init", "--quiet", "--object-format=sha256")
    (tmp_path / "long" / "a.py").write_text("a")
    run_git(tmp_path / "long", "add", "--all")
    run_git(tmp_path / "long", "commit", "--quiet", "--message", "x")
    assert Objects(tmp_path / "long").text("HEAD", "a.py") == b"a"
