"""Where lines went: what a diff says, and how lines are paired without one."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triagebook.code.checkout import checkout_at
from triagebook.code.diffs import DiffToNow, diffs_to_now
from triagebook.code.removals import Removals
from triagebook.scan.line_pairs import in_order, same_text

from .project import Project


def diffs(project: Project, commit: str, *paths: str) -> DiffToNow:
    return diffs_to_now(checkout_at(project.root), {commit: paths})[commit]


def test_where_lines_went(project: Project) -> None:
    """Lines above it shift a line, a change loses it, and the same words elsewhere find it again."""
    first = project.commit({"a.py": "one()\ntwo()\nthree()\nfour()\nfive()\n"})
    project.commit({"a.py": "new()\none()\nthree()\nFOUR()\nfive()\nif x:\n    two()\n"})
    change = diffs(project, first, "a.py").of("a.py")
    assert [change.line_now(line) for line in range(1, 7)] == [2, None, 3, None, 5, 8]
    assert (change.again(2), change.again(4)) == (7, None)


def test_files_that_moved_or_went(project: Project) -> None:
    body = "".join(f"line_{n}()\n" for n in range(20))
    first = project.commit({"a.py": body, "b.py": body + "b\n", "odd näme.py": "x()\n", "same.py": "x()\n"})
    project.git("mv", "a.py", "moved.py")
    project.git("rm", "-q", "b.py")
    project.commit({"moved.py": "import x\n" + body, "odd näme.py": "\nx()\n"})
    changes = diffs(project, first, "a.py", "b.py", "odd näme.py", "same.py", "never.py")
    assert (changes.of("a.py").now, changes.of("a.py").line_now(3)) == ("moved.py", 4)
    assert changes.of("b.py").now is None
    assert changes.of("odd näme.py").line_now(1) == 2
    assert (changes.of("same.py").now, changes.of("same.py").line_now(1)) == ("same.py", 1)


def test_the_work_tree_counts(project: Project) -> None:
    """The newer side is the code as it is, committed or not."""
    first = project.commit({"a.py": "x()\n"})
    project.write({"a.py": "\n\nx()\n"})
    assert diffs(project, first, "a.py").of("a.py").line_now(1) == 3


def test_settings_of_a_repository_run_nothing(project: Project, tmp_path: Path) -> None:
    """A checkout may come from anywhere: what its settings name is not run, and its index is not written."""
    first = project.commit({"a.py": "x()\n", ".gitattributes": "*.py diff=evil\n"})
    for key in ("diff.external", "diff.evil.textconv", "diff.evil.command", "core.fsmonitor", "core.pager"):
        project.git("config", key, f"touch {tmp_path / 'ran'}; cat")
    project.write({"a.py": "\nx()\n"})
    index = (project.root / ".git" / "index").read_bytes()
    checkout = checkout_at(project.root)
    assert diffs_to_now(checkout, {first: ["a.py"]})[first].of("a.py").line_now(1) == 2
    assert checkout.objects.text(first, "a.py") == b"x()\n"
    assert checkout.files
    assert not (tmp_path / "ran").exists()
    assert (project.root / ".git" / "index").read_bytes() == index


def test_the_commit_that_removed_a_line(project: Project) -> None:
    """The only one that touched the file, or the only one that took these words out, on whatever branch."""
    first = project.commit({"a.py": "one()\ntwo()\nthree()\ntwice()\ntwice()\n", "b.py": "b()\nc()\n"})
    project.commit({"a.py": "zero()\none()\ntwo()\nthree()\ntwice()\n"})
    project.git("switch", "--quiet", "--create", "mend")
    fix = project.commit({"a.py": "zero()\none()\nthree()\ntwice()\n"})
    project.git("switch", "--quiet", "main")
    other = project.commit({"b.py": "b()\n"})
    project.git("merge", "--quiet", "--no-edit", "mend")
    project.commit({"a.py": "zero()\none()\nthree()\n"})
    checkout = checkout_at(project.root)
    assert Removals(checkout, first, ["b.py"]).removed_by(["b.py"], "") == other
    assert Removals(checkout, first, ["a.py"]).removed_by(["a.py"], "two()") == fix
    assert Removals(checkout, first, ["a.py"]).removed_by(["a.py"], "twice()") is None, "two commits took one each"
    elsewhere = project.git("commit-tree", "-m", "no parent", "HEAD^{tree}")
    assert Removals(checkout, elsewhere, ["a.py"]).removed_by(["a.py"], "two()") is None


LINES = st.lists(st.sampled_from(["a()", "b()", "c()", "", "  d()"]), max_size=12)


@pytest.fixture(scope="module")
def one_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("lines") / "shop")


@given(old=LINES, new=LINES)
@settings(max_examples=40, deadline=None)
def test_a_line_that_stands_is_the_same_line(one_project: Project, old: list[str], new: list[str]) -> None:
    """Where a line is said to stand now, the same words stand; and no two lines are said to stand in one place."""
    first = one_project.commit({"a.py": "top\n" + "".join(f"{line}\n" for line in old)})
    one_project.write({"a.py": "top\n" + "".join(f"{line}\n" for line in new)})
    change = diffs(one_project, first, "a.py").of("a.py")
    olds, news = ["top", *old], ["top", *new]
    now = {line: change.line_now(line) for line in range(1, len(olds) + 1)}
    kept = {line: to for line, to in now.items() if to is not None}
    assert all(olds[line - 1] == news[to - 1] for line, to in kept.items())
    assert len(set(kept.values())) == len(kept)
    again = {line: change.again(line) for line in now if now[line] is None}
    assert all(to is None or olds[line - 1].split() == news[to - 1].split() for line, to in again.items())


# ── without a history ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([(10, "a"), (20, "a"), (30, "a")], [(20, "a"), (30, "a"), (40, "a")], [(0, 0), (1, 1), (2, 2)]),
        ([(10, "a"), (20, "a"), (30, "a")], [(20, "a"), (30, "a")], [(1, 0), (2, 1)]),
        ([(10, "a"), (20, "b")], [(12, "b"), (14, "a")], [(0, 1)]),
        ([(10, None), (20, None)], [(21, "b")], [(1, 0)]),
        ([], [(1, "a")], []),
    ],
)
def test_pairs_in_order(
    old: list[tuple[int, str | None]], new: list[tuple[int, str]], pairs: list[tuple[int, int]]
) -> None:
    """As many as can be; among these, the ones that moved least."""
    assert in_order(old, new) == pairs


def test_same_text() -> None:
    """Blanks do not count, and one of the two may say less."""
    assert same_text("await get( a, b )", "await get(a,\n b)")
    assert same_text("manager = await get(a)", "await get(")
    assert not same_text("await get(a)", "await get(b)")


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_there_are_as_many_pairs_as_can_be(old: list[str], new: list[str]) -> None:
    pairs = in_order(list(enumerate(old, 1)), list(enumerate(new, 1)))
    assert all(old[i] == new[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({j for _, j in pairs}) == len(pairs)
    matching = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    assert len(pairs) >= sum(block.size for block in matching)


def test_very_many_lines_are_paired_in_their_places() -> None:
    """There is no time to look at every pair of ten thousand."""
    many = [(line, "a") for line in range(1, 10_001)]
    assert in_order(list(many), many[1:])[0] == (1, 0)
