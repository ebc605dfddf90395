"""A failure that occurs again is recognised, whatever printed it; another failure is not."""

from __future__ import annotations

import pytest

from tests.failures.test_error_lines import WHOLE
from tests.kit.traces import TRACES, VARIANTS
from triagebook.failures.likeness import KnownFailures, failures_of, fingerprint, fingerprints
from triagebook.failures.traces import Failure, failures


def known_failures(found: dict[str, list[Failure]]) -> KnownFailures:
    return KnownFailures({name: fingerprints(own) for name, own in found.items()})


KNOWN = known_failures({name: failures(trace) for name, trace in TRACES.items()})


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_failure_is_recognised(trace: str, variant: str) -> None:
    """Other numbers, hosts, folders and log formats; each failure is that of its own trace alone."""
    again = failures(VARIANTS[variant](TRACES[trace]))
    assert {name for one in again for name in KNOWN.like(fingerprint(one))} == {trace}


@pytest.mark.parametrize("trace", TRACES)
def test_its_first_line_is_enough(trace: str) -> None:
    (first, *_) = failures(TRACES[trace])
    assert list(KNOWN.like(fingerprint(Failure(first.error)))) == [trace]


def test_other_errors_of_the_same_languages_are_not() -> None:
    """Of 60 errors one has the very words of a known one, and two differ from it in a word."""
    proposals = [
        (error, known) for error in WHOLE for one in failures_of(error) if (known := KNOWN.like(fingerprint(one)))
    ]
    assert len(proposals) <= 3, proposals


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AssertionError: assert 6 == 5", "AssertionError: assert 7 == 5"),
        ("AssertionError", "AssertionError"),
        ("KeyError: 'rate'", "KeyError: 'cart'"),
        ("AssertionError: assert Decimal('6.1') == 5", "AssertionError: assert Decimal('7.2') == 5"),
        ("Error: expect(received).toBe(expected) // Object.is equality",) * 2,
        ("a.o: undefined reference to `shop::rate(int)'", "b.o: undefined reference to `shop::cart()'"),
        ("collect2: error: ld returned 1 exit status",) * 2,
        ("npm ERR! errno 1", "npm ERR! errno 2"),
        ("thread 'a' panicked at src/a.rs:9:1:", "thread 'a' panicked at src/b.rs:9:1:\nno rate"),
        ("java.lang.NullPointerException",) * 2,
        (
            "java.lang.NullPointerException: name is null\n\tat shop.Pay.pay(Pay.java:3)",
            "java.lang.NullPointerException: name is null\n\tat shop.Cart.add(Cart.java:8)",
        ),
        (
            "panic: index out of range [5] with length 3\n\na.F()\n\t/src/a/f.go:3",
            "panic: index out of range [8] with length 3\n\na.G()\n\t/src/a/f.go:9",
        ),
        ("no module named 'yaml' is installed on this machine", "no module named 'redis' is installed on this machine"),
        ("src/a.ts(1,2): error TS2322: a string is no number", "src/b.ts(1,2): error TS2322: a string is no number"),
        ("Error: Request failed with status code 404", "Error: Request failed with status code 500"),
        ("WARNING: DATA RACE",) * 2,
        ("GET /carts 500", "GET /rates 500"),
        (
            "panic: assignment to entry in nil map\n\nmain.add(...)\n\t/a/add.go:3\nmain.main()\n\t/a/main.go:3",
            "panic: assignment to entry in nil map\n\nmain.pay(...)\n\t/b/pay.go:3\nmain.main()\n\t/b/main.go:9",
        ),
        ("Segmentation fault (core dumped)", "Segmentation fault (core dumped)"),
        (
            "AttributeError: 'NoneType' object has no attribute 'rate'",
            "AttributeError: 'Cart' object has no attribute 'id'",
        ),
    ],
)
def test_what_anything_may_print_tells_nothing(one: str, other: str) -> None:
    assert known_failures({"1": failures_of(other)}).like(fingerprint(failures_of(one)[0])) == {}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("KeyError: 'rate'", "KeyError: 'rate'", "the same error"),
        ("ERROR: night: the export of April is gone", "export of April is gone", "nearly the same message"),
        ("thread 'a' panicked at src/a.rs:9:1:", "thread 'a' panicked at src/a.rs:3:1:\nno rate", "the same exception"),
        ("no answer from 10.0.0.1:80 in 3 s", "no answer from 10.0.0.9:81 in 30 s", "the same error but for values"),
        (
            "RateError: the table of today has no rate for the currency of this cart",
            "RateError: the table of today has no rate for the currency of that cart",
            "nearly the same message",
        ),
        (
            "runtime error: index out of range [7]\nmain.b()\n\t/a/b.go:3",
            "panic: runtime error: index out of range [3]\n\nmain.b()\n\t/a/b.go:4",
            "the same error but for values",
        ),
        ("undefined method 'rate' for nil (A::Gone)", "undefined method `rate' for nil:NilClass (A::Gone)", "the same"),
        (
            "goroutine 7 [running]:\nmain.b()\n\t/a/b.go:3\nmain.c()\n\t/a/c.go:3",
            "panic: no rate\n\nmain.a()\n\t/a/a.go:3\nmain.b()\n\t/a/b.go:3\nmain.c()\n\t/a/c.go:3",
            "the same trace without its error",
        ),
        (
            TRACES["java"],
            TRACES["java"].replace("was already released", "is unknown"),
            "the same exception in the same",
        ),
    ],
)
def test_the_reason_is_named(one: str, other: str, why: str) -> None:
    found = known_failures({"1": failures_of(other)[:1]}).like(fingerprint(failures_of(one)[0]))
    assert found["1"].startswith(why)


def test_what_the_own_exception_quotes_is_a_value_and_what_a_library_quotes_is_a_name() -> None:
    trace = 'Traceback (most recent call last):\n  File "/srv/shop/rates.py", line 3, in rate\n%s'
    known = known_failures(
        {
            "own": failures(trace % "shop.rates.NoRate: no rate for the currency 'XTS'"),
            "library": failures(trace % "AttributeError: 'Cart' object has no attribute 'rates'"),
        }
    )
    errors = (
        "shop.rates.NoRate: no rate for the currency 'EUR'",
        "AttributeError: 'Pay' object has no attribute 'card'",
    )
    assert [list(known.like(fingerprint(Failure(error)))) for error in errors] == [["own"], []]


def test_of_known_failures_the_surest_comes_first() -> None:
    known = known_failures(
        {"1": failures_of("no answer from 10.0.0.9 today"), "2": failures_of("no answer from 10.0.0.1 today")}
    )
    assert list(known.like(fingerprint(failures_of("no answer from 10.0.0.1 today")[0]))) == ["2", "1"]


def test_another_exception_of_cpp_is_another_failure() -> None:
    thrown = "terminate called after throwing an instance of 'shop::%s'"
    known = known_failures({"1": failures_of(thrown % "RateMissing"), "2": failures_of(thrown % "CartLocked")})
    assert list(known.like(fingerprint(failures_of(thrown % "CartLocked")[0]))) == ["2"]
