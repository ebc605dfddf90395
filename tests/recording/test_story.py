"""From a real run before the fix to a proven one: what is recorded carries the issue through the stages of the law."""

from __future__ import annotations

import gzip
import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from triagebook.facts.ledger.commits import Freshness
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.model.evidence import Grade, Outcome, Phase
from triagebook.recording import evidence_data
from triagebook.store.files import MAX_BYTES

BEFORE = ("--phase", "before", "--environment", "local")
AFTER = ("--phase", "after", "--environment", "local")


def measured(app: Any) -> None:
    ran = app.record("--value", "chat.connected=97.2 %", *AFTER, "--by", "developer", "--in", ".")
    assert (ran.code, ran.err) == (0, "")


def test_an_issue_goes_through_all_stages_until_the_defect_is_back(app: Any) -> None:
    """Reported, triaged, reproduced, fixed, validated; then the defect is back."""
    assert app.case().verdict.stage is Stage.REPORTED  # nobody has said at which commit it was located
    first = app.head
    app.edit("issues/7/issue.yaml", "causes:", f"source: {{repository: app, commit: {first}}}\ncauses:")
    assert app.case().verdict.stage is Stage.TRIAGED
    assert app.record(app.pytest("before.xml"), *BEFORE).code == 0
    assert app.case().verdict.stage is Stage.REPRODUCED
    fixed = app.fix()
    assert app.case().verdict.stage is Stage.FIXED
    assert app.record(app.pytest("after.xml"), *AFTER).code == 0
    measured(app)
    verdict = app.case().verdict
    assert verdict.stage is Stage.VALIDATED
    proven = verdict.environments["local"]
    assert proven.state is EnvironmentStatus.PROVEN
    assert {proof.test for proof in proven.proven_by} == {"test_connects", "TestMore::test_many"}
    assert {proof.age.freshness for proof in proven.proven_by} == {Freshness.FRESH}
    assert {proof.commit for proof in proven.proven_by} == {fixed}
    app.edit("app/chat.py", "return get_manager", "return await get_manager")
    app.commit("it is back")
    again = app.case().verdict
    assert again.bottom_line == "The fix was reverted: app/chat.py reads as before it; fix it again."
    assert again.environments["local"].state is EnvironmentStatus.UNKNOWN
    assert app.record(app.pytest("again.xml"), *AFTER).code == 1
    assert app.case().verdict.environments["local"].state is EnvironmentStatus.FAILED


def test_a_recorded_run_keeps_all_that_a_proof_needs(app: Any) -> None:
    """Digest, producer, time, totals, results with error texts, the expectations, the digests of the code."""
    assert app.record(app.pytest(), *BEFORE, "--keep").code == 0
    run = app.only()
    assert (run.grade, run.phase, run.environment, run.suite) == (Grade.MACHINE, Phase.BEFORE, "local", "unit")
    assert (run.commit, run.dirty, run.sealed, run.tool) == (app.head, False, True, "pytest")
    assert (run.totals.passed, run.totals.failed, run.totals.total) == (1, 3, 4)
    name = "tests/test_chat.py::TestMore::test_many[1]"
    assert run.results[name].outcome is Outcome.FAILED
    assert "can't be used in 'await' expression" in run.results[name].error
    # The suite says only `fail`; the error that it must fail with is that of the symptoms.
    assert run.expected[name].before.errors == ("TypeError: object Manager can't be used in 'await' expression",)
    assert run.expected["tests/test_chat.py::test_blue"].before.expected == "pass"
    assert set(run.code) == {"app/chat.py", "tests/test_chat.py"}
    assert (run.source.name, run.source.format) == ("junit.xml", "junit")
    kept = app.book / "7" / "evidence" / str(run.source.kept)
    assert re.search(r"-unit-local-[0-9a-f]{8}-junit\.xml\.gz$", kept.name)
    assert gzip.decompress(kept.read_bytes()) == (app.root.parent / "junit.xml").read_bytes()


def test_a_later_edit_of_the_plan_changes_nothing(app: Any) -> None:
    """A run contains the expectations that it was compared with."""
    app.record(app.pytest("before.xml"), *BEFORE)
    app.edit("issues/7/issue.yaml", "before: fail", "before: {fail: another error}")
    assert {test.name for test, _ in _reproductions(app)} == {"test_connects", "TestMore::test_many"}


def _reproductions(app: Any) -> list[Any]:
    return list(app.case().ledger.reproductions)


def test_a_dirty_tree_proves_nothing(app: Any) -> None:
    """What is not committed is named, and the run says so for ever."""
    app.write("app/chat.py", (app.root / "app/chat.py").read_text() + "# a change\n")
    ran = app.record(app.pytest(), *BEFORE)
    assert "note: the work tree holds changes or code in no commit, so it proves nothing: app/chat.py" in ran.out
    assert app.only().dirty is True
    assert _reproductions(app) == []


def test_the_book_and_leftovers_do_not_make_a_tree_dirty(app: Any) -> None:
    """Evidence that was just written, results in the tree and caches do not make it dirty."""
    junit = app.pytest("app/junit.xml")
    assert junit.resolve().parent == app.root.resolve()
    app.write("tests/__pycache__/a.pyc", "")
    app.record(junit, *BEFORE)
    junit.unlink()
    app.write("issues/7/note.yaml", "").unlink()
    app.record(app.pytest("other.xml"), *BEFORE)
    assert [run.dirty for run in app.evidence.values()] == [False, False]


