"""Gives issues of GitLab, Jira and Bugzilla the names that GitHub has for the same things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Any]
_DONE = {"resolved", "verified", "closed", "done"}


def as_github(item: Item) -> Item:
    """The issue with GitHub's names; one of GitHub stays as it is."""
    if isinstance(item.get("fields"), dict) and "key" in item:
        return _of_jira(item, item["fields"])
    if "iid" in item:
        return _of_gitlab(item)
    if "summary" in item and "creation_time" in item:
        return _of_bugzilla(item)
    return item


def _of_gitlab(item: Item) -> Item:
    same = {key: item.get(key) for key in ("title", "state", "labels", "author", "assignees", "milestone")}
    dates = {key: item.get(key) for key in ("created_at", "updated_at", "closed_at")}
    notes = [note for note in _list(item.get("notes")) if not note.get("system")]
    copied = item.get("duplicated_to_id") or (item.get("_links") or {}).get("closed_as_duplicate_of")
    return {
        **same, **dates, "number": item["iid"], "body": item.get("description"), "html_url": item.get("web_url"),
        "comments": notes or item.get("user_notes_count"), "state_reason": "duplicate" if copied else None,
    }  # fmt: skip


def _of_jira(item: Item, fields: Item) -> Item:
    key, resolution = str(item["key"]), _name(fields.get("resolution"))
    status = fields.get("status") or {}
    ended = bool(resolution) or _name(status.get("statusCategory")).lower() == "done"
    versions = [_name(one) for one in _list(fields.get("fixVersions"))]
    address = str(item.get("self") or "").partition("/rest/")
    comment = fields.get("comment")
    notes = _list(comment.get("comments")) if isinstance(comment, dict) else []
    return {
        "number": int(number) if (number := key.rpartition("-")[2]).isdecimal() else None,
        "title": fields.get("summary"), "body": _words(fields.get("description")),
        "html_url": f"{address[0]}/browse/{key}" if address[1] else "",
        "created_at": fields.get("created"), "updated_at": fields.get("updated"),
        "closed_at": fields.get("resolutiondate"), "state": "closed" if ended else "open",
        "state_reason": resolution or (_name(status) if ended else None),
        "author": fields.get("reporter") or fields.get("creator"), "assignees": [fields.get("assignee")],
        "labels": fields.get("labels"), "milestone": next(iter(versions), None),
        "comments": [note | {"body": _words(note.get("body"))} for note in notes],
    }  # fmt: skip


def _of_bugzilla(item: Item) -> Item:
    first, *notes = _list(item.get("comments")) or [{}]
    ended = str(item.get("status") or "").lower() in _DONE or bool(item.get("resolution"))
    target = item.get("target_milestone")
    return {
        "number": item.get("id"), "title": item["summary"], "body": item.get("description") or first.get("text"),
        "html_url": item.get("web_url") or item.get("url"), "created_at": item["creation_time"],
        "updated_at": item.get("last_change_time"), "closed_at": item.get("cf_last_resolved"),
        "state": "closed" if ended else "open", "state_reason": item.get("resolution"),
        "author": item.get("creator"), "assignees": [item.get("assigned_to")], "labels": item.get("keywords"),
        "milestone": target if target != "---" else None, "duplicate_of": item.get("dupe_of"),
        "comments": [
            {"body": note.get("text"), "author": note.get("creator"), "id": note.get("id"),
             "created_at": note.get("creation_time")}
            for note in notes
        ],
    }  # fmt: skip


def _words(value: object) -> str:
    """Text, or that of Jira's document of nodes."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    inner = [_words(child) for child in _list(value.get("content"))]
    block = value.get("type") in {"doc", "bulletList", "orderedList", "listItem"}
    return str(value.get("text") or "") + ("\n\n" if block else "").join(inner)


def _list(value: object) -> list[Any]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _name(value: object) -> str:
    return str(value.get("name") or "") if isinstance(value, dict) else ""
