"""Ordinary work is proven at the first try: no pattern to search for, no list of tests, a tree with output in it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from triagebook.code.file_kinds import is_output
from triagebook.code.objects import content_digest
from triagebook.facts.ledger.error_texts import names_a_reason
from triagebook.facts.verdict.stages import Stage
from triagebook.inquire import inquire
from triagebook.scan.fixed_places import function_around

BEFORE = ("--phase", "before", "--environment", "local")
AFTER = ("--phase", "after", "--environment", "local")
CART = "def total(prices):\n    result = 1\n    for price in prices:\n        result += price\n    return result\n"
TEST = """\
from app.cart import total


def test_total():
    assert total([2, 3]) == 5


def test_is_a_number():
    assert total([]) >= 0
"""
ISSUE = """\
title: The total is one too high
severity: high
opened: 2026-01-01
owner: developer
summary: Every total is one too high.
components: [chat]
source: {repository: app, commit: COMMIT}
causes: [{says: The sum starts at one, state: confirmed, at: "app/cart.py:4"}]
suites:
  cart: {category: unit, path: tests/test_cart.py, command: python -m pytest tests/test_cart.py,
         before: {fail: assert 6 == 5}}
criteria:
  passes: {says: Every test passes, measure: tests.pass_rate, target: 100 %, environment: local}
"""


@pytest.fixture
def cart(app: Any) -> Any:
    """A defect without a pattern to search for, and its fix, which brings the test."""
    app.write("app/cart.py", CART)
    located = app.commit("A cart")
    app.write("app/cart.py", CART.replace("result = 1", "result = 0"))
    app.write("tests/test_cart.py", TEST)
    fix = app.commit("Start at zero")
    change = f"fix: {{changes: [{{path: app/cart.py, what: Start at zero, commit: {fix}}}]}}\n"
    app.write("issues/7/issue.yaml", ISSUE.replace("COMMIT", located) + change)
    return app


def verdict(app: Any) -> Any:
    """As `show` has it, with the drift of the source code."""
    return inquire(app.load()).case("7").verdict


def fixed(app: Any) -> Any:
    return next(result for result in verdict(app).stages if result.stage is Stage.FIXED)


def test_an_assertion_and_no_pattern_are_enough(cart: Any) -> None:
    """The defect is a wrong number: `assert 6 == 5` is the reason, and the changed function shows the fix."""
    ran = cart.triagebook("prove", "7", "--yes")
    assert ran.code == 0, ran.out + ran.err
    assert "stage: validated." in ran.out
    assert verdict(cart).stage is Stage.VALIDATED
    assert fixed(cart).reasons[-1] == "the fix changed the code around app/cart.py:4"


def test_a_suite_without_a_list_covers_its_file(cart: Any) -> None:
    """Each test of the file is planned; one that passes without the fix is not unexpected."""
    cart.triagebook("prove", "7", "--yes")
    tests = inquire(cart.load()).case("7").verdict
    assert tests.stage is Stage.VALIDATED
    before = next(run for run in cart.evidence.values() if run.phase.value == "before")
    assert set(before.expected) == {"tests/test_cart.py::test_total", "tests/test_cart.py::test_is_a_number"}
    assert before.expected["tests/test_cart.py::test_is_a_number"].before is None
    facts = cart.triagebook("facts", "7", "--name", "tests.pass_rate environment=local").out
    assert "100 %" in facts


def test_a_plan_may_name_its_tests_later(cart: Any) -> None:
    """What a run recorded for a whole file counts for the test that the plan names afterwards."""
    cart.triagebook("prove", "7", "--yes")
    cart.edit("issues/7/issue.yaml", "before: {fail: assert 6 == 5}", "tests: {test_total: It adds up}")
    assert verdict(cart).stage is Stage.VALIDATED


SAID = CART.replace(":\n    result", ':\n    """Añade \u00b7 all."""\n    result', 1)


@pytest.mark.parametrize(
    "text",
    [
        CART + "\n\ndef other():\n    return 2\n",
        CART.replace("    for", "    # starts at one\n    for"),
        SAID,
        CART.replace("result += price", "result += price  # one by one"),
        CART.replace("total(prices)", "total(\n    prices\n)"),
    ],
)
def test_another_function_or_a_comment_is_no_fix(app: Any, text: str) -> None:
    app.write("app/cart.py", CART)
    located = app.commit("A cart")
    app.write("app/cart.py", text)
    other = app.commit("Change something else")
    change = f"fix: {{changes: [{{path: app/cart.py, what: x, commit: {other}}}]}}\n"
    app.write("issues/7/issue.yaml", ISSUE.replace("COMMIT", located) + change)
    assert [todo.do for todo in fixed(app).missing] == [
        f"fix app/cart.py:4: {other[:9]} does not change lines 1 to 5 around it"
    ]


def test_a_line_stated_at_a_commit_with_the_fix_shows_no_defect(cart: Any) -> None:
    located = cart.git("rev-parse", "HEAD~1").strip()
    cart.edit("issues/7/issue.yaml", f"commit: {located}", f"commit: {cart.head}")
    (todo,) = fixed(cart).missing
    assert todo.do == (
        "state them as they were at a commit before the fix: `source`: the lines of the defect are stated at "
        f"{cart.head[:9]}, which already contains the fix"
    )


def test_a_fix_that_was_taken_back_fixes_nothing(cart: Any) -> None:
    assert fixed(cart).reached
    cart.write("app/cart.py", f"import os\n\n\n{CART}")
    cart.commit("Back to one")
    again = "fix it again, and record the commit in `fix.changes`"
    assert [todo.do for todo in fixed(cart).missing] == [
        f"{again}: the fix was reverted: app/cart.py reads as before it",
        f"{again}: app/cart.py:4 is back: the code from before the fix is there again",
    ]


def test_a_squash_and_a_clone_without_history_keep_the_stage(cart: Any) -> None:
    """The fix is found by its content; if the history is cut off, it can't be denied."""
    assert cart.triagebook("prove", "7", "--yes").code == 0
    cart.git("reset", "--quiet", "--soft", "HEAD~1")
    cart.commit("Fix and record in one commit")
    for command in (["reflog", "expire", "--expire=now", "--all"], ["gc", "--quiet", "--prune=now"]):
        cart.git(*command)
    assert verdict(cart).stage is Stage.VALIDATED
    assert fixed(cart).reasons[-1] == "the fix changed the code around app/cart.py:4"
    clone = cart.root.parent / "shallow"
    cart.git("clone", "--quiet", "--depth", "1", f"file://{cart.root}", str(clone))
    cart.root = clone
    found = verdict(cart)
    assert found.stage is Stage.VALIDATED
    assert "the history is cut off" in fixed(cart).reasons[-1]
    assert not found.refusals


