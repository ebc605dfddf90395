"""Which lines state an error, and which only speak of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from triagebook.failures.error_lines import error_on, kind_of

GUIDE = Path(__file__).parents[2] / "site/guide"

WHOLE = """\
Error: connect ECONNREFUSED 127.0.0.1:5432
Exception: could not load the configuration
System.NullReferenceException: Object reference not set to an instance of an object.
MyApp.Data.RowMissingException : The row is gone
thread 'main' panicked at 'index out of bounds: the len is 3 but the index is 7', src/main.rs:4:5
PHP Fatal error:  Uncaught App\\Exceptions\\CardDeclined: Card declined in /var/www/app/Pay.php:12
Fatal error: Uncaught TypeError: pay(): Argument #1 must be of type int in /var/www/x.php:3
app.rb:3:in `pay': undefined method `rate' for nil:NilClass (NoMethodError)
undefined local variable or method 'rate' for main (NameError)
NoMethodError (undefined method `name' for nil:NilClass):
ActiveRecord::RecordNotFound: Couldn't find User with 'id'=1
src/app.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.
error TS2322: Type 'string' is not assignable to type 'number'.
error[E0382]: borrow of moved value: `cart`
Program.cs(3,5): error CS0103: The name 'rate' does not exist in the current context
Segmentation fault (core dumped)
./run.sh: line 3: 12345 Segmentation fault      (core dumped) ./shop
npm ERR! code ERESOLVE
npm error code E404
/usr/bin/ld: main.o: undefined reference to `total'
collect2: error: ld returned 1 exit status
LINK : fatal error LNK1120: 1 unresolved externals
main.c:3:5: error: expected ';' before 'return'
./main.go:5:2: undefined: total
make: *** [Makefile:3: all] Error 2
SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '1' for key 'PRIMARY'
ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)
ORA-00942: table or view does not exist
ERROR:  relation "carts" does not exist
psycopg2.errors.UndefinedTable: relation "carts" does not exist
HTTP/1.1 500 Internal Server Error
502 Bad Gateway
GET /api/carts 500
127.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "POST /pay HTTP/1.1" 500 1024 "-" "curl"
requests.exceptions.HTTPError: 500 Server Error: Internal Server Error for url: https://shop.example/a
ModuleNotFoundError: No module named 'rates'
AssertionError
AssertionError: assert 6 == 5
java.lang.OutOfMemoryError: Java heap space
panic: runtime error: invalid memory address or nil pointer dereference
fatal error: all goroutines are asleep - deadlock!
dial tcp 127.0.0.1:5432: connect: connection refused
ENOENT: no such file or directory, open 'rates.json'
TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string
net::ERR_CONNECTION_REFUSED
terminate called after throwing an instance of 'std::runtime_error'
shop: cart.c:5: total: Assertion `count == 1' failed.
==12345==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010
cart.c:3:5: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
fatal: not a git repository (or any of the parent directories): .git
bash: pay: command not found
cat: rates.json: No such file or directory
E: Unable to locate package rates
django.core.exceptions.ImproperlyConfigured: SECRET_KEY must not be empty
Module not found: Error: Can't resolve './rates' in '/app/src'
MSBUILD : error MSB1003: Specify a project or solution file.
e: file:///src/Shop.kt:3:5 Unresolved reference: rate
exec /app/start.sh: no such file or directory
nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
Error in total(cart) : object 'rate' not found
Can't locate Rates.pm in @INC at cart.pl line 3.
** (FunctionClauseError) no function clause matching in Shop.Cart.add/2
Shop/Cart.swift:90: Fatal error: Index out of range
Failed to load resource: the server responded with a status of 502 (Bad Gateway)
Failed asserting that 19.0 matches expected 0.0.
--- FAIL: TestTotal (0.00s)
[  FAILED  ] CartTest.Total (0 ms)
WARNING: DATA RACE
zsh: command not found: pay
Error from server (NotFound): pods "shop-0" not found
CONFLICT (content): Merge conflict in src/cart.py
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
/usr/lib/libshop.so: undefined symbol: total
mysqli_sql_exception: Access denied for user 'shop'@'localhost'
socket.gaierror: [Errno -2] Name or service not known
OCI runtime create failed: starting container process caused: exec: "npm": executable file not found
Failed to pull image "shop:1": rpc error: code = NotFound desc = not found
thread 'main' has overflowed its stack
shop.service: Main process exited, code=exited, status=1/FAILURE
""".splitlines()

IN_A_LOG = {
    "2026-01-02 03:04:05,678 ERROR [worker-3] app.pay: TypeError: no rate": "TypeError: no rate",
    "Jan 02 03:04:05 host app[123]: ValueError: bad rate": "ValueError: bad rate",
    "[2026-01-02 03:04:05] local.ERROR: Undefined variable $rate": "ERROR: Undefined variable $rate",
    "2026-01-02T03:04:05Z ERROR The bank did not answer": "ERROR: The bank did not answer",
    "web-1  | 2026-01-02T03:04:05Z KeyError: 'rate'": "KeyError: 'rate'",
    "E       AssertionError: assert 6 == 5": "AssertionError: assert 6 == 5",
    "FAILED tests/test_pay.py::test_pay - assert 6 == 5": "assert 6 == 5",
    'Exception in thread "main" java.lang.IllegalStateException: closed': "java.lang.IllegalStateException: closed",
    "Uncaught (in promise) TypeError: Failed to fetch": "TypeError: Failed to fetch",
    "F, [2026-01-02T03:04:05.1 #12] FATAL -- : TypeError: no rate": "TypeError: no rate",
    "2026-01-02T03:04:05.001Z  WARN 1 --- [exec-4] c.a.Advice : java.lang.IllegalStateException: closed": (
        "java.lang.IllegalStateException: closed"
    ),
    "    | shop.RateError: no rate": "shop.RateError: no rate",
    "[xUnit.net 00:00:01.21]       System.InvalidOperationException : closed": (
        "System.InvalidOperationException : closed"
    ),
    "2026-01-02 03:04:05 WARN queue - retry of job 7 after: CartLocked('the cart of 7 is open')": (
        "CartLocked('the cart of 7 is open')"
    ),
    "[2026-01-02 03:04:05,1: ERROR/Main] Task 7 raised unexpected: shop.CartLocked: it is open": (
        "shop.CartLocked: it is open"
    ),
    "E0102 03:04:05.123456       1 cart.go:12] the cart of 7 is open": "ERROR: the cart of 7 is open",
    "Cart.vue:12 Uncaught TypeError: no rate": "TypeError: no rate",
    "2026-01-02 03:04:05.678|ERROR|Shop.Pay|System.ArgumentException: no rate": "System.ArgumentException: no rate",
    "ERROR:root:KeyError: 'rate'": "KeyError: 'rate'",
    "2026-01-02T03:04:05.678+0200\tERROR\tpay/pay.go:88\tpanic: no rate": "panic: no rate",
    "03:04:05 [main] WARN Pay - request failed with KeyError: 'rate'": "KeyError: 'rate'",
    "[ 1647s] make[2]: *** [Makefile:3: all] Error 2": "make[2]: *** [Makefile:3: all] Error 2",
    "│ Error: no such bucket": "Error: no such bucket",
    "It says `KeyError: 'rate'` now and then.": "KeyError: 'rate'",
}

PROSE = """\
An error occurred.
Error handling is bad: it hides the cause.
The Warning
A TypeError is raised when the rate is missing.
ValueError: If the rate is negative.
We got 500 errors in an hour.
The build failed, and nobody was told.
Killed processes are started again.
Use `KeyError` for a missing key.
Assertion libraries differ in what they print.
GET /api/carts returns 200.
This finds errors like double freeing memory.
CHECK_NOFAIL( expr )
Caused by: Ann, who changed it
2026-01-02T03:04:05Z INFO app: RatePool: started
2026-01-02T03:04:05Z INFO no errors
""".splitlines()


@pytest.mark.parametrize("line", WHOLE)
def test_an_error_is_recognised_and_nothing_is_cut_from_it(line: str) -> None:
    assert error_on(line) == line


@pytest.mark.parametrize(("line", "error"), IN_A_LOG.items())
def test_what_a_logger_or_a_runner_wrote_before_the_error_is_left_out(line: str, error: str) -> None:
    assert error_on(line) == error


@pytest.mark.parametrize("line", PROSE)
def test_a_sentence_about_errors_is_none(line: str) -> None:
    assert error_on(line) is None


def test_the_guide_states_no_errors_outside_its_examples() -> None:
    """Twenty pages of prose about errors."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(GUIDE.glob("*.md")))
    prose = [line for at, block in enumerate(text.split("```")) if at % 2 == 0 for line in block.splitlines()]
    found = [error for line in prose if not line.startswith("    ") and (error := error_on(line))]
    assert len(text.split()) > 7_000
    assert found == []


