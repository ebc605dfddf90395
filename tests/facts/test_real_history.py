"""The laws in real repositories: what git does to honest work changes no stage, and what hides a failure is found."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.stories import AFTER, CODE_FILE, TEST_FILE, failed
from tests.test_surfaces_agree import BROKEN, CHANGED, FIXED, Workplace, clone, proven

__all__ = ["proven"]

Change = Callable[[Workplace], object]


def stage(place: Workplace) -> str:
    first = min(str(issue["id"]) for issue in place.ask("list")["issues"])
    return str(place.ask("show", first)["stage"])


def commit_book(place: Workplace) -> None:
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "Record the issue")


# ── honest work ──────────────────────────────────────────────────────────────────────────────────────


def another_function(place: Workplace) -> None:
    place.commit({CODE_FILE: f"{FIXED}\n\ndef other():\n    return 1\n"})


def rebased(place: Workplace) -> None:
    """The fix and what follows get other ids."""
    old = place.git("rev-parse", "HEAD~2")
    place.git("checkout", "-q", "-b", "base", old)
    place.commit({"docs.md": "More\n"})
    place.git("rebase", "-q", "base", "main")
    place.git("branch", "-q", "-D", "base")
    clone(place)


def amended(place: Workplace) -> None:
    place.git("commit", "-q", "--amend", "-m", "Another message")
    clone(place)


def squashed_and_changed(place: Workplace) -> None:
    place.git("branch", "fix")
    place.git("reset", "-q", "--hard", "HEAD~2")
    place.git("merge", "-q", "--squash", "fix")
    place.git("commit", "-q", "-m", "Fix it")
    place.git("branch", "-q", "-D", "fix")
    another_function(place)
    clone(place)


def merged(place: Workplace) -> None:
    """A merge, as the merge ref of a pull request."""
    place.git("checkout", "-q", "-b", "other", "HEAD~2")
    place.commit({"docs.md": "More\n"})
    place.git("merge", "-q", "--no-ff", "-m", "Merge", "main")
    place.git("branch", "-q", "-f", "main", "other")
    place.git("checkout", "-q", "main")


def renamed(place: Workplace) -> None:
    place.git("mv", CODE_FILE, "app/paths.py")
    place.git("commit", "-q", "-m", "Rename")


def with_book(place: Workplace, book: str) -> Workplace:
    other = Workplace(place.folder)
    other.book = place.code / book
    return other


def moved_book(place: Workplace) -> None:
    commit_book(place)
    (place.code / "docs").mkdir()
    place.git("mv", "issues", "docs/issues")
    place.git("commit", "-q", "-m", "Move the book")
    place.book = place.code / "docs/issues"


def renamed_evidence(place: Workplace) -> None:
    commit_book(place)
    (file,) = (place.book / "1/evidence").glob("2025-09-25*.yaml")
    file.rename(file.with_name("staging.yaml"))
    commit_book(place)


def restored_evidence(place: Workplace) -> None:
    commit_book(place)
    (file,) = (place.book / "1/evidence").glob("2025-09-25*.yaml")
    text = file.read_bytes()
    file.unlink()
    commit_book(place)
    file.write_bytes(text)


def in_a_worktree(place: Workplace) -> None:
    commit_book(place)
    place.git("worktree", "add", "-q", str(place.folder / "worktree"))
    place.code = place.folder / "worktree"
    place.book = place.code / "issues"


def beside_another_book(place: Workplace) -> None:
    """In a monorepo each folder has its book; a deletion in one does not affect the other."""
    shutil.copytree(place.book, place.code / "other/issues")
    failing(with_book(place, "other/issues"))
    next((place.code / "other/issues/1/evidence").glob("2025-09-27*.yaml")).unlink()
    commit_book(place)


def with_a_submodule(place: Workplace) -> None:
    library = place.folder / "library"
    subprocess.run(["git", "clone", "-q", place.code, library], check=True)
    place.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "library")
    place.git("commit", "-q", "-m", "Use a library")
    (place.code / "library" / CODE_FILE).write_text(CHANGED)


def reverted_twice(place: Workplace) -> None:
    place.git("revert", "--no-edit", "HEAD~1")
    place.git("revert", "--no-edit", "HEAD")


def committed_later(place: Workplace) -> None:
    place.commit({"docs.md": "More\n"})
    clone(place, "--depth", "1")


@pytest.mark.parametrize(
    "change",
    [
        another_function, in_a_worktree, beside_another_book, with_a_submodule, rebased, amended,
        squashed_and_changed, merged, renamed, moved_book, renamed_evidence,
        restored_evidence, reverted_twice, committed_later,
    ],
)  # fmt: skip
def test_honest_work_keeps_its_stage(proven: Workplace, tmp_path: Path, change: Change) -> None:
    place = proven.copy(tmp_path)
    change(place)
    assert stage(place) == "released"


# ── what hides a failure ─────────────────────────────────────────────────────────────────────────────


def failing(place: Workplace) -> Path:
    """A run that failed, committed with the book."""
    place.record("after", AFTER | {"test_sends": failed("E   assert 1 == 2")}, at="2025-09-27T10:00:00Z")
    commit_book(place)
    (file,) = (place.book / "1/evidence").glob("2025-09-27*.yaml")
    return file


def hidden(place: Workplace) -> None:
    file = failing(place)
    file.rename(file.with_name(".x.yaml"))


def in_a_folder(place: Workplace) -> None:
    file = failing(place)
    (file.parent / "old").mkdir()
    file.rename(file.parent / "old" / file.name)


def another_ending(place: Workplace) -> None:
    file = failing(place)
    file.rename(file.with_suffix(".txt"))


def deleted_and_committed(place: Workplace) -> None:
    failing(place).unlink()
    commit_book(place)


def deleted_on_a_branch(place: Workplace) -> None:
    """The branch is merged: what changes nothing on the main line is easily left out of a history."""
    place.git("checkout", "-q", "-b", "side")
    deleted_and_committed(place)
    place.git("checkout", "-q", "main")
    place.commit({"docs.md": "More\n"})
    place.git("merge", "-q", "--no-ff", "-m", "Merge", "side")


def dropped_by_a_merge(place: Workplace) -> None:
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "Record the issue", on="2025-09-25")
    place.git("checkout", "-q", "-b", "side")
    failing(place)
    place.git("checkout", "-q", "main")
    place.git("merge", "-q", "-s", "ours", "-m", "Merge", "side")


def edited_and_sealed(place: Workplace) -> None:
    """The failing run is replaced, under its own name, by one that passed."""
    file = failing(place)
    (good,) = (place.book / "1/evidence").glob("2025-09-25*.yaml")
    file.write_bytes(good.read_bytes())
    commit_book(place)


def in_another_issue(place: Workplace) -> None:
    """Moved to an issue that is not checked."""
    file = failing(place)
    issue = json.loads((place.book / "1/issue.yaml").read_text())
    place.put("2/issue", {key: issue[key] for key in ("title", "severity", "opened", "summary")})
    (place.book / "2/evidence").mkdir()
    file.rename(place.book / "2/evidence" / file.name)


def moved_with_the_book(place: Workplace) -> None:
    """The book is moved, and the failing run is left behind."""
    name = failing(place).name
    place.git("mv", "issues", "book")
    place.book = place.code / "book"
    (place.book / "1/evidence" / name).unlink()
    commit_book(place)


def moved_and_rewritten(place: Workplace) -> None:
    """The issue gets another id and other words, and the failing run is left out."""
    name = failing(place).name
    place.git("mv", "issues/1", "issues/2")
    place.change("2/issue", summary="x" * 5_000)
    (place.book / "2/evidence" / name).unlink()
    commit_book(place)


def renamed_and_reverted(place: Workplace) -> None:
    renamed(place)
    place.commit({"app/paths.py": BROKEN})


def back_in_the_work_tree(place: Workplace) -> None:
    (place.code / CODE_FILE).write_text(BROKEN)


def back_among_other_changes(place: Workplace) -> None:
    place.commit({CODE_FILE: f"{BROKEN}    app.log()\n"})


def back_in_another_format(place: Workplace) -> None:
    place.commit({CODE_FILE: BROKEN.replace("(", "( ")})


def closed_and_reverted(place: Workplace) -> None:
    place.change("1/issue", closed={"on": "2025-10-01", "as": "fixed"})
    place.git("revert", "--no-edit", "HEAD~1", on="2025-10-02")


@pytest.mark.parametrize(
    "change",
    [
        hidden, in_a_folder, another_ending, deleted_and_committed, deleted_on_a_branch, dropped_by_a_merge,
        edited_and_sealed, in_another_issue,
        moved_with_the_book, moved_and_rewritten, renamed_and_reverted, back_in_the_work_tree, back_among_other_changes,
        back_in_another_format, closed_and_reverted,
    ],
)  # fmt: skip
def test_what_hides_a_failure_is_found(proven: Workplace, tmp_path: Path, change: Change) -> None:
    place = proven.copy(tmp_path)
    change(place)
    assert stage(place) in {"fixed", "reproduced"}
    assert place.ask("check")["findings"]


@pytest.mark.parametrize("how", ["--assume-unchanged", "--skip-worktree"])
def test_changes_hidden_from_git_prove_nothing(proven: Workplace, tmp_path: Path, how: str) -> None:
    place = proven.copy(tmp_path)
    place.git("update-index", how, CODE_FILE)
    (place.code / CODE_FILE).write_text(CHANGED)
    place.record("after", AFTER | {"test_more": "passed"}, at="2025-09-29T10:00:00Z")
    refused = [one for one in place.ask("show", "1")["verdict"]["refusals"] if one["evidence"].startswith("2025-09-29")]
    assert [one["law"] for one in refused] == [2]


def test_a_made_up_commit_proves_nothing(proven: Workplace, tmp_path: Path) -> None:
    place = proven.copy(tmp_path)
    for file in (place.book / "1/evidence").glob("2025-09-2[05]*.yaml"):
        file.unlink()
    results = place.folder / "made.xml"
    for phase in ("before", "after"):
        body = "<failure message=\"can't be used in 'await' expression\"/>" if phase == "before" else ""
        name = TEST_FILE[:-3].replace("/", ".")
        results.write_text(
            f'<testsuite><testcase classname="{name}" name="test_connects">{body}</testcase></testsuite>'
        )
        made_up = ["--phase", phase, "--environment", "staging", "--commit", "deadbeefdeadbeef"]
        with pytest.raises(AssertionError, match="is not in app, so nothing recorded for it could count"):
            place.tell("record", "1", str(results), *made_up)
    assert stage(place) == "triaged"


def test_a_clone_without_history_is_one_note(proven: Workplace, tmp_path: Path) -> None:
    """No finding, and no lower stage."""
    place = proven.copy(tmp_path)
    codes = sorted(one["code"] for one in place.ask("check")["findings"])
    clone(place, "--depth", "1")
    checked = place.ask("check")
    assert sorted(one["code"] for one in checked["findings"]) == codes
    assert "fetch-depth: 0" in checked["source"]
    assert subprocess.run(["git", "rev-parse", "--is-shallow-repository"], cwd=place.code, check=True).returncode == 0