def on_a_branch(app: Any) -> None:
    """A test that fails, and then the fix, each recorded on a branch."""
    app.write("app/cart.py", CART)
    located = app.commit("A cart")
    app.git("checkout", "--quiet", "-b", "topic")
    app.write("tests/test_cart.py", TEST)
    app.write("issues/7/issue.yaml", ISSUE.replace("COMMIT", located))
    app.commit("A test that fails")
    app.record(app.pytest("before.xml", "tests/test_cart.py"), *BEFORE)
    app.write("app/cart.py", CART.replace("result = 1", "result = 0"))
    fix = app.commit("Start at zero")
    change = f"fix: {{changes: [{{path: app/cart.py, what: Start at zero, commit: {fix}}}]}}\n"
    app.edit("issues/7/issue.yaml", "criteria:", f"{change}criteria:")
    app.record(app.pytest("after.xml", "tests/test_cart.py"), *AFTER)
    app.commit("The record")


def forget(app: Any) -> None:
    """What no branch holds is gone, as in a fresh clone."""
    for command in (["reflog", "expire", "--expire=now", "--all"], ["gc", "--quiet", "--prune=now"]):
        app.git(*command)


def squash(app: Any) -> None:
    app.git("checkout", "--quiet", "main")
    app.git("merge", "--quiet", "--squash", "topic")
    app.commit("Start at zero")
    app.git("branch", "--quiet", "-D", "topic")
    forget(app)


def review(app: Any) -> None:
    """Changes beside the fix, in the file of the code and in that of the tests."""
    app.edit("app/cart.py", "    return result", "    return result or 0")
    app.write("app/cart.py", (app.root / "app/cart.py").read_text() + "\n\ndef other():\n    return 2\n")
    app.write("tests/test_cart.py", TEST + "\n\ndef test_more():\n    assert total([1]) == 1\n")
    app.commit("As the review asks")


def main_moves(app: Any) -> None:
    app.git("checkout", "--quiet", "main")
    app.write("app/cart.py", f"import os\n\n\n{CART}")
    app.commit("Something else in the same file")
    app.git("checkout", "--quiet", "topic")


@pytest.mark.parametrize(
    "steps",
    [[squash], [review, squash], [main_moves, squash], [main_moves, review, squash], [review, main_moves, squash]],
)
def test_a_squash_with_other_changes_in_the_same_file_keeps_the_proof(app: Any, steps: list[Any]) -> None:
    """No commit may hold the new test with the old code, nor a file as it was tested: it is put together again."""
    on_a_branch(app)
    for step in steps:
        step(app)
    assert verdict(app).stage is Stage.VALIDATED


