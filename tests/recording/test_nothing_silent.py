"""Nothing is silent: what a result counts for, what is refused, what went wrong, what was masked, what was killed."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.kit.paths import COMMAND
from triagebook.facts.ledger.refusals import LAWS
from triagebook.recording.secrets import masked, masked_bytes, masked_record

from .conftest import ERROR, plain_environment

BEFORE = ("--phase", "before", "--environment", "local")
AFTER = ("--phase", "after", "--environment", "local")
TESTS = "tests/test_chat.py"


def test_results_whose_names_differ_in_a_secret_are_all_kept() -> None:
    names = [f"test_x[password={word}]" for word in ("hunter2hunter2", "hunter3hunter3", "hunter4hunter4")]
    record, number = masked_record(dict.fromkeys(names, "passed"))
    assert (len(record), number) == (3, 3)
    assert not any("hunter" in name for name in record)


# ── what it counts for ───────────────────────────────────────────────────────────────────────────────


def test_record_says_what_each_result_counts_for(app: Any) -> None:
    before = app.record(app.pytest("before.xml"), *BEFORE, "--dry-run")
    assert f"commit {app.head[:9]}, before the fix, in local:" in before.out
    assert "shows the defect: test_connects, TestMore::test_many" in before.out
    assert "ends as it should: test_blue" in before.out
    app.fix()
    unproven = app.record(app.pytest("after.xml"), *AFTER, "--dry-run")
    assert "does not count: test_connects, TestMore::test_many: passes, but did not fail before the fix" in unproven.out
    assert not app.evidence


def test_record_says_what_proves_the_fix(app: Any) -> None:
    app.record(app.pytest("before.xml"), *BEFORE)
    app.fix()
    assert "proves the fix: test_connects, TestMore::test_many" in app.record(app.pytest("after.xml"), *AFTER).out


def test_record_says_how_a_failure_without_a_reason_would_count(app: Any) -> None:
    app.edit(
        "issues/7/issue.yaml", "error: \"TypeError: object Manager can't be used in 'await' expression\"", "says: x"
    )
    ran = app.record(app.pytest(), *BEFORE)
    assert "fails, but no recorded error says why (a test must fail for the recorded reason): add `before: " in ran.out


def test_record_says_why_a_dirty_tree_proves_nothing(app: Any) -> None:
    app.write("app/new.py", "")
    ran = app.record(app.pytest(), *BEFORE)
    assert "with uncommitted changes, before the fix, in local" in ran.out
    assert "problem: the work tree held changes or code in no commit" in ran.out


# ── what can't be so ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("place", [BEFORE, AFTER])
def test_record_refuses_a_commit_that_does_not_exist(app: Any, place: tuple[str, ...]) -> None:
    ran = app.record(app.pytest(), *place, "--commit", "deadbeefdeadbeef")
    assert ran.code == 2
    assert "commit deadbeefdead is not in app, so nothing recorded for it could count" in ran.err
    assert "fetch it: git fetch; or name the checkout that has it with --in DIR" in ran.err
    assert not app.evidence


def with_more_tests(app: Any, text: str) -> str:
    """Another test file, committed; returns the commit without it."""
    first = str(app.head)
    app.write("tests/test_more.py", text)
    app.commit("More tests")
    return first


def test_results_are_not_bound_to_a_commit_without_their_tests(app: Any) -> None:
    first = with_more_tests(app, "def test_more():\n    pass\n")
    ran = app.record(app.pytest("junit.xml", "tests/test_more.py"), *BEFORE, "--commit", first)
    assert f"tests/test_more.py does not exist at {first[:9]}, so the results are not recorded" in ran.out
    assert app.only().commit is None
    assert "problem: it names no commit" in ran.out


def test_results_with_tests_that_the_commit_lacks_prove_nothing(app: Any) -> None:
    first = with_more_tests(app, "def test_more():\n    pass\n")
    ran = app.record(app.pytest(), *BEFORE, "--commit", first)
    assert f"tests/test_more.py does not exist at {first[:9]}, so other code was tested" in ran.out
    assert "ran with test files that its commit does not have" in ran.out
    assert not app.case().ledger.reproductions


def test_a_failure_in_tests_that_the_commit_lacks_is_held_against_the_fix(app: Any) -> None:
    fix = app.fix()
    with_more_tests(app, "def test_more():\n    assert 1 == 2\n")
    ran = app.record(app.pytest(), *AFTER, "--commit", fix)
    assert "problem: tests/test_more.py::test_more fails after the fix in local, and was not seen before" in ran.out
    (refused,) = [one for one in app.case().verdict.refusals if "test_more" in one.why]
    assert refused.law_name == LAWS[7]


def test_record_refuses_a_phase_that_the_commit_contradicts(app: Any) -> None:
    """In results, in other evidence, and before a suite runs."""
    first, junit = app.head, app.pytest()
    fixed = app.fix()
    app.commit("Record the fix")
    lacks = f"{first[:9]} does not contain the fix {fixed[:9]}, so a run on it is not after the fix"
    for what in ([junit], ["--value", "chat.connected=97 %", "--by", "developer"]):
        ran = app.record(*what, *AFTER, "--commit", first)
        assert (ran.code, lacks in ran.err) == (2, True)
        assert "use --phase before, or a commit with the fix" in ran.err
    ran = app.triagebook("run", "7", *BEFORE, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert f"{app.head[:9]} contains the fix {fixed[:9]}, so a run on it is not before the fix" in ran.err
    assert not app.evidence


@pytest.mark.parametrize(
    "what", [["--value", "chat.connected=97 %"], ["--observe", "It works"], ["--command", "grep x", "--exit-code", "1"]]
)
def test_record_refuses_observations_older_than_the_issue(app: Any, what: list[str]) -> None:
    ran = app.record(*what, *AFTER, "--by", "developer", "--at", "2025-12-31")
    assert ran.code == 2
    assert "on 2025-12-31, before the issue was opened on 2026-01-01: that is not after the fix" in ran.err


def test_record_refuses_results_older_than_the_issue(app: Any) -> None:
    junit = app.pytest()
    assert app.record(junit, *AFTER, "--at", "2025-12-31").code == 2
    early = app.record(junit, *BEFORE, "--at", "2025-12-31", "--commit", app.head)
    assert early.code == 1
    assert "problem: it is dated before its commit" in early.out


# ── the exit code of a record ────────────────────────────────────────────────────────────────────────


def problems_of(app: Any, junit: Path, *arguments: str) -> list[str]:
    """What `record` finds wrong, by which it exits with 1."""
    ran = app.record(junit, *arguments, "--dry-run")
    found = [line.removeprefix("problem: ") for line in ran.out.splitlines() if line.startswith("problem: ")]
    assert ran.code == (1 if found else 0)
    assert app.record(junit, *arguments, "--dry-run", "--exit-zero").code == 0
    return found


def test_a_record_is_a_success_only_if_all_is_as_expected(app: Any) -> None:
    junit = app.pytest()
    assert problems_of(app, junit, *BEFORE) == []
    assert problems_of(app, app.pytest("one.xml", "-k", "not blue"), *BEFORE) == [
        "1 planned test has no result: unit: test_blue"
    ]
    wrong = "test_connects, TestMore::test_many: does not end as expected after the fix (every failure counts)"
    assert any(line.startswith(wrong) for line in problems_of(app, junit, *AFTER))
    skip = junit.with_name("skip.xml")
    skip.write_text(re.sub(r'(name="test_blue"[^>]*)/>', r"\1><skipped/></testcase>", junit.read_text()))
    assert problems_of(app, skip, *BEFORE) == ["test_blue: was skipped (every failure counts): run it"]
    other = junit.with_name("other.xml")
    other.write_text('<testsuite><testcase classname="Shop" name="buys"/></testsuite>')
    assert any(line.startswith("no planned test fits its results") for line in problems_of(app, other, *BEFORE))
    app.write("app/new.py", "")
    assert problems_of(app, junit, *BEFORE)[0].startswith("the work tree held changes")


def test_a_retried_failure_is_flaky_and_says_so(app: Any) -> None:
    junit = app.root.parent / "retried.xml"
    junit.write_text(f"""<testsuite><testcase classname="tests.test_chat" file="{TESTS}" name="test_connects">
        <flakyFailure message="{ERROR}"/></testcase></testsuite>""")
    flaky = "test_connects: passed and failed on the same code (one state of the code gives one answer)"
    assert problems_of(app, junit, *AFTER)[-1].startswith(flaky)


def attempts(app: Any, name: str, number: int, failures: int) -> Path:
    """Results of so many attempts of one test."""
    failure = f'<failure message="TypeError: {ERROR}"/>'
    cases = (
        f'<testcase classname="tests.test_chat" name="test_connects[{one}]">{failure * (one < failures)}</testcase>'
        for one in range(number)
    )
    path: Path = app.root.parent / name
    path.write_text(f"<testsuite name='pytest'>{''.join(cases)}</testsuite>")
    return path


def test_an_intermittent_defect_is_judged_by_its_rate(app: Any) -> None:
    """Each attempt may pass or fail; too few attempts prove nothing."""
    tests = "tests: {test_connects: {proves: It connects, before: fails at least 1 of 50, after: fails 0 of 200}}"
    record = (app.book / "7/issue.yaml").read_text()
    app.write("issues/7/issue.yaml", re.sub(r"tests:\n(      .*\n)+", f"{tests}\n", record))
    app.commit("An intermittent defect")
    few = problems_of(app, attempts(app, "few.xml", 20, 0), *BEFORE)
    assert [line.partition(" (")[0] for line in few] == [
        "test_connects: fails 0 of 20 times, too few attempts for `fails at least 1 of 50`"
    ]
    ran = app.record(attempts(app, "before.xml", 60, 3), *BEFORE)
    assert (ran.code, "shows the defect: test_connects" in ran.out) == (0, True)
    app.fix()
    rare = problems_of(app, attempts(app, "rare.xml", 250, 1), *AFTER)
    assert rare[0].startswith("test_connects: fails 1 of 250 times, but `fails 0 of 200` is expected (")
    ran = app.record(attempts(app, "after.xml", 200, 0), *AFTER)
    assert (ran.code, "proves the fix: test_connects" in ran.out) == (0, True)


# ── the exit code of a run ───────────────────────────────────────────────────────────────────────────


def suite(app: Any, command: str) -> None:
    app.edit("issues/7/issue.yaml", "python -m pytest tests/test_chat.py", command)


def problems(app: Any, *arguments: str) -> list[str]:
    ran = app.triagebook("run", "7", *(arguments or BEFORE), "--yes")
    assert ran.code == 1, ran.out
    assert app.triagebook("run", "7", *(arguments or BEFORE), "--yes", "--exit-zero").code == 0
    return [line.removeprefix("problem: ") for line in ran.out.splitlines() if line.startswith("problem: ")]


def test_a_test_that_can_not_be_imported_is_a_problem(app: Any) -> None:
    app.write(TESTS, "import nowhere_to_be_found\n")
    app.commit()
    assert problems(app)[0] == f"could not be run: {TESTS}"


def test_a_run_without_tests_is_a_problem(app: Any) -> None:
    app.write(TESTS, "")
    app.commit()
    assert problems(app)[0] == "no tests ran"


def test_a_failed_command_without_a_result_file_is_a_problem(app: Any) -> None:
    suite(app, "git no-such-command")
    (problem,) = problems(app)
    assert problem.startswith(
        "the suite left no readable results and ended with exit code 1, so the run proves nothing"
    )


def test_a_failed_command_with_passing_results_is_a_problem(app: Any) -> None:
    app.write("tests/conftest.py", "def pytest_sessionfinish(session):\n    session.exitstatus = 3\n")
    app.write(TESTS, "def test_connects():\n    assert 1\n")
    app.commit()
    assert any(line.startswith("the suite ended with exit code ") for line in problems(app, *AFTER))


def test_an_unplanned_failure_after_the_fix_is_a_problem(app: Any) -> None:
    app.write(TESTS, "def test_connects():\n    pass\n\n\ndef test_other():\n    assert 1 == 2\n")
    app.commit()
    assert any(line.startswith(f"{TESTS}::test_other fails after the fix in local") for line in problems(app, *AFTER))


# ── signals and children ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_suite_and_records_a_partial_run(app: Any, tmp_path: Path, which: signal.Signals) -> None:
    mark = tmp_path / "started"
    slow = f"def test_connects():\n    Path({str(mark)!r}).touch()\n    time.sleep(60)\n"
    app.write(TESTS, f"import time\nfrom pathlib import Path\n\n\n{slow}")
    app.commit()
    running = subprocess.Popen(
        [COMMAND, "run", "7", *BEFORE, "--yes"], cwd=app.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=plain_environment(),
    )  # fmt: skip
    until = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(running.pid, which)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 130, out
    assert app.only().partial


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system does not show environments")
def test_no_child_outlives_a_run(app: Any, tmp_path: Path) -> None:
    """Not even a process in a session of its own, with nothing of our environment."""
    child = tmp_path / "child"
    app.write("start.py", "import subprocess, sys\n"
              "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'],\n"
              "                       start_new_session=True, env={})\n"
              f"open({str(child)!r}, 'w').write(str(one.pid))\n")  # fmt: skip
    app.commit()
    suite(app, "python start.py")
    app.triagebook("run", "7", *BEFORE, "--yes")
    stat = Path(f"/proc/{child.read_text()}/stat")
    until = time.monotonic() + 10
    while stat.exists() and stat.read_text().split()[2] != "Z" and time.monotonic() < until:
        time.sleep(0.1)
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_says_what_values_and_observations_count_for(app: Any) -> None:
    app.fix()
    where = ("--environment", "local", "--by", "developer")
    earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
    after = ("--phase", "after", "--commit", app.head, *where)
    met = app.record("--value", "chat.connected=97 %", "--at", earlier, *after)
    assert "  meets a criterion: connects (97 % meets the target of at least 95 %)" in met.out
    missed = app.record("--value", "chat.connected=12 %", *after)
    assert (missed.code, "  misses a criterion: connects" in missed.out) == (1, True)
    assert "  shows no recorded error" in app.record("--observe", "All is well", *where).out


def test_a_log_shows_the_error_whatever_is_said_about_it(app: Any, tmp_path: Path) -> None:
    """In a file beside an observation, and in the middle of output that is cut."""
    app.fix()
    log = tmp_path / "app.log"
    log.write_text("fine\n" * 100_000 + f"TypeError: {ERROR}\n" + "fine\n" * 100_000)
    after = ("--phase", "after", "--environment", "local", "--commit", app.head)
    seen = app.record("--observe", "All is well", "--attach", log, "--by", "developer", *after)
    assert "the recorded error was seen in a build that contains the fix" in seen.out
    tail = app.record(log, "--command", "tail app.log", *after)
    assert "the recorded error was seen in a build that contains the fix" in tail.out


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────

SECRETS = [
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1" * 18,
    "glpat-" + "a1" * 10,
    "xoxb-" + "1" * 12 + "-abcdef",
    "npm_" + "a1" * 18,
    "pypi-" + "Ab1" * 12,
    "sk-proj-" + "aB3_" * 12,
    "sk-ant-api03-" + "aB-3" * 12,
    "hf_" + "aB3d" * 9,
    "rk_live_" + "aB3d" * 6,
    "ya29." + "aB3d" * 9,
    "SG." + "aB3d" * 5 + "." + "aB3d" * 10,
    "123456789:AA" + "a1B" * 11,
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\nabc\n-----END PGP PRIVATE KEY BLOCK-----",
    "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda text: text[:5])
def test_well_known_secrets_are_masked(secret: str) -> None:
    assert masked(f"one {secret} two") == ("one [masked] two", 1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer [masked]"),
        ("password=hunter22 next", "password=[masked] next"),
        ('{"api_key": "abcd1234"}', '{"api_key": "[masked]"}'),
        ("DB_PASSWORD: 'abcd1234'", "DB_PASSWORD: '[masked]'"),
        ('{"password": "with a blank"}', '{"password": "[masked]"}'),
        ("CI_JOB_TOKEN=abcd12345678", "CI_JOB_TOKEN=[masked]"),
        ("Cookie: sessionid=abcd12345678", "Cookie: sessionid=[masked]"),
        ("redis://:abcd1234@host", "redis://:[masked]@host"),
        ("login --password hunter22", "login --password [masked]"),
        ("postgres://user:abcd1234@host/db", "postgres://user:[masked]@host/db"),
        ("mysql -u root -phunter22 shop", "mysql -u root -p[masked] shop"),
        ("curl -s -u bot:hunter22 https://ci.example.org", "curl -s -u bot:[masked] https://ci.example.org"),
        ("redis-cli -h cache -a hunter22 ping", "redis-cli -h cache -a [masked] ping"),
    ],
)
def test_only_the_value_of_a_secret_is_masked(text: str, kept: str) -> None:
    assert masked(text) == (kept, 1)
    assert masked_bytes(text.encode()) == (kept.encode(), 1)
    assert masked(kept) == (kept, 0)


@pytest.mark.parametrize(
    "text",
    ["the password is wrong", "password=None", "test_password_reset passed", "KeyError: 'token'", "AKIA", "a=b",
     "password=settings.DB_PASSWORD", "max_tokens=4096", "passes: 12345",
     "https://example.org:8080/path", "sha256:" + "0" * 64],
)  # fmt: skip
def test_other_text_is_not_masked(text: str) -> None:
    assert masked(text) == (text, 0)


def test_no_secret_reaches_the_book(app: Any, tmp_path: Path) -> None:
    """In errors, output, notes, kept files and attachments; the summary says so."""
    secret = SECRETS[1]
    app.edit(TESTS, "def test_blue():\n    pass", f"def test_blue():\n    raise ValueError('token {secret}')")
    app.commit()
    ran = app.record(app.pytest(), *BEFORE, "--keep", "--note", f"Found {secret}")
    assert "masked: " in ran.out
    attached = tmp_path / "log.txt"
    attached.write_text(f"Authorization: token {secret}\n")
    seen = app.record(
        "--observe", f"It prints {secret}", "--by", "developer", "--attach", attached, "--environment", "local"
    )
    assert "  masked: 2 that looked like secrets" in seen.out
    for path in (app.book / "7/evidence").iterdir():
        data = path.read_bytes()
        assert secret.encode() not in (gzip.decompress(data) if path.suffix == ".gz" else data), path
    assert all("looked like a secret." in str(record.note) for record in app.evidence.values())
    assert all(record.sealed for record in app.evidence.values())
