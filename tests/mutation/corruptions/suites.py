"""TB406 to TB408, TB414, TB415, TB422, TB445, TB446: suites, tests and actions that can prove or reach nothing."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, corrupt, drop, found, put
from triagebook.model.document import Contradiction

from . import names as at

VACUOUS, EXCUSED = Contradiction.VACUOUS, Contradiction.EXPECTED_FAILURE
IMPOSSIBLE, PLACEHOLDER = Contradiction.IMPOSSIBLE_EXPECTATION, Contradiction.PLACEHOLDER

NOTHING_PROVEN = (
    corrupt(
        VACUOUS,
        "a test of the fix passes without it",
        put(at.WINDOWS, "suites", "windows", "tests", "test_two_windows", "before", to="pass"),
        found("TB406"),
    ),
    corrupt(
        Contradiction.INFLATED_COUNT,
        "a whole suite passes with and without the fix, and is counted",
        put(at.EXPORTS, "suites", "rows", "before", to="pass"),
        found("TB406"),
    ),
    corrupt(
        VACUOUS,
        "a second test is planned that passes anyhow",
        put(at.SETTINGS, "suites", "browser", "tests", "test_loads", to={"proves": "It loads", "before": "pass"}),
        found("TB406", at.SETTINGS, "suites", "browser", "tests", "test_loads", "before"),
    ),
)

NOTHING_EXPECTED = (
    corrupt(
        PLACEHOLDER,
        "a suite is planned without a test",
        drop(at.SETTINGS, "suites", "browser", "tests"),
        found("TB407", at.SETTINGS, "suites", "browser"),
    ),
    corrupt(
        Contradiction.UNMEASURED,
        "nothing is expected of the tests of a suite",
        drop(at.EXPORTS, "suites", "rows", "after"),
        found("TB407", at.EXPORTS, "suites", "rows", "tests", "test_many_rows"),
    ),
    corrupt(
        Contradiction.UNMEASURED,
        "a failure is expected, with whatever error",
        put(
            at.PHONE,
            "suites",
            to={
                "phone": {
                    "category": "unit",
                    "before": "fail",
                    "after": "pass",
                    "tests": {"test_opens": "A chat opens"},
                }
            },
        ),
        found("TB407", at.PHONE, "suites", "phone", "before"),
    ),
    corrupt(
        Contradiction.VERDICT_WITHOUT_EVIDENCE,
        "a suite is planned that nobody ran",
        put(
            at.CHAT,
            "suites",
            "browsers",
            to={
                "category": "end-to-end",
                "before": {"fail": "can't be used in 'await' expression"},
                "after": "pass",
                "tests": {"test_each": "It opens in each"},
            },
        ),
        found("TB408"),
    ),
)

EXCUSES = (
    corrupt(
        EXCUSED,
        "a failure after the fix is expected",
        put(at.EXPORTS, "suites", "rows", "tests", "test_no_rows", to={"proves": "An empty file", "after": "fail"}),
        found("TB414", at.EXPORTS, "suites", "rows", "tests", "test_no_rows", "after"),
    ),
    corrupt(
        EXCUSED,
        "a suite is to be skipped after the fix",
        put(at.SETTINGS, "suites", "browser", "after", to="skip"),
        found("TB414"),
    ),
    corrupt(
        EXCUSED,
        "an intermittent test has no excuse",
        drop(at.WINDOWS, "suites", "windows", "tests", "test_two_windows", "flaky"),
        found("TB415", at.WINDOWS, "suites", "windows", "tests", "test_two_windows"),
    ),
    corrupt(
        EXCUSED,
        "a test passes on code on which it failed",
        put(at.WINDOWS_SECOND, "results", "test_one_window", to="passed"),
        found("TB415", at.WINDOWS, "suites", "windows", "tests", "test_one_window"),
    ),
)

ERRORS = (
    corrupt(
        IMPOSSIBLE,
        "the expected error is one that the language never prints",
        put(at.SETTINGS, "suites", "settings", "before", "fail", to="object is not awaitable"),
        found("TB422"),
    ),
    corrupt(
        IMPOSSIBLE,
        "the expected error is that of another object",
        put(at.SETTINGS, "suites", "browser", "before", "fail", to="object Manager can't be found"),
        found("TB422"),
    ),
    corrupt(
        IMPOSSIBLE,
        "the error of the symptom is another than the tests expect",
        put(at.EXPORTS, "suites", "rows", "before", to={"fail": "too many columns"}),
        found("TB422", at.EXPORTS, "suites", "rows", "before", "fail"),
    ),
    corrupt(
        IMPOSSIBLE,
        "the pattern that knows the error is said to be no cause",
        put(at.WINDOWS, "causes", 0, "state", to="ruled-out"),
        found("TB422", at.WINDOWS, "suites", "lists", "before", "fail"),
    ),
)

HEADLINES = (
    corrupt(
        IMPOSSIBLE,
        "the first next action names a place that does not have the defect",
        put(at.SETTINGS, "next", 0, "do", to="Remove the await at `app/elsewhere.py:9`"),
        found("TB445", at.SETTINGS, "next", 0),
    ),
    corrupt(
        IMPOSSIBLE,
        "the first next action runs a suite that is not there",
        put(at.SETTINGS, "next", 0, "command", to="triagebook run 2 --suite opens-later"),
        found("TB445", at.SETTINGS, "next", 0),
    ),
    corrupt(
        Beyond.EVIDENCE,
        "an issue leaves out how its pattern is prevented",
        drop(at.SETTINGS, "plan", "after", 1),
        found("TB446", at.SETTINGS, "causes"),
    ),
)

CORRUPTIONS = (*NOTHING_PROVEN, *NOTHING_EXPECTED, *EXCUSES, *ERRORS, *HEADLINES)