def test_results_older_than_the_commit_are_not_bound_to_it(app: Any) -> None:
    """A file from before the last commit is not of that commit, whatever is checked out now."""
    junit = app.pytest("before.xml")
    app.monkeypatch.setenv("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z")
    app.fix()
    ran = app.record(junit, *AFTER)
    assert "it was seen before the commit" in ran.out
    assert (app.only().commit, app.only().dirty) == (None, None)


def test_results_are_bound_to_a_named_commit(app: Any) -> None:
    """Results from elsewhere: the digests are those of the commit, not of the work tree."""
    first = app.head
    junit = app.pytest("before.xml")
    app.fix()
    assert app.record(junit, *BEFORE, "--commit", first[:10]).code == 0
    run = app.only()
    assert (run.commit, run.dirty) == (first, False)
    broken = app.git("show", f"{first}:app/chat.py").encode()
    assert run.code["app/chat.py"] == "sha256:" + hashlib.sha256(broken).hexdigest()
    assert len(_reproductions(app)) == 2


def test_a_shallow_clone_says_unknown(app: Any) -> None:
    """Whatever is older than its history is unknown, and the answer says why."""
    app.record(app.pytest("before.xml"), *BEFORE)
    app.fix()
    app.commit("records")
    clone = app.root.parent / "clone"
    app.git("clone", "--quiet", "--depth=1", app.root.as_uri(), str(clone))
    shallow = type(app)(clone, app.monkeypatch, app.results)
    source = shallow.case().source
    assert "the checkout is shallow" in source.why_unknown
    assert False not in source.contains.values()
    whole = app.case().source
    assert (whole.why_unknown, False in whole.contains.values()) == ("", True)


def test_test_paths_are_recorded_from_the_top_of_the_repository(app: Any) -> None:
    """A run in `backend/` names files from there; the record names them from the top."""
    app.git("mv", "tests", "backend")
    app.git("mv", "app", "lib")
    app.write("backend/tests/__init__.py", "")
    app.write("backend/tests/test_chat.py", "def test_connects():\n    pass\n")
    app.edit("issues/7/issue.yaml", "path: tests/test_chat.py", "path: backend/tests/test_chat.py")
    app.commit()
    junit = app.pytest("junit.xml", "--rootdir=.", "-c", "/dev/null", "tests/test_chat.py", cwd="backend")
    app.record(junit, *AFTER, "--in", "backend")
    assert list(app.only().results) == ["backend/tests/test_chat.py::test_connects"]


def test_paths_of_another_machine_are_matched_with_the_plan(app: Any) -> None:
    """A file's path is seen from the top where it ends in a place of the plan."""
    junit = app.root.parent / "junit.xml"
    junit.write_text(
        '<testsuite tests="2"><testcase classname="test_chat" file="/home/ci/work/app/tests/test_chat.py"'
        ' name="test_connects"/><testcase classname="C:\\ci\\app\\tests\\test_other.py" name="x"/></testsuite>'
    )
    app.record(junit, *AFTER)
    assert "tests/test_chat.py::test_connects" in app.only().results


def test_a_module_that_can_not_be_collected_is_an_error(app: Any) -> None:
    """It is kept as an error under the module's name; its tests are missing."""
    app.edit("tests/test_chat.py", "import pytest", "import pytest\nimport nowhere_to_be_found")
    app.commit()
    ran = app.record(app.pytest(), *AFTER, "--suite", "unit")
    assert "not run: tests/test_chat.py: it could not be collected" in ran.out
    assert "problem: 3 planned tests have no result" in ran.out
    run = app.only()
    assert {name: result.outcome for name, result in run.results.items()} == {"tests/test_chat.py": Outcome.ERROR}
    assert (run.totals.errors, run.totals.total) == (1, 1)


def test_the_texts_of_very_many_failures_are_cut(app: Any) -> None:
    """The error texts of unplanned tests are cut, so that the record can hold all results."""
    assert evidence_data.MAX_TEXTS < MAX_BYTES / 2
    app.monkeypatch.setattr(evidence_data, "MAX_TEXTS", 200_000)  # writing as much as the real limit takes long
    text = "x" * 3_500
    case = '<testcase classname="tests.test_{}" name="test_{}"><failure>{} y</failure></testcase>'
    cases = [case.format("other", number, text) for number in range(100)]
    junit = app.root.parent / "junit.xml"
    junit.write_text("<testsuite>" + case.format("chat", "connects", text) + "".join(cases) + "</testsuite>")
    assert app.record(junit, *BEFORE, "--exit-zero").code == 0
    results = app.only().results
    assert len(results) == 101
    assert len(results["tests/test_chat.py::test_connects"].error) == 3_502
    assert len(results["tests/test_other.py::test_0"].error) < 2_100


def test_concurrent_recordings_do_not_overwrite_each_other(app: Any) -> None:
    """Machines that record in the same second do not overwrite each other's evidence."""
    flags = ["--by", "developer", "--at", "2026-01-02T03:04:05Z", "--environment", "local"]
    command = [str(Path(sys.executable).with_name("triagebook")), "record", "7", *flags, "--observe"]
    running = [subprocess.Popen([*command, str(number)], cwd=app.root, stdout=subprocess.PIPE) for number in range(6)]
    for process in running:
        process.communicate(timeout=60)
    assert [process.returncode for process in running] == [0] * 6
    assert {record.says for record in app.evidence.values()} == set("012345")


def test_a_run_without_tests_is_recorded_and_proves_nothing(app: Any) -> None:
    """That is an outcome too, and no test that passed."""
    ran = app.record(app.pytest("junit.xml", "-k", "no_such_test"), *AFTER)
    assert "  no tests ran\n" in ran.out
    assert app.only().note == "No tests ran."
    assert app.only().results == {}
