"""What people paste into a search, and what must come first: for the real book and for the varied one."""

from __future__ import annotations

ERROR = "TypeError: object _UnifiedWebSocketManagerImplementation can't be used in 'await' expression"
TRACEBACK = f"""Traceback (most recent call last):
  File "/srv/checkout/netra_backend/app/routes/websocket_ssot.py", line 1233, in connect
    manager = await get_websocket_manager(user_context)
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
{ERROR}
"""

# What is asked, and how the title of the first result begins.
REAL = (
    ("1184", "1184 ·"),
    ("#1231", "1231 ·"),
    (ERROR, "1231 ·"),
    (f"E   {ERROR}", "1231 ·"),
    (TRACEBACK, "1231 ·"),
    (f"2025-09-15T10:12:13.123Z ERROR [worker-7] {ERROR}", "1231 ·"),
    (f"10:12:13,456 \x1b[31mERROR\x1b[0m app: {ERROR}", "1231 ·"),
    ("netra_backend/app/routes/websocket_ssot.py", "1184 ·|1231 ·"),
    ("/home/somebody/work/netra/netra_backend/app/routes/websocket_ssot.py:1699", "1184 ·|1231 ·"),
    (r"C:\src\netra\netra_backend\app\routes\websocket_ssot.py", "1184 ·|1231 ·"),
    ("websocket_ssot.py:1233", "1184 ·|1231 ·"),
    ("netra_backend/app/services/agent_service_core.py", "1184 ·"),
    ("agent_service_core.py", "1184 ·"),
    ("TestMissionCriticalWebSocketEvents1184::test_websocket_manager_user_isolation[a-b]", "1184 ·"),
    ("tests.mission_critical.TestMissionCriticalWebSocketEvents1184.test_websocket_manager_user_isolation", "1184 ·"),
    ("test_websocket_manager_user_isolation", "1184 ·"),
    ("user isolation test", "1184 ·|1231 ·"),
    ("ab14a73d8", "1231 ·"),
    ("ab14a73d8429381666c6d4b67206390d4f503484", "1231 ·"),
    ("Senior Backend Engineer", "Senior Backend Engineer"),
    ("websocket routes", "WebSocket routes"),
    ("TOTAL TEST SCORE: 22/23 PASSED", "1231 ·"),
    ("Passes comprehensive test suite (95.7% success rate)", "1231 ·"),
    ("callers factory scripts", "1184 ·"),
    ("sychronous websocket maneger factory", "1184 ·|1231 ·"),
    ("1184 test plan", "1184 · Test plan"),
    ("1231 validation report", "1231 · Validation report"),
    ("awaited-sync-call", "A synchronous call is awaited"),
    ("TypeError: object Thing can't be used in 'await' expression", "A synchronous call is awaited|1231 ·"),
    ("TB412", "TB412 ·"),
    ("parts that do not add up", "Parts that do not add up"),
)
VARIED = (
    ("42", "42 ·"),
    ("TimeoutError: handler 44 gave up after 30 s", "44 ·"),
    ("app/billing/handler_62.py", "62 ·"),
    ("/builds/shop/app/billing/handler_62.py:3", "62 ·"),
    (r"D:\a\shop\app\search\handler_25.py", "25 ·"),
    ("handler_133.py", "133 ·"),
    ("tests/test_handler_12.py::test_12_answers", "12 ·"),
    ("test_12_answers", "12 ·"),
    ("tests.test_handler_13.test_13_retries", "13 ·"),
    ("FAILED tests/test_handler_72.py::test_72_answers - AssertionError", "72 ·"),
    ("--- FAIL: test_134_retries (0.02s)", "134 ·"),
    ("2025/10/14 10:00:01 [error] 31#31: *1 upstream timed out (110: Connection) while reading", "A request times out"),
    ("Ada Example", "Ada Example"),
    ("Frontend team", "Frontend team"),
    ("checkout service", "Checkout service"),
    ("staging", "Staging"),
    ("sales", "Sales"),
    ("handler 45 waits for a lock", "45 ·"),
    ("hanlder 45 gave up", "45 ·"),
    ("proxy-timeout", "A request times out"),
    ("300 people use it", "300 ·"),
    ("The login page never ends when 88 people use it", "88 ·"),
    ("88 summary", "88 · Summary"),
)
