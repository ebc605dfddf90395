"""Freshness is by content: what a run saw, beside the checkout as it is, however much of its history is there."""

from __future__ import annotations

from pathlib import Path

from triagebook.code.checkout import checkout_at
from triagebook.code.checkouts import states_for
from triagebook.code.state import SourceState
from triagebook.facts.case import Case
from triagebook.facts.ledger.commits import Age, Freshness
from triagebook.model import evidence

from .project import Project

CHAT, TEST = "app/chat.py", "tests/test_chat.py"


def recorded(project: Project, *paths: str) -> str:
    """A run after the fix, which kept the digests of these files; its commit."""
    commit = project.git("rev-parse", "HEAD")
    code = "".join(f'  {path}: "{digest}"\n' for path, digest in checkout_at(project.root).digests(paths).items())
    run = "kind: tests\ngrade: machine\nat: 2025-09-21\nenvironment: local\nphase: after\ndirty: false\n"
    run += f"commit: {commit}\nresults: {{'{TEST}::test_a': passed}}\n"
    project.write({"issues/1/evidence/after.yaml": run + (f"code:\n{code}" if code else "")})
    return commit


def case_of(project: Project, folder: Path | None = None) -> Case:
    loaded = project.load()
    entry = loaded.book.issues["1"]
    return Case(loaded.book, entry, states_for(loaded.book, loaded.root, [entry], folder)["1"])


def age_of(case: Case) -> Age:
    run = case.entry.evidence["after"]
    assert isinstance(run, evidence.TestRun)
    return case.ledger.ages["after"]


def shallow(project: Project) -> Path:
    folder = project.root.parent / "shallow"
    project.git("clone", "--quiet", "--depth=1", f"file://{project.root}", str(folder))
    return folder


def test_other_commits_do_not_age_a_run(project: Project) -> None:
    """Only what it saw counts; changed and changed back is the same."""
    project.commit({CHAT: "one\n", TEST: "test\n"})
    recorded(project, CHAT, TEST)
    assert age_of(case_of(project)).why == "the source code is at that very commit"
    project.commit({"app/other.py": "other\n"})
    assert age_of(case_of(project)) == Age(Freshness.FRESH, "the files that it saw are the same now")
    project.commit({CHAT: "two\n"})
    assert age_of(case_of(project)) == Age(Freshness.CHANGED, f"{CHAT} changed since")
    project.commit({CHAT: "one\n"})
    assert age_of(case_of(project)).freshness is Freshness.FRESH


def test_uncommitted_changes_count(project: Project) -> None:
    project.commit({CHAT: "one\n", TEST: "test\n"})
    recorded(project, CHAT, TEST)
    project.write({CHAT: "two\n"})
    assert age_of(case_of(project)).freshness is Freshness.CHANGED
    (project.root / CHAT).unlink()
    assert age_of(case_of(project)).freshness is Freshness.CHANGED


def test_a_run_without_digests_is_unknown(project: Project) -> None:
    project.commit({CHAT: "one\n", TEST: "test\n"})
    recorded(project)
    project.commit({"app/other.py": "other\n"})
    assert age_of(case_of(project)) == Age(Freshness.UNKNOWN, "the run kept no digest of the code it saw")


def test_the_affected_files_and_the_tests_count(project: Project) -> None:
    """A run that kept no digest of one of them may have seen another."""
    project.commit({CHAT: "await get_manager()\n", TEST: "test\n"})
    project.scan()
    recorded(project, TEST)
    project.commit({"app/other.py": "other\n"})
    assert age_of(case_of(project)) == Age(Freshness.UNKNOWN, f"the run kept no digest of {CHAT}")


def test_a_shallow_clone_compares_content_all_the_same(project: Project) -> None:
    project.commit({CHAT: "one\n", TEST: "test\n"})
    recorded(project, CHAT, TEST)
    project.commit({"app/other.py": "other\n"})
    folder = shallow(project)
    assert age_of(case_of(project, folder)).freshness is Freshness.FRESH
    (folder / CHAT).write_text("two\n")
    assert age_of(case_of(project, folder)).freshness is Freshness.CHANGED


def test_a_shallow_clone_knows_no_history_and_says_so(project: Project) -> None:
    """Whether a commit holds the fix is unknown there, never `no`."""
    fix = project.commit({CHAT: "one\n", TEST: "test\n"})
    project.issue(f"fix: {{changes: [{{path: {CHAT}, what: One, commit: {fix}}}]}}\n")
    project.commit({"app/other.py": "other\n"})
    commit = recorded(project, CHAT, TEST)
    project.commit()
    assert case_of(project).source.holds(commit, fix) is True
    source = case_of(project, shallow(project)).source
    assert source.holds(commit, fix) is None
    assert "shallow" in source.why_unknown
    assert "git fetch --unshallow" in source.why_unknown


def test_without_a_checkout_nothing_is_known(project: Project) -> None:
    project.commit({CHAT: "one\n", TEST: "test\n"})
    recorded(project, CHAT, TEST)
    loaded = project.load()
    case = Case(loaded.book, loaded.book.issues["1"], SourceState(why_unknown="no checkout was given"))
    assert age_of(case) == Age(Freshness.UNKNOWN, "no checkout was given")
