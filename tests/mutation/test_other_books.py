"""What a reviewer notices in records of other kinds and languages is found on its line; harmless edits are not.

`others/shop` is a slow page in Java and a crash in Go, `others/studio` a wrong price in TypeScript and a lost row in Python.
"""

# ruff: noqa: E501  (texts of the books)
from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from triagebook.findings import Finding

from .clean_book import sealed
from .trial import findings_in

OTHERS = Path(__file__).parent / "others"
DAY = date(2026, 9, 1)

# The rule, the file, a text and what it becomes; then a text on the line of the finding and its file, where they differ.
# fmt: off
NOTICED = (
    ("TB316", "318/issue.yaml", "Hold the lock around the three writes", "Hold the lock around the five writes"),
    ("TB316", "210/issue.yaml", "goal: Both suites fail without the fix", "goal: All three suites fail without the fix"),
    ("TB318", "210/issue.yaml", "target: at most 2 s\n    baseline: 9 s", "target: at most 2 s\n    baseline: 9 %"),
    ("TB318", "210/evidence/p95-after.yaml", "value: 0.8 s", "value: 0.8 MB"),
    ("TB318", "318/issue.yaml", 'target: "0"', "target: 0 ms"),
    ("TB311", "210/issue.yaml", "amount: 35 %, from: plan.md#L15}", "amount: 75 %, from: plan.md#L15}\n    - {of: sessions of business customers, amount: 35 %, from: plan.md#L16}", "- {of: sessions of business customers, amount: 35 %, from: plan.md#L16}"),
    ("TB431", "210/issue.yaml", "chosen: fetch-join", "chosen: paging"),
    ("TB431", "318/issue.yaml", "chosen: mutex", "chosen: sync-map"),
    ("TB419", "210/issue.yaml", "Line l join fetch l.article where", "Line l where", "after: '@Query"),
    ("TB419", "318/issue.yaml", "      after: |\n        l.mu.Lock()\n        l.buckets[client] = newBucket(rate)\n        l.mu.Unlock()\n", "      after: |\n        l.buckets[client]  =  newBucket(rate)\n", "after: |"),
    ("TB419", "210/issue.yaml", 'now: "50"', 'now: "1"'),
    ("TB432", "210/issue.yaml", "    command: mvn -q verify -Dtest=HistoryLoadTest\n    before", "    command: mvn -q verify -Dtest=HistoryQueryCountTest\n    before"),
    ("TB432", "318/issue.yaml", "command: go test ./test/soak -run Soak", "command: go test ./internal/limit -run Soak"),
    ("TB432", "318/issue.yaml", "path: internal/limit/bucket_race_test.go", "path: internal/proxy/bucket_race_test.go", "command: go test -race ./internal/limit -run Race"),
    ("TB432", "210/issue.yaml", "        - do: Run the query count on the fixed code\n          suites: [query-count]\n          command: mvn -q test -Dtest=HistoryQueryCountTest", "        - do: Run the query count on the fixed code\n          suites: [query-count]\n          command: mvn -q test -Dtest=HistoryLoadTest"),
    ("TB308", "210/issue.yaml", "fail without the fix\n      takes: 45 min", "fail without the fix\n      takes: 75 min"),
    ("TB308", "210/issue.yaml", "        - do: Load the lines with their articles\n          takes: 2 h", "        - do: Load the lines with their articles\n          takes: 20 h", "takes: 3 h"),
    ("TB308", "318/issue.yaml", "      takes: 2 h", "      takes: 90 min"),
    ("TB315", "210/issue.yaml", "first-day: {within: 1 d}\n    first-week: {within: 5 d}", "first-day: {within: 5 d}\n    first-week: {within: 1 d}", "first-week: {within: 1 d}"),
    ("TB401", "210/issue.yaml", "due: 2026-04-15", "due: 2026-02-15"),
    ("TB401", "210/issue.yaml", "done: {on: 2026-03-12, commit: 9d04be71aa35}", "done: {on: 2026-03-08, commit: 9d04be71aa35}"),
    ("TB436", "210/evidence/count-before.yaml", "phase: before", "phase: after"),
    ("TB437", "318/evidence/soak-before.yaml", "at: 2026-05-19T11:00:00Z", "at: 2026-04-19T11:00:00Z"),
    ("TB437", "210/evidence/p95-after.yaml", "at: 2026-03-12T15:00:00Z", "at: 2026-03-02T15:00:00Z"),
    ("TB417", "210/evidence/count-after.yaml", "Tests run: 3, Failures: 0", "Tests run: 3, Failures: 1"),
    ("TB417", "210/evidence/load-before.yaml", "totals: {passed: 0, failed: 2,", "totals: {passed: 1, failed: 1,"),
    ("TB417", "318/evidence/race-before.yaml", "skipped: 0, total: 2", "skipped: 1, total: 3"),
    ("TB320", "318/issue.yaml", "priority: 1\nopened", "priority: 5\nopened"),
    ("TB320", "318/issue.yaml", "severity: critical", "severity: low", "priority: 1"),
    ("TB312", "318/issue.yaml", "level: medium, why: The lock is on the path of every request, mitigation", "level: low, mitigation"),
    ("TB320", "210/issue.yaml", "priority: 2\nopened", "priority: 5\nopened"),
    ("TB314", "210/issue.yaml", "at_risk: 350000 EUR/year", "at_risk: 350000 EUR/month"),
    ("TB314", "318/issue.yaml", "at_risk: 20000 EUR/month", "at_risk: 2000000 EUR/year"),
    ("TB608", "210/issue.yaml", "shop/issues/210", "shop/issues/201"),
    ("TB608", "210/issue.yaml", "shop/issues/210", "shop/issues/318"),
    ("TB608", "318/issue.yaml", "gateway/issues/318", "gateway/issues/310"),
    ("TB610", "318/issue.yaml", "source: {repository: gateway, commit: 81c7e2f0b6d4}", "source: {repository: shop, commit: 81c7e2f0b6d4}"),
    ("TB610", "318/issue.yaml", "commit: 81c7e2f0b6d4}\ndetector", "commit: 81c7e2f0b6b4}\ndetector"),
    ("TB611", "210/issue.yaml", "    at: src/main/java/shop/orders/LineMapper.java:41,77", "    at: src/main/java/shop/orders/LineMapper.java:47,77"),
    ("TB611", "318/issue.yaml", "        at: internal/limit/bucket.go:58,73", "        at: internal/limit/bucket.go:58,93"),
    ("TB611", "318/issue.yaml", "      path: internal/limit/bucket.go:58\n", "      path: internal/limit/bucket.go:85\n"),
    ("TB433", "210/issue.yaml", "    note: Fifty customers at once, for ten minutes.", "    note: Passes without the fix too when the machine is quick.", 'before: {fail: "p95 above 2 s"}'),
    ("TB433", "318/issue.yaml", "      TestRaceSweep: A new client and the sweep at once", "      TestRaceSweep: {proves: A new client and the sweep at once, note: It still fails after the fix.}"),
    ("TB434", "210/claims/plan.yaml", None, "  - says: The load test proves the fix\n    lines: 40\n    about: {suite: history-load}\n    kind: vacuous\n    disputed: It opens a page from the cache.\n", "history-load:", "210/issue.yaml"),
    ("TB434", "318/claims/postmortem.yaml", None, "  - says: The load proves the fix\n    lines: 40\n    about: {suite: soak}\n    kind: vacuous\n    disputed: The load is below the limit at which it crashes.\n", "measure: tests.pass_rate suite=soak phase=after", "318/issue.yaml"),
    ("TB435", "210/affected.yaml", "LineMapper.java:41,77\n    text: line.getArticle()\n    priority: 1", "LineMapper.java:41,77\n    text: line.getArticle()", "- at: src/main/java/shop/orders/LineMapper.java:41,77"),
    ("TB435", "210/affected.yaml", "    priority: 1\n    state: open", "    priority: 2\n    state: open"),
    ("TB316", "61/issue.yaml", "what: Both queries take parameters", "what: All three queries take parameters"),
    ("TB319", "57/issue.yaml", "says: An invoice takes at most three seconds", "says: An invoice takes at most five seconds"),
    ("TB319", "57/issue.yaml", "says: Fewer than 1 % of nights", "says: Fewer than 2 % of nights"),
    ("TB304", "57/issue.yaml", "target: less than 1 %\n    baseline: 5 %", "target: less than 1 %\n    baseline: 15 %"),
    ("TB304", "57/issue.yaml", "alert: more than 1 %", "alert: less than 1 %"),
    ("TB431", "57/issue.yaml", "chosen: hours", "chosen: merge"),
    ("TB315", "57/issue.yaml", "this-week: {within: 3 d}", "this-week: {within: 30 d}", "this-month: {within: 20 d}"),
    ("TB401", "61/issue.yaml", "done: {on: 2026-08-05, commit: 55d0e9a7c1b8}", "done: {on: 2026-08-01, commit: 55d0e9a7c1b8}"),
    ("TB437", "61/evidence/names-after.yaml", "at: 2026-08-05T", "at: 2026-07-05T"),
    ("TB437", "61/evidence/names-before.yaml", "at: 2026-08-04T", "at: 2025-08-04T"),
    ("TB436", "61/evidence/names-after.yaml", "phase: after", "phase: before"),
    ("TB417", "61/evidence/names-before.yaml", "failed: 2, total: 2, seconds", "failed: 3, total: 3, seconds"),
    ("TB312", "57/issue.yaml", "level: low, why: Prices of whole days stay as they are, mitigation", "level: low, mitigation"),
    ("TB314", "57/issue.yaml", "at_risk: 60000 USD/year", "at_risk: 600000 USD/month"),
    ("TB610", "57/affected.yaml", "commit: d2c9a1b40e77", "commit: 4be01f77d9c2", "source: {repository: web, commit: d2c9a1b40e77}", "57/issue.yaml"),
    ("TB612", "61/issue.yaml", 'near \\"Neil\\": syntax error", seen', 'near \\"Neal\\": syntax error", seen'),
    ("TB433", "57/issue.yaml", "note: Fails without the fix on any day", "note: It passes without the fix on most days", "before: {fail: expected 90 to be 45}"),
    ("TB434", "57/claims/ticket.yaml", None, "  - {says: The tests of prices prove it, lines: 20, kind: vacuous, disputed: They mock the rate, about: {suite: price}}\n", "measure: tests.pass_rate suite=price phase=after", "57/issue.yaml"),
    ("TB435", "57/affected.yaml", 'text: "splitByDay(booking)", priority: 1', 'text: "splitByDay(booking)"'),
)
HARMLESS = (
    ("210/issue.yaml", "target: at most 2 s\n    baseline: 9 s", "target: at most 2000 ms\n    baseline: 9 s"),
    ("210/issue.yaml", "baseline: 9 s", "baseline: 9000 ms"),
    ("210/issue.yaml", "title: The order history takes nine seconds, one query for each order line", "title: Slow order history, 201 queries for a page"),
    ("210/issue.yaml", "nobody-waits:\n    says: No request times out", "nobody-waits:\n    says: Requests do not time out"),
    ("210/issue.yaml", "      takes: 3 h", "      takes: 180 min"),
    ("210/issue.yaml", "      takes: 90 min", "      takes: 1.5 h"),
    ("210/issue.yaml", "command: mvn -q test -Dtest=HistoryQueryCountTest\n    before", "command: mvn test -Dtest=HistoryQueryCountTest#*\n    before"),
    ("210/issue.yaml", "    command: mvn -q test -Dtest=HistoryQueryCountTest\n    before", "    command: ./mvnw -q -pl shop test -Dtest='HistoryQueryCountTest'\n    before"),
    ("210/issue.yaml", "first-day: {within: 1 d}", "first-day: {within: 8 h}"),
    ("210/issue.yaml", "      oneQueryForTwoOrders: Two orders on one page need one query", "      oneQueryForTwoOrders: Two orders on one page need one query, not two"),
    ("210/issue.yaml", "alert: more than 3 s", "alert: more than 2 s"),
    ("210/issue.yaml", "alert: more than 3 s", "alert: more than 2500 ms"),
    ("210/issue.yaml", "  workaround: Filter the history by month.", "  workaround: Filter the history by month; two or three months are quick enough."),
    ("210/issue.yaml", "due: 2026-04-15", "due: 2026-04-30"),
    ("210/issue.yaml", "amount: 35 %", "amount: about 35 %"),
    ("210/affected.yaml", "    change: Take the article that came with the line\n    state: fixed\n    commit: 9d04be71aa35\n  - at: src/main/java/shop/orders/LineMapper", "    change: Use the article of the line\n    state: fixed\n    commit: 9d04be71aa35\n  - at: src/main/java/shop/orders/LineMapper"),
    ("210/affected.yaml", "files: 412", "files: 415"),
    ("210/issue.yaml", "  - says: The connection pool is too small\n    state: ruled-out", "  - says: The connection pool is too small\n    state: ruled-out\n  - says: Two of three replicas are slow\n    state: ruled-out"),
    ("210/evidence/p95-after.yaml", "value: 0.8 s", "value: 800 ms"),
    ("210/evidence/count-after.yaml", "Time elapsed: 4.1 s", "Time elapsed: 4.10 s"),
    ("318/issue.yaml", "Three writes are not guarded", "3 writes lack a lock"),
    ("318/issue.yaml", "Send 500 requests a second from two clients for one minute", "Send 500 requests per second from 2 clients for 60 s"),
    ("318/issue.yaml", "command: go test -race ./internal/limit -run Race\n", "command: go test -count=1 -race -run Race ./internal/limit/...\n"),
    ("318/issue.yaml", "command: go test ./test/soak -run Soak -timeout 20m", "command: cd test/soak && go test -run Soak -timeout 20m ."),
    ("318/issue.yaml", "at_risk: 20000 EUR/month", "at_risk: 240000 EUR/year"),
    ("318/issue.yaml", "at_risk: 20000 EUR/month", "at_risk: 90000 EUR/month"),
    ("318/issue.yaml", "why: The map is small, and the lock is held for microseconds", "why: Small map, short lock"),
    ("318/issue.yaml", "  - {do: Deploy to staging, owner: platform, environment: staging, priority: 2}", "  - {do: Deploy to staging, owner: platform, environment: staging, priority: 2}\n  - {do: Look at the two other maps of the gateway, owner: platform, priority: 3}"),
    ("318/evidence/crash-seen.yaml", "says: The gateway crashed four times within an hour", "says: The gateway crashed 4 times in 60 minutes"),
    ("318/issue.yaml", "risks:\n", "risks:\n  - {kind: performance, level: low, why: The lock costs microseconds, mitigation: Measured under load}\n"),
    ("318/issue.yaml", "severity: critical", "severity: high"),
    ("318/issue.yaml", "      TestRaceSweep: A new client and the sweep at once", "      TestRaceSweep: A new client while the sweep runs, 1,000 times"),
    ("57/issue.yaml", "Three functions compute the price of a\n  day, in two files.", "Price is computed by day, in three functions."),
    ("57/issue.yaml", "title: Bookings across midnight are charged twice", "title: One night, two charges"),
    ("57/issue.yaml", "      takes: 4 h", "      takes: 240 min"),
    ("57/issue.yaml", "do: Run both suites in CI", "do: Run the two suites in CI"),
    ("57/issue.yaml", "says: An invoice takes at most three seconds", "says: Invoices are quick"),
    ("57/issue.yaml", "target: at most 3 s", "target: at most 3000 ms"),
    ("57/issue.yaml", "alert: more than 1 %", "alert: more than 0.5 %"),
    ("57/issue.yaml", "command: npx jest src/calendar/price.test.ts\n    before", "command: npx jest --ci --coverage src/calendar\n    before"),
    ("57/issue.yaml", "command: npx jest tests/invoice.test.ts\n    before", "command: npm test -- tests/invoice.test.ts\n    before"),
    ("57/issue.yaml", "    command: npx playwright test e2e/night.spec.ts\n    before", "    command: npx playwright test night --project=chromium\n    before"),
    ("57/issue.yaml", "note: Fails without the fix on any day, summer time included.", "note: Needs no database. Without the fix it fails in every time zone; with it, it passes in all."),
    ("57/issue.yaml", "      lists one line: One line for a night", "      lists one line: One line for a night\n      lists two lines: Two nights have two lines"),
    ("57/issue.yaml", "this-week: {within: 3 d}", "this-week: {within: 72 h}"),
    ("57/issue.yaml", "at_risk: 60000 USD/year", "at_risk: 5000 USD/month"),
    ("57/issue.yaml", "priority: 2\nopened", "priority: 3\nopened"),
    ("57/issue.yaml", "mitigation: The week is tested", "mitigation: [The week is tested, Two colleagues look at ten invoices]"),
    ("57/issue.yaml", 'links: ["https://git.example.org/studio/web/issues/57"]', 'links: ["https://git.example.org/studio/web/issues/57", "https://github.com/date-fns/date-fns/issues/61"]'),
    ("57/issue.yaml", "workaround: Book two separate slots.", "workaround: Book two slots, one for each of the two days."),
    ("57/affected.yaml", "why: It only draws", "why: It draws the two parts"),
    ("57/evidence/price-before.yaml", "Time:        1.2 s", "Time:        1.21 s, estimated 3 s"),
    ("57/evidence/charges.yaml", "how: Refunds of June, of all bookings", "how: 50 refunds of 1,000 bookings in June"),
    ("61/issue.yaml", "41 of 2,000 clients are missing.", "Of 2,000 clients, forty-one are missing."),
    ("61/issue.yaml", "Both queries in `importer/load.py`", "The two queries in `importer/load.py`"),
    ("61/issue.yaml", "pytest tests/test_names.py -q\n    before", "python -m pytest tests/test_names.py::test_apostrophe tests/test_names.py::test_quote\n    before"),
    ("61/issue.yaml", "why_not: Somebody will forget it", "why_not: [Somebody will forget it, Five other databases quote differently]"),
    ("61/issue.yaml", 'baseline: "41"', "baseline: at least 41"),
    ("61/issue.yaml", "lessons: [Test data need odd names]", "lessons: [Test data need odd names, Two reviewers missed it]"),
    ("61/evidence/names-before.yaml", '"2 failed in 0.40s"', '"FAILED tests/test_names.py::test_quote\\n2 failed in 0.40s"'),
    ("61/evidence/names-after.yaml", "at: 2026-08-05T06:30:00Z", "at: 2026-08-06T06:30:00Z"),
    ("61/issue.yaml", "done: {on: 2026-08-04, evidence: names-before}", "done: {on: 2026-08-05, evidence: names-before}"),
    ("61/issue.yaml", "severity: medium\npriority: 3", "severity: medium\npriority: 4"),
    ("210/issue.yaml", "    note: Fifty customers at once, for ten minutes.", "    note: Did not fail in the rehearsal."),
    ("210/issue.yaml", "    note: Fifty customers at once, for ten minutes.", "    note: Fails before the fix in most runs, so run it three times."),
    ("210/issue.yaml", "    note: Fifty customers at once, for ten minutes.", "    note: It fails when staging is down, and is skipped then."),
    ("210/issue.yaml", "says: The order history opens within two seconds", "says: Opens in time in 95 % of the requests of one hour"),
    ("210/issue.yaml", "lessons:\n", "lessons:\n  - All 12 tests of another team pass.\n"),
    ("210/issue.yaml", "    command: mvn -q test -Dtest=HistoryQueryCountTest\n    before", "    command: ./gradlew test --tests '*HistoryQueryCountTest'\n    before"),
    ("318/issue.yaml", "    command: go test -race ./internal/limit -run Race\n    before", "    command: go test ./...\n    before"),
    ("57/issue.yaml", "    command: npx jest src/calendar/price.test.ts\n    before", "    command: npx jest --testPathPattern=src/calendar\n    before"),
    ("61/issue.yaml", "    command: pytest tests/test_names.py -q\n    before", "    command: python -m pytest tests\n    before"),
    ("210/issue.yaml", "links:\n", "links:\n  - https://github.com/hibernate/hibernate-orm/issues/318\n"),
    ("61/evidence/names-before.yaml", '"2 failed in 0.40s"', '"2 failed, 40 deselected in 0.40s"'),
)
# fmt: on


