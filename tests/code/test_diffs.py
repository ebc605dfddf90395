"""Where the lines of changed files are now, and which commit removed a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triagebook.code.checkout import checkout_at
from triagebook.code.diffs import DiffToNow, diffs_to_now
from triagebook.code.history import Removals

from .repository import Repository


def diffs(app: Repository, commit: str, *paths: str) -> DiffToNow:
    return diffs_to_now(checkout_at(app.root), {commit: paths})[commit]


def test_a_line_is_followed_through_edits_above_it(app: Repository) -> None:
    """Lines above it shift a line, a change loses it, and the same words elsewhere find it again."""
    first = app.commit({"a.py": "one()\ntwo()\nthree()\nfour()\nfive()\n"})
    app.commit({"a.py": "new()\none()\nthree()\nFOUR()\nfive()\nif x:\n    two()\n"})
    change = diffs(app, first, "a.py").of("a.py")
    assert [change.line_now(line) for line in range(1, 7)] == [2, None, 3, None, 5, 8]
    assert (change.again(2), change.again(4)) == (7, None)


def test_a_moved_file_is_followed_and_a_removed_one_has_no_place(app: Repository) -> None:
    body = "".join(f"line_{n}()\n" for n in range(20))
    first = app.commit({"a.py": body, "b.py": body + "b\n", "odd näme.py": "x()\n", "same.py": "x()\n"})
    app.git("mv", "a.py", "moved.py")
    app.git("rm", "-q", "b.py")
    app.commit({"moved.py": "import x\n" + body, "odd näme.py": "\nx()\n"})
    changes = diffs(app, first, "a.py", "b.py", "odd näme.py", "same.py", "never.py")
    assert (changes.of("a.py").now, changes.of("a.py").line_now(3)) == ("moved.py", 4)
    assert changes.of("b.py").now is None
    assert changes.of("odd näme.py").line_now(1) == 2
    assert (changes.of("same.py").now, changes.of("same.py").line_now(1)) == ("same.py", 1)


def test_a_diff_includes_uncommitted_changes(app: Repository) -> None:
    """The newer side is the code as it is, committed or not."""
    first = app.commit({"a.py": "x()\n"})
    app.write({"a.py": "\n\nx()\n"})
    assert diffs(app, first, "a.py").of("a.py").line_now(1) == 3


def test_no_command_in_the_settings_of_a_repository_is_run(app: Repository, tmp_path: Path) -> None:
    """A checkout may come from anywhere: what its settings name is not run, and its index is not written."""
    first = app.commit({"a.py": "x()\n", ".gitattributes": "*.py diff=evil\n"})
    for key in ("diff.external", "diff.evil.textconv", "diff.evil.command", "core.fsmonitor", "core.pager"):
        app.git("config", key, f"touch {tmp_path / 'ran'}; cat")
    app.write({"a.py": "\nx()\n"})
    index = (app.root / ".git" / "index").read_bytes()
    checkout = checkout_at(app.root)
    assert diffs_to_now(checkout, {first: ["a.py"]})[first].of("a.py").line_now(1) == 2
    assert checkout.objects.text(first, "a.py") == b"x()\n"
    assert checkout.files
    assert not (tmp_path / "ran").exists()
    assert (app.root / ".git" / "index").read_bytes() == index


def test_the_commit_that_removed_a_line_is_found_on_any_branch(app: Repository) -> None:
    """The only one that touched the file, or the only one that took these words out, on whatever branch."""
    first = app.commit({"a.py": "one()\ntwo()\nthree()\ntwice()\ntwice()\n", "b.py": "b()\nc()\n"})
    app.commit({"a.py": "zero()\none()\ntwo()\nthree()\ntwice()\n"})
    app.git("switch", "--quiet", "--create", "mend")
    fix = app.commit({"a.py": "zero()\none()\nthree()\ntwice()\n"})
    app.git("switch", "--quiet", "main")
    other = app.commit({"b.py": "b()\n"})
    app.git("merge", "--quiet", "--no-edit", "mend")
    app.commit({"a.py": "zero()\none()\nthree()\n"})
    checkout = checkout_at(app.root)
    assert Removals(checkout, first, ["b.py"]).removed_by(["b.py"], "") == other
    assert Removals(checkout, first, ["a.py"]).removed_by(["a.py"], "two()") == fix
    assert Removals(checkout, first, ["a.py"]).removed_by(["a.py"], "twice()") is None, "two commits took one each"
    elsewhere = app.git("commit-tree", "-m", "no parent", "HEAD^{tree}")
    assert Removals(checkout, elsewhere, ["a.py"]).removed_by(["a.py"], "two()") is None


LINES = st.lists(st.sampled_from(["a()", "b()", "c()", "", "  d()"]), max_size=12)


@pytest.fixture(scope="module")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("lines") / "app")


@given(old=LINES, new=LINES)
@settings(max_examples=40, deadline=None)
def test_a_followed_line_keeps_its_text(one_app: Repository, old: list[str], new: list[str]) -> None:
    """Where a line is said to stand now, the same words stand; and no two lines are said to stand in one place."""
    first = one_app.commit({"a.py": "top\n" + "".join(f"{line}\n" for line in old)})
    one_app.write({"a.py": "top\n" + "".join(f"{line}\n" for line in new)})
    change = diffs(one_app, first, "a.py").of("a.py")
    olds, news = ["top", *old], ["top", *new]
    now = {line: change.line_now(line) for line in range(1, len(olds) + 1)}
    kept = {line: to for line, to in now.items() if to is not None}
    assert all(olds[line - 1] == news[to - 1] for line, to in kept.items())
    assert len(set(kept.values())) == len(kept)
    again = {line: change.again(line) for line in now if now[line] is None}
    assert all(to is None or olds[line - 1].split() == news[to - 1].split() for line, to in again.items())
