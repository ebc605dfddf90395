"""GitHub issues in all their JSON forms, and the fields derived from them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triagebook.intake.github import Ticket, read
from triagebook.intake.input_text import UnreadableError
from triagebook.intake.ticket import fields_of, inert
from triagebook.model.catalog import Catalog
from triagebook.model.issue import Issue

GH = {
    "number": 12, "title": "Chat fails", "body": "It fails.", "url": "https://github.com/acme/chat/issues/12",
    "createdAt": "2026-03-02T23:15:00Z", "closedAt": None, "state": "OPEN", "stateReason": "",
    "author": {"login": "developer"}, "assignees": [{"login": "reviewer"}], "labels": [{"name": "bug"}], "comments": [],
}  # fmt: skip
REST = {
    "number": 12, "title": "Chat fails", "body": "It fails.", "html_url": "https://github.com/acme/chat/issues/12",
    "url": "https://api.github.com/repos/acme/chat/issues/12", "created_at": "2026-03-02T23:15:00Z", "closed_at": None,
    "state": "open", "state_reason": None, "user": {"login": "developer"}, "assignees": [{"login": "reviewer"}],
    "labels": ["bug"], "comments": 0,
}  # fmt: skip
GRAPHQL = GH | {"labels": {"nodes": [{"name": "bug"}]}, "assignees": {"edges": [{"node": {"login": "reviewer"}}]}}


def tickets(document: object) -> list[Ticket]:
    return read(json.dumps(document).encode()).tickets


@pytest.mark.parametrize(
    "document",
    [
        GH,
        [GH],
        REST,
        [REST],
        [[REST]],
        {"action": "opened", "issue": REST, "repository": {"full_name": "acme/chat"}},
        {"total_count": 1, "items": [REST]},
        {"data": {"repository": {"issues": {"nodes": [GRAPHQL]}}}},
        {"data": {"repository": {"issue": GRAPHQL}}},
        {"data": {"search": {"edges": [{"node": GRAPHQL}]}}},
    ],
    ids=["gh view", "gh list", "rest", "rest list", "slurp", "webhook", "search", "graphql", "graphql one", "edges"],
)
def test_every_form_gives_the_same_ticket(document: object) -> None:
    assert tickets(document) == tickets(GH)
    assert tickets(GH)[0].repository == "acme/chat"
    assert tickets(GH)[0].opened == "2026-03-02"


def test_concatenated_documents_are_read() -> None:
    """As `gh api --paginate` prints them."""
    pages = json.dumps([REST]) + json.dumps([REST | {"number": 13}]) + "\n[]"
    assert [ticket.number for ticket in read(pages.encode()).tickets] == [12, 13]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_of_a_shell_is_read(encoding: str) -> None:
    assert read(json.dumps(GH | {"title": "Größe"}, ensure_ascii=False).encode(encoding)).tickets[0].title == "Größe"


def test_comments_come_with_the_issue_or_beside_it() -> None:
    comment = {"body": "Me too", "user": {"login": "tester"}}
    within = tickets(GH | {"comments": [{"body": "Me too", "author": {"login": "tester"}}]})
    webhook = tickets({"action": "created", "issue": REST, "comment": comment})
    beside = tickets([REST, comment | {"issue_url": "https://api.github.com/repos/acme/chat/issues/12"}])
    assert [[one.body for one in found[0].comments] for found in (within, webhook, beside)] == [["Me too"]] * 3
    assert tickets(REST | {"comments": 3})[0].truncated


def test_pull_requests_are_skipped() -> None:
    pulls = [
        REST | {"number": 1, "pull_request": {}},
        GH | {"number": 2, "url": "https://github.com/acme/chat/pull/2"},
        GH | {"number": 3, "__typename": "PullRequest"},
        {"action": "opened", "pull_request": {"number": 4}},
    ]
    found = read(json.dumps([*pulls, REST]).encode())
    assert (found.pulls, [ticket.number for ticket in found.tickets]) == (["#1", "#2", "#3", "#4"], [12])


def test_null_counts_as_absent() -> None:
    bare: dict[str, Any] = dict.fromkeys(REST) | {"number": 5, "title": "T", "state": "open"}
    (ticket,) = tickets(bare)
    assert (ticket.body, ticket.author, ticket.labels, ticket.opened, ticket.url) == ("", "", (), "", "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is empty"),
        (b"\xff\xfe", "it is empty"),
        (b"{", "it is not valid JSON (line 1"),
        (b"<html>", "it is not valid JSON"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"9" * 10_000, "its JSON can't be read"),
        (b"\xe9", "it is not valid UTF-8 at byte 0"),
        (b"{}", "it is JSON, but contains no issues"),
        (b"[5]", "it contains no issues: 5 is not an object"),
        (b'{"title": "a"}', "it contains no issues: `a` has no number"),
        (b'{"number": true, "title": "a"}', "it contains no issues"),
        (b'[{"body": "b", "issue_url": "x"}]', "it contains comments without their issue"),
    ],
)
def test_files_without_issues_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert caught.value.what.startswith(says)
    assert caught.value.do


def test_an_empty_result_is_accepted() -> None:
    assert read(b"[]").tickets == []
    assert read(b'{"total_count": 0, "items": []}').tickets == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from([*GH, *REST, "issue", "data", "nodes", "items", "pull_request"]), below, max_size=5
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(document=JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    try:
        found = read(json.dumps(document).encode())
    except UnreadableError:
        return
    for ticket in found.tickets:
        fields = fields_of(ticket, Catalog(), lambda _: None, "2026-01-01").fields
        assert fields["title"]
        assert fields["summary"]


# ── fields of a record ───────────────────────────────────────────────────────────────────────────────

CATALOG = Catalog.model_validate(
    {
        "components": {"chat": "Chat rooms"},
        "environments": {"staging": "Staging", "production": "Production"},
        "people": {"developer": "A developer", "web": "Web team"},
        "tracker": {
            "labels": {
                "Bug": {"severity": "low"}, "outage": {"severity": "critical"}, "area: chat": {"component": "chat"},
                "wontfix": {"closed": "declined"}, "on staging": {"seen": "staging"},
            },
            "severity": "medium",
            "people": {"Reviewer-Codes": "web"},
        },
    }
)  # fmt: skip

TRACE = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/runners.py", line 190, in run
    return runner.run(main)
  File "/app/chat/routes.py", line 7, in say
    manager = await get_manager(room)
TypeError: object Manager can't be used in 'await' expression
"""


