"""Failures as ten languages print them, one of each, and the same failures as they occur again elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape

TRACES = {
    "python": """\
Traceback (most recent call last):
  File "/srv/shop/app/routes.py", line 41, in checkout
    total = price(cart)
  File "/srv/shop/app/pricing.py", line 17, in price
    return rates[currency] * amount
shop.errors.RateMissing: no rate for currency XTS in table 2026-03-02
""",
    "python library": """\
Traceback (most recent call last):
  File "/srv/shop/app/store.py", line 88, in connect
    return pool.get()
  File "/usr/lib/python3.11/site-packages/pool/core.py", line 310, in get
    raise OperationalError(message)
pool.OperationalError: connection to server at "db-7.internal" (10.2.3.4), port 5432 failed: timeout expired
""",
    "java": """\
Exception in thread "main" java.lang.IllegalStateException: Reservation 4711 was already released
\tat org.shop.stock.Reservations.release(Reservations.java:120)
\tat org.shop.stock.StockService.cancel(StockService.java:64)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
Caused by: java.sql.SQLTransientException: lock wait timeout exceeded on table stock
\tat org.shop.stock.Reservations.lock(Reservations.java:88)
\t... 2 more
""",
    "javascript": """\
TypeError: Cannot read properties of undefined (reading 'cartId')
    at renderCart (/home/runner/work/shop/shop/src/cart.js:10:15)
    at async Promise.all (index 0)
    at Layer.handle (/home/runner/work/shop/shop/node_modules/router/layer.js:95:5)
""",
    "go": """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x48f1c2]

goroutine 34 [running]:
shop/internal/cart.(*Cart).Total(0xc0000b4000)
\t/workspace/shop/cart/cart.go:52 +0x1d
main.main()
\t/workspace/shop/main.go:12 +0x2b
""",
    "rust": """\
thread 'worker-3' panicked at src/queue.rs:77:14:
called `Result::unwrap()` on an `Err` value: Timeout { after: 30 }
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   3: shop::queue::take
             at ./src/queue.rs:77:14
""",
    ".net": """\
Unhandled exception. System.InvalidOperationException: Order 7 has no open invoice
   at Shop.Billing.Invoices.Close(Int32 id) in C:\\build\\shop\\Billing\\Invoices.cs:line 44
   at Shop.Billing.Program.Main(String[] args) in C:\\build\\shop\\Billing\\Program.cs:line 9
""",
    "ruby": """\
app/models/cart.rb:31:in `total': undefined method `price' for nil:NilClass (NoMethodError)
\tfrom app/controllers/carts_controller.rb:12:in `show'
\tfrom /usr/lib/ruby/gems/3.2.0/gems/rack-3.0.8/lib/rack.rb:9:in `call'
""",
    "php": """\
PHP Fatal error:  Uncaught Shop\\Exceptions\\CardDeclined: The bank declined card 4242 in /var/www/shop/src/Pay.php:23
Stack trace:
#0 /var/www/shop/src/Checkout.php(57): Shop\\Pay->charge(Object(Cart))
#1 /var/www/shop/vendor/slim/app.php(11): {closure}()
#2 {main}
""",
    "c": """\
==31337==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x55d0c8
READ of size 4 at 0x602000000010 thread T0
    #0 0x55d0c8 in cart_total /build/shop/src/cart.c:91:12
    #1 0x55d1f2 in main /build/shop/src/main.c:14:3
""",
    "c++": """\
terminate called after throwing an instance of 'std::out_of_range'
  what():  vector::_M_range_check: __n (which is 7) >= this->size() (which is 3)
Aborted (core dumped)
""",
}


def _on_other_lines(trace: str) -> str:
    return re.sub(r"(?<=[:(])\d{1,3}(?=[:)\n ]|$)|(?<=line )\d+", lambda found: str(int(found[0]) + 13), trace)


def _elsewhere(trace: str) -> str:
    """On another host, with other addresses, numbers and folders, at another time."""
    moved = trace.replace("db-7.internal", "db-12.eu.example.net").replace("10.2.3.4", "192.168.7.20")
    moved = re.sub(r"/srv/shop/|/workspace/shop/|/build/shop/|/var/www/shop/", "/opt/releases/20261130/shop/", moved)
    moved = re.sub(r"0x[0-9a-f]+", lambda found: hex(int(found[0], 16) + 4096), moved)
    return (
        moved.replace("2026-03-02", "2026-11-30")
        .replace("4711", "99")
        .replace("4242", "1881")
        .replace("worker-3", "worker-11")
    )


def _in_a_log(trace: str) -> str:
    first, *rest = trace.splitlines()
    return "\n".join(
        [f"2026-11-30T08:15:00.123Z ERROR [worker-2] shop.web: {first}", *rest, "2026-11-30T08:15:01Z INFO done"]
    )


def _as_json(trace: str) -> str:
    return json.dumps({"time": "2026-11-30T08:15:00Z", "level": "error", "message": "request failed", "stack": trace})


def _in_colour(trace: str) -> str:
    return "\n".join(f"\x1b[31m{line}\x1b[0m" for line in trace.splitlines())


def _each_line(before: str) -> Callable[[str], str]:
    return lambda trace: "".join(f"{before}{line}\n" for line in trace.splitlines())


def _as_json_lines(trace: str) -> str:
    return "".join(json.dumps({"log": f"{line}\n", "stream": "stderr"}) + "\n" for line in trace.splitlines())


def _on_a_narrow_terminal(trace: str) -> str:
    return "\n".join(line[at : at + 70] for line in trace.splitlines() for at in range(0, max(1, len(line)), 70))


VARIANTS: dict[str, Callable[[str], str]] = {
    "on other lines": _on_other_lines,
    "elsewhere": _elsewhere,
    "in a log": _in_a_log,
    "as JSON": _as_json,
    "in colour": _in_colour,
    "of a cluster": _each_line("2026-11-30T08:15:00.123456789Z stderr F "),
    "of a pod": _each_line("[pod/shop-7f9c5d-x2/shop] "),
    "of the system's journal": _each_line("Nov 30 08:15:00 box-12 shop[4121]: "),
    "of syslog": _each_line("<11>1 2026-11-30T08:15:00Z box-12 shop 4121 - - "),
    "of a process manager": _each_line("0|shop  | "),
    "of a job on GitHub": _each_line("build (ubuntu, 3.12)\tRun tests\t2026-11-30T08:15:00.1234567Z "),
    "of a job on GitLab": _each_line("2026-11-30T08:15:00.123456Z 01O "),
    "of a step of TeamCity": _each_line("[08:15:00] :\t [Step 2/3] "),
    "of a job on Jenkins": _each_line("08:15:00  "),
    "of a container, as JSON": _as_json_lines,
    "behind words of any kind": _each_line("crane-7d9f crane "),
    "from the source of a page": lambda trace: escape(_on_other_lines(trace)),
    "on a narrow terminal": _on_a_narrow_terminal,
}
