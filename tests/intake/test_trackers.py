"""Issues of other trackers: title, text, people, dates, labels, comments, and how they ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from triagebook.intake import github
from triagebook.intake.ticket import fields_of
from triagebook.model.catalog import Catalog

ADF = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps"}]},
        {"type": "paragraph", "content": [
            {"type": "text", "text": "Open "}, {"type": "text", "text": "it", "marks": [{"type": "strong"}]},
            {"type": "hardBreak"}, {"type": "mention", "attrs": {"id": "5", "text": "@Ada"}},
            {"type": "text", "text": "docs", "marks": [{"type": "link", "attrs": {"href": "https://x.example"}}]},
            {"type": "inlineCard", "attrs": {"url": "https://y.example"}}]},
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}]},
            {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "two"}]}]}]},
        {"type": "taskList", "content": [
            {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "did"}]}]},
        {"type": "codeBlock", "attrs": {"language": "py"}, "content": [{"type": "text", "text": "a = 1\nb = 2"}]},
        {"type": "table", "content": [{"type": "tableRow", "content": [
            {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": word}]}]}
            for word in ("left", "right")]}]},
        {"type": "panel", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Beware"}]}]},
        {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "7f", "alt": "screen.png"}}]},
    ],
}  # fmt: skip
ADF_TEXT = """\
## Steps