def test_a_rebase_onto_other_changes_in_the_same_file_keeps_the_proof(app: Any) -> None:
    on_a_branch(app)
    main_moves(app)
    app.git("rebase", "--quiet", "main")
    forget(app)
    assert verdict(app).stage is Stage.VALIDATED


def test_code_that_no_commit_took_in_stays_unknown(app: Any) -> None:
    """A line that helped the test was never merged."""
    on_a_branch(app)
    app.git("reset", "--quiet", "--hard", "HEAD~2")
    app.write("app/cart.py", CART.replace("result = 1", "result = 0").replace("return result", "return int(result)"))
    fix = app.commit("Start at zero")
    app.edit("issues/7/issue.yaml", "criteria:", f"fix: {{changes: [{{path: app/cart.py, commit: {fix}}}]}}\ncriteria:")
    app.record(app.pytest("before.xml", "tests/test_cart.py"), *BEFORE, "--commit", "HEAD~1")
    app.record(app.pytest("after.xml", "tests/test_cart.py"), *AFTER)
    app.edit("app/cart.py", "return int(result)", "return result")
    app.commit("Without the help")
    squash(app)
    assert verdict(app).stage is not Stage.VALIDATED
    assert any("by content" in one.why for one in verdict(app).refusals)


def test_an_indent_is_a_fix_in_python_and_does_not_read_as_back(app: Any) -> None:
    """The total was returned in the loop."""
    early = CART.replace("    return", "        return")
    app.write("app/cart.py", early)
    located = app.commit("A cart")
    app.write("app/cart.py", CART)
    fix = app.commit("Return after the loop")
    change = f"fix: {{changes: [{{path: app/cart.py, what: x, commit: {fix}}}]}}\n"
    app.write("issues/7/issue.yaml", ISSUE.replace("COMMIT", located) + change)
    assert fixed(app).reached
    app.write("app/cart.py", f"import os\n\n\n{early}")
    app.commit("Return in the loop")
    assert not fixed(app).reached


def test_a_guard_above_the_line_is_a_fix(app: Any) -> None:
    app.write("app/cart.py", CART)
    located = app.commit("A cart")
    app.write("app/cart.py", CART.replace("    for", "    result -= 1\n    for"))
    guard = app.commit("Correct the start")
    change = f"fix: {{changes: [{{path: app/cart.py, what: x, commit: {guard}}}]}}\n"
    app.write("issues/7/issue.yaml", ISSUE.replace("COMMIT", located) + change)
    assert fixed(app).reached


# ── the work tree ────────────────────────────────────────────────────────────────────────────────────


def test_output_and_the_tools_own_files_do_not_make_a_tree_dirty(app: Any) -> None:
    for name in ("junit.xml", "coverage.xml", "htmlcov/index.html", "results.json", "mkdocs.yml", "run.log"):
        app.write(name, "output")
    app.edit("issues/7/issue.yaml", "Nobody can connect", "No one can connect")
    app.write(".pytest_cache/README", "cache")
    app.write("target/surefire-reports/TEST-a.xml", "output")
    assert app.record(app.pytest(), *BEFORE).code == 0
    assert app.only().dirty is False


@pytest.mark.parametrize("name", ["app/new.py", "conftest.py", "tests/data.json", "coverage/plugin.py", "settings.xml"])
def test_new_code_and_data_make_a_tree_dirty(app: Any, name: str) -> None:
    app.write(name, "")
    assert app.record(app.pytest(), *BEFORE).code == 1
    assert app.only().dirty is True


HIDDEN = ["conftest.py", "app/chat/__init__.py", "tests/helper.py", "hidden/tests/conftest.py", "jest.config.js"]


@pytest.mark.parametrize("name", HIDDEN)
def test_code_that_git_ignores_makes_a_tree_dirty(app: Any, name: str) -> None:
    app.write(".git/info/exclude", f"/{name.partition('/')[0] if 'hidden' in name else name}\n")
    app.write(name, "import app.chat\n")
    ran = app.record(app.pytest(), *BEFORE)
    assert f"so it proves nothing: {name}" in ran.out


def test_code_that_git_takes_for_unchanged_makes_a_tree_dirty(app: Any) -> None:
    """By size and time alone, as git may be told to; a filter would do as well."""
    for name, value in (("core.trustctime", "false"), ("core.checkStat", "minimal")):
        app.git("config", name, value)
    path = app.root / "app/chat.py"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    app.git("update-index", "--refresh")
    app.edit("app/chat.py", "await get_manager", "      get_manager")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert app.git("status", "--short") == ""
    ran = app.record(app.pytest(), *BEFORE)
    assert "so it proves nothing: app/chat.py" in ran.out


