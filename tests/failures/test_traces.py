"""Which frames of a stack trace are the project's own."""

from __future__ import annotations

import pytest

from tests.kit.traces import TRACES
from triagebook.failures.traces import failures

RAISING = {
    "python": ("app/pricing.py", "price"),
    "python library": ("app/store.py", "connect"),
    "java": ("reservations.java", "org.shop.stock.Reservations.release"),
    "javascript": ("src/cart.js", "renderCart"),
    "go": ("cart/cart.go", "shop/internal/cart.(*Cart).Total"),
    "rust": ("src/queue.rs", "shop::queue::take"),
    ".net": ("billing/invoices.cs", "Shop.Billing.Invoices.Close"),
    "ruby": ("models/cart.rb", "total"),
    "php": ("src/checkout.php", "Shop\\Pay->charge"),
    "c": ("src/cart.c", "cart_total"),
}


@pytest.mark.parametrize(("trace", "raising"), RAISING.items())
def test_the_raising_function_is_the_first_own_frame(trace: str, raising: tuple[str, str]) -> None:
    (failure, *_) = failures(TRACES[trace])
    assert next(frame.key for frame in failure.own_frames if frame.function) == raising


def test_frames_of_libraries_are_left_out() -> None:
    shown = [frame.path for trace in TRACES.values() for one in failures(trace) for frame in one.own_frames]
    assert not [path for path in shown if "site-packages" in path or "node_modules" in path or "gems" in path]


def test_an_error_that_is_printed_twice_is_one_failure() -> None:
    (failure,) = failures(
        TRACES["python"] + "2026-03-02 ERROR shop.errors.RateMissing: no rate for currency XTS in table 2026-03-02"
    )
    assert len(failure.frames) == 2


@pytest.mark.parametrize(
    "before",
    [
        "web-1  | ",
        "app-7f9c | 2026-03-02T10:00:11.123Z ",
        "2026-03-02T10:00:11.1234567Z ",
        "[2026-03-02T10:00:11.123Z] ",
    ],
)
def test_what_a_log_writes_before_each_line_hides_no_frame(before: str) -> None:
    for trace in (TRACES["python"], TRACES["java"], TRACES["javascript"]):
        logged = "".join(f"{before}{line}\n" for line in trace.splitlines())
        assert failures(logged) == failures(trace)


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("ERROR:root:job 7 failed\nTraceback (most recent call last):\nKeyError: 'rate'", ["KeyError: 'rate'"]),
        ("2026-03-02 10:00:11 ERROR app - Traceback (most recent call last):\nKeyError: 'a'", ["KeyError: 'a'"]),
        ("ERROR:root:job 7 failed\ndone\nKeyError: 'rate'", ["ERROR: root:job 7 failed", "KeyError: 'rate'"]),
        ("panic: no rate today\nAborted (core dumped)", ["panic: no rate today"]),
        ("panic: no rate today\nnext job\nAborted", ["panic: no rate today", "Aborted"]),
        ("a.c:3:5: error: no rate\nFound 1\nmake: *** [Makefile:3: all] Error 2", ["a.c:3:5: error: no rate"]),
        ("E1130 18:00:11.123456       1 run.go:12] panic: no rate today", ["panic: no rate today"]),
    ],
)
def test_lines_about_one_failure_are_one(text: str, errors: list[str]) -> None:
    assert [failure.error for failure in failures(text)] == errors


