"""`triagebook import`: creates valid records from a tracker, keeps people's edits, and adds locations."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.store import write as writing
from triagebook.store.load import load

ERROR = "TypeError: object Manager can't be used in 'await' expression"
BODY = f"""### What happened?

Nobody can pay.

### Relevant log output

```
Traceback (most recent call last):
  File "/app/shop/cart/pay.py", line 7, in pay
    manager = await get_manager(cart)
{ERROR}
```
"""
ISSUE: dict[str, Any] = {
    "number": 200, "title": "Nobody can pay", "body": BODY, "url": "https://github.com/acme/shop/issues/200",
    "createdAt": "2026-03-02T08:15:00Z", "state": "OPEN", "author": {"login": "guest"}, "assignees": [{"login": "web"}],
    "labels": [{"name": "bug"}], "comments": [],
}  # fmt: skip
PATTERN = """\
title: A synchronous call is awaited
summary: A plain function is called with `await`.
errors: ["can't be used in 'await' expression"]
detector: {regex: await get_manager, include: ["**/*.py"]}
playbook:
  suites:
    callers:
      category: unit
      path: tests/test_callers.py
      command: python -m pytest tests/test_callers.py
      before: {fail: can't be used in 'await' expression}
      after: pass
      tests: {test_pay: A cart is paid}
  criteria:
    gone: {says: No call is left, measure: affected.locations state=open, target: 0 locations}
  risks: [{kind: incomplete, level: low, why: One form of the call, mitigation: Count again}]
"""
TRACKER = "tracker: {labels: {bug: {severity: high}, wontfix: {closed: declined}}}\n"


@pytest.fixture
def book(book: Path) -> Path:
    with (book / "catalog.yaml").open("a") as catalog:
        catalog.write(TRACKER)
    (book / "patterns" / "awaited-sync-call.yaml").write_text(PATTERN)
    return book


@pytest.fixture
def take(run: Callable[..., Any], here: Path, book: Path) -> Callable[..., Any]:
    """Import GitHub issues into the book."""
    assert book.is_relative_to(here)

    def take(*issues: dict[str, Any], flags: tuple[str, ...] = ()) -> Any:
        (here / "issues.json").write_text(json.dumps(list(issues)), encoding="utf-8")
        return run("import", "github", "issues.json", *flags)

    return take


def text(book: Path, issue: str = "200") -> str:
    return (book / issue / "issue.yaml").read_text(encoding="utf-8")


def test_an_issue_becomes_a_record(take: Callable[..., Any], book: Path, golden: Callable[[str, str], None]) -> None:
    ran = take(ISSUE)
    assert (ran.code, ran.out) == (0, "created    issues/200/issue.yaml\n")
    golden("import", text(book) + "\n" + ran.err)


def test_imported_records_pass_the_check(take: Callable[..., Any], run: Callable[..., Any]) -> None:
    """Whatever the tracker contains; names of facts in its text are not facts."""
    closed = {"state": "CLOSED", "stateReason": "COMPLETED", "closedAt": "2026-04-01T00:00:00Z"}
    odd = {"title": "- {{ tests.nope }}: '#\"", "body": "{{ nope }}\t\x00\u2028---\n&a *b !c\n```\n{{ x }}"}
    bare = {"number": 203, "title": "T", "url": "https://github.com/acme/shop/issues/203", "body": None}
    own = [{"number": number, "url": f"https://github.com/acme/shop/issues/{number}"} for number in (201, 202)]
    tickets = [ISSUE, ISSUE | odd | own[0], ISSUE | closed | own[1], bare]
    assert take(*tickets).code == 0
    ran = run("check", "200", "201", "202", "203")
    assert ran.code == 0, ran.out


def test_closed_issues_stay_closed_with_one_note(take: Callable[..., Any], run: Callable[..., Any], book: Path) -> None:
    """Their records pass the check; each verdict says that nothing is proven."""
    url, closed = "https://github.com/acme/shop/issues", {"state": "CLOSED", "closedAt": None}
    reasons = {201: "COMPLETED", 202: "DUPLICATE", 203: "COMPLETED", 204: None}
    ran = take(*(ISSUE | closed | {"number": n, "url": f"{url}/{n}", "stateReason": why} for n, why in reasons.items()))
    assert ran.err.count(" closed in the tracker") == 1
    assert "note: 4 issues closed in the tracker, so also here: 1 as duplicate, 3 as fixed." in ran.err
    issues = load(book).book.issues
    assert [str(issues[str(number)].issue.state) for number in (201, 202)] == ["closed as fixed", "closed as duplicate"]
    assert run("check", "201", "202", "203", "204").code == 0
    assert "Closed as fixed, but the record proves no more than" in run("show", "201").out


def test_a_full_disk_leaves_no_record_without_its_memory(
    take: Callable[..., Any], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing._write_new

    def full(path: Path, data: bytes, mode: int | None) -> None:
        if path.name == ".imported.json":
            raise OSError(28, "No space left on device")
        real(path, data, mode)

    monkeypatch.setattr(writing, "_write_new", full)
    assert "no space left on device" in take(ISSUE).err
    assert not (book / "200").exists()
    assert not list(book.glob(".triagebook-*"))


def test_a_duplicate_names_its_original_even_without_urls(
    take: Callable[..., Any], run: Callable[..., Any], book: Path
) -> None:
    """Bugzilla's own interface gives none. An original that was not imported is a claim of the tracker."""
    bug = {"summary": "It fails", "creation_time": "2026-03-02T08:15:00Z", "status": "RESOLVED"}
    duplicate = bug | {"resolution": "DUPLICATE"}
    take(
        bug | {"id": 300, "status": "NEW"},
        duplicate | {"id": 301, "dupe_of": 300},
        duplicate | {"id": 302, "dupe_of": 9},
    )
    assert [str(one) for one in load(book).book.issues["301"].issue.closed.into] == ["300"]
    assert run("check", "301", "302", "--select", "TB410").code == 0


def test_leftovers_of_a_killed_import_are_not_records(take: Callable[..., Any], book: Path) -> None:
    take(ISSUE)
    (book / "200").rename(book / ".triagebook-0123456789abcdef.tmp")
    assert take(ISSUE).out.startswith("created    issues/200/issue.yaml\n")


@pytest.mark.parametrize("written", range(4))
def test_an_update_that_was_stopped_loses_and_repeats_nothing(
    written: int, take: Callable[..., Any], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of its files it had written; the tracker may have changed again before the next import."""

    def seen(how: str) -> dict[str, Any]:
        return {"author": {"login": "guest"}, "id": "c1", "body": f"Seen {how}"}

    take(ISSUE | {"comments": [seen("once")]})
    real, calls = writing._make, iter(range(10))

    def stopped(changes: Any) -> None:
        if next(calls) >= written:
            raise OSError(28, "No space left on device")
        real(changes)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_make", stopped)
        take(
            ISSUE | {"title": "Nobody pays", "labels": [{"name": "bug"}, {"name": "late"}], "comments": [seen("twice")]}
        )
    ran = take(
        ISSUE | {"title": "No payment", "labels": [{"name": "bug"}, {"name": "later"}], "comments": [seen("again")]}
    )
    issue = load(book).book.issues["200"].issue
    assert (str(issue.title), list(map(str, issue.labels))) == ("No payment", ["bug", "later"])
    assert "was edited here" not in ran.err
    assert "begun" not in (book / "200" / ".imported.json").read_text()
    stated = (book / "200" / "claims" / "tracker.yaml").read_text()
    assert (stated.count("Seen"), "Seen again" in stated) == (1, True)


def test_importing_again_changes_nothing(take: Callable[..., Any], book: Path) -> None:
    take(ISSUE)
    before = text(book), (book / "200" / ".imported.json").read_text()
    ran = take(ISSUE)
    assert ran.out == "unchanged  issues/200/issue.yaml\n"
    assert (text(book), (book / "200" / ".imported.json").read_text()) == before


def test_an_update_follows_the_tracker_in_unedited_fields(take: Callable[..., Any], book: Path) -> None:
    take(ISSUE)
    path = book / "200" / "issue.yaml"
    path.write_text(
        text(book).replace("title: Nobody can pay\n", "title: Paying fails  # ours\n").replace("[bug]", "[bug, mine]")
        + "causes: [Something else]\n"
    )
    later = ISSUE | {"title": "Nobody pays", "body": "It is worse.", "labels": [{"name": "wontfix"}], "assignees": []}
    ran = take(later)
    assert ran.out == "updated    issues/200/issue.yaml\n"
    assert "`title` was edited here and is kept; it now differs from the tracker" in ran.err
    issue = load(book).book.issues["200"].issue
    assert (issue.title, issue.summary, issue.owner) == ("Paying fails", "It is worse.", None)
    assert (issue.labels, issue.causes[0].says) == (("mine", "wontfix"), "Something else")
    assert (len(issue.links), issue.links[0].title) == (1, "Issue 200 of acme/shop, reported by guest")
    assert "# ours" in text(book)


def test_fields_that_people_removed_stay_removed(take: Callable[..., Any], book: Path) -> None:
    take(ISSUE)
    path = book / "200" / "issue.yaml"
    path.write_text(text(book).replace("labels: [bug]\n", "").replace("owner: web\n", ""))
    assert take(ISSUE).out == "unchanged  issues/200/issue.yaml\n"


def test_a_record_with_a_link_to_the_ticket_is_updated(
    take: Callable[..., Any], run: Callable[..., Any], book: Path
) -> None:
    """Existing fields stay; missing ones are added."""
    run("new", "7", "--title", "Ours", "--severity", "low", "--summary", "Ours.", "--link", ISSUE["url"])
    assert take(ISSUE).out == "updated    issues/7/issue.yaml\n"
    issue = load(book).book.issues["7"].issue
    assert (issue.title, issue.severity, issue.owner, issue.labels) == ("Ours", "low", "web", ("bug",))
    assert not (book / "200").exists()


def test_another_issue_with_the_same_number_is_not_overwritten(take: Callable[..., Any], book: Path) -> None:
    before = text(book, "9")
    assert take(ISSUE | {"number": 9, "url": "https://github.com/acme/shop/issues/9"}).out == (
        "created    issues/shop-9/issue.yaml\n"
    )
    assert text(book, "9") == before


def test_an_imported_issue_gets_no_name_that_differs_only_in_case(take: Callable[..., Any], book: Path) -> None:
    """Many systems can't keep both folders."""
    (book / "9").rename(book / "SHOP-9")
    (book / "10").rename(book / "9")
    ran = take(ISSUE | {"number": 9, "url": "https://github.com/acme/shop/issues/9"})
    assert "another issue has the id 9" in ran.err
    assert not (book / "shop-9").exists()


def test_likely_patterns_and_related_issues_are_suggested(take: Callable[..., Any]) -> None:
    """With the reasons."""
    first = take(ISSUE)
    assert (
        "likely pattern: awaited-sync-call (A synchronous call is awaited): "
        f"`can't be used in 'await' expression` matches `{ERROR}`\n" in first.err
    )
    other = ISSUE | {"number": 201, "url": "https://github.com/acme/shop/issues/201", "title": "Paying is broken"}
    ran = take(other)
    assert "possibly the same cause as 200 (Nobody can pay): the same error; " in ran.err


def test_tickets_that_may_have_one_cause_are_grouped(take: Callable[..., Any]) -> None:
    others = [
        ISSUE | {"number": number, "url": f"https://github.com/acme/shop/issues/{number}", "title": title, "body": body}
        for number, title, body in (
            (201, "Paying is broken", "```\nBankError: no answer from 10.0.0.1 after 30 s\n```"),
            (202, "Nothing is shown", "The page stays empty."),
            (203, "Orders get lost", "```\nBankError: no answer from 10.0.0.7 after 31 s\n```"),
        )
    ]
    assert "possibly one cause: 201, 203 (the same error but for values" in take(others).err


def test_a_pattern_fills_in_its_playbook(take: Callable[..., Any], run: Callable[..., Any], book: Path) -> None:
    """In a new record, and in an existing one, where people's text stays."""
    assert take(ISSUE, flags=("--pattern", "awaited-sync-call")).code == 0
    issue = load(book).book.issues["200"].issue
    assert issue.detector
    assert (set(issue.suites), set(issue.criteria), len(issue.risks)) == ({"callers"}, {"gone"}, 1)
    take(ISSUE | {"number": 201, "url": "https://github.com/acme/shop/issues/201"})
    with (book / "201" / "issue.yaml").open("a") as file:
        file.write("criteria: {ours: It works}\n")
    again = take(
        ISSUE | {"number": 201, "url": "https://github.com/acme/shop/issues/201"},
        flags=("--pattern", "awaited-sync-call"),
    )
    assert again.out == "updated    issues/201/issue.yaml\n"
    assert set(load(book).book.issues["201"].issue.criteria) == {"ours"}
    assert run("check", "200", "201").code == 0


def test_text_from_the_tracker_never_becomes_a_command(take: Callable[..., Any], book: Path) -> None:
    hostile = ISSUE | {"body": "### Command\n\n`rm -rf /`\n\n### command\n\ncurl x | sh\n"}
    take(hostile)
    assert load(book).book.issues["200"].issue.suites == {}
    assert "\ncommand:" not in text(book)
    assert "run:" not in text(book)


def test_a_dry_run_writes_nothing(take: Callable[..., Any], book: Path) -> None:
    assert take(ISSUE, flags=("--dry-run",)).out == "created    issues/200/issue.yaml\n"
    assert not (book / "200").exists()


def test_standard_input_may_be_utf_16(run: Callable[..., Any], book: Path) -> None:
    data = json.dumps(ISSUE | {"title": "Größe"}, ensure_ascii=False).encode("utf-16")
    assert run("import", "github", "-", stdin=data).code == 0
    assert load(book).book.issues["200"].issue.title == "Größe"


def test_skipped_items_are_reported(take: Callable[..., Any]) -> None:
    """Pull requests are skipped; an invalid issue makes the exit code 1."""
    ran = take(ISSUE, ISSUE | {"number": 3, "pull_request": {}})
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "skipped    1 pull request: #3")
    ran = take(ISSUE, {"number": 4, "title": ""})
    assert ran.code == 1
    assert "note: #4 has no title, so it was skipped\n" in ran.err


def test_invalid_imports_are_refused(
    transcript: Callable[[list[str]], str], golden: Callable[[str, str], None], here: Path, book: Path
) -> None:
    """Two lines each, and nothing is written."""
    (here / "a.json").write_text("{}")
    (here / "b.json").write_text("{")
    (here / "c.sarif").write_text(SARIF.replace("results", "x"))
    before = sorted(book.rglob("*"))
    lines = [
        "triagebook import github a.json",
        "triagebook import github b.json",
        "triagebook import github none.json",
        "triagebook import github issues",
        "triagebook import jira a.json",
        "triagebook import github a.json --pattern nope",
        "triagebook import github a.json --issue 9",
        "triagebook import sarif a.json",
        "triagebook import sarif a.json --issue 9",
        "triagebook import sarif c.sarif --issue 999",
        "triagebook import sarif c.sarif --issue 10",
        "triagebook import sarif c.sarif --issue 10 --commit main",
        "triagebook import sarif c.sarif --issue 10 --rule R1",
        "triagebook import sarif c.sarif --issue 9 --commit 1234567",
    ]
    golden("errors-import", transcript(lines))
    assert sorted(book.rglob("*")) == before


# ── locations ────────────────────────────────────────────────────────────────────────────────────────

SARIF = """\
{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint", "version": "1.2"}}, "results": [
 {"ruleId": "R1", "message": {"text": "Bad"}, "locations": [{"physicalLocation": {"artifactLocation":
  {"uri": "shop/b.py"}, "region": {"startLine": 4, "snippet": {"text": "x = 1"}}}}]},
 {"ruleId": "R2", "message": {"text": "See {{ this }}"}, "locations": [{"physicalLocation": {"artifactLocation":
  {"uri": "shop/a.py"}, "region": {"startLine": 2}}}]}]}]}
"""


def test_a_dry_run_of_sarif_needs_no_commit(run: Callable[..., Any], here: Path, book: Path) -> None:
    """Absolute paths are below the folder where the linter ran; no line of a message begins one of ours."""
    assert book.exists()
    text = json.loads(SARIF)
    for result in text["runs"][0]["results"]:
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]
        location["uri"] = f"file:///ci/{location['uri']}"
        result["message"]["text"] = "Bad\n::error::x\u0085::error::y\u2028z"
    (here / "c.sarif").write_text(json.dumps(text), encoding="utf-8")
    ran = run("import", "sarif", "c.sarif", "--issue", "10", "--root", "/ci", "--dry-run")
    assert (ran.code, ran.out.count("new     shop/")) == (0, 2), ran
    assert all(line.startswith(("new ", "2 new")) for line in ran.out.splitlines())
    assert "add --commit COMMIT" in run("import", "sarif", "c.sarif", "--issue", "10", "--root", "/ci").err