def fields(document: dict[str, Any], known: str | None = None) -> tuple[dict[str, Any], str]:
    (ticket,) = tickets(GH | document)
    found = fields_of(ticket, CATALOG, lambda _: known, "2026-05-01")
    return dict(found.fields), "; ".join(found.notes)


def test_the_catalog_maps_labels() -> None:
    names = ["bug", "OUTAGE", "Area: Chat", "on staging", "other"]
    found, notes = fields({"labels": [{"name": name} for name in names]})
    assert (found["severity"], found["components"], found["environments.seen"]) == ("critical", ["chat"], ["staging"])
    assert found["labels"] == names
    assert "severity" not in notes


def test_a_default_severity_is_noted() -> None:
    found, notes = fields({"labels": []})
    assert found["severity"] == "medium"
    assert "no label gives its severity, so `medium`" in notes


def test_people_come_from_the_catalog() -> None:
    found, notes = fields({"assignees": [{"login": "tester"}, {"login": "reviewer-codes"}]})
    assert (found["people.reported"], found["owner"]) == (["developer"], "web")
    assert (
        found["links"][0]["title"] == "Issue 12 of acme/chat, reported by developer, assigned to tester, reviewer-codes"
    )
    assert "`tester`: not in the catalog" in notes
    assert "reviewer" not in notes