def test_the_line_ends_of_windows_are_no_change(app: Any) -> None:
    app.git("config", "core.autocrlf", "true")
    path = app.root / "app/chat.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    app.git("add", "--all")
    app.record(app.pytest(), *BEFORE)
    run = app.only()
    assert run.dirty is False
    assert run.code["app/chat.py"] == content_digest(app.git("show", "HEAD:app/chat.py").encode())


OUTPUT = [
    "node_modules/a/index.js", ".venv/lib/conftest.py", "env/pyvenv.cfg", "env/lib/__init__.py", "lib/main.js",
    "target/classes/conftest.py", "gen/chat_pb2.py", "app/next-env.d.ts", ".env", "junit.xml",
    "tests/__pycache__/a.pyc",
]  # fmt: skip


def test_dependencies_caches_and_what_was_built_do_not(app: Any) -> None:
    for name in OUTPUT:
        app.write(name, "x\n")
    app.write("app/_version.py", "# file generated by setuptools-scm\nversion = 1\n")
    ignored = {name.split("/")[0] for name in OUTPUT} - {"app", "tests"} | {"_version.py", "*.d.ts", "__pycache__"}
    app.write(".git/info/exclude", "\n".join(sorted(ignored)))
    assert "with uncommitted changes" not in app.record(app.pytest(), *BEFORE).out


def test_the_note_about_a_dirty_tree_comes_before_the_run(app: Any) -> None:
    app.write("app/new.py", "")
    ran = app.triagebook("run", "7", *BEFORE)
    assert ran.code == 2  # nobody can be asked
    assert "note: the work tree holds changes or code in no commit, so it proves nothing: app/new.py" in ran.err


def test_tracked_output_is_code(app: Any) -> None:
    """A result file that git tracks may be the data of a test."""
    app.write("report.xml", "one")
    app.commit("Track it")
    app.write("report.xml", "two")
    assert app.record(app.pytest(), *BEFORE).code == 1
    assert app.only().dirty is True
    assert is_output("report.xml")


# ── reasons and functions ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("assert 6 == 5", True),
        ("assert [] == {}", True),
        ("KeyError: 'prise'", True),
        ("expected 5 to equal 6", True),
        ("AssertionError", False),
        ("Traceback", False),
        ("Error", False),
        ("assert False", False),
        ("assertion `left == right` failed", False),
        ("assertion `left == right` failed: the shares add up", True),
        ("expect(received).toBe(expected)", False),
        ("expect(received).toBe(expected) // Object.is equality Expected: 5 Received: 6", True),
        ("Expected values to be strictly equal:", False),
    ],
)
def test_a_reason_says_more_than_that_something_failed(text: str, *, says: bool) -> None:
    assert names_a_reason(text) is says


@pytest.mark.parametrize(
    ("path", "text", "line", "around"),
    [
        ("a.py", "class B:\n    def c(self):\n        return 2\n\n    def d(self):\n        return 3\n", 3, (2, 3)),
        ("a.py", "import x\n\n\ndef f():\n    pass\n", 1, (1, 1)),
        ("a.js", "const a = (x) => {\n  return x;\n};\n", 2, (1, 3)),
        ("a.ts", "class B {\n  c(): void {\n    foo();\n  }\n}\n", 3, (2, 4)),
        ("a.go", "package p\n\nfunc (x *T) A() int {\n\treturn 1\n}\n", 4, (3, 5)),
        ("A.java", "class A {\n  int f() {\n    return 1;\n  }\n}\n", 3, (2, 4)),
        ("a.unknown", "one\ntwo\n", 2, (2, 2)),
    ],
)
def test_the_function_around_a_line(path: str, text: str, line: int, around: tuple[int, int]) -> None:
    assert function_around(path, text, line) == around


@pytest.mark.parametrize(
    ("detector", "says"),
    [
        ("{regex: nothing like this}", "note: the detector finds nothing in "),
        ("{regex: get_manager, include: ['*.none']}", "matches `include`"),
    ],
)
def test_a_scan_that_finds_nothing_says_so(app: Any, detector: str, says: str) -> None:
    app.edit("issues/7/issue.yaml", "causes:", f"detector: {detector}\ncauses:")
    ran = app.triagebook("scan", "7", "--dry-run")
    assert ran.code == 0
    assert says in ran.err


def test_a_scan_that_excludes_everything_says_so(app: Any) -> None:
    app.edit("issues/7/issue.yaml", "causes:", "detector: {regex: await get_manager}\ncauses:")
    app.write("issues/7/affected.yaml", f"source: {{repository: app, commit: {app.head}}}\nlocations: []\n"
              'excluded: [{at: "app/chat.py:10", why: it is meant}]\n')  # fmt: skip
    ran = app.triagebook("scan", "7", "--dry-run")
    assert "note: every line that the detector finds is excluded" in ran.err
