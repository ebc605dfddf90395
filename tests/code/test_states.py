"""The state of the source code: right wherever a book is kept, and cheap however many issues it has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.commands import triagebook
from triagebook.code.checkout import checkout_at
from triagebook.code.diffs import diffs_to_now
from triagebook.model.values import Digest

from .repository import CATALOG, Repository, counting_git, run_git, states

ISSUE = "title: Nobody can connect\nseverity: low\nopened: 2025-09-15\nsummary: Each connection fails.\n"
CHAT = "import shop\n\n\nasync def connect():\n    return await get_manager()\n"
SETTING = "{setting: CHAT_LIMIT, what: A limit}"
SUITES = (
    "suites: {unit: {category: unit, path: tests/test_chat.py, before: fail, after: pass, tests: {test_a: It opens}}}\n"
)


def issue(fix: str, source: str = "") -> str:
    of = f"source: {{repository: app, commit: {source}}}\n" if source else ""
    return f"{ISSUE}{of}{SUITES}fix: {{changes: [{{path: app/chat.py, what: No await, commit: {fix}}}, {SETTING}]}}\n"


def run_on(commit: str) -> str:
    return (
        "kind: tests\ngrade: machine\nat: 2025-09-21\nenvironment: local\nphase: after\ndirty: false\n"
        f"commit: {commit}\nresults: {{'tests/test_chat.py::test_a': passed}}\n"
    )


@pytest.fixture
def history(app: Repository) -> tuple[str, str]:
    """A commit without the fix, and the fix."""
    before = app.commit({"app/chat.py": CHAT, "tests/test_chat.py": "def test_a(): ...\n"})
    return before, app.commit({"app/chat.py": CHAT.replace("await ", "")})


def book(folder: Path, before: str, fix: str, catalog: str = CATALOG, *, source: bool = False) -> Path:
    """A book of one issue, with a run on the code without the fix."""
    (folder / "1" / "evidence").mkdir(parents=True)
    (folder / "catalog.yaml").write_text(catalog)
    (folder / "1" / "issue.yaml").write_text(issue(fix, before if source else ""))
    (folder / "1" / "evidence" / "after.yaml").write_text(run_on(before))
    return folder


def expect_at_fix(folder: Path, before: str, fix: str) -> None:
    """The state of issue 1 is that of the code at the fix."""
    state = states(folder)["1"]
    assert (state.name, state.dirty, state.why_unknown) == (f"app at {fix[:7]}", False, "")
    assert state.holds(before, fix) is False
    assert state.holds(fix, fix[:9]) is True
    assert state.digests["app/chat.py"] == Digest.of(CHAT.replace("await ", "").encode())


def test_uncommitted_records_do_not_make_the_code_dirty(app: Repository, history: tuple[str, str]) -> None:
    """Records that are not committed do not make the code dirty."""
    expect_at_fix(book(app.root / "docs" / "issues", *history), *history)


def test_a_clone_gives_the_same_state(app: Repository, history: tuple[str, str], tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "--quiet", str(app.root), "clone")
    expect_at_fix(book(tmp_path / "clone" / "issues", *history), *history)


def test_a_work_tree_gives_the_same_state(app: Repository, history: tuple[str, str]) -> None:
    app.git("worktree", "add", "--quiet", "--detach", "../tree", history[1])
    app.commit({"app/chat.py": "other\n"})
    expect_at_fix(book(app.root.parent / "tree" / "issues", *history), *history)


@pytest.mark.parametrize("form", ["worktree", "clone", "shallow"])
def test_line_diffs_work_in_every_form_of_checkout(
    form: str, app: Repository, history: tuple[str, str], tmp_path: Path
) -> None:
    """Objects are found wherever git keeps them, and nothing is written there."""
    folder = tmp_path / "other"
    if form == "worktree":
        app.git("worktree", "add", "--quiet", "--detach", str(folder), history[1])
    else:
        how = ["--depth=2", app.root.as_uri()] if form == "shallow" else ["--shared", str(app.root)]
        run_git(tmp_path, "clone", "--quiet", *how, str(folder))
    store = folder / run_git(folder, "rev-parse", "--git-path", "objects")
    before = {path for path in store.rglob("*") if path.is_file()}
    (folder / "app/chat.py").write_text("\n" + CHAT.replace("await ", ""))
    diff = diffs_to_now(checkout_at(folder), {history[0]: ["app/chat.py"]})[history[0]].of("app/chat.py")
    assert [diff.line_now(line) for line in range(1, 6)] == [2, 3, 4, 5, None]
    assert {path for path in store.rglob("*") if path.is_file()} == before


def test_a_book_in_its_own_repository_finds_the_code_through_the_catalog(
    history: tuple[str, str], tmp_path: Path
) -> None:
    """The catalog says where the code is; without that the state is unknown."""
    own = Repository(tmp_path / "records")
    checkout = CATALOG.replace("https://example.org/app}", "{url: https://example.org/app, checkout: ../app}}")
    expect_at_fix(book(own.root / "issues", *history, checkout.replace("../app", "../../app"), source=True), *history)
    own.commit({"issues/catalog.yaml": CATALOG})
    state = states(own.root / "issues")["1"]
    assert state.name == "without the source code"
    assert state.why_unknown.startswith("no checkout of `app` is known")


def test_an_answer_names_only_the_repository_it_was_compared_with(tmp_path: Path) -> None:
    """An issue that names no source is compared with the repository around the book, under that one's own name."""
    own = Repository(tmp_path / "records")
    own.commit({"app/chat.py": "other\n"})
    folder = own.root / "issues"
    (folder / "1").mkdir(parents=True)
    (folder / "catalog.yaml").write_text(CATALOG)
    (folder / "1/issue.yaml").write_text(f"{ISSUE}{SUITES}")
    assert states(folder)["1"].name.startswith("records at ")
    assert states(folder, own.root)["1"].name.startswith("records at ")
    own.git("remote", "add", "origin", "git@example.org:app.git")
    assert states(folder)["1"].name.startswith("app at ")