def test_an_issue_form_fills_fields() -> None:
    body = (
        "### Severity\n\nCritical\n\n### Steps to reproduce\n\n1. Open\n\n### Environment\n\nProduction\n\n"
        f"### Component\n\nChat rooms\n\n### What happened?\n\nIt broke.\n\n### Logs\n\n```\n{TRACE}```\n"
    )
    found, _ = fields({"body": body})
    assert (found["severity"], found["environments.seen"], found["components"]) == (
        "critical",
        ["production"],
        ["chat"],
    )
    assert found["summary"].startswith("It broke.\n\n**Steps to reproduce**\n\n1. Open\n\n**Logs**")
    assert found["symptoms"] == [
        {"error": "TypeError: object Manager can't be used in 'await' expression", "at": ["chat/routes.py:7"],
         "from": GH["url"]}
    ]  # fmt: skip


def test_unknown_names_stay_text() -> None:
    found, _ = fields({"body": "### Environment\n\nmy laptop\n\n### What happened?\n\nIt broke."})
    assert "environments.seen" not in found
    assert found["summary"] == "It broke.\n\n**Environment**\n\nmy laptop"


@pytest.mark.parametrize(
    ("reason", "labels", "body", "closed"),
    [
        ("NOT_PLANNED", [], "", "declined"),
        ("COMPLETED", ["wontfix"], "", "declined"),
        ("DUPLICATE", [], "Duplicate of #7", "duplicate"),
        ("DUPLICATE", [], "", "duplicate"),
        ("COMPLETED", [], "", "fixed"),
        ("", [], "", "fixed"),
        ("Won't Fix", [], "", "declined"),
        ("WORKSFORME", [], "", "cannot-reproduce"),
        ("FIXED", [], "", "fixed"),
    ],
)
@pytest.mark.parametrize("closed_at", ["2026-04-01T00:00:00Z", None])
def test_an_issue_closed_in_the_tracker_is_closed(
    reason: str, labels: list[str], body: str, closed: str, closed_at: str | None
) -> None:
    """A closing that needs proof is a claim too, because the tracker names no evidence."""
    ending = {"state": "CLOSED", "stateReason": reason, "closedAt": closed_at, "updatedAt": "2026-04-01T00:00:00Z"}
    found, _ = fields(ending | {"body": body, "labels": [{"name": one} for one in labels]}, known="7")
    assert (found["closed"]["as"], found["closed"]["on"]) == (closed, "2026-04-01")
    assert found["closed"].get("into") == (["7"] if body else None)
    unproven = closed == "fixed" or (closed == "duplicate" and not body)
    assert ("tracker.claims" in found) == unproven


def test_a_closing_without_any_date_is_kept() -> None:
    found, _ = fields({"state": "CLOSED", "createdAt": None, "closedAt": None})
    assert found["closed"] == {"on": "2026-05-01", "as": "fixed", "why": "It was closed on 2026-05-01 in the tracker."}


@pytest.mark.parametrize(
    "body",
    ["**Everything is broken**", "**Problem**", "### Severity", "None", "# One\n\n## Two",
     "### Empty\n\n### Full\n\nText", "- [ ] do this\n- [x] and that", "### Severity\n\nHigh, as all pay",
     "a\n\n[b]: http://x.org 'c'", "### Environment\n\nStaging and my laptop"],
)  # fmt: skip
def test_no_text_of_the_body_is_lost(body: str) -> None:
    found, _ = fields({"body": body})
    words = re.findall(r"\w+", found["summary"])
    assert all(word in words for word in re.findall(r"\w+", body))


