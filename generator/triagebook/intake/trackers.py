"""Gives issues of other trackers the names that GitHub has for the same things, as `trackers.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from .rich_text import as_markdown, of_wiki

Item = Mapping[str, Any]


class TrackerFormat(Struct, frozen=True):
    """How a tracker is recognised, and where its issues have what GitHub names so: paths, the first that is there."""

    keys: list[str]
    paths: dict[str, str]
    state: str = ""  # where the state is that says whether work has ended
    ended: str = ""  # or where there is anything once it has
    in_wiki_text: bool = False  # texts have the marks of Jira's wiki

    def has_ended(self, item: Item) -> bool:
        return _name(at(item, self.state)).lower() in _WRITTEN["done"] or bool(at(item, self.ended))


_WRITTEN = tomllib.loads((Path(__file__).parent / "trackers.toml").read_text(encoding="utf-8"))
_TRACKERS = msgspec.convert(list(_WRITTEN["trackers"].values()), list[TrackerFormat])


def as_github(item: Item) -> Item:
    """The issue with GitHub's names; one of GitHub stays as it is."""
    tracker = next((one for one in _TRACKERS if all(at(item, key) is not None for key in one.keys)), None)
    if tracker is None:
        return item
    found = {name: at(item, *paths.split()) for name, paths in tracker.paths.items()}
    key = str(found["number"])
    number = key.rpartition("-")[2]
    notes = [note for note in _list(found.get("comments")) if not note.get("system")]
    texts = [_text(at(item, path), tracker) for path in tracker.paths["body"].split()]
    fields = {str(one.get("name")): one.get("value") for one in _list(item.get("customFields"))}  # of YouTrack
    if not any(texts) and "creation_time" in item:  # Bugzilla's first comment is the description
        texts, notes = [str(note.get("text") or "") for note in notes[:1]], notes[1:]
    ended, labels = tracker.has_ended(item), found.get("labels")
    copied = at(item, "duplicated_to_id", "_links/closed_as_duplicate_of")  # of GitLab
    return found | {
        "number": int(number) if number.isdecimal() else None,
        "key": key if "-" in key else "",
        "severity": found.get("severity") or fields.get("Severity") or fields.get("Priority"),
        "body": "\n\n".join(dict.fromkeys(text for text in texts if text)),
        "state": "closed" if ended else "open",
        "state_reason": "duplicate" if copied else _name(found.get("state_reason") or fields.get("State")),
        "html_url": found.get("html_url") or _jira_page(str(item.get("self") or ""), key),
        "labels": labels.split(";") if isinstance(labels, str) else labels,
        "assignees": found.get("assignees") or [found.get("assignee") or fields.get("Assignee")],
        "comments": [_comment(note, tracker) for note in notes] or found.get("comments"),
        **{name: _moment(found.get(name)) for name in ("created_at", "updated_at", "closed_at")},
    }


def _jira_page(api: str, key: str) -> str:
    host, rest, _ = api.partition("/rest/")
    return f"{host}/browse/{key}" if rest else ""


def _comment(note: Item, tracker: TrackerFormat) -> Item:
    return {
        "body": _text(at(note, "body", "text", "notes"), tracker),
        "author": at(note, "author", "creator", "user"),
        "id": note.get("id"),
        "html_url": note.get("url"),
        "created_at": _moment(at(note, "created_at", "createdAt", "created", "creation_time", "created_on")),
    }


def _text(value: object, tracker: TrackerFormat) -> str:
    return of_wiki(value) if tracker.in_wiki_text and isinstance(value, str) else as_markdown(value)


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
