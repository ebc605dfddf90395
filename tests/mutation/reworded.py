"""A second set of contradictions in the project's own book, written without a look at the first or at the rules.

A row is the code of the rule, the file, a text and what it becomes, and where the finding must be if not there.
"""

# ruff: noqa: E501  (texts of the book)
from __future__ import annotations

ONE, FOUR = "1231/issue.yaml", "1184/issue.yaml"


def horizons(*lengths: str) -> tuple[str, str]:
    """A text of the plan, and the same below a timeline with horizons of these lengths."""
    phases = "  phases:\n    apply-fix:"
    steps = "".join(f"    h{number}:\n      within: {length}\n" for number, length in enumerate(lengths))
    return phases, f"  timeline:\n{steps}{phases}"


REWORDED: tuple[tuple[str, ...], ...] = (
    # words for numbers
    (
        "TB316",
        ONE,
        "value: Connections open again, and the five events",
        "value: Connections open again, and the six events",
    ),
    ("TB316", ONE, "{what: the five events of an agent run", "{what: the four events of an agent run"),
    ("TB316", ONE, "do: Remove `await` from the four calls", "do: Remove `await` from the three calls"),
    ("TB316", ONE, "purpose: Each of the four lines runs", "purpose: Each of the three lines runs"),
    ("TB316", ONE, "The four calls are run before", "The 5 calls are run before"),
    # two targets, of which one holds for one environment or phase only
    (
        "TB304",
        ONE,
        "measure: websocket.events_delivered\n    target: 100 %",
        "measure: tests.pass_rate suite=deployed-endpoints phase=after\n    target: at least 90 %",
        "phase=after\n    target: 100 %\n    environment: staging\n  users",
    ),
    # units
    (
        "TB318",
        ONE,
        'measure: websocket.messages_to_others\n    target: "0"',
        "measure: websocket.messages_to_others\n    target: 0 %",
        "target: 0 %",
    ),
    ("TB318", FOUR, "takes: 20 min", "takes: 20 %"),
    ("TB318", ONE, "takes: 4 h", "takes: 4 GB"),
    # shares
    (
        "TB318",
        FOUR,
        "measure: websocket.event_delivery\n    target: 100 %\n    environment",
        "measure: websocket.event_delivery\n    target: 1000 %\n    environment",
        "target: 1000 %",
    ),
    (
        "TB318",
        FOUR,
        "measure: agent-golden-path.pass_rate\n    target: 100 %",
        "measure: agent-golden-path.pass_rate\n    target: 12/10",
        "target: 12/10",
    ),
    # options
    (
        "TB431",
        ONE,
        "      why:\n        - The factory is synchronous and returns",
        "      why_not:\n        - The factory is synchronous and returns",
        "chosen: drop-await",
    ),
    (
        "TB431",
        FOUR,
        "why: [The function is synchronous,",
        "why_not: [The function is synchronous,",
        "chosen: drop-await",
    ),
    # code
    (
        "TB419",
        ONE,
        "after: manager = get_websocket_manager(user_context=None)",
        "after: manager = await get_websocket_manager(user_context=None)",
    ),
    (
        "TB419",
        ONE,
        "after: manager = get_websocket_manager(user_context)\n",
        "after: 'manager = await get_websocket_manager(user_context)  # fixed'\n",
    ),
    (
        "TB419",
        FOUR,
        "after: manager = get_websocket_manager(user_context=user_ctx)",
        "after: manager =  await get_websocket_manager(user_context=user_ctx)",
    ),
    # commands of suites
    (
        "TB432",
        ONE,
        "command: python -m pytest tests/e2e/staging/test_websocket_events_business_critical_staging.py -v --staging\n    after",
        "command: python -m pytest tests/e2e/staging/test_issue_1231_golden_path_websocket_failures.py -v\n    after",
    ),
    (
        "TB432",
        ONE,
        "command: python tests/mission_critical/test_websocket_mission_critical_fixed.py\n    after",
        "command: python tests/mission_critical/test_websocket_mission_critical.py\n    after",
    ),
    (
        "TB432",
        FOUR,
        "command: {run: python -m pytest tests/unit/issue_1184/ -v",
        "command: {run: python -m pytest tests/unit/issue_1231/ -v",
    ),
    (
        "TB432",
        FOUR,
        "path: tests/integration/test_websocket_manager_sync_async_integration.py",
        "path: tests/integration/test_sync_async.py",
        "- run: python -m pytest tests/integration/test_websocket_manager_sync",
    ),
    # commands of steps
    (
        "TB432",
        ONE,
        "command: {run: python -m pytest tests/e2e/staging/test_issue_1231_endpoints.py",
        "command: {run: python -m pytest tests/e2e/staging/test_issue_1231_routes.py",
    ),
    (
        "TB432",
        ONE,
        "command: python -m pytest tests/e2e/staging/test_websocket_events_business_critical_staging.py -v --staging\n          suites",
        "command: python -m pytest tests/e2e/staging/test_issue_1231_golden_path_websocket_failures.py\n          suites",
    ),
    # estimates
    (
        "TB308",
        FOUR,
        "- do: Check that the factory is synchronous\n",
        "- do: Check that the factory is synchronous\n          takes: 30 min\n",
        "takes: 20 min",
    ),
    (
        "TB308",
        FOUR,
        "- do: Run the affected tests\n",
        "- do: Run the affected tests\n          takes: 3 h\n",
        "takes: 2 h",
    ),
    # timelines
    ("TB315", ONE, *horizons("30 min", "2 d", "1 d"), "within: 1 d"),
    ("TB315", ONE, *horizons("90 min", "1 h", "1 d"), "within: 1 h"),
    ("TB315", ONE, *horizons("30 min", "1 h", "45 min"), "within: 45 min"),
    # evidence
    ("TB402", "1231/evidence/2025-09-15-smoke-test.yaml", "at: 2025-09-15", "at: 2026-09-15"),
    ("TB437", "1231/evidence/2025-09-15-connection-failures.yaml", "at: 2025-09-15", "at: 2025-09-05"),
    ("TB437", "1184/evidence/error-in-staging.yaml", "at: 2025-09-15", "at: 2024-09-15"),
    ("TB436", "1231/evidence/2025-09-15-staging-attempt.yaml", "phase: after", "phase: before"),
    ("TB436", "1184/evidence/mission-critical-before.yaml", "phase: before", "phase: after"),
    ("TB436", "1231/evidence/2025-09-15-smoke-test.yaml", "phase: after", "phase: before"),
    # totals
    (
        "TB417",
        "1231/evidence/2025-09-15-connection-failures.yaml",
        "totals: {passed: 6, failed: 1, total: 7}",
        "totals: {passed: 7, failed: 0, total: 7}",
    ),
    ("TB417", "1231/evidence/2025-09-15-fix-validation.yaml", "total: 9}", "total: 10}"),
    ("TB417", "1184/evidence/mission-critical-before.yaml", "passed: 9, total: 18", "passed: 19, total: 18"),
    # harm
    ("TB320", ONE, "severity: critical", "severity: medium"),
    ("TB320", ONE, "priority: 1\nowner", "priority: 3\nowner"),
    (
        "TB312",
        FOUR,
        "    why: One keyword goes from each call, and the factory stays as it is\n",
        "",
        "level: low       #",
    ),
    # worth
    ("TB314", "catalog.yaml", "worth: at least 500000 USD/year", "worth: 200000 USD/year", "at_risk", ONE),
    ("TB314", ONE, "at_risk: at least 500000 USD/year", "at_risk: 3000000 USD/year"),
    ("TB314", ONE, "at_risk: at least 500000 USD/year", "at_risk: 100000 USD/month"),
    # links
    ("TB608", ONE, "netra-apex/issues/1231", "netra-apex/issues/1321"),
    ("TB608", ONE, "netra-apex/issues/1231", "netra-apex/pull/1232"),
    ("TB608", FOUR, "netra-apex/issues/1184", "netra-apex/issues/1148"),
    # commits
    (
        "TB610",
        ONE,
        "commit: 5222b25608c3f75843e487dc61bd26ad1795ea0f}",
        "commit: fc829d9421d36a72fbba11d6294ff5e254c20171}",
    ),
    (
        "TB610",
        "1231/affected.yaml",
        "commit: 5222b25608c3f75843e487dc61bd26ad1795ea0f}",
        "commit: ab14a73d8429381666c6d4b67206390d4f503484}",
        "source: {repository: zen, commit: 5222",
        ONE,
    ),
    (
        "TB610",
        FOUR,
        "commit: fc829d9421d36a72fbba11d6294ff5e254c20171}",
        "commit: fc829d9421d36a72fbba11d6294ff5e254c20172}",
    ),
    # twins
    (
        "TB611",
        ONE,
        "at: netra_backend/app/routes/websocket_ssot.py:1233,1699,1729,1754\n",
        "at: netra_backend/app/routes/websocket_ssot.py:1233,1699,1792,1754\n",
    ),
    (
        "TB611",
        ONE,
        "at: netra_backend/app/websocket_core/websocket_manager.py:383\n",
        "at: netra_backend/app/websocket_core/websocket_manager.py:338\n",
    ),
    (
        "TB611",
        ONE,
        "at: netra_backend/app/websocket_core/websocket_manager.py:383\n  side",
        "at: netra_backend/app/websocket_core/websocket_manager.py:833\n  side",
    ),
    (
        "TB611",
        FOUR,
        "at: netra_backend/app/websocket_core/websocket_manager.py:309\n    why",
        "at: netra_backend/app/websocket_core/websocket_manager.py:390\n    why",
    ),
    (
        "TB611",
        FOUR,
        "tests/mission_critical/test_thread_propagation_verification.py:209,339",
        "tests/mission_critical/test_thread_propagation_verification.py:209,393",
    ),
    (
        "TB611",
        FOUR,
        "tests/mission_critical/test_issue_1094_golden_path_protection.py:118,224",
        "tests/mission_critical/test_issue_1094_golden_path_protection.py:181",
    ),
    # notes
    (
        "TB433",
        ONE,
        "        before: fail\n        note: |\n          It can't pass",
        "        before: pass\n        note: |\n          It can't pass",
    ),
    (
        "TB433",
        ONE,
        "purpose: A manager exists and has its methods\n    before: pass",
        "purpose: A manager exists and has its methods\n    before: {fail: no manager}",
        "before: {fail: no manager}",
    ),
    (
        "TB414",
        ONE,
        "environments: [staging]\n    after: pass\n    tests:                                      # the documents name none; these are in the file at zen 303be7b94\n      test_golden",
        "environments: [staging]\n    after: {fail: code 1011}\n    tests:                                      # the documents name none; these are in the file at zen 303be7b94\n      test_golden",
        "after: {fail: code 1011}",
    ),
    (
        "TB433",
        FOUR,
        "proves: A manager that was called for correctly exists; awaiting it is a TypeError\n",
        "proves: A manager that was called for correctly exists; awaiting it is a TypeError\n        before: {fail: can't be used in 'await' expression}\n",
        "before: {fail: can't be used in 'await' expression}\n        note",
    ),
    # proofs
    (
        "TB434",
        ONE,
        "measure: tests.pass_rate suite=route-calls phase=after",
        "measure: tests.pass_rate suite=bug-reproduction phase=after",
    ),
    (
        "TB434",
        ONE,
        "measure: tests.pass_rate suite=route-calls phase=after",
        "measure: tests.failed suite=connection-failures phase=after",
    ),
    (
        "TB434",
        ONE,
        "measure: tests.pass_rate suite=business-critical-staging phase=after",
        "measure: tests.pass_rate suite=staging-journey phase=after",
    ),
)
