"""TB403 to TB405, TB409, TB416 to TB418, TB426, TB428, TB429: evidence that does not carry what it seems to."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, ByHand, Lose, Write, corrupt, drop, found, put, swap
from triagebook.model.document import Contradiction

from . import names as at

EVIDENCE = Beyond.EVIDENCE
METADATA, SHRINKING = Contradiction.MISSING_METADATA, Contradiction.SHRINKING
INFLATED, ENVIRONMENT, SUM = Contradiction.INFLATED_COUNT, Contradiction.ENVIRONMENT, Contradiction.SUM

COLOURS = b"""\
kind: tests
grade: machine
at: 2025-10-21T09:00:00Z
environment: staging
phase: before
commit: 77aa0be3c5d1
dirty: false
results:
  test_colours: passed
"""

FEWER = b"""\
kind: tests
grade: transcribed
at: 2025-10-25
environment: staging
phase: before
from: plan.md#L33
suite: settings
totals: {failed: 1, total: 1}
"""

THREE_OF_TWO = FEWER.replace(b"{failed: 1, total: 1}", b"{passed: 1, failed: 2, total: 2}")

SEALS = (
    corrupt(
        EVIDENCE,
        "a failure is turned into a pass by hand",
        swap(
            at.WINDOWS_FIRST,
            '{outcome: failed, error: "ConflictError: stale version 4"}\n  test_one',
            "passed\n  test_one",
        ),
        ByHand(),
        found("TB403", at.WINDOWS_FIRST, "seal"),
    ),
    corrupt(
        EVIDENCE,
        "the day of a run is changed by hand",
        put(at.SETTINGS_BEFORE, "at", to="2025-09-22T09:00:00Z"),
        ByHand(),
        found("TB403", at.SETTINGS_BEFORE, "seal"),
    ),
    corrupt(
        EVIDENCE,
        "the seal of a run is removed",
        drop(at.WINDOWS_SECOND, "seal"),
        ByHand(),
        found("TB403", at.WINDOWS_SECOND, "grade"),
    ),
    corrupt(
        Contradiction.VERDICT_WITHOUT_EVIDENCE,
        "the run that proves the fix is changed by hand, so nothing is proven",
        swap(at.CHAT_AFTER, "exit_code: 0", "exit_code: 1"),
        ByHand(),
        found("TB403", at.CHAT_AFTER, "seal"),
        found("TB410", at.CHAT, "closed", "as"),
        found("TB302", at.CHAT_STATED, "claims", 1, "state"),
        found("TB413", at.CHAT, "plan", "phases", "prove", "steps", 0, "done"),
    ),
    corrupt(
        EVIDENCE,
        "what a person typed is called a machine's",
        put(at.TOLD, "grade", to="machine"),
        ByHand(),
        found("TB403"),
        found("TB404", at.TOLD),
    ),
    corrupt(
        EVIDENCE,
        "an observation is written by hand",
        drop(at.SEEN_FAILING, "seal"),
        ByHand(),
        found("TB429", at.SEEN_FAILING, "grade"),
    ),
)

PLACES = (
    corrupt(
        METADATA,
        "an observation does not say where",
        drop(at.SEEN_WORKING, "environment"),
        found("TB404", at.SEEN_WORKING),
    ),
    corrupt(
        METADATA,
        "a run does not say on which side of the fix",
        drop(at.DESK_BEFORE, "phase"),
        found("TB404", at.DESK_BEFORE),
    ),
    corrupt(METADATA, "a search names no commit", drop(at.SEARCH, "commit"), found("TB404", at.SEARCH)),
    corrupt(METADATA, "an observation names no build", drop(at.SEEN_FAILING, "build"), found("TB404", at.SEEN_FAILING)),
)

VOUCHERS = (
    corrupt(
        METADATA, "nobody saw what was observed", drop(at.SEEN_FAILING, "by"), found("TB405", at.SEEN_FAILING, "grade")
    ),
    corrupt(EVIDENCE, "an assistant vouches", put(at.SEEN_WORKING, "by", to="scribe"), found("TB405")),
    corrupt(METADATA, "what was typed is from no document", drop(at.TOLD, "from"), found("TB405", at.TOLD, "grade")),
)

RESULTS = (
    corrupt(
        INFLATED,
        "a run of tests that have nothing to do with the issue is recorded for it",
        Write("2/evidence/colours.yaml", COLOURS),
        found("TB409", "2/evidence/colours.yaml", "results", "test_colours"),
    ),
    corrupt(
        INFLATED,
        "a run counts a test that nobody planned",
        put(at.CHAT_AFTER, "results", "test_looks_nice", to="passed"),
        found("TB409"),
        found("TB417", at.CHAT_AFTER, "totals", "passed"),
        found("TB417", at.CHAT_AFTER, "totals", "total"),
    ),
    corrupt(
        INFLATED,
        "a run on a desk counts a test that nobody planned",
        put(at.DESK_AFTER, "results", "test_looks_nice", to="passed"),
        found("TB409"),
    ),
    corrupt(
        SUM, "a report counts one test more than it lists", put(at.REPORTED, "totals", "passed", to="4"), found("TB417")
    ),
    corrupt(
        SUM,
        "a report that lists nothing states more failures than tests",
        Write("2/evidence/reported.yaml", THREE_OF_TWO),
        found("TB417", "2/evidence/reported.yaml", "totals", "total"),
    ),
    corrupt(SUM, "a report forgets a test in its total", put(at.REPORTED, "totals", "total", to="2"), found("TB417")),
    corrupt(
        SUM,
        "a report states a failure that it does not list",
        put(at.REPORTED, "totals", "failed", to="1"),
        found("TB417"),
    ),
    corrupt(
        SUM, "a run loses a failure in its totals", put(at.SETTINGS_BEFORE, "totals", "failed", to="1"), found("TB417")
    ),
)

DENOMINATORS = (
    corrupt(
        SHRINKING,
        "a test vanishes from the latest run",
        drop(at.SETTINGS_AGAIN, "results", "test_saves_settings"),
        found("TB416", at.SETTINGS_AGAIN, "results"),
    ),
    corrupt(
        SHRINKING,
        "a test is skipped in the latest run",
        put(at.SETTINGS_AGAIN, "results", "test_saves_settings", to="skipped"),
        found("TB416", at.SETTINGS_AGAIN, "results"),
    ),
    corrupt(
        SHRINKING,
        "a test is planned that the latest run has not",
        put(at.SETTINGS, "suites", "settings", "tests", "test_keeps_settings", to="They stay"),
        found("TB416", at.SETTINGS_AGAIN, "results"),
    ),
    corrupt(
        SHRINKING,
        "a test is taken out of the plan after it failed",
        drop(at.WINDOWS, "suites", "windows", "tests", "test_one_window"),
        found("TB426", at.WINDOWS_FIRST, "expected", "test_one_window"),
    ),
    corrupt(
        SHRINKING,
        "the old name of a test is forgotten",
        drop(at.CHAT, "suites", "factory", "tests", "test_gives_manager", "was"),
        found("TB426", at.DESK_BEFORE, "expected", "test_gives_a_manager"),
        found("TB416", at.DESK_BEFORE, "results"),
    ),
    corrupt(
        SHRINKING,
        "a test is renamed, and nobody says so",
        swap(at.SETTINGS, "      test_saves_settings:", "      test_keeps_settings:"),
        found("TB426", at.SETTINGS_BEFORE, "expected", "test_saves_settings"),
        found("TB416", at.SETTINGS_AGAIN, "results"),
    ),
)

UNCOUNTED = (
    corrupt(
        SHRINKING,
        "a report states fewer tests than are planned",
        Write("2/evidence/reported.yaml", FEWER),
        found("TB416", "2/evidence/reported.yaml", "totals"),
    ),
    corrupt(
        SHRINKING,
        "a planned test is skipped in its only run",
        put(at.DESK_AFTER, "results", "test_gives_manager", to="skipped"),
        found("TB416", at.DESK_AFTER, "results"),
    ),
    corrupt(
        Contradiction.EXPECTED_FAILURE,
        "a failure after the fix is excused in the code",
        put(at.DESK_AFTER, "results", "test_gives_manager", to="xfailed"),
        found("TB414"),
    ),
)

WHERE = (
    corrupt(
        ENVIRONMENT,
        "a suite for staging was run on a desk",
        put(at.SETTINGS_BEFORE, "environment", to="local"),
        found("TB418"),
    ),
    corrupt(
        ENVIRONMENT,
        "a phase runs a suite where it does not run",
        put(at.CHAT, "plan", "phases", "reproduce", "environment", to="local"),
        found("TB418", at.CHAT, "plan", "phases", "reproduce", "suites", 0),
        found("TB418", at.CHAT, "plan", "phases", "reproduce", "steps", 0, "suites", 0),
    ),
    corrupt(
        ENVIRONMENT,
        "a step runs a suite where it does not run",
        put(at.SETTINGS, "plan", "phases", "prove", "steps", 0, "environment", to="local"),
        found("TB418", at.SETTINGS, "plan", "phases", "prove", "steps", 0, "suites", 0),
    ),
    corrupt(
        ENVIRONMENT,
        "the checks in staging run a suite of the desk",
        put(at.CHAT, "suites", "factory", "environments", to=["local"]),
        put(at.CHAT, "deployment", "staging", "checks", 0, "suites", 0, to="factory"),
        found("TB418", at.CHAT, "deployment", "staging", "checks", 0, "suites", 0),
    ),
    corrupt(
        EVIDENCE,
        "one file is recorded for both sides of the fix",
        put(at.DESK_AFTER, "source", "sha256", to="sha256:" + ("be4" * 22)[:64]),
        found("TB428", at.DESK_AFTER, "source"),
        found("TB428", at.DESK_BEFORE, "source"),
    ),
    corrupt(
        EVIDENCE,
        "one file is recorded for two places",
        put(at.WINDOWS_FIRST, "source", to={"name": "a.xml", "sha256": "sha256:" + "c" * 64}),
        put(at.WINDOWS_SECOND, "source", to={"name": "a.xml", "sha256": "sha256:" + "c" * 64}),
        put(at.WINDOWS_SECOND, "environment", to="staging"),
        found("TB428", at.WINDOWS_FIRST, "source"),
        found("TB428", at.WINDOWS_SECOND, "source"),
    ),
)

LOST = (
    corrupt(
        SHRINKING,
        "the one run of a suite after the fix is lost",
        Lose(at.DESK_AFTER),
        found("TB408", at.CHAT, "suites", "factory"),
    ),
)

CORRUPTIONS = (*SEALS, *PLACES, *VOUCHERS, *RESULTS, *DENOMINATORS, *UNCOUNTED, *WHERE, *LOST)
