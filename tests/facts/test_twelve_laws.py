"""The twelve laws of evidence: ten ways and more to break each, as they are met in CI. All are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from msgspec.structs import replace

from tests.facts.test_adversary import OTHER_ERROR, later, on_later_code, settled
from tests.kit.stories import (
    AFTER,
    ALIKE,
    BEFORE,
    CODE_AT,
    CODE_FILE,
    ERROR,
    EXPECTED,
    FAIL_THEN_PASS,
    FIX,
    HISTORY,
    LATER,
    NOW,
    OLD,
    TEST_FILE,
    Plain,
    Story,
    digest,
    evidence_of,
    failed,
    honest,
    observation,
    run,
    sealed,
    value,
)
from triagebook.code.state import Drift, Mismatch, PlaceAfterFix
from triagebook.facts.ledger.error_texts import own_message
from triagebook.facts.ledger.refusals import LAWS
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage, has_reached

Edit: TypeAlias = Callable[[Story], object]
Chapter: TypeAlias = tuple[Callable[[], Story], dict[str, Edit]]

GONE = "d" * 40  # a commit that the repository does not know


def after(**how: Any) -> Edit:
    """Another run after the fix in place of the honest one."""
    results = how.pop("results", AFTER)
    return lambda story: story.evidence.update({"b-after": run("after", results, **how)})


def before(**how: Any) -> Edit:
    results = how.pop("results", BEFORE)
    return lambda story: story.evidence.update({"a-before": run("before", results, **how)})


def state(**changes: Any) -> Edit:
    return lambda story: setattr(story, "source", replace(story.source, **changes))


def both(*edits: Edit) -> Edit:
    return lambda story: [edit(story) for edit in edits]


def command(output: str, **more: Any) -> Plain:
    plain = {"kind": "command", "grade": "machine", "at": "2025-09-28T10:00:00Z", "environment": "staging"}
    plain |= {"phase": "after", "commit": NOW, "dirty": "false", "command": "tail app.log", "output": output}
    return sealed({key: each for key, each in (plain | more).items() if each is not None})


# ── 1: the same test ─────────────────────────────────────────────────────────────────────────────────


HELPER = "tests/helpers.py"


def renamed(results: Plain) -> Plain:
    return {f"{name}_other": end for name, end in results.items()}


SAME_TEST: dict[str, Edit] = {
    "Go: other functions of the package": after(results=renamed(AFTER)),
    "Jest: the titles only share words": after(results={f"it works {name}": "passed" for name in AFTER}),
    "Maven: a class of the same name in another module": after(
        results={f"other/{TEST_FILE}::{name}": "passed" for name in AFTER}
    ),
    "pytest: another class": both(
        lambda s: s.suite.update({"class": "TestConnect"}),
        before(results={f"TestConnect::{name}": end for name, end in BEFORE.items()}),
        after(results={f"TestOther::{name}": "passed" for name in AFTER}),
    ),
    "pytest: another file": after(results={f"tests/test_other.py::{name}": "passed" for name in AFTER}),
    "the body of the test is another": after(code=CODE_AT[NOW] | {TEST_FILE: digest("assert True")}),
    "the body of the test is another, moved to a new file": both(
        before(results={f"{TEST_FILE}::{name}": end for name, end in BEFORE.items()}),
        lambda s: s.suite.update(path="tests"),
        after(
            results={f"tests/test_new.py::{name}": "passed" for name in AFTER},
            code={CODE_FILE: CODE_AT[NOW][CODE_FILE], "tests/test_new.py": digest("assert True")},
        ),
    ),
    "Go: the source holds two tests of that name": after(
        results={name: {"outcome": "passed", "fits": ["a_test.go", "b_test.go"]} for name in AFTER}
    ),
    "Jest: the source holds two tests of that name, before the fix": before(
        results={name: {"outcome": "failed", "error": ERROR, "fits": ["a.test.js", "b.test.js"]} for name in BEFORE},
        expected={},
    ),
    "pytest: a fixture patches the product": both(
        before(results={f"{TEST_FILE}::{name}": end for name, end in BEFORE.items()}),
        after(
            results={f"{TEST_FILE}::{name}": "passed" for name in AFTER},
            code=CODE_AT[NOW] | {"tests/conftest.py": digest("app.connect = lambda: None")},
        ),
    ),
    "pytest: a helper of the test is another": both(
        before(
            results={f"{TEST_FILE}::{name}": end for name, end in BEFORE.items()},
            code=CODE_AT[OLD] | {HELPER: digest("1")},
        ),
        after(results={f"{TEST_FILE}::{name}": "passed" for name in AFTER}, code=CODE_AT[NOW] | {HELPER: digest("2")}),
    ),
    "Jest: the snapshot of the test is another": both(
        before(code=CODE_AT[OLD] | {"tests/__snapshots__/a.snap": digest("1")}),
        after(code=CODE_AT[NOW] | {"tests/__snapshots__/a.snap": digest("2")}),
    ),
    "pytest: the body of the test is another in a new file, its fixtures are the same": both(
        lambda s: s.suite.update(path="tests"),
        before(
            results={f"{TEST_FILE}::{name}": end for name, end in BEFORE.items()},
            code=CODE_AT[OLD] | {"tests/conftest.py": digest("x")},
        ),
        after(
            results={f"tests/test_new.py::{name}": "passed" for name in AFTER},
            code={
                CODE_FILE: CODE_AT[NOW][CODE_FILE],
                "tests/test_new.py": digest("assert True"),
                "tests/conftest.py": digest("x"),
            },
        ),
    ),
    "a result without a file fits two tests": both(
        lambda s: s.issue["suites"].update(
            other={"category": "unit", "path": "tests/b.py", **FAIL_THEN_PASS, "tests": dict(s.suite["tests"])}
        ),
        before(suite=None),
        after(suite=None),
    ),
    "a new name that a run has beside the old one": both(
        lambda s: s.suite["tests"].update(test_opens={"proves": "It opens", "was": "test_connects"}),
        lambda s: [s.suite["tests"].pop(name) for name in ("test_connects", "test_sends")],
        before(results=BEFORE | {"test_opens": "passed"}),
        after(results={"test_opens": "passed"}, expected={"test_opens": FAIL_THEN_PASS}),
    ),
    "other parameters": both(
        before(results={f"{name}[a]": end for name, end in BEFORE.items()}),
        after(results={f"{name}[b]": "passed" for name in AFTER}),
    ),
    "a suite of another name": both(
        lambda s: s.issue["suites"].update(other={"category": "unit", "tests": {"test_x": "It is another"}}),
        lambda s: s.suite.pop("path"),
        after(suite="other"),
    ),
}

# ── 2: known code ────────────────────────────────────────────────────────────────────────────────────

KNOWN_CODE: dict[str, Edit] = {
    "a made-up commit after the fix": both(after(commit=GONE, code=None), state(unknown=frozenset({GONE}))),
    "a made-up commit in both phases": both(
        before(commit="e" * 40, code=None),
        after(commit=GONE, code=None),
        state(unknown=frozenset({GONE, "e" * 40})),
    ),
    "a commit of another repository": both(
        after(commit=GONE, code={"main.go": digest("package main")}), state(unknown=frozenset({GONE}))
    ),
    "a commit of a fork, with other content": both(
        after(commit=GONE, code=CODE_AT[NOW] | {CODE_FILE: digest("fork")}), state(unknown=frozenset({GONE}))
    ),
    "a shortened hash that the repository lacks": both(after(commit=GONE[:7]), state(unknown=frozenset({GONE[:7]}))),
    "no commit": lambda s: s.record("b-after", commit=None),
    "a dirty tree": after(dirty="true"),
    "a tree that nobody looked at": after(dirty=None),
    "transcribed from the log of a CI job": after(grade="transcribed", **{"from": "report.md#L3"}),
    "one result file for two legs of a matrix": both(
        after(source={"name": "junit.xml", "sha256": digest("one")}),
        lambda s: s.evidence.update(
            c2=run("after", AFTER, environment="local", source={"name": "junit.xml", "sha256": digest("one")})
        ),
    ),
    "one result file for two commits, after a re-run": both(
        after(source={"name": "junit.xml", "sha256": digest("one")}),
        lambda s: s.evidence.update(
            c2=run("after", AFTER, commit=FIX, source={"name": "junit.xml", "sha256": digest("one")})
        ),
    ),
    "tests that are not those of the commit that they are said to be from": both(
        before(tests_from=FIX), state(other_tests=frozenset({"a-before"}))
    ),
    "tests of a commit that nobody knows": both(before(tests_from=GONE), state(unknown=frozenset({GONE}))),
    "a commit that was never pushed, before the fix": both(
        before(commit=GONE, code=None), state(unknown=frozenset({GONE}))
    ),
}

# ── 3: another product ───────────────────────────────────────────────────────────────────────────────

CHANGELOG = {"path": "CHANGELOG.md", "what": "The fix is announced", "commit": FIX}


def changes(*named: Plain) -> Edit:
    return lambda story: story.issue["fix"].update(changes=list(named))


OTHER_PRODUCT: dict[str, Edit] = {
    "the same commit": after(commit=OLD),
    "the same commit, shortened": after(commit=OLD[:9]),
    "the same files at another commit": after(code=CODE_AT[OLD]),
    "the same files, and one more digest": after(code=CODE_AT[OLD] | {"setup.py": digest("x")}),
    "the same files, and one digest less": both(
        before(code=CODE_AT[OLD] | {"setup.py": digest("x")}), after(code=CODE_AT[OLD])
    ),
    "only the changelog differs": both(
        changes(CHANGELOG),
        before(code=CODE_AT[OLD] | {"CHANGELOG.md": digest("1")}),
        after(code=CODE_AT[OLD] | {"CHANGELOG.md": digest("2")}),
    ),
    "only the readme differs": both(
        changes(CHANGELOG | {"path": "docs/README.rst"}),
        before(code=CODE_AT[OLD] | {"docs/README.rst": digest("1")}),
        after(code=CODE_AT[OLD] | {"docs/README.rst": digest("2")}),
    ),
    "a file beside the fix differs": both(
        before(code=CODE_AT[OLD] | {"app/b.py": digest("1")}), after(code=CODE_AT[OLD] | {"app/b.py": digest("2")})
    ),
    "only the test differs": after(code=CODE_AT[OLD] | {TEST_FILE: digest("pass")}),
    "the test is called a part of the fix": both(
        changes({"path": CODE_FILE, "commit": FIX}, {"path": TEST_FILE, "commit": FIX}),
        after(code=CODE_AT[NOW] | {TEST_FILE: digest("assert True")}),
    ),
    "the repository holds the same file at both commits": both(
        before(code={TEST_FILE: CODE_AT[OLD][TEST_FILE]}),
        after(code={TEST_FILE: CODE_AT[NOW][TEST_FILE]}),
        state(contents={OLD: {CODE_FILE: digest("one")}, NOW: {CODE_FILE: digest("one")}}),
    ),
    "a folder of the fix is the same": both(
        changes({"path": "app/", "commit": FIX}),
        before(code=CODE_AT[OLD]),
        after(code=CODE_AT[OLD] | {"app/more.py": digest("x")}),
    ),
    "neither commit has the file of the fix": both(
        changes({"path": "app/gone.py", "commit": FIX}),
        before(code=CODE_AT[OLD]),
        after(code=CODE_AT[OLD]),
        state(contents={OLD: {}, NOW: {}}),
    ),
}

# ── 4: for that reason ───────────────────────────────────────────────────────────────────────────────

WANTED = "can't be used in 'await' expression"
PYTEST = """\
    def test_connects():
        {}
        manager = connect()
