"""Every dishonest edit we can think of, each an attempt to have an issue read `validated`. None may.

There are four stories to start from: `honest` and `settled` are validated; in `failing` one of the two tests that
reproduced the defect still fails after the fix; in `unproven` no run after the fix is recorded. An edit that hides
something starts from one that is not validated, an edit that takes away what validation needs from one that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias

import pytest

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
    MENDED,
    NOW,
    OLD,
    TEST_FILE,
    Plain,
    Story,
    digest,
    failed,
    honest,
    observation,
    run,
    sealed,
    source,
    value,
)
from triagebook.code.state import UNKNOWN
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage

Edit: TypeAlias = Callable[[Story], object]

ORDER = list(Stage)
OTHER_ERROR = "AssertionError: no answer came"
SENDS_FAILS = AFTER | {"test_sends": failed(OTHER_ERROR)}
LOWERED = EXPECTED | {"test_sends": {"before": FAIL_THEN_PASS["before"], "after": "fail"}}
WITHOUT_SENDS = {name: held for name, held in EXPECTED.items() if name != "test_sends"}


def settled() -> Story:
    """Validated, and no criterion asks for the tests: only the verdict stands against what is done to them."""
    story = honest()
    del story.issue["criteria"]["tests"]
    return story


def unproven() -> Story:
    """No run after the fix."""
    story = settled()
    del story.evidence["b-after"]
    return story


def failing() -> Story:
    """`test_sends` still fails."""
    story = unproven()
    story.evidence["b-after"] = run("after", SENDS_FAILS)
    return story


def later(story: Story, results: Plain, **more: Any) -> None:
    """Another run, a day after the first."""
    story.evidence["d-later"] = run("after", results, **{"at": "2025-09-26T10:00:00Z"} | more)


def on_later_code(story: Story) -> dict[str, str]:
    """A commit that changes the code once more, without any use; it is checked out now."""
    code = CODE_AT[NOW] | {CODE_FILE: digest("get()  # better")}
    story.source = source(code, head=LATER, contains=HISTORY | {(LATER, FIX): True})
    return code


# ── evidence that was not seen ───────────────────────────────────────────────────────────────────────

FORGED: dict[str, Edit] = {
    "machine evidence typed by hand": lambda s: s.evidence.update(b=run("after", AFTER, seal=False)),
    "the seal of another file": lambda s: s.evidence.update(
        b=run("after", AFTER, seal=False) | {"seal": s.evidence["a-before"]["seal"]}
    ),
    "a run before the fix, edited to one after": lambda s: s.evidence.update(
        b=s.evidence["a-before"] | {"phase": "after", "commit": NOW, "results": AFTER}
    ),
    "transcribed from a report": lambda s: s.evidence.update(b=run("after", AFTER, grade="transcribed")),
    "transcribed with a document": lambda s: s.evidence.update(
        b=run("after", AFTER, grade="transcribed", **{"from": "report.md#L3"})
    ),
    "attested by a person": lambda s: s.evidence.update(b=run("after", AFTER, grade="attested", by="developer")),
    "attested by nobody": lambda s: s.evidence.update(b=run("after", AFTER, grade="attested")),
    "a person says that it works": lambda s: s.evidence.update(b=observation(error=None, says="All tests pass")),
    "a command that ends with 0": lambda s: s.evidence.update(
        b=sealed(
            {key: run("after", {})[key] for key in ("grade", "at", "environment", "phase", "commit", "dirty")}
            | {"kind": "command", "command": "pytest", "exit_code": "0", "output": "3 passed"}
        )
    ),
    "totals without results": lambda s: s.evidence.update(
        b=run("after", {}, totals={"passed": "3", "failed": "0", "total": "3"})
    ),
    "the run before the fix once more": lambda s: s.evidence.update(b=deepcopy(s.evidence["a-before"])),
    "a claim that it is validated": lambda s: s.claims.append(
        {"says": "Validated", "lines": "1", "about": {"fact": "stage"}, "state": "validated"}
    ),
    "closed as fixed": lambda s: s.issue.update(closed={"on": "2025-10-01", "as": "fixed", "by": "developer"}),
    "a waiver": lambda s: s.issue.update(
        waivers=[{"rule": "TB410", "who": "developer", "why": "It works", "until": "2999-01-01"}]
    ),
    "a step that is ticked": lambda s: s.issue.update(next=[{"do": "Run the suite", "done": "2025-09-25"}]),
}

# ── runs after the fix that show nothing ─────────────────────────────────────────────────────────────


def _recorded(**how: Any) -> Edit:
    results = how.pop("results", AFTER)
    return lambda story: story.evidence.update(b=run("after", results, **how))


def _twice(story: Story) -> None:
    file = {"name": "junit.xml", "sha256": digest("one file")}
    story.evidence["b"] = run("after", AFTER, source=file)
    story.evidence["b-local"] = run("after", AFTER, source=file, environment="local")


def _wavering(story: Story, **second: Any) -> None:
    story.evidence["b"] = run("after", {name: failed(OTHER_ERROR) for name in AFTER})
    later(story, AFTER, **second)


def _no_history(story: Story, commit: str) -> None:
    story.source = UNKNOWN
    story.affected = story.affected and story.affected | {"source": {"repository": "app", "commit": FIX}}
    story.evidence["a-before"] = run("before", BEFORE, code=None)
    story.evidence["b"] = run("after", AFTER, commit=commit, code=None)


def _ambiguous(story: Story) -> None:
    """One result without a file, and two tests of that name."""
    other = {"category": "unit", "path": "tests/test_other.py", **FAIL_THEN_PASS, "tests": dict(story.suite["tests"])}
    story.issue["suites"]["other"] = other
    story.evidence["a-before"] = run("before", BEFORE, suite=None)
    story.evidence["b"] = run("after", AFTER, suite=None)


SHOWS_NOTHING: dict[str, Edit] = {
    "a dirty tree": _recorded(dirty="true"),
    "a tree that nobody looked at": _recorded(dirty=None),
    "no commit": lambda s: s.evidence.update(b=sealed({k: v for k, v in run("after", AFTER).items() if k != "commit"})),
    "no environment": _recorded(environment=None),
    "another environment": _recorded(environment="local"),
    "an environment that is misspelt": _recorded(environment="Staging"),
    "no phase": lambda s: s.evidence.update(b=sealed({k: v for k, v in run("after", AFTER).items() if k != "phase"})),
    "called a run before the fix": lambda s: s.evidence.update(b=run("before", AFTER, commit=NOW)),
    "on code without the fix": _recorded(commit=OLD),
    "the same commit": lambda s: _no_history(s, OLD),
    "the same commit, shortened": lambda s: _no_history(s, OLD[:9]),
    "another commit, the same product": _recorded(code=CODE_AT[OLD]),
    "another commit, only the test is changed": _recorded(code=CODE_AT[OLD] | {TEST_FILE: digest("pass")}),
    "another commit, the test is changed too": _recorded(code=CODE_AT[NOW] | {TEST_FILE: digest("pass")}),
    "no expectations": _recorded(expected={}),
    "expectations only before the fix": _recorded(
        expected={name: {"before": held["before"]} for name, held in EXPECTED.items()}
    ),
    "expectations alike": _recorded(expected=dict.fromkeys(EXPECTED, ALIKE)),
    "all skipped": _recorded(results=dict.fromkeys(AFTER, "skipped")),
    "all expected to fail": _recorded(results=dict.fromkeys(AFTER, "xfailed")),
    "all failures that passed": _recorded(results=dict.fromkeys(AFTER, "xpassed")),
    "all in error": _recorded(results=dict.fromkeys(AFTER, "error")),
    "only the test that proves nothing": _recorded(results={"test_colours": "passed"}),
    "tests that nobody planned": _recorded(results={"test_other": "passed"}),
    "one of several parameters fails": _recorded(
        results={f"{name}[{way}]": end for name in AFTER for way, end in (("a", "passed"), ("b", failed("no")))}
    ),
    "one of several parameters is skipped": _recorded(
        results={f"{name}[{way}]": end for name in AFTER for way, end in (("a", "passed"), ("b", "skipped"))}
    ),
    "a run that was cut off": _recorded(partial="true"),
    "a failure that is counted and not listed": _recorded(totals={"passed": "3", "failed": "1"}),
    "an error that is counted and not listed": _recorded(totals={"passed": "3", "errors": "1"}),
    "an exit code that nothing explains": _recorded(exit_code="2"),
    "one file for two environments": _twice,
    "one run cut off, another held against nothing": lambda s: (
        s.evidence.update(b=run("after", AFTER, partial="true")),
        later(s, AFTER, expected={}),
    ),
    "dated in the future": _recorded(at="2025-12-24T10:00:00Z"),
    "tests of one name": _ambiguous,
    "passed and failed at one commit": _wavering,
    "passed and failed on the same files": lambda s: _wavering(s, commit=LATER, code=CODE_AT[NOW]),
    "passed and failed at one commit, other files kept": lambda s: _wavering(s, code={"setup.py": digest("x")}),
}

# ── a failure after the fix that is hidden ───────────────────────────────────────────────────────────


def _without(story: Story, test: str) -> None:
    del story.suite["tests"][test]


def _rename(story: Story, old: str, new: str, **more: Any) -> None:
    story.suite["tests"][new] = {"proves": "It sends", **more}
    _without(story, old)


def _new_name_passes(story: Story) -> None:
    """The failing test gets another name, and a test of that name passes beside it."""
    _rename(story, "test_sends", "test_sends_well", was="test_sends")
    later(
        story,
        AFTER | {"test_sends": failed(OTHER_ERROR), "test_sends_well": "passed"},
        expected=WITHOUT_SENDS | {"test_sends_well": FAIL_THEN_PASS},
    )


def _harmless_test_takes_the_name(story: Story) -> None:
    """A test that always passed is said to be the one that failed."""
    for name in ("test_connects", "test_sends"):
        _without(story, name)
    story.suite["tests"]["test_colours"] = {"proves": "It sends", "was": "test_sends", **FAIL_THEN_PASS}
    later(story, {"test_colours": "passed"}, expected={"test_colours": FAIL_THEN_PASS})


def _weakened(story: Story) -> None:
    """The test that failed gets another body: the file of tests is another."""
    code = CODE_AT[NOW] | {TEST_FILE: digest("assert True")}
    _without(story, "test_connects")
    del story.evidence["b-after"]
    story.source = source(code, head=LATER, contains=HISTORY | {(LATER, FIX): True})
    later(story, AFTER, commit=LATER, code=code)


def _weakened_and_moved(story: Story, *, tells: bool = True) -> None:
    """The same, in a new file."""
    new = "tests/test_new.py"
    code = {CODE_FILE: MENDED, new: digest("assert True")}
    old_file, new_file = (f"{TEST_FILE}::", f"{new}::") if tells else ("", "")
    story.suite["path"] = new
    del story.evidence["b-after"]
    story.evidence["a-before"] = run("before", {old_file + name: end for name, end in BEFORE.items()})
    story.suite["tests"] = {name: {"was": f"{TEST_FILE}::{name}"} for name in BEFORE}
    story.source = source(code, head=LATER, contains=HISTORY | {(LATER, FIX): True}, looked_at=frozenset(code))
    later(story, {new_file + name: end for name, end in AFTER.items()}, commit=LATER, code=code)


HIDDEN: dict[str, Edit] = {
    "the outcome edited under the old seal": lambda s: s.edit("b-after", results=AFTER),
    "the outcome edited, the seal taken off": lambda s: s.evidence.update(
        {"b-after": {k: v for k, v in (s.evidence["b-after"] | {"results": AFTER}).items() if k != "seal"}}
    ),
    "an earlier pass, the failing run disarmed by a note": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.edit("b-after", note="Ran on a slow machine"),
    ),
    "an earlier pass, the failing run without its seal": lambda s: s.evidence.update(
        {
            "a2": run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX),
            "b-after": {key: each for key, each in s.evidence["b-after"].items() if key != "seal"},
        }
    ),
    "an earlier pass, the failing run made unreadable": lambda s: (
        s.evidence.update({"b-after": run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)}),
        setattr(s, "unread", frozenset({"1/evidence/b.yaml"})),
    ),
    "an earlier pass, the failing run called transcribed": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.edit("b-after", grade="transcribed"),
    ),
    "an earlier pass, the failing run moved to another environment": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.edit("b-after", environment="local"),
    ),
    "an earlier pass, the failing run called one before the fix": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.record("b-after", phase="before"),
    ),
    "an earlier pass on other code, the failing run without a phase": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.record("b-after", phase=None),
    ),
    "an earlier pass, the failing file recorded for a second place": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.record("b-after", source={"name": "junit.xml", "sha256": digest("it")}),
        s.evidence.update(b2=run("after", SENDS_FAILS, environment="local", source=s.evidence["b-after"]["source"])),
    ),
    "an earlier pass, the failing run cut off": lambda s: (
        s.evidence.update(a2=run("after", AFTER, at="2025-09-24T10:00:00Z", commit=FIX)),
        s.record("b-after", partial="true"),
    ),
    "a pass at the very same time, in a file that sorts later": lambda s: s.evidence.update(
        z=run("after", AFTER, commit=LATER, code=on_later_code(s))
    ),
    "lower expectations in the plan": lambda s: s.suite["tests"].update(test_sends={"after": "fail"}),
    "expected to fail after, and recorded again": lambda s: (
        s.suite["tests"].update(test_sends={"after": "fail"}),
        later(s, SENDS_FAILS, expected=LOWERED),
    ),
    "expected to fail after, and run again on later code": lambda s: (
        s.suite["tests"].update(test_sends={"after": "fail"}),
        later(s, SENDS_FAILS, expected=LOWERED, commit=LATER, code=on_later_code(s)),
    ),
    "expected to fail alike, and run again on later code": lambda s: later(
        s,
        AFTER | {"test_sends": failed()},
        expected=EXPECTED | {"test_sends": {"before": FAIL_THEN_PASS["before"], "after": FAIL_THEN_PASS["before"]}},
        commit=LATER,
        code=on_later_code(s),
    ),
    "expected to be skipped": lambda s: s.suite["tests"].update(test_sends={"after": "skip"}),
    "nothing expected any more, and recorded again": lambda s: later(s, SENDS_FAILS, expected=WITHOUT_SENDS),
    "called flaky": lambda s: s.suite["tests"].update(
        test_sends={"flaky": {"why": "Order of events", "owner": "developer", "until": "2999-01-01"}}
    ),
    "skipped in the next run": lambda s: later(s, AFTER | {"test_sends": "skipped"}),
    "skipped in the next run, on later code": lambda s: later(
        s, AFTER | {"test_sends": "skipped"}, commit=LATER, code=on_later_code(s)
    ),
    "marked as an expected failure": lambda s: later(s, AFTER | {"test_sends": "xfailed"}),
    "left out of the next run": lambda s: later(s, {"test_connects": "passed"}, commit=LATER, code=on_later_code(s)),
    "passed in a dirty tree": lambda s: later(s, AFTER, dirty="true"),
    "passed, says a person": lambda s: later(s, AFTER, grade="attested", by="developer"),
    "passed in another environment": lambda s: later(s, AFTER, environment="local"),
    "passed, by a run that was typed": lambda s: later(s, AFTER, seal=False),
    "taken out of the plan": lambda s: _without(s, "test_sends"),
    "taken out of the plan, and run again without it": lambda s: (
        _without(s, "test_sends"),
        later(s, {"test_connects": "passed"}, expected=WITHOUT_SENDS, commit=LATER, code=on_later_code(s)),
    ),
    "taken out of the plan, and failing unplanned": lambda s: (
        _without(s, "test_sends"),
        later(s, SENDS_FAILS, expected=WITHOUT_SENDS, commit=LATER, code=on_later_code(s)),
    ),
    "never planned, and failing with the recorded error": lambda s: (
        s.evidence.clear(),
        _without(s, "test_sends"),
        s.evidence.update(
            a=run("before", {"test_connects": failed()}, expected=WITHOUT_SENDS),
            b=run("after", {"test_connects": "passed", "test_sends": failed()}, expected=WITHOUT_SENDS),
            c=value("97 %"),
        ),
    ),
    "renamed": lambda s: _rename(s, "test_sends", "test_sends_well"),
    "renamed, the old name given": lambda s: _rename(s, "test_sends", "test_sends_well", was="test_sends"),
    "renamed, and another test of the new name passes": _new_name_passes,
    "a harmless test said to be the one that failed": _harmless_test_takes_the_name,
    "weakened": _weakened,
    "weakened and moved": _weakened_and_moved,
    "weakened and moved, in runs that tell no file": lambda s: _weakened_and_moved(s, tells=False),
    "the parameters that fail are left out": lambda s: (
        s.evidence.clear(),
        s.evidence.update(
            a=run("before", {"test_sends[a]": failed(), "test_sends[b]": failed()}),
            b=run("after", {"test_sends[a]": "passed", "test_sends[b]": failed(OTHER_ERROR)}),
            c=value("97 %"),
        ),
        later(s, {"test_sends[a]": "passed"}, commit=LATER, code=on_later_code(s)),
    ),
    "only some of the parameters are run again": lambda s: (
        s.evidence.clear(),
        s.evidence.update(
            a=run("before", {"test_sends[a]": failed(), "test_sends[b]": failed()}),
            b=run("after", {"test_sends[a]": "passed"}),
            c=value("97 %"),
        ),
    ),
    "parameters called gone by a run in a dirty tree": lambda s: (
        s.evidence.clear(),
        s.evidence.update(
            a=run("before", {"test_sends[a]": failed()}),
            b=run("after", {"test_sends[a]": "passed", "test_sends[b]": failed(OTHER_ERROR)}),
            c=value("97 %"),
        ),
        later(s, {"test_sends[a]": "passed"}, dirty="true", code=CODE_AT[NOW] | {TEST_FILE: digest("changed")}),
    ),
    "the suite's path moved, and run again without it": lambda s: (
        s.record("b-after", results={f"{TEST_FILE}::{name}": end for name, end in SENDS_FAILS.items()}),
        s.suite.update(path="tests/test_elsewhere.py"),
        later(s, {"test_connects": "passed"}, commit=LATER, code=on_later_code(s)),
    ),
    "the suite's path moved": lambda s: (
        s.record("b-after", results={f"{TEST_FILE}::{name}": end for name, end in SENDS_FAILS.items()}),
        s.suite.update(path="tests/test_elsewhere.py"),
    ),
    "the suite's class changed": lambda s: (
        s.record("b-after", results={f"TestOld::{name}": end for name, end in SENDS_FAILS.items()}),
        s.suite.update({"class": "TestNew"}),
    ),
    "the suite renamed": lambda s: s.issue.update(suites={"other": s.suite}),
    "the suite emptied": lambda s: s.suite.update(tests={}),
    "all suites gone": lambda s: s.issue.update(suites={}),
    "the fix moved to a later commit": lambda s: (
        s.evidence.update(b2=run("after", AFTER, commit=LATER, at="2025-09-26T10:00:00Z")),
        s.issue["fix"]["changes"][0].update(commit=LATER),
        setattr(s, "source", source(head=LATER, contains={(OLD, LATER): False, (NOW, LATER): False})),
        s.affected and s.affected.update(source={"repository": "app", "commit": LATER}),
        s.record("b2", code=CODE_AT[NOW]),
    ),
}

# ── what the record asks for, taken away ─────────────────────────────────────────────────────────────


def _criteria(**target: Any) -> Edit:
    """One criterion, and what it says."""
    return lambda story: story.issue.update(criteria={"connects": {"says": "It works", **target}})


def _measured(said: str = "97 %", **more: Any) -> Edit:
    """One criterion, and the value that is to answer it."""

    def edit(story: Story) -> None:
        del story.issue["criteria"]["tests"]
        story.evidence["c"] = value(said, **more)

    return edit


def _catalog(**changes: Any) -> Edit:
    return lambda story: story.catalog.update(changes)


LOWERED_BAR: dict[str, Edit] = {
    "no environment is required": _catalog(required=[]),
    "the required environment has another name": _catalog(required=["stage"]),
    "another environment is required": _catalog(required=["production"]),
    "one more is to be proven": lambda s: s.issue.update(environments={"prove": ["production"]}),
    "no criterion": lambda s: s.issue.update(criteria={}),
    "a criterion without a measure": _criteria(target="at least 95 %"),
    "a criterion without a target": _criteria(measure="connect.success"),
    "a criterion with only a baseline": _criteria(measure="connect.success", baseline="50 %"),
    "a criterion of which nothing is known": _criteria(measure="connect.speed", target="at most 2 s"),
    "a criterion that asks for another unit": _criteria(measure="connect.success", target="at most 2 s"),
    "a criterion that is missed": _criteria(measure="connect.success", target="at least 99 %"),
    "a criterion on the record alone": _criteria(measure="changes.total", target="at least 1 changes"),
    "a criterion on the plan": _criteria(measure="tests.planned", target="at least 1 tests"),
    "a criterion on the steps": lambda s: (
        s.issue.update(next=[{"do": "Tell everybody", "done": "2025-10-01"}]),
        _criteria(measure="steps.open", target="0 steps")(s),
    ),
    "a criterion about itself": _criteria(measure="criteria.met", target="at least 0 criteria"),
    "a criterion about the verdict": _criteria(measure="stage", target="at least 1"),
    "a criterion that holds whatever is measured": _criteria(measure="connect.success", target="at least 0 %"),
    "a criterion that no share can miss": _criteria(measure="tests.pass_rate", target="at most 100 %"),
    "a criterion that no count can miss": _criteria(measure="tests.failed", target="at least 0 tests"),
    "a criterion on what was before": _criteria(
        measure="tests.pass_rate suite=connect phase=before", target="less than 50 %"
    ),
    "a criterion with a filter that does not exist": _criteria(
        measure="tests.pass_rate suit=connect", target="at least 95 %"
    ),
    "a value from a report": _measured(grade="transcribed"),
    "a value that nobody saw": _measured(by=None),
    "a value that an assistant vouches for": _measured(by="robot"),
    "a value of somebody unknown": _measured(by="nobody"),
    "a value measured before the fix": _measured(phase="before"),
    "a value measured who knows when": _measured(phase=None),
    "a value measured on code without the fix": _measured(commit=OLD),
    "a value of a part": _measured(name="connect.success users=internal"),
    "a value that a machine is said to have measured": _measured(grade="machine", by=None, commit=None),
    "a value from a dirty tree": _measured(grade="machine", dirty="true"),
    "a value of tomorrow": _measured(at="2025-12-24T10:00:00Z"),
    "two values at once": lambda s: (_measured()(s), s.evidence.update(d=value("12 %"))),
    "a value edited under its seal": lambda s: (_measured("12 %")(s), s.edit("c", value="97 %")),
    "a value without its seal": lambda s: (
        _measured()(s),
        s.evidence.update(c={k: v for k, v in s.evidence["c"].items() if k != "seal"}),
    ),
    "no commit of the fix": lambda s: s.issue["fix"]["changes"][0].pop("commit"),
    "no change": lambda s: s.issue.update(fix={}),
    "one change more, without a commit": lambda s: s.issue["fix"]["changes"].append({"path": "app/b.py"}),
    "no locations": lambda s: setattr(s, "affected", None),
    "no scan": lambda s: s.affected and s.affected.pop("scan"),
    "a scan that a document tells of": lambda s: s.affected and s.affected["scan"].update({"from": "plan.md#L80"}),
    "a scan that nobody made": lambda s: s.affected and s.affected["scan"].pop("by"),
    "a scan before the fix": lambda s: s.affected and s.affected["source"].update(commit=OLD),
    "a scan of unknown history": lambda s: s.affected and s.affected["source"].update(commit=LATER),
    "an open location": lambda s: s.affected and s.affected["locations"].append("app/b.py:3"),
    "a new location": lambda s: s.affected and s.affected["locations"].append({"at": "app/b.py:3", "state": "new"}),
    "a location without a line": lambda s: (
        s.affected and s.affected.update(locations=[{"at": CODE_FILE, "state": "fixed"}])
    ),
    "no component": lambda s: s.issue.pop("components"),
    "a cause that was ruled out": lambda s: s.issue["causes"][0].update(state="ruled-out"),
    "two environments, proven on different code": lambda s: (
        s.issue.update(environments={"prove": ["local"]}),
        s.evidence.update(
            d=run("before", BEFORE, environment="local"),
            e=run("after", AFTER, environment="local", commit=LATER, code={CODE_FILE: digest("get( )")}),
        ),
        setattr(s, "source", UNKNOWN),
        s.affected and s.affected["source"].update(commit=FIX),
    ),
}

# ── a failure before the fix that was none ───────────────────────────────────────────────────────────


def _before(**how: Any) -> Edit:
    results = how.pop("results", BEFORE)
    return lambda story: story.evidence.update({"a-before": run("before", results, **how)})


def _expecting(before: Any) -> Plain:
    return {name: {"before": before, "after": "pass"} for name in EXPECTED}


NOT_REPRODUCED: dict[str, Edit] = {
    "no run before the fix": lambda s: s.evidence.pop("a-before"),
    "a run on code with the fix": _before(commit=NOW),
    "a run at the fix itself": _before(commit=FIX),
    "a run in another environment": _before(environment="local"),
    "a failure for another reason": _before(results=dict.fromkeys(BEFORE, failed("ImportError: no module app"))),
    "a failure without a word": _before(results=dict.fromkeys(BEFORE, "failed")),
    "a failure in one parameter for another reason": _before(
        results={f"{name}[{way}]": failed(why) for name in BEFORE for way, why in (("a", ERROR), ("b", "ImportError"))}
    ),
    "an expected failure": _before(results=dict.fromkeys(BEFORE, "xfailed")),
    "skipped": _before(results=dict.fromkeys(BEFORE, "skipped")),
    "passed": _before(results=dict.fromkeys(BEFORE, "passed")),
    "passed and failed": lambda s: s.evidence.update(
        a2=run("before", dict.fromkeys(BEFORE, "passed"), at="2025-09-19T10:00:00Z")
    ),
    "an error that any failure shows": _before(
        results=dict.fromkeys(BEFORE, failed("AssertionError: assert False")),
        expected=_expecting({"fail": "AssertionError"}),
    ),
    "an error that nobody named": _before(expected=_expecting("fail")),
    "a test that was to pass": _before(expected=_expecting("pass")),
    "no expectations": _before(expected={}),
    "an error put into the plan afterwards": lambda s: (
        _before(results=dict.fromkeys(BEFORE, failed("ImportError: no module app")))(s),
        s.suite.update(before={"fail": "ImportError: no module app"}),
        s.issue["symptoms"].append("ImportError: no module app"),
    ),
    "from a report": _before(grade="transcribed"),
    "attested": _before(grade="attested", by="developer"),
    "typed by hand": _before(seal=False),
    "edited under its seal": lambda s: s.edit("a-before", environment="staging", note="It failed, surely"),
    "a dirty tree": _before(dirty="true"),
    "one file, recorded before and after": lambda s: (
        s.record("a-before", source={"name": "junit.xml", "sha256": digest("one")}),
        s.record("b-after", source={"name": "junit.xml", "sha256": digest("one")}),
    ),
    "one file, recorded for two places": lambda s: (
        s.record("a-before", source={"name": "junit.xml", "sha256": digest("one")}),
        s.evidence.update(a2=run("before", BEFORE, environment="local", source=s.evidence["a-before"]["source"])),
    ),
    "tests that the plan never had": lambda s: s.suite.update(tests={"test_other": "It is another"}),
    "expected alike when it was run": _before(
        expected={name: {"before": FAIL_THEN_PASS["before"], "after": "fail"} for name in EXPECTED}
    ),
}

# ── the error seen again, and talked away ────────────────────────────────────────────────────────────


def _again(**how: Any) -> Edit:
    return lambda story: story.evidence.update(d=observation(**how))


SEEN_AGAIN: dict[str, Edit] = {
    "seen after the fix": _again(),
    "seen after the fix, says a report": _again(grade="transcribed", by=None),
    "no symptom speaks of it any more": lambda s: (_again()(s), s.issue.pop("symptoms")),
    "the symptom has another text": lambda s: (_again()(s), s.issue.update(symptoms=["ValueError: no"])),
    "called before the fix, at a commit that holds it": _again(phase="before", commit=NOW),
    "called before the fix, in the build that was deployed": _again(phase="before", build="build-7"),
    "in the build that was deployed": _again(phase=None, build="build-7"),
    "in a build of another name, after the deployment": lambda s: (
        s.issue.update(deployment={"staging": {"attempts": [{"on": "2025-09-27", "outcome": "done", "commit": NOW}]}}),
        _again(phase=None, build="build-6b")(s),
    ),
    "after the deployment": lambda s: (
        s.issue.update(deployment={"staging": {"attempts": [{"on": "2025-09-27", "outcome": "done", "commit": NOW}]}}),
        _again(phase=None)(s),
    ),
    "nobody says where": _again(environment=None),
    "at the commit of the fix": _again(phase=None, commit=FIX[:12]),
    "by a test that was to fail": lambda s: later(
        s,
        AFTER | {"test_colours": failed()},
        expected=EXPECTED | {"test_colours": {"before": {"fail": ERROR}, "after": {"fail": ERROR}}},
    ),
    "by a test that was to fail, with no symptom on record": lambda s: (
        s.issue.pop("symptoms"),
        later(
            s,
            AFTER | {"test_colours": failed()},
            expected=EXPECTED | {"test_colours": {"before": {"fail": ERROR}, "after": {"fail": ERROR}}},
            commit=LATER,
            code=on_later_code(s),
        ),
    ),
    "by a test that nobody planned": lambda s: later(s, AFTER | {"test_other": failed()}),
    "by a run that is called one before the fix": lambda s: s.evidence.update(
        d=run("before", {"test_colours": failed()}, commit=NOW, expected={})
    ),
}


def edits() -> Iterator[Any]:
    families: list[tuple[str, Callable[[], Story], dict[str, Edit]]] = [
        ("forged", unproven, FORGED),
        ("shows nothing", unproven, SHOWS_NOTHING),
        ("hidden", failing, HIDDEN),
        ("lowered bar", honest, LOWERED_BAR),
        ("not reproduced", settled, NOT_REPRODUCED),
        ("seen again", settled, SEEN_AGAIN),
    ]
    for family, begin, of_family in families:
        for name, edit in of_family.items():
            yield pytest.param(begin, edit, id=f"{family}: {name}")


@pytest.mark.parametrize(("begin", "edit"), list(edits()))
def test_a_dishonest_edit_does_not_validate(begin: Callable[[], Story], edit: Edit) -> None:
    story = begin()
    edit(story)
    assert ORDER.index(story.stage) < ORDER.index(Stage.VALIDATED)
    verdict = story.case().verdict
    assert verdict.next is not None
    assert verdict.next.missing, "the verdict does not say what is missing"


def test_the_honest_story_is_validated_and_released() -> None:
    story = honest()
    assert story.stage is Stage.RELEASED
    del story.issue["deployment"]
    assert story.stage is Stage.VALIDATED
    assert story.place().state is EnvironmentStatus.PROVEN


def test_the_stories_to_start_from_are_what_they_say() -> None:
    assert settled().stage is Stage.RELEASED
    assert unproven().stage is Stage.FIXED
    assert failing().stage is Stage.FIXED
    assert failing().place().state is EnvironmentStatus.FAILED


@pytest.mark.parametrize("begin", [unproven, failing])
def test_what_is_missing_in_them_is_no_more_than_an_honest_run(begin: Callable[[], Story]) -> None:
    story = begin()
    later(story, AFTER, commit=LATER, code=on_later_code(story))
    assert story.stage is Stage.RELEASED