def test_sarif_results_become_locations(run: Callable[..., Any], here: Path, book: Path) -> None:
    """Only new ones, at the named commit; recorded ones stay as they are."""
    (here / "c.sarif").write_text(SARIF)
    ran = run("import", "sarif", "c.sarif", "--issue", "10", "--commit", "1234567", "--rule", "R1")
    assert (
        ran.out == "new     shop/b.py:4  R1: Bad\n1 new location, 0 already recorded; wrote issues/10/affected.yaml\n"
    )
    before = (book / "10" / "affected.yaml").read_text()
    ran = run("import", "sarif", "c.sarif", "--issue", "10", "--commit", "1234567")
    assert ran.out.endswith("1 new location, 1 already recorded; wrote issues/10/affected.yaml\n")
    assert (book / "10" / "affected.yaml").read_text().startswith(before)
    affected = load(book).book.issues["10"].affected
    assert affected is not None
    assert [(str(one.at), one.state) for one in affected.locations] == [("shop/b.py:4", "open"), ("shop/a.py:2", "new")]
    assert affected.source.repository == "shop"
    assert run("import", "sarif", "c.sarif", "--issue", "10", "--commit", "1234567").out == (
        "0 new locations, 2 already recorded; nothing was written\n"
    )
    assert run("check", "10").code == 0


def test_tickets_of_two_projects_with_one_number_are_two_issues(run: Callable[..., Any], book: Path) -> None:
    for key in ("PAY-31", "OPS-31"):
        ticket = {"key": key, "fields": {"summary": f"{key} fails", "description": "It fails."}}
        (book.parent / "ticket.json").write_text(json.dumps(ticket))
        for how in ("created", "unchanged"):
            assert run("import", "github", book.parent / "ticket.json").out.startswith(f"{how:9}  issues/{key}/")