@pytest.mark.parametrize(
    ("text", "error", "raising"),
    [
        ("#0  0x55 in insert (root=0x0) at ../src//tree/node.c:41\n#1  0x56 in main () at main.c:9",
         "unknown error in insert",
         ("tree/node.c", "insert")),
        ("==9== Invalid read of size 8\n==9==    at 0x10: pop (list.c:64)",
         "Invalid read of size 8", ("list.c", "pop")),
        ("Each row needs a key.\n    at Row (http://a:1/src/Row-4be1f09a.js?t=1:7:3)\n    at App (src/App.js:1:2)",
         "Each row needs a key.", ("src/row.js", "Row")),
        ("WARNING: DATA RACE\n  shop.Add()\n      /src/cart.go:3 +0x4", "WARNING: DATA RACE",
         ("src/cart.go", "shop.Add")),
        ('{"level":50,"msg":"flush failed","error":"no space left","stack":"a.Flush(...)\\n\\t/b/w.go:8"}',
         "ERROR: flush failed: no space left", ("b/w.go", "a.Flush")),
        ('level=error msg="flush failed" shard=7', "ERROR: flush failed", None),
        ('2026-03-02T10:00:11Z\tERROR\tw.go:8\tflush failed\t{"error": "no space left"}',
         "ERROR: w.go:8\tflush failed: no space left", None),
        ('{"lvl":"WARN","msg":"job 7","error":"Shop::Late: no rate","bt":["/srv/app/pay.rb:3:in `pay\'"]}',
         "Shop::Late: no rate", ("app/pay.rb", "pay")),
        ("Shop.Late: no rate\n   at Shop.Pay.Run() in /src/Pay.cs:line 3", "Shop.Late: no rate",
         ("src/pay.cs", "Shop.Pay.Run")),
        ("ERROR tests/test_pay.py::test_pay - shop.Late: 7", "shop.Late: 7", ("", "test_pay")),
        ("    def test_pay():\n>       assert pay()\nE       assert False\n\ntests/test_pay.py:3: AssertionError",
         "assert False", ("tests/test_pay.py", "test_pay")),
        ("1) PayTest::testVat\nFailed asserting that false is true.\n\n/b/PayTest.php:37",
         "Failed asserting that false is true.", ("", "PayTest::testVat")),
        ("  Failed PayTest.Vat [2 ms]\n  Error Message:\n   The VAT is gone", "The VAT is gone", ("", "PayTest.Vat")),
        ("main.go:8: reading rates: EOF\nexit status 1", "main.go:8: reading rates: EOF", None),
        ("Caused by: shop.Locked: it is open",
         "shop.Locked: it is open", None),
        ("Hello,\n> On Monday:\n> > shop.Late: 7\n> > \tat shop.Pay.pay(Pay.java:3)\nBye", "shop.Late: 7",
         ("pay.java", "shop.Pay.pay")),
        ('{"level":"error","msg":"late","panic":"no rate","stack":"shop.(*Pay).Run\\n\\t/b/internal/pay.go:8"}',
         "panic: no rate", ("internal/pay.go", "shop.(*Pay).Run")),
        ("goroutine 7 [chan send]:\nshop.(*Pay).Run(0xc0, 0x2)\n\t/b/pay.go:8 +0x1f\nexit status 2",
         "unknown error in shop.(*Pay).Run", ("b/pay.go", "shop.(*Pay).Run")),
        ("Object name: 'Cart'.\n   at Lib.Check()\n   at Shop.Pay.Run() in /src/Pay.cs:line 3",
         "unknown error in Shop.Pay.Run", ("src/pay.cs", "Shop.Pay.Run")),
        ("undefined method 'rate' for nil (NoMethodError)\n/srv/app/pay.rb:3:in 'Shop::Pay#rate'",
         "undefined method 'rate' for nil (NoMethodError)", ("app/pay.rb", "rate")),
        ("PHP Fatal error:  no memory\nPHP 1. {main}() /b:0\nPHP 2. Shop\\Pay->take($a = 1) /b/Run.php:4",
         "PHP Fatal error:  no memory", ("b/run.php", "Shop\\Pay->take")),
        ("Stack trace of thread 9:\n  #0  0x5f _ZN4shop3Pay4takeEj (shopd + 0x19)\n  #1  0x5e main (shopd + 0x1a)",
         "unknown error in shop::Pay::take", ("shopd", "shop::Pay::take")),
    ],
)  # fmt: skip
def test_frames_are_read_in_every_form(text: str, error: str, raising: tuple[str, str] | None) -> None:
    (failure,) = failures(text)
    assert (failure.error, next((frame.key for frame in failure.own_frames), None)) == (error, raising)


@pytest.mark.parametrize(
    "text", ["Affected places:\n    src/cart.go:12\n    src/pay.go:3", "Compare:\n#12 total at src/a.c:12"]
)
def test_places_without_a_trace_are_no_failure(text: str) -> None:
    assert failures(text) == []