Open **it**
@Ada[docs](https://x.example)https://y.example

- one
- two

- [x] did

```py
a = 1
b = 2
```

| left | right |

> Beware

screen.png"""
DAY, LATER = "2026-03-02T08:15:00.000Z", "2026-03-05T08:15:00.000Z"
ADA, BOB = {"displayName": "Ada", "name": "Ada", "fullName": "Ada"}, {"displayName": "Bob", "name": "Bob"}
PAYLOADS: dict[str, Any] = {
    "jira": {"issues": [{"key": "SHOP-7", "self": "https://jira.example/rest/api/3/issue/1", "fields": {
        "summary": "It fails", "description": ADF, "reporter": ADA, "assignee": BOB, "labels": ["a"],
        "fixVersions": [{"name": "1.2"}], "created": DAY, "resolutiondate": LATER, "resolution": {"name": "Won't Do"},
        "status": {"name": "Closed", "statusCategory": {"name": "Done"}},
        "comment": {"comments": [{"author": BOB, "body": ADF, "created": LATER}]}}}]},
    "azure": {"count": 1, "value": [{"id": 7, "url": "https://dev.azure.example/o/_apis/wit/workItems/7", "fields": {
        "System.Title": "It fails", "System.State": "Closed", "System.Reason": "Won't fix", "System.Tags": "a; b",
        "Microsoft.VSTS.TCM.ReproSteps": "<div>Open <b>it</b></div><div>then <a href='https://x.example'>this</a></div>",
        "System.Description": "<div>Words &amp; more</div><ul><li>one</li><li>two</li></ul>",
        "System.CreatedBy": ADA, "System.AssignedTo": BOB, "System.IterationPath": "1.2", "System.CreatedDate": DAY,
        "Microsoft.VSTS.Common.ClosedDate": LATER}}]},
    "linear": {"data": {"issues": {"nodes": [{
        "identifier": "SHOP-7", "title": "It fails", "description": "Words", "url": "https://linear.example/i/SHOP-7",
        "creator": ADA, "assignee": BOB, "labels": {"nodes": [{"name": "a"}]}, "createdAt": DAY, "canceledAt": LATER,
        "state": {"name": "Canceled", "type": "canceled"}, "projectMilestone": {"name": "1.2"},
        "comments": {"nodes": [{"body": "Seen", "user": BOB, "createdAt": LATER}]}}]}}},
    "youtrack": [{
        "idReadable": "SHOP-7", "summary": "It fails", "description": "Words", "reporter": ADA,
        "created": 1772439300000, "resolved": 1772698500000, "tags": [{"name": "a"}],
        "comments": [{"text": "Seen", "author": BOB}],
        "customFields": [{"name": "State", "value": {"name": "Won't fix"}}, {"name": "Assignee", "value": BOB}]}],
    "redmine": {"issue": {
        "id": 7, "subject": "It fails", "description": "Words", "author": ADA, "assigned_to": BOB, "created_on": DAY,
        "status": {"name": "Rejected", "is_closed": True}, "closed_on": LATER, "fixed_version": {"name": "1.2"},
        "journals": [{"notes": "Seen", "user": BOB, "created_on": LATER}, {"notes": "", "user": BOB}]}},
}  # fmt: skip


@pytest.mark.parametrize("tracker", PAYLOADS)
def test_a_closed_issue_of_each_tracker_is_closed(tracker: str) -> None:
    (ticket,) = github.read(json.dumps(PAYLOADS[tracker]).encode()).tickets
    assert (ticket.number, ticket.title, ticket.author, ticket.assignees) == (7, "It fails", "Ada", ("Bob",))
    assert (ticket.opened, ticket.closed) == ("2026-03-02", "2026-03-05")
    assert ticket.reason in {"won't do", "won't fix", "canceled", "rejected"}
    assert ticket.labels[:1] == (() if tracker == "redmine" else ("a",))
    assert ticket.milestone == ("" if tracker == "youtrack" else "1.2")
    assert len([one for one in ticket.comments if one.body]) == (0 if tracker == "azure" else 1)


def test_a_document_of_jira_keeps_its_form_and_every_word() -> None:
    (ticket,) = github.read(json.dumps(PAYLOADS["jira"]).encode()).tickets
    assert ticket.body == ADF_TEXT
    assert ticket.comments[0].body == ADF_TEXT
    assert ticket.url == "https://jira.example/browse/SHOP-7"


@pytest.mark.parametrize("odd", [[1], {"type": "heading", "attrs": {"level": "x"}}, {"type": "text", "marks": 1}])
def test_a_document_of_another_form_is_kept_as_it_is(odd: Any) -> None:
    document = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Words"}]}, odd]}
    fields = {"summary": "x", "description": document}
    (ticket,) = github.read(json.dumps({"key": "A-1", "fields": fields}).encode()).tickets
    assert "Words" in ticket.body


def test_the_html_of_azure_is_turned_into_text() -> None:
    (ticket,) = github.read(json.dumps(PAYLOADS["azure"]).encode()).tickets
    assert ticket.body == "Words & more\n\n- one\n- two\n\nOpen it\n\nthen this (https://x.example)"


@pytest.mark.parametrize(
    "change",
    [
        {"key": "A-1", "fields": {"summary": "x", "status": {"statusCategory": {"name": "To Do"}}, "resolution": None}},
        {
            "id": 1,
            "summary": "x",
            "creation_time": DAY,
            "status": "REOPENED",
            "resolution": "",
            "cf_last_resolved": DAY,
        },
        {"id": 1, "fields": {"System.Title": "x", "System.State": "Active", "System.Reason": "New"}},
        {"iid": 1, "title": "x", "state": "opened", "closed_at": None},
        {"id": 1, "subject": "x", "created_on": DAY, "closed_on": DAY, "status": {"name": "New", "is_closed": False}},
    ],
)
def test_an_issue_open_in_the_tracker_is_open(change: dict[str, Any]) -> None:
    (ticket,) = github.read(json.dumps(change).encode()).tickets
    assert (ticket.closed, ticket.reason) == ("", "")


def test_the_wiki_text_of_jira_is_turned_into_markdown() -> None:
    text = (
        "h3. Steps\n# Open *it*\n# Click [Pay|https://shop.example/pay]\n## twice\n\n* one\n** two\n\n"
        "See {{total()}}, {color:red}not{color} 2 * 3 * 4:\n{code:python|title=a.py}\n# no list\n* no list\n{code}\nEnd"
    )
    (ticket,) = github.read(
        json.dumps({"key": "A-1", "fields": {"summary": "x", "description": text}}).encode()
    ).tickets
    assert ticket.body == (
        "### Steps\n1. Open **it**\n1. Click [Pay](https://shop.example/pay)\n   1. twice\n\n- one\n   - two\n\n"
        "See `total()`, not 2 * 3 * 4:\n```python\n# no list\n* no list\n```\nEnd"
    )


def test_markdown_in_a_ticket_of_jira_stays() -> None:
    text = "# Steps\n\n- **Open** it\n\n## Logs\n\n```\n# comment\n```\n"
    (ticket,) = github.read(
        json.dumps({"key": "A-1", "fields": {"summary": "x", "description": text}}).encode()
    ).tickets
    assert ticket.body.strip() == text.strip()


@pytest.mark.parametrize(
    ("item", "severity"),
    [
        ({"key": "A-1", "fields": {"summary": "x", "priority": {"name": "Highest"}}}, "critical"),
        ({"id": 1, "summary": "x", "creation_time": DAY, "severity": "major"}, "high"),
        ({"id": 1, "fields": {"System.Title": "x", "Microsoft.VSTS.Common.Severity": "2 - High"}}, "high"),
        ({"identifier": "A-1", "title": "x", "priorityLabel": "Urgent"}, "critical"),
        (
            {"idReadable": "A-1", "summary": "x", "customFields": [{"name": "Priority", "value": {"name": "Minor"}}]},
            "low",
        ),
        ({"id": 1, "subject": "x", "created_on": DAY, "priority": {"name": "Immediate"}}, "critical"),
        ({"iid": 1, "title": "x", "severity": "LOW"}, "low"),
        ({"key": "A-1", "fields": {"summary": "x", "priority": {"name": "Soon"}}}, "medium"),
    ],
)
def test_the_severity_or_priority_of_a_tracker_counts(item: dict[str, Any], severity: str) -> None:
    (ticket,) = github.read(json.dumps(item).encode()).tickets
    assert fields_of(ticket, Catalog(title="Book"), lambda _: None, "2026-03-02").fields["severity"] == severity