@cache
def _book(issue: str) -> dict[str, bytes]:
    root = next(root for root in OTHERS.iterdir() if (root / issue).is_dir())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.yaml"))}


def _changed(file: str, old: str | None, new: str) -> dict[str, bytes]:
    files = dict(_book(file.partition("/")[0]))
    text = files[file].decode()
    assert old is None or text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    return files | {file: (text + new if old is None else text.replace(old, new)).encode()}


def _findings(files: dict[str, bytes]) -> list[Finding]:
    return [one for one in findings_in(sealed(files), day=DAY) if one.severity != "note"]


@pytest.mark.parametrize("issue", ["210", "57"])
def test_the_other_books_are_clean(issue: str) -> None:
    assert _findings(_book(issue)) == []


@pytest.mark.parametrize("row", NOTICED)
def test_what_a_reviewer_notices_is_found_on_its_line(row: tuple[str, ...]) -> None:
    code, file, old, new, at, elsewhere = (*row, "", "")[:6]
    files = _changed(file, old, new)
    place = elsewhere or file
    text = files[place].decode()
    lines = [number for number, line in enumerate(text.splitlines(), 1) if at in line] if at else _lines(text, old, new)
    found = _findings(files)
    assert [one for one in found if (one.code, one.file) == (code, place) and one.line in lines], found


def _lines(text: str, old: str | None, new: str) -> list[int]:
    """The line on which the new text begins to differ."""
    same = next((at for at, pair in enumerate(zip(old or "", new, strict=False)) if pair[0] != pair[1]), 0)
    return [text[: text.index(new) + same].count("\n") + 1]


@pytest.mark.parametrize("book", sorted(OTHERS.iterdir()), ids=lambda book: book.name)
def test_harmless_edits_raise_no_alarm(book: Path) -> None:
    """As many at once as do not touch the same text."""
    left = [row for row in HARMLESS if (book / row[0]).exists()]
    while left:
        files, used = dict(_book(left[0][0].partition("/")[0])), []
        for file, old, new in left:
            if files[file].decode().count(old) == 1 and not any(old in other[2] for other in used):
                files[file] = files[file].replace(old.encode(), new.encode())
                used.append((file, old, new))
        assert used, f"{left[0]} can't be carried out"
        assert _findings(files) == []
        left = [row for row in left if row not in used]