def test_a_book_outside_a_repository_has_an_unknown_state(history: tuple[str, str], tmp_path: Path) -> None:
    state = states(book(tmp_path / "alone", *history, source=True))["1"]
    assert state.why_unknown == "the book is not in a git repository, and the catalog names no `checkout`"


def test_a_shallow_clone_knows_content_but_no_history(
    app: Repository, history: tuple[str, str], tmp_path: Path
) -> None:
    """Content is known there, history is not."""
    before, fix = history
    run_git(tmp_path, "clone", "--quiet", "--depth=1", app.root.as_uri(), "shallow")
    state = states(book(tmp_path / "shallow" / "issues", before, fix))["1"]
    assert (state.head, state.holds(before, fix)) == (fix, None)
    assert "its history is cut off" in state.why_unknown
    assert "app/chat.py" in state.digests


def test_a_submodule_is_compared_by_its_content(app: Repository, history: tuple[str, str], tmp_path: Path) -> None:
    """A book in a submodule is about that; the repository above knows files in a submodule by their content."""
    above = Repository(tmp_path / "above")
    above.commit({"main.py": "x\n"})
    above.git("submodule", "--quiet", "add", str(app.root), "libs/app")
    above.commit()
    expect_at_fix(book(above.root / "libs/app/issues", *history), *history)
    text = issue(history[1]).replace("app/chat.py", "libs/app/app/chat.py")
    book(above.root / "issues", *history)
    (above.root / "issues/1/issue.yaml").write_text(text)
    assert "libs/app/app/chat.py" in states(above.root / "issues")["1"].digests


def test_uncommitted_changes_are_named_in_the_answer(app: Repository, history: tuple[str, str]) -> None:
    folder = book(app.root / "issues", *history)
    app.write({"app/chat.py": "other\n"})
    assert states(folder)["1"].name == f"app at {history[1][:7]}, with uncommitted changes"


# ── how often git is started ─────────────────────────────────────────────────────────────────────────

ISSUES = 1000
MOST = 16  # a few of each half of the book, and of all together


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand issues, each with commits of its own: of its source, its locations, its evidence and its fix."""
    app = Repository(tmp_path_factory.mktemp("large") / "app")
    changes = [
        (f"app/m{number % 40}.py", "# more\n" * (number // 40) + "\n\nasync def f():\n    await get(1)\n")
        for number in range(3 * ISSUES)
    ]
    commits = app.fast_import([*changes, ("tests/test_chat.py", "def test_a(): ...\n"), ("app/chat.py", CHAT)])
    for name in ("m39", "m38"):  # renamed, so that the newest commit has other names
        app.git("mv", f"app/{name}.py", f"app/{name}_new.py")
    app.commit()
    files = {"issues/catalog.yaml": CATALOG}
    for number in range(ISSUES):
        first, second, third = commits[3 * number : 3 * number + 3]
        line = (3 * number) // 40 + 4
        place = f"app/m{3 * number % 40}.py:{line}"
        folder = f"issues/{number + 1}"
        files[f"{folder}/issue.yaml"] = (
            f"{issue(third, first)}causes: [{{says: It waits, at: ['{place}', 'app/old{number % 7}.py:1']}}]\n"
            "detector: {code: await get($$$), language: python}\n"
        )
        files[f"{folder}/affected.yaml"] = (
            f"source: {{repository: app, commit: {second}}}\nlocations: [{{at: '{place}', text: await get(1)}}]\n"
        )
        files[f"{folder}/evidence/after.yaml"] = run_on(second)
    app.write(files)
    return app.root


def test_a_check_of_a_thousand_issues_starts_git_a_few_times(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the code has uncommitted changes, which cost one process more."""
    (large / "app/m0.py").write_text("# changed\nasync def f():\n    await get(1)\n")
    folder, log = counting_git(tmp_path)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(large)
    done = triagebook("check", "--in", ".", "--format", "json")
    assert done.code in {0, 1}, done
    assert "TB506" in done.out, "lines moved since the commit of each record"
    for code in ("TB502", "TB503", "TB505"):
        assert code in done.out, "what is searched for, looked up and asked for is done for all issues together"
    started = log.read_text().splitlines()
    assert len(started) <= MOST, started


@pytest.mark.parametrize("checkout", ["", ", checkout: .."])
def test_without_git_the_records_alone_count(
    checkout: str, app: Repository, history: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records alone count, also where the catalog names a checkout."""
    catalog = CATALOG.replace("https://example.org/app", f'{{url: "https://example.org/app"{checkout}}}')
    folder = book(app.root / "issues", *history, catalog)
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(folder)
    done = triagebook("check")
    assert done.code in {0, 1}, done
    assert done.source == "without the source code: git is not installed"


def test_one_walk_through_the_history_answers_for_a_thousand_issues(large: Path) -> None:
    """One walk answers for all pairs."""
    found = states(large / "issues")
    assert len(found) == ISSUES
    for state in found.values():
        assert sorted(state.contains.values()) == [False, False, True]  # the last: what is checked out
