"""`prove`: the tests of a fix, run without it and with it, in a temporary work tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kit.paths import COMMAND
from triagebook.code.file_kinds import is_test_file
from triagebook.facts.ledger.refusals import LAWS
from triagebook.facts.verdict.stages import Stage
from triagebook.model.evidence import Phase, seal_of
from triagebook.store.yaml import read_plain

from .conftest import plain_environment

TESTS = "tests/test_chat.py"


def worktrees(app: Any) -> int:
    return len(app.git("worktree", "list", "--porcelain").split("worktree ")) - 1


def fix_with_its_test(app: Any) -> str:
    """One commit adds the test and makes the fix; the commit before it has no such test. Returns the fix."""
    text = (app.root / TESTS).read_text(encoding="utf-8")
    app.write(TESTS, "def test_blue():\n    pass\n")
    located = app.commit("No test for the connection yet")
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {located}}}\ncauses:")
    app.write(TESTS, text.replace("def test_connects", "from tests.helper import READY\n\n\ndef test_connects"))
    app.write("tests/helper.py", "READY = True\n")
    return str(app.fix())


def test_a_fix_committed_with_its_test_is_proven(app: Any) -> None:
    fix = fix_with_its_test(app)
    status = app.git("status", "--porcelain")
    ran = app.triagebook("prove", "7", "--yes")
    assert ran.code == 0, ran.out + ran.err
    before, after = sorted(app.evidence.values(), key=lambda run: run.phase is Phase.AFTER)
    parent = app.git("rev-parse", f"{fix}^").strip()
    assert (before.phase, before.commit, before.tests_from, before.dirty) == (Phase.BEFORE, parent, fix, False)
    assert (after.phase, after.commit, after.tests_from, after.dirty) == (Phase.AFTER, fix, None, False)
    assert before.code[TESTS] == after.code[TESTS]
    assert before.code["app/chat.py"] != after.code["app/chat.py"]
    assert "tests/helper.py" in before.code
    assert f"before the fix: {parent[:9]}, with 2 test files of {fix[:9]}" in ran.err
    assert "stage: fixed." in ran.out
    assert "missing: criterion connects is unknown" in ran.out
    assert app.record("--value", "chat.connected=97 %", "--phase", "after", "--environment", "local",
                      "--by", "developer", "--in", ".").code == 0  # fmt: skip
    assert app.case().verdict.stage is Stage.VALIDATED
    assert worktrees(app) == 1
    assert [line for line in app.git("status", "--porcelain").splitlines() if "issues/" not in line] == [
        line for line in status.splitlines() if "issues/" not in line
    ]


def test_the_checkout_is_not_changed(app: Any) -> None:
    """Uncommitted work stays, and does not count."""
    fix_with_its_test(app)
    app.write("app/chat.py", "broken(\n")
    ran = app.triagebook("prove", "7", "--yes", "--format", "json")
    assert ran.code == 0, ran.err
    answer = json.loads(ran.out)
    assert answer["stage"] == "fixed"
    assert [one["partial"] for phase in ("before", "after") for one in answer["runs"][phase]] == [False, False]
    assert (app.root / "app/chat.py").read_text(encoding="utf-8") == "broken(\n"


def test_tests_written_after_the_fix_are_used(app: Any) -> None:
    text = (app.root / TESTS).read_text(encoding="utf-8")
    app.git("rm", "--quiet", TESTS)
    app.commit("No tests")
    fix = app.fix()
    app.commit("The record")
    app.write(TESTS, text)
    later = app.commit("Test the connection")
    assert app.triagebook("prove", "7", "--yes").code == 0
    assert {run.tests_from for run in app.evidence.values()} == {later}
    assert {run.commit for run in app.evidence.values()} == {fix, app.git("rev-parse", f"{fix}^").strip()}


def test_tests_that_differ_from_those_of_the_named_commit_prove_nothing(app: Any) -> None:
    """The commit of the tests is named, and its test is another one."""
    fix_with_its_test(app)
    assert app.triagebook("prove", "7", "--yes").code == 0
    app.write(TESTS, "def test_connects():\n    assert True\n")
    other = app.commit("Another test of that name")
    before = next(name for name, run in app.evidence.items() if run.phase is Phase.BEFORE)
    file = app.root / f"issues/7/evidence/{before}.yaml"
    plain = read_plain(file.read_text(encoding="utf-8")) | {"tests_from": other}
    text = json.dumps(plain | {"seal": seal_of(plain)})
    file.write_text(text, encoding="utf-8")
    (refused,) = app.case().ledger.refusals.values()
    assert refused.because == f"its tests are not those of {other[:9]}, which it names ({LAWS[2]})"


def test_the_fix_can_be_named_on_the_command_line(app: Any) -> None:
    """The fix can be named, and the exit code says that the wrong one proves nothing."""
    app.edit("app/chat.py", "await get_manager", "get_manager")
    fix = app.commit("Fix it")
    app.write("README", "other\n")
    other = app.commit("Something else")
    refused = app.triagebook("prove", "7", "--yes")
    assert refused.code == 2
    assert "issue 7 names no commit of its fix\n  name it with --fix COMMIT" in refused.err
    assert app.triagebook("prove", "7", "--fix", fix[:9], "--yes").code == 0
    assert app.triagebook("prove", "7", "--fix", other, "--yes").code == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fix", "deadbeefdead"], "commit deadbeefdead is not in"),
        (["--environment", "nowhere"], "there is no environment `nowhere`"),
        (["--suite", "nothing"], "issue 7 has no suite `nothing`"),
        (["--tests", "HEAD~40"], "commit HEAD~40 is not in"),
    ],
)
def test_an_impossible_proof_is_refused(app: Any, arguments: list[str], says: str) -> None:
    app.fix()
    ran = app.triagebook("prove", "7", "--yes", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert not app.evidence
    assert worktrees(app) == 1


def test_a_clone_without_history_is_told_what_to_fetch(app: Any, tmp_path: Path) -> None:
    app.fix()
    app.commit("The record")
    app.git("clone", "--quiet", "--depth", "2", f"file://{app.root}", str(tmp_path / "clone"))
    app.root = tmp_path / "clone"
    ran = app.triagebook("prove", "7", "--yes")
    assert ran.code == 2
    assert "fetch the history: git fetch --unshallow" in ran.err


def test_the_installed_dependencies_of_the_checkout_are_used(app: Any) -> None:
    app.write(".gitignore", "node_modules/\n")
    app.write("node_modules/thing/index", "installed\n")
    text = 'def test_installed():\n    assert open("node_modules/thing/index").read() == "installed\\n"\n'
    app.write(TESTS, f"{(app.root / TESTS).read_text(encoding='utf-8')}\n\n{text}")
    app.edit(
        "issues/7/issue.yaml", "      test_blue:", "      test_installed: {proves: x, before: pass}\n      test_blue:"
    )
    app.fix()
    assert app.triagebook("prove", "7", "--yes").code == 0
    assert (app.root / "node_modules/thing/index").exists()


def test_a_failing_setup_ends_the_proof(app: Any) -> None:
    app.fix()
    ran = app.triagebook("prove", "7", "--yes", "--setup", "git no-such-command")
    assert ran.code == 2
    assert "`git no-such-command` failed: it ended with exit code 1" in ran.err
    assert worktrees(app) == 1


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_suite_and_leaves_no_worktree(app: Any, tmp_path: Path, which: signal.Signals) -> None:
    mark = tmp_path / "started"
    app.write(TESTS, f"import time\nfrom pathlib import Path\n\n\ndef test_connects():\n"
              f"    Path({str(mark)!r}).touch()\n    time.sleep(60)\n")  # fmt: skip
    app.fix()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running = subprocess.Popen(
        [COMMAND, "prove", "7", "--yes"], cwd=app.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**plain_environment(), "TMPDIR": str(temporary)},
    )  # fmt: skip
    until = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(running.pid, which)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 130, out
    assert worktrees(app) == 1
    assert not list(temporary.glob("triagebook-prove-*"))
    assert app.only().partial


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/unit/data.json", True),
        ("src/test/java/CartTest.java", True),
        ("src/main/java/CartTest.java", True),
        ("cart_test.go", True),
        ("testdata/one.txt", True),
        ("lib/cart.test.mjs", True),
        ("lib/cart.spec.tsx", True),
        ("Shop.Tests/Cart.cs", True),
        ("conftest.py", True),
        ("app/contest.py", False),
        ("app/latest.py", False),
        ("lib/test.js", False),
        ("cart.go", False),
        ("src/main/java/Contest.java", False),
        ("docs/testing.md", False),
    ],
)
def test_test_files_are_recognised(path: str, *, is_test: bool) -> None:
    assert is_test_file(path) is is_test
