"""Gives issues of other trackers the names that GitHub has for the same things: one row for each tracker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from .rich_text import as_markdown

Item = Mapping[str, Any]
_DONE = {"resolved", "verified", "closed", "done", "completed", "canceled", "duplicate", "removed", "rejected"}


class TrackerFormat(Struct, frozen=True):
    """How a tracker is recognised, and where its issues have what GitHub names so: paths, the first that is there."""

    keys: set[str]
    ended: Callable[[Item], bool]
    paths: dict[str, str]


def as_github(item: Item) -> Item:
    """The issue with GitHub's names; one of GitHub stays as it is."""
    tracker = next((one for one in _TRACKERS if all(at(item, key) is not None for key in one.keys)), None)
    if tracker is None:
        return item
    found = {name: at(item, *paths.split()) for name, paths in tracker.paths.items()}
    number = str(found["number"]).rpartition("-")[2]
    notes = [note for note in _list(found.get("comments")) if not note.get("system")]
    texts = [as_markdown(at(item, path)) for path in tracker.paths["body"].split()]
    fields = {str(one.get("name")): one.get("value") for one in _list(item.get("customFields"))}  # of YouTrack
    if not any(texts) and "creation_time" in item:  # Bugzilla's first comment is the description
        texts, notes = [str(note.get("text") or "") for note in notes[:1]], notes[1:]
    ended, labels = tracker.ended(item), found.get("labels")
    copied = at(item, "duplicated_to_id", "_links/closed_as_duplicate_of")  # of GitLab
    return found | {
        "number": int(number) if number.isdecimal() else None,
        "body": "\n\n".join(dict.fromkeys(text for text in texts if text)),
        "state": "closed" if ended else "open",
        "state_reason": "duplicate" if copied else _name(found.get("state_reason") or fields.get("State")),
        "html_url": found.get("html_url") or _jira_page(str(item.get("self") or ""), str(found["number"])),
        "labels": labels.split(";") if isinstance(labels, str) else labels,
        "assignees": found.get("assignees") or [found.get("assignee") or fields.get("Assignee")],
        "comments": [_comment(note) for note in notes] or found.get("comments"),
        **{name: _moment(found.get(name)) for name in ("created_at", "updated_at", "closed_at")},
    }


def _jira_page(api: str, key: str) -> str:
    host, rest, _ = api.partition("/rest/")
    return f"{host}/browse/{key}" if rest else ""


def _comment(note: Item) -> Item:
    return {
        "body": as_markdown(at(note, "body", "text", "notes")),
        "author": at(note, "author", "creator", "user"),
        "id": note.get("id"),
        "html_url": note.get("url"),
        "created_at": _moment(at(note, "created_at", "createdAt", "created", "creation_time", "created_on")),
    }


def at(item: Item, *paths: str) -> Any:  # noqa: ANN401  (whatever a tracker writes)
    """What is at the first of the paths that leads to anything."""
    for path in paths:
        value: Any = item
        for key in path.split("/"):
            value = value[0] if isinstance(value, list) and value else value
            value = value.get(key) if isinstance(value, Mapping) else None
        if value not in (None, "", [], "---"):
            return value
    return None


def _moment(value: object) -> object:
    """A moment; YouTrack counts milliseconds."""
    counted = isinstance(value, int) and 0 < value < 4e12
    return datetime.fromtimestamp(value / 1000, UTC).isoformat() if counted else value  # type: ignore[operator]


def _list(value: object) -> list[Any]:
    value = (value.get("nodes") or value.get("comments")) if isinstance(value, Mapping) else value
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _name(value: object) -> str:
    return str((value.get("name") if isinstance(value, Mapping) else value) or "")


def _is_done(state: str, or_any: str = "") -> Callable[[Item], bool]:
    """Whether the state at a path is one of those in which work has ended, or there is anything at another path."""
    return lambda item: _name(at(item, state)).lower() in _DONE or bool(at(item, or_any))


_TRACKERS = (
    TrackerFormat({"iid", "title"}, _is_done("state"), {  # GitLab
        "number": "iid", "title": "title", "body": "description", "html_url": "web_url", "author": "author",
        "assignees": "assignees", "labels": "labels", "milestone": "milestone", "comments": "notes user_notes_count",
        "created_at": "created_at", "updated_at": "updated_at", "closed_at": "closed_at",
    }),
    TrackerFormat({"key", "fields/summary"}, _is_done("fields/status/statusCategory", "fields/resolution"), {  # Jira
        "number": "key", "title": "fields/summary", "body": "fields/description fields/environment",
        "author": "fields/reporter fields/creator", "assignee": "fields/assignee", "labels": "fields/labels",
        "comments": "fields/comment", "milestone": "fields/fixVersions/name", "created_at": "fields/created",
        "updated_at": "fields/updated", "closed_at": "fields/resolutiondate",
        "state_reason": "fields/resolution fields/status",
    }),
    TrackerFormat({"summary", "creation_time"}, _is_done("status", "resolution"), {  # Bugzilla
        "number": "id", "title": "summary", "body": "description", "html_url": "web_url url", "author": "creator",
        "assignee": "assigned_to", "labels": "keywords", "milestone": "target_milestone", "comments": "comments",
        "created_at": "creation_time", "updated_at": "last_change_time", "closed_at": "cf_last_resolved",
        "state_reason": "resolution", "duplicate_of": "dupe_of",
    }),
    TrackerFormat({"fields/System.Title"}, _is_done("fields/System.State"), {  # Azure DevOps
        "number": "id", "title": "fields/System.Title", "html_url": "_links/html/href url",
        "body": "fields/System.Description fields/Microsoft.VSTS.TCM.ReproSteps fields/Microsoft.VSTS.TCM.SystemInfo",
        "author": "fields/System.CreatedBy", "assignee": "fields/System.AssignedTo", "labels": "fields/System.Tags",
        "milestone": "fields/System.IterationPath", "created_at": "fields/System.CreatedDate",
        "updated_at": "fields/System.ChangedDate", "closed_at": "fields/Microsoft.VSTS.Common.ClosedDate",
        "state_reason": "fields/Microsoft.VSTS.Common.ResolvedReason fields/System.Reason",
    }),
    TrackerFormat({"identifier", "title"}, _is_done("state/type"), {  # Linear
        "number": "number identifier", "title": "title", "body": "description", "html_url": "url",
        "author": "creator", "assignee": "assignee", "labels": "labels", "milestone": "projectMilestone cycle",
        "comments": "comments", "created_at": "createdAt", "updated_at": "updatedAt",
        "closed_at": "completedAt canceledAt", "state_reason": "state",
    }),
    TrackerFormat({"idReadable", "summary"}, _is_done("", "resolved"), {  # YouTrack
        "number": "idReadable", "title": "summary", "body": "description", "html_url": "url", "author": "reporter",
        "labels": "tags", "comments": "comments", "created_at": "created", "updated_at": "updated",
        "closed_at": "resolved",
    }),
    TrackerFormat({"subject", "created_on"}, _is_done("status", "status/is_closed"), {  # Redmine
        "number": "id", "title": "subject", "body": "description", "author": "author", "assignee": "assigned_to",
        "labels": "tags", "milestone": "fixed_version", "comments": "journals", "created_at": "created_on",
        "updated_at": "updated_on", "closed_at": "closed_on", "state_reason": "status",
    }),
)  # fmt: skip