def test_comments_and_the_milestone_are_kept() -> None:
    url = f"{GH['url']}#issuecomment-99"
    comment = {"body": "Me {{ too }}", "author": {"login": "tester"}, "createdAt": "2026-03-03T00:00:00Z", "url": url}
    found, _ = fields({"comments": [comment, {"body": " "}], "milestone": {"title": "1.2"}})
    assert found["tracker.claims"] == [{"says": "Me {{ too }}", "note": f"Comment by tester, 2026-03-03, {url}"}]
    assert found["links"][0]["title"].endswith("milestone 1.2")


def test_a_pull_request_field_of_nulls_is_ignored() -> None:
    nulls = {"pull_request": {"html_url": None, "diff_url": None, "patch_url": None}}
    assert [ticket.number for ticket in tickets(REST | nulls)] == [12]


def test_gh_issue_status() -> None:
    """An issue in several of its lists is read once."""
    other = GH | {"number": 13, "url": "https://github.com/acme/chat/issues/13"}
    status = {"createdBy": [GH], "assigned": [GH, other], "mentioned": []}
    assert sorted(ticket.number for ticket in tickets(status)) == [12, 13]


PEOPLE = {"displayName": "developer"}
WORDS = [{"type": "text", "text": "It "}, {"type": "text", "text": "fails."}]
OTHERS: dict[str, dict[str, Any]] = {
    "gitlab": {
        "id": 900, "iid": 12, "title": "Chat fails", "description": "It fails.", "state": "closed", "labels": ["bug"],
        "web_url": "https://gitlab.example/acme/chat/-/issues/12", "created_at": "2026-03-02T23:15:00.000Z",
        "closed_at": "2026-04-01T00:00:00.000Z", "author": {"username": "developer"}, "milestone": {"title": "1.2"},
        "assignees": [{"username": "reviewer"}], "_links": {"closed_as_duplicate_of": "https://gitlab.example/7"},
    },
    "jira": {
        "key": "CHAT-12", "self": "https://jira.example/rest/api/2/issue/1",
        "fields": {
            "summary": "Chat fails",
            "description": {"type": "doc", "content": [{"type": "paragraph", "content": WORDS}]},
            "created": "2026-03-02T23:15:00.000+0000", "resolutiondate": "2026-04-01T00:00:00.000+0000",
            "resolution": {"name": "Duplicate"}, "status": {"name": "Done"}, "labels": ["bug"], "reporter": PEOPLE,
            "assignee": {"displayName": "reviewer"}, "fixVersions": [{"name": "1.2"}],
        },
    },
    "bugzilla": {
        "bugs": [{
            "id": 12, "summary": "Chat fails", "description": "It fails.", "status": "RESOLVED", "keywords": ["bug"],
            "resolution": "DUPLICATE", "dupe_of": 7, "creation_time": "2026-03-02T23:15:00Z", "creator": "developer",
            "cf_last_resolved": "2026-04-01T00:00:00Z", "assigned_to": "reviewer", "target_milestone": "1.2",
        }],
    },
}  # fmt: skip


@pytest.mark.parametrize("tracker", OTHERS)
def test_issues_of_other_trackers(tracker: str) -> None:
    (ticket,) = tickets(OTHERS[tracker])
    told = (ticket.number, ticket.title, ticket.body, ticket.opened, ticket.closed, ticket.reason)
    assert told == (12, "Chat fails", "It fails.", "2026-03-02", "2026-04-01", "duplicate")
    assert (ticket.author, ticket.assignees, ticket.labels) == ("developer", ("reviewer",), ("bug",))
    assert ticket.milestone == "1.2"


def test_ticket_text_never_becomes_a_command_or_a_fact() -> None:
    hostile = "{{ tests.pass_rate }} {{{ x }}} `rm -rf /`\n\ncommand: rm -rf /"
    found, _ = fields({"title": "{{ affected.locations }}", "body": hostile, "labels": [{"name": "{{ a }}"}]})
    assert "{{" not in json.dumps(found)
    assert "command" not in found
    assert inert("{{ no end") == "{{ no end"
    record = {key: value for key, value in found.items() if "." not in key}
    Issue.model_validate(record)