>       assert manager.state == "open"
E       AssertionError: assert 'closed' == 'open'

tests/test_connect.py:12: AssertionError"""
NATIVE = f"""\
Traceback (most recent call last):
  File "tests/test_connect.py", line 12, in test_connects
    raise ValueError  # {WANTED}
ValueError: no manager"""
JAVA = f"java.lang.IllegalStateException: closed\n\tat app.Chat.open(Chat.java:3)\nCaused by: app.Error: {WANTED}"
JEST = f"Error: expect(received).toBe(expected)\n    at open (chat.test.js:3) // {WANTED}"
HANDLED = "During handling of the above exception, another exception occurred:"
CHAINED = f"E   TypeError: {WANTED}\n\n{HANDLED}\n\nE   KeyError: 'x'"


def failing_with(error: str, expected: str | None = None) -> Edit:
    held = {"before": {"fail": expected}, "after": "pass"} if expected else FAIL_THEN_PASS
    names = ("test_connects", "test_sends")
    return before(results=dict.fromkeys(names, failed(error)), expected=dict.fromkeys(names, held))


THAT_REASON: dict[str, Edit] = {
    "the text is in the docstring of the test": failing_with(PYTEST.format(f'"""TypeError: {WANTED}"""')),
    "the text is in a comment above the failing line": failing_with(PYTEST.format(f"# {WANTED}")),
    "the text is in a line of code": failing_with(PYTEST.format(f'message = "{WANTED}"')),
    "the text is in a Python traceback": failing_with(NATIVE),
    "the text is in the cause of another exception in Java": failing_with(JAVA),
    "the text is in a frame of Jest": failing_with(JEST),
    "the text is of the error that was handled": failing_with(CHAINED),
    "the error was expected and not raised": failing_with(
        "E   Failed: DID NOT RAISE <class 'app.AwaitError'>", "app.AwaitError"
    ),
    "a bare AssertionError": failing_with("AssertionError: assert False", "AssertionError"),
    "the words of any assertion": failing_with("java.lang.AssertionError: expected true but was false", "but was"),
    "a bare Traceback": failing_with("Traceback (most recent call last)", "Traceback"),
    "a bare Error": failing_with("Error: no route", "Error"),
    "java.lang.AssertionError": failing_with("java.lang.AssertionError: no", "java.lang.AssertionError"),
    "an import that fails": failing_with("ModuleNotFoundError: No module named 'app'"),
    "a fixture that fails": before(
        results={name: {"outcome": "error", "error": "fixture 'db' not found"} for name in BEFORE}
    ),
    "a time-out": failing_with("Failed: Timeout >60.0s"),
    "no text at all": before(results=dict.fromkeys(BEFORE, "failed")),
}

# ── 5: one code, one answer ──────────────────────────────────────────────────────────────────────────

RATE = {"before": {"fails": "at least 1 of 50", "error": WANTED}, "after": "fails 0 of 200"}
FEW = RATE | {"after": "fails 0 of 20"}
RETRIED: Plain = {"outcome": "passed", "attempts": "2"}
TWO = ("test_connects", "test_sends")


def repeated(name: str, times: int, failures: int = 0) -> Plain:
    """What pytest-repeat makes of one test."""
    return {f"{name}[{number}-{times}]": failed() if number <= failures else "passed" for number in range(1, times + 1)}


def at_rate(first: Plain, then: Plain) -> Edit:
    held = {"test_connects": RATE}
    return both(
        lambda s: s.suite["tests"].update(test_connects={"proves": "It connects", **RATE}),
        before(results=first, expected=held),
        after(results=then, expected=held),
    )


ONE_ANSWER: dict[str, Edit] = {
    "Maven: flakyFailure": after(results=dict.fromkeys(AFTER, RETRIED)),
    "CTRF: retries": after(results=AFTER | {name: RETRIED | {"attempts": "3"} for name in TWO}),
    "pytest-rerunfailures: one test of two": after(results=AFTER | {"test_sends": RETRIED}),
    "Playwright: one name twice in a file": after(
        results=AFTER | {"test_sends": failed(OTHER_ERROR), "test_sends[#2]": "passed"}
    ),
    "one name twice, the failure second": after(results=AFTER | {"test_sends[#2]": failed(OTHER_ERROR)}),
    "one name three times": after(results=AFTER | {"test_sends[#2]": "passed", "test_sends[#3]": failed("no")}),
    "a re-run of the job": both(after(results=dict.fromkeys(AFTER, failed(OTHER_ERROR))), lambda s: later(s, AFTER)),
    "a re-run of the job, as another commit with the same content": both(
        after(results=dict.fromkeys(AFTER, failed(OTHER_ERROR))),
        lambda s: later(s, AFTER, commit=LATER, code=CODE_AT[NOW]),
    ),
    "a retry within the parameters": both(
        before(results={f"{name}[a]": failed() for name in TWO}),
        after(results={f"{name}[a]": RETRIED for name in TWO}),
    ),
    "before the fix it passes now and then": before(results=BEFORE | {f"{name}[#2]": "passed" for name in TWO}),
    "before the fix it passes in the second attempt": before(results=BEFORE | dict.fromkeys(TWO, RETRIED)),
    "an intermittent defect, too few attempts after": at_rate(
        repeated("test_connects", 50, 2), repeated("test_connects", 20)
    ),
    "an intermittent defect, a plan that asks for too few attempts": both(
        lambda s: s.suite["tests"].update(test_connects={"proves": "It connects", **FEW}),
        before(results=repeated("test_connects", 50, 1), expected={"test_connects": FEW}),
        after(results=repeated("test_connects", 20), expected={"test_connects": FEW}),
    ),
    "an intermittent defect that still fails once": at_rate(
        repeated("test_connects", 50, 2), repeated("test_connects", 200, 1)
    ),
    "an intermittent defect that never failed before": at_rate(
        repeated("test_connects", 50), repeated("test_connects", 200)
    ),
}

# ── 6: nothing vanishes ──────────────────────────────────────────────────────────────────────────────

FAILING_RUN = evidence_of(run("after", AFTER | {"test_sends": failed(OTHER_ERROR)}, at="2025-09-26T10:00:00Z"))
SIGHTING = evidence_of(observation())


SENDS_FAIL = AFTER | {"test_sends": failed(OTHER_ERROR)}
AFTERWARDS = "2025-09-27T10:00:00Z"


def withdrawal(name: str) -> Plain:
    return observation(withdraws=name, says="A mistake", error=None, environment=None, phase=None)


def vanished(record: Any) -> Edit:
    return state(vanished={"b@1234567": record})


NOTHING_VANISHES: dict[str, Edit] = {
    "the failing run deleted": vanished(FAILING_RUN),
    "the failing run deleted, and run again": both(
        vanished(FAILING_RUN), lambda s: s.evidence.update(e=run("after", AFTER, at="2025-09-27T10:00:00Z"))
    ),
    "the sighting deleted": vanished(SIGHTING),
    "the failing command deleted": vanished(evidence_of(command(f"TypeError: {ERROR}"))),
    "a passing run before the fix deleted": vanished(
        evidence_of(run("before", dict.fromkeys(BEFORE, "passed"), at="2025-09-21T10:00:00Z"))
    ),
    "the value that missed the target deleted": vanished(evidence_of(value("12 %", at="2025-09-28T10:00:00Z"))),
    "the failing run withdrawn": both(
        lambda s: later(s, SENDS_FAIL),
        lambda s: s.evidence.update(w=withdrawal("d-later")),
    ),
    "the failing run withdrawn, and another suite run": both(
        lambda s: later(s, SENDS_FAIL),
        lambda s: s.evidence.update(w=withdrawal("d-later"), e=run("after", {"test_colours": "passed"}, at=AFTERWARDS)),
    ),
    "the failing run withdrawn, and run again elsewhere": both(
        lambda s: later(s, SENDS_FAIL),
        lambda s: s.evidence.update(w=withdrawal("d-later"), e=run("after", AFTER, at=AFTERWARDS, environment="local")),
    ),
    "the outcome edited": lambda s: s.edit("b-after", results=AFTER, note="as it was"),
    "the phase edited": lambda s: s.edit("a-before", environment="staging", phase="before", note="x"),
    "the grade edited": lambda s: s.edit("b-after", grade="transcribed"),
    "the seal taken off": lambda s: s.evidence["b-after"].pop("seal"),
    "the seal of another file": lambda s: s.edit("b-after", seal=s.evidence["a-before"]["seal"]),
    "made unreadable": lambda s: setattr(s, "unread", frozenset({"1/evidence/z.yaml"})),
}

# ── 7: everything that failed ────────────────────────────────────────────────────────────────────────


def accepted(name: str, **more: Any) -> Edit:
    waiver = {"rule": "TB438", "at": f"results.{name}", "who": "developer", "why": "Known", "until": "2999-01-01"}
    return lambda story: story.issue.update(waivers=[waiver | more])


REGRESSION = both(before(results=BEFORE | {"test_old": "passed"}), after(results=AFTER | {"test_old": failed("no")}))
EVERYTHING: dict[str, Edit] = {
    "an unplanned failure": after(results=AFTER | {"test_new": failed("no")}),
    "two unplanned failures": after(results=AFTER | {"test_new": failed("no"), "test_newer": failed("no")}),
    "an unplanned error in the set-up": after(results=AFTER | {"test_new": "error"}),
    "a regression": REGRESSION,
    "a regression, accepted until yesterday": both(REGRESSION, accepted("test_old", until="2025-10-14")),
    "a regression, another one accepted": both(REGRESSION, accepted("test_new")),
    "a regression, accepted without a name": both(
        REGRESSION, lambda s: (accepted("x")(s), s.issue["waivers"][0].pop("at"))
    ),
    "an unplanned failure in another leg of the matrix": lambda s: s.evidence.update(
        d=run("after", {"test_new": failed("no")}, environment="local")
    ),
    "a planned test that passed before in another leg": lambda s: s.evidence.update(
        d=run("before", {"test_colours": "passed"}, environment="local"),
        e=run("after", {"test_colours": failed("no")}, environment="local"),
    ),
    "skipped": after(results=dict.fromkeys(AFTER, "skipped")),
    "expected to fail, and it did": after(results=dict.fromkeys(AFTER, "xfailed")),
    "expected to fail, and it passed": after(results=dict.fromkeys(AFTER, "xpassed")),
    "a planned test fails before and after where nothing has to be proven": lambda s: s.evidence.update(
        d=run("before", BEFORE, environment="local"), e=run("after", BEFORE, environment="local")
    ),
    "a planned test fails after the fix where nothing has to be proven": lambda s: s.evidence.update(
        e=run("after", SENDS_FAIL, environment="local")
    ),
    "a run that was cut off": after(partial="true"),
    "a failure that is counted, and listed nowhere": after(totals={"passed": "3", "failed": "1"}),
    "an exit code that nothing explains": after(exit_code="1"),
}

# ── 8: in order ──────────────────────────────────────────────────────────────────────────────────────


def deployed(*attempts: Plain) -> Edit:
    return lambda story: story.issue.update(deployment={"production": {"attempts": list(attempts)}})


DONE: Plain = {"on": "2025-09-30", "outcome": "done", "commit": NOW}
IN_ORDER: dict[str, Edit] = {
    "a run before the issue was opened": after(at="2024-09-25T10:00:00Z"),
    "a run in the future": after(at="2025-12-24T10:00:00Z"),
    "a run that is older than its commit": both(
        after(at="2025-09-20T10:00:00Z"),
        state(made={NOW: evidence_of(run("after", AFTER, at="2025-09-25T10:00:00Z")).at}),
    ),
    "a run on code without the fix": after(commit=OLD),
    "a run before the fix, on code that contains it": before(commit=NOW),
    "a run before the fix, on a part of it": both(
        lambda s: s.issue["fix"]["changes"].append({"path": "app/b.py", "commit": LATER}),
        state(contains=HISTORY | {(OLD, FIX): True, (OLD, LATER): False, (NOW, LATER): True}),
    ),
    "a run of no phase": lambda s: s.record("b-after", phase=None),
    "a deployment that failed": deployed(DONE | {"outcome": "failed"}),
    "a deployment of code without the fix": deployed(DONE | {"commit": OLD}),
    "a deployment that failed, written above an earlier one": deployed(
        DONE | {"on": "2025-10-01", "outcome": "failed"}, DONE
    ),
    "a deployment that is older than its commit": both(
        deployed(DONE), state(made={NOW: evidence_of(run("after", AFTER, at="2025-10-05T10:00:00Z")).at})
    ),
    "a deployment of an unknown commit": both(deployed(DONE | {"commit": GONE}), state(unknown=frozenset({GONE}))),
    "a deployment that was done, and then failed": deployed(DONE, DONE | {"on": "2025-10-01", "outcome": "failed"}),
    "a deployment that was rolled back": deployed(DONE, DONE | {"on": "2025-10-01", "commit": OLD}),
    "a deployment of a build that nobody knows": deployed({"on": "2025-09-30", "outcome": "done", "build": "build-8"}),
    "a deployment of a build of code without the fix": both(
        deployed({"on": "2025-09-30", "outcome": "done", "build": "build-8"}),
        lambda s: s.evidence.update(d=observation(error=None, says="It runs", commit=OLD, build="build-8")),
    ),
    "a deployment of a build that was made of other code, says the evidence": both(
        deployed(DONE | {"build": "build-8"}),
        lambda s: s.evidence.update(d=observation(error=None, says="It runs", commit=OLD, build="build-8")),
    ),
    "a deployment of tomorrow": deployed(DONE | {"on": "2025-12-24"}),
    "a deployment without a day": deployed({"outcome": "done", "commit": NOW}),
}

# ── 9: seen again is failed ──────────────────────────────────────────────────────────────────────────


def also(record: Plain) -> Edit:
    return lambda story: story.evidence.update(d=record)


SEEN_AGAIN: dict[str, Edit] = {
    "observed, with its text": also(observation()),
    "observed, the text in the words": also(observation(error=None, says=f"Staging says: {ERROR}")),
    "observed, in the deployed build": also(observation(phase=None, build="build-7")),
    "observed, after a word of denial about something else": also(
        observation(error=None, says=f"It does not work yet: {ERROR}")
    ),
    "observed, now and then": also(observation(error=None, says=f"No longer {ERROR}, except at night")),
    "observed, in a second sentence": also(
        observation(error=None, says=f"At noon there was no {ERROR}. At night there was {ERROR}")
    ),
    "in a log, in the line below one that denies it": also(command(f"start: no errors\n{ERROR}")),
    "observed in no environment that is named": also(observation(environment=None)),
    "in the output of a command": also(command(f"ERROR {ERROR}")),
    "in the output of a command, in the deployed build": also(command(ERROR, phase=None, commit=None, build="build-7")),
    "in the output of a command that ends with 0": also(command(f"1 warning: {ERROR}", exit_code="0")),
    "in the log, over several lines": also(command(ERROR.replace(" ", "\n  "))),
    "in a document": also(observation(grade="transcribed", by=None)),
    "by a test that nobody planned": lambda s: later(s, AFTER | {"test_other": failed()}),
    "by a test that is planned to fail": lambda s: later(
        s,
        AFTER | {"test_colours": failed()},
        expected=EXPECTED | {"test_colours": {"after": {"fail": ERROR}}},
        commit=LATER,
    ),
    "by a later commit": lambda s: later(s, AFTER | {"test_sends": failed()}, commit=LATER, code=on_later_code(s)),
}

# ── 10: a measure measures ───────────────────────────────────────────────────────────────────────────


def criterion(**target: Any) -> Edit:
    return lambda story: story.issue.update(
        criteria={"connects": {"says": "It works", "measure": "connect.success", "target": "at least 95 %"} | target}
    )


def measured(said: str = "97 %", **more: Any) -> Edit:
    return both(criterion(), lambda story: story.evidence.update(c=value(said, **more)))


A_MEASURE: dict[str, Edit] = {
    "a target of nearly nothing": criterion(target="at least 0.0001 %"),
    "a target of nearly all": criterion(target="at most 99.9 %"),
    "a target of zero": criterion(target="at least 0 %"),
    "a target that the defect meets": criterion(baseline="96 %"),
    "the pass rate of tests that end the same with and without the fix": both(
        lambda s: s.issue["suites"].update(blue={"category": "unit", **ALIKE, "tests": {"test_blue": "It is blue"}}),
        also(run("after", {"test_blue": "passed"}, suite="blue", expected={"test_blue": ALIKE})),
        criterion(measure="tests.pass_rate suite=blue environment=staging", target="100 %"),
    ),
    "the number of planned tests": criterion(measure="tests.planned", target="at least 1 tests"),
    "the pass rate before the fix": criterion(measure="tests.pass_rate phase=before", target="less than 99 %"),
    "a value that was missed": measured("12 %"),
    "a value of another environment": both(measured(environment="local"), criterion(environment="staging")),
    "a value of code without the fix": measured(commit=OLD),
    "a value of a commit that nobody knows": both(measured(commit=GONE), state(unknown=frozenset({GONE}))),
    "a value of no build at all": measured(commit=None),
    "a value that a machine read nowhere": measured(grade="machine", by=None, source=None),
    "a value of a build that nobody knows": measured(commit=None, build="build-9"),
    "a value of a build without the fix": both(
        measured(commit=None, build="build-9"),
        lambda s: s.evidence.update(d=observation(error=None, says="It runs", commit=OLD, build="build-9")),
    ),
    "a value from before the fix": measured(phase="before"),
    "a value that an assistant vouches for": measured(by="robot"),
    "a value from a document": measured(grade="transcribed"),
}

# ── 11: fixed means gone ─────────────────────────────────────────────────────────────────────────────


def scan(**changes: Any) -> Edit:
    def edit(story: Story) -> None:
        if story.affected:
            story.affected["scan"].update(changes)

    return edit


def scanned(**where: Any) -> Edit:
    return lambda story: story.affected and story.affected["source"].update(where)


def location(**how: Any) -> Edit:
    return lambda story: story.affected and story.affected["locations"].append({"at": "app/b.py:3"} | how)


def excluded(*what: Any) -> Edit:
    return lambda story: story.affected and story.affected.update(excluded=list(what))


FIXED_IS_GONE: dict[str, Edit] = {
    "a scan that searched no file": scan(files="0"),
    "a scan that does not say how many files": lambda s: s.affected and s.affected["scan"].pop("files"),
    "a scan of another repository": both(
        lambda s: s.catalog.update(repositories={"app": "https://example.org/app", "web": "https://example.org/web"}),
        scanned(repository="web"),
    ),
    "a scan with another detector": lambda s: s.issue.update(detector={"regex": "await get_manager"}),
    "a scan that found nothing, where the fix changed nothing": both(
        lambda s: s.affected and s.affected["locations"].clear(),
        lambda s: setattr(
            s,
            "source",
            replace(
                s.source,
                drift={"1": Drift(after_fix={"app/b.py:3": PlaceAfterFix(None, why="the fix does not change it")})},
            ),
        ),
    ),
    "a scan of code without the fix": scanned(commit=OLD),
    "a scan of a commit that nobody knows": scanned(commit=GONE),
    "a scan that a document tells of": scan(**{"from": "plan.md#L80"}),
    "a scan that nobody made": lambda s: s.affected and s.affected["scan"].pop("by"),
    "no scan": lambda s: s.affected and s.affected.pop("scan"),
    "an open location": location(),
    "a new location": location(state="new"),
    "a location that stays, says nobody": location(stays={"why": "It is fine", "by": "nobody"}),
    "a location that stays, says an assistant": location(stays={"why": "It is fine", "by": "robot"}),
    "a line that is excluded without a reason": excluded(f"{CODE_FILE}:90"),
    "a list of locations that git holds, and that was deleted": both(
        lambda s: setattr(s, "affected", None), state(lost_locations=True)
    ),
}

# ── 12: back is open ─────────────────────────────────────────────────────────────────────────────────

CLOSED: Edit = lambda s: s.issue.update(closed={"on": "2025-10-01", "as": "fixed", "by": "developer"})  # noqa: E731
BACK = Mismatch("1/affected.yaml", ("locations", 0, "at"), f"{CODE_FILE}:85", "it counts as fixed")
IS_BACK: dict[str, Edit] = {
    "the fix was reverted": state(reverted=(CODE_FILE,)),
    "the fix was reverted after the issue was closed": both(CLOSED, state(reverted=(CODE_FILE,))),
    "one file of the fix was reverted": state(reverted=("app/b.py",)),
    "the location is back": state(drift={"1": Drift(back=(BACK,))}),
    "the location is back after the issue was closed": both(CLOSED, state(drift={"1": Drift(back=(BACK,))})),
    "the defect is at another line": state(drift={"1": Drift(unrecorded={"app/new.py": (3,)})}),
    "a test fails": lambda s: later(s, AFTER | {"test_sends": failed(OTHER_ERROR)}),
    "a test fails after the issue was closed": both(CLOSED, lambda s: later(s, AFTER | {"test_sends": failed()})),
    "a test fails on later code, and then passes with another body": both(
        lambda s: later(s, AFTER | {"test_connects": failed(), "test_sends": failed()}),
        lambda s: s.evidence.update(
            e=run(
                "after",
                AFTER,
                at="2025-09-27T10:00:00Z",
                commit=LATER,
                code=on_later_code(s) | {TEST_FILE: digest("assert True")},
            )
        ),
    ),
    "a test fails on later code": lambda s: later(
        s, AFTER | {"test_sends": failed()}, commit=LATER, code=on_later_code(s)
    ),
    "somebody saw it": also(observation()),
    "somebody saw it after the issue was closed": both(CLOSED, also(observation(at="2025-10-05T10:00:00Z"))),
    "it is in the log of production": also(command(ERROR, environment="production")),
}

CHAPTERS: dict[int, tuple[Callable[[], Story], dict[str, Edit]]] = {
    1: (settled, SAME_TEST),
    2: (settled, KNOWN_CODE),
    3: (settled, OTHER_PRODUCT),
    4: (settled, THAT_REASON),
    5: (settled, ONE_ANSWER),
    6: (honest, NOTHING_VANISHES),
    7: (settled, EVERYTHING),
    8: (settled, IN_ORDER),
    9: (settled, SEEN_AGAIN),
    10: (honest, A_MEASURE),
    11: (settled, FIXED_IS_GONE),
    12: (settled, IS_BACK),
}


# What breaks one law may be refused by another first: a return is a failure, or an error that is seen again.
ALSO = {1: {7}, 3: {1, 8}, 12: {1, 5, 7, 9}}


def cases() -> Iterator[Any]:
    for law, (begin, chapter) in CHAPTERS.items():
        for name, edit in chapter.items():
            yield pytest.param(law, begin, edit, id=f"{law} {LAWS[law]}: {name}")


def test_every_law_is_tried_in_ten_ways() -> None:
    assert CHAPTERS.keys() == LAWS.keys()
    assert all(len(chapter) >= 10 for _, chapter in CHAPTERS.values())


@pytest.mark.parametrize(("law", "begin", "edit"), list(cases()))
def test_a_broken_law_is_refused_with_a_reason(law: int, begin: Callable[[], Story], edit: Edit) -> None:
    """The stage drops, the next one says what is missing, and something is refused that names evidence and remedy."""
    story = begin()
    reached = story.stage
    edit(story)
    verdict = story.case().verdict
    lost = reached is not verdict.stage and has_reached(reached, verdict.stage)
    assert lost
    assert verdict.next is not None
    assert verdict.next.missing
    if law not in {8, 12}:
        assert not has_reached(verdict.stage, Stage.VALIDATED)
    laws = {one.law for one in verdict.refusals}
    assert laws & {law, *ALSO.get(law, ())}, [str(one) for one in verdict.refusals]
    assert all(one.evidence and one.why and one.do and one.law in LAWS for one in verdict.refusals), verdict.refusals


# ── honest work keeps what it has proven ─────────────────────────────────────────────────────────────

KEEPS: dict[str, Edit] = {
    "nothing": lambda _: None,
    "the code changed since": on_later_code,
    "a later run of a test file that has more tests": lambda s: later(
        s, AFTER, commit=LATER, code=on_later_code(s) | {TEST_FILE: digest("one more test")}
    ),
    "a file of the fix changed since": state(digests=CODE_AT[NOW] | {CODE_FILE: digest("get()  # and more")}),
    "the test changed since": state(digests=CODE_AT[NOW] | {TEST_FILE: digest("one more test")}),
    "a file is gone": state(digests={}),
    "uncommitted changes": state(dirty=True, digests=CODE_AT[NOW] | {CODE_FILE: digest("x")}),
    "a clone of depth 1": state(shallow=True, contains={}, head=LATER),
    "an accepted regression": both(REGRESSION, accepted("test_old")),
    "a failure that was there before": both(
        before(results=BEFORE | {"test_old": failed("no")}), after(results=AFTER | {"test_old": failed("no")})
    ),
    "an intermittent defect": at_rate(repeated("test_connects", 50, 1), repeated("test_connects", 200)),
    "an intermittent defect, seen by retries": at_rate(
        {"test_connects": {"outcome": "failed", "error": ERROR, "attempts": "50"}}, repeated("test_connects", 200)
    ),
    "a test that retries before the fix, and fails": before(
        results={name: {"outcome": "failed", "error": ERROR, "attempts": "3"} for name in TWO}
    ),
    "the expected text is in a long message": failing_with(f"E   TypeError: object Manager {WANTED}\nE    + x"),
    "`assert 6 == 5`": failing_with("E   assert 6 == 5", "assert 6 == 5"),
    "an error that was to be raised": failing_with(
        "E   Failed: DID NOT RAISE <class 'ValueError'>", "DID NOT RAISE <class 'ValueError'>"
    ),
    "an assertion of Java": failing_with(
        "java.lang.AssertionError: expected:<5> but was:<6>\n\tat a.B", "expected:<5>"
    ),
    "what a test of Go printed": failing_with("chat_test.go:9: got 6, want 5", "got 6, want 5"),
    "a line that is excluded with a reason": excluded({"at": f"{CODE_FILE}:90", "why": "It is in a string"}),
    "a location that a person lets stay": location(stays={"why": "It shows the old call", "by": "developer"}),
    "a run of the same content under another commit": after(commit=LATER),
    "a fix that only the repository knows": both(
        before(code={TEST_FILE: CODE_AT[OLD][TEST_FILE]}),
        after(code={TEST_FILE: CODE_AT[NOW][TEST_FILE]}),
        state(contents={OLD: {CODE_FILE: digest("one")}, NOW: {CODE_FILE: digest("two")}}),
    ),
    "a fix in a folder": changes({"path": "app/", "commit": FIX}),
    "a fix that adds a file to a folder": both(
        changes({"path": "app", "commit": FIX}),
        before(code={TEST_FILE: CODE_AT[OLD][TEST_FILE]}),
        after(code={TEST_FILE: CODE_AT[NOW][TEST_FILE]}),
        state(contents={OLD: {}, NOW: {"app/new.py": digest("x")}}),
    ),
    "a helper that was added": after(code=CODE_AT[NOW] | {HELPER: digest("1")}),
    "a fix that adds a file": both(
        changes({"path": "app/new.py", "commit": FIX}), state(contents={OLD: {}, NOW: {"app/new.py": digest("x")}})
    ),
    "a fix of a setting": changes({"setting": "TIMEOUT", "was": "30", "now": "60", "commit": FIX}),
    "a fix of the test, where the test is the defect": both(
        changes({"path": TEST_FILE, "commit": FIX}), after(code=CODE_AT[NOW] | {TEST_FILE: digest("better")})
    ),
    "the same fixtures before and after": both(
        before(code=CODE_AT[OLD] | {"tests/conftest.py": digest("x")}),
        after(code=CODE_AT[NOW] | {"tests/conftest.py": digest("x")}),
    ),
    "a command that shows nothing": also(command("no errors")),
    "somebody who sees that it works": also(observation(error=None, says="The chat opens")),
    "a deployment of a build that evidence ties to the fix": both(
        deployed({"on": "2025-09-30", "outcome": "done", "build": "build-8"}), after(build="build-8")
    ),
    "a failing run withdrawn, and run again": both(
        lambda s: later(s, SENDS_FAIL),
        lambda s: s.evidence.update(w=withdrawal("d-later"), e=run("after", AFTER, at=AFTERWARDS)),
    ),
    "a run of an uncommitted work tree withdrawn": both(
        lambda s: later(s, SENDS_FAIL, dirty="true"), lambda s: s.evidence.update(w=withdrawal("d-later"))
    ),
    "a run before the fix withdrawn, that was recorded as one after it": both(
        lambda s: s.evidence.update(x=run("after", BEFORE, commit=OLD, at="2025-09-20T10:00:00Z"), w=withdrawal("x")),
    ),
    "a deployment that was abandoned later": deployed(DONE, DONE | {"on": "2025-10-01", "outcome": "abandoned"}),
    "evidence that is dated the day the issue was opened": after(at="2025-09-15T00:30:00Z"),
}


@pytest.mark.parametrize("name", KEEPS)
def test_honest_work_keeps_its_stage(name: str) -> None:
    story = settled()
    KEEPS[name](story)
    verdict = story.case().verdict
    assert verdict.stage is Stage.RELEASED, [str(one) for one in verdict.refusals]
    assert not any(one.evidence in {"a-before", "b-after"} for one in verdict.refusals), verdict.refusals


@pytest.mark.parametrize(
    "says",
    [
        "No longer {}", "We did not see {} any more", "There was no `{}` in the log", "It works without {}",
        "{} is gone", "{} did not occur", "{} was not seen for a week", "{} no longer appears", "0 lines with {}",
        "It's fine, we didn't get any \"{}\"", "Never saw {} again",
    ],
)  # fmt: skip
def test_a_text_that_denies_the_error_is_not_a_sighting(says: str) -> None:
    story = settled()
    also(observation(error=None, says=says.format(ERROR)))(story)
    also(command(says.format(ERROR)))(story)
    assert story.stage is Stage.RELEASED


@pytest.mark.parametrize(
    "says",
    [
        "{}", "Still {}", "It is not fixed, {}", "{} is not fixed", "{} does not go away", "No chat opens, {}",
        "Not always, but {}", "{} occurs", "not only {}", "Yes, no doubt {}", "{} until we restart", "never mind: {}",
    ],
)  # fmt: skip
def test_any_other_sentence_with_the_error_is_a_sighting(says: str) -> None:
    story = settled()
    also(observation(error=None, says=says.format(ERROR)))(story)
    assert story.place().state is EnvironmentStatus.FAILED


@pytest.mark.parametrize("sign", ["the fix was reverted", "the location is back", "the defect is at another line"])
def test_a_defect_that_is_back_is_proven_in_no_environment(sign: str) -> None:
    story = settled()
    IS_BACK[sign](story)
    verdict = story.case().verdict
    assert {found.state for found in verdict.environments.values()} == {EnvironmentStatus.UNKNOWN}
    (reason,) = story.place().reasons
    assert verdict.bottom_line.lower() == f"{reason}; fix it again.".lower()
    assert [one.law for one in verdict.refusals if one.why == reason] == [12]


def test_a_change_after_the_proof_is_reported() -> None:
    story = settled()
    on_later_code(story)
    assert "code changed since" in story.place().reasons[-1]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PYTEST.format("x"), "AssertionError: assert 'closed' == 'open'"),
        (NATIVE, "ValueError: no manager"),
        (JAVA, "java.lang.IllegalStateException: closed\n"),
        (JEST, "Error: expect(received).toBe(expected)\n"),
        (CHAINED, "KeyError: 'x'"),
        ("chat_test.go:9: got 6", "chat_test.go:9: got 6"),
        ("", ""),
    ],
)
def test_the_own_message_of_a_failure_is_found(error: str, message: str) -> None:
    assert own_message(error) == message
