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
