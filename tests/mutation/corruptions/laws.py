"""TB438, TB439: failures after the fix that nobody explains, and values that no source states."""

from __future__ import annotations

from tests.mutation.corruption import Beyond, Write, corrupt, found, found_in_file

EVIDENCE = Beyond.EVIDENCE

AFTER = b"""\
kind: tests
grade: machine
at: 2025-10-28T09:00:00Z
environment: local
phase: after
commit: 77aa0be3c5d1
dirty: false
results:
"""
BEFORE = AFTER.replace(b"phase: after", b"phase: before").replace(b"10-28", b"10-27")

NO_ROWS = b'{outcome: failed, error: "KeyError: rows"}\n'
ROWS = b"""\
expected:
  test_many_rows: {after: pass}
  test_no_rows: {after: pass}
"""

MEASURED = b"""\
kind: value
grade: machine
at: 2025-10-20T09:00:00Z
environment: staging
phase: before
commit: 77aa0be3c5d1
name: settings.seconds
value: 4 s
"""
AFTER_THE_FIX = MEASURED.replace(b"before", b"after").replace(b"77aa0be3c5d1", b"ab14a73d8429")

FAILURES = (
    corrupt(
        EVIDENCE,
        "a test fails after the fix of an issue that plans none",
        Write("4/evidence/types.yaml", AFTER + b"  test_types: " + NO_ROWS),
        found("TB438", "4/evidence/types.yaml", "results", "test_types"),
    ),
    corrupt(
        EVIDENCE,
        "beside the planned tests, another one fails after the fix",
        Write(
            "10/evidence/rows.yaml",
            AFTER + b"  test_many_rows: passed\n  test_no_rows: passed\n  test_columns: " + NO_ROWS + ROWS,
        ),
        found("TB438", "10/evidence/rows.yaml", "results", "test_columns"),
    ),
    corrupt(
        EVIDENCE,
        "a planned test passed before the fix, and fails after it",
        Write(
            "10/evidence/rows-before.yaml",
            BEFORE + b'  test_many_rows: {outcome: failed, error: "OverflowError: too many rows"}\n'
            b"  test_no_rows: passed\n" + ROWS,
        ),
        Write("10/evidence/rows.yaml", AFTER + b"  test_many_rows: passed\n  test_no_rows: " + NO_ROWS + ROWS),
        found("TB438", "10/evidence/rows.yaml", "results", "test_no_rows"),
    ),
)

VALUES = (
    corrupt(
        EVIDENCE,
        "a machine is said to have measured, and no file states the value",
        Write("2/evidence/seconds.yaml", MEASURED),
        found_in_file("TB439", "2/evidence/seconds.yaml"),
    ),
    corrupt(
        EVIDENCE,
        "a value after the fix is described, and no file states it",
        Write("1/evidence/seconds.yaml", AFTER_THE_FIX + b"how: From the log of the load balancer\n"),
        found_in_file("TB439", "1/evidence/seconds.yaml"),
    ),
    corrupt(
        EVIDENCE,
        "a value is of a build, and no file states it",
        Write("5/evidence/seconds.yaml", MEASURED.replace(b"commit: 77aa0be3c5d1", b"build: app-409")),
        found_in_file("TB439", "5/evidence/seconds.yaml"),
    ),
)

CORRUPTIONS = (*FAILURES, *VALUES)