def test_a_long_line_is_data() -> None:
    assert error_on("Error: " + "x" * 100_000) is None


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        ("shop.errors.RateMissing: no rate", "shop.errors.RateMissing", "no rate"),
        ("Error: TypeError: x is not a function", "TypeError", "x is not a function"),
        ("cart.rb:3:in `pay': no rate (Shop::RateError)", "Shop::RateError", "no rate"),
        ("PHP Fatal error:  Uncaught Shop\\Declined: card 1 in /a.php:3", "Shop\\Declined", "card 1"),
        ("thread 'a' panicked at src/a.rs:1:2:\nno rate", "panic", "no rate"),
        ("src/a.ts(3,5): error TS2322: not a number", "TS2322", "a.ts: not a number"),
        ("/src/a.ts:9:5 - error TS2322: not a number", "TS2322", "a.ts: not a number"),
        ("http: panic serving 10.0.0.1:80: runtime error: no rate", "panic", "runtime error: no rate"),
        ("libc++abi: terminating due to uncaught exception of type shop::Late: no rate", "shop::Late", "no rate"),
        ("ActionView::Template::Error (no rate for `cart'):", "ActionView::Template::Error", "no rate for `cart'"),
        ("PHP Warning:  no rate in /srv/Cart.php on line 81", "Warning", "no rate"),
        ("CartLocked('it is open')", "CartLocked", "it is open"),
        ('ERROR: no rate {"exception":"[object] (Late(code: 0): no rate at /a.php:6)', "Late", "no rate"),
        ("** (Shop.Late) no rate", "Shop.Late", "no rate"),
        ("connection lost", "", "connection lost"),
    ],
)
def test_an_error_names_its_exception(error: str, kind: str, says: str) -> None:
    assert kind_of(error) == (kind, says)
