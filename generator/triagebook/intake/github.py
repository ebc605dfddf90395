"""Reads issues from the JSON of `gh`, of GitHub's REST and GraphQL APIs, of webhooks, and of other trackers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from .clean_text import clean
from .input_text import UnreadableError, json_documents
from .trackers import as_github

MAX_TICKETS = 20_000
UNDATED = "undated"  # the day of a closing that the file does not date
_ADVICE = "pass the output of: gh issue list --json number,title,body,url,createdAt,author,assignees,labels,state"
_STATUS = {"createdBy", "assigned", "mentioned"}
_PAGE = re.compile(r"(https?://[^/]+)/(?:repos/)?([^/]+/[^/]+)/(issues|pull|pulls|discussions)/(\d+)")


class Comment(Struct, frozen=True):
    """A comment on an issue."""

    author: str
    body: str
    id: str = ""  # in the tracker; empty if unknown
    day: str = ""
    url: str = ""


class Ticket(Struct, frozen=True):
    """An issue in the tracker."""

    number: int
    title: str
    body: str
    url: str  # its page; empty if unknown
    repository: str  # owner and name; empty if unknown
    author: str
    assignees: tuple[str, ...]
    labels: tuple[str, ...]
    opened: str  # a day, or empty
    updated: str
    closed: str  # a day; empty if open
    reason: str  # why it was closed, in the tracker's word, or empty
    comments: tuple[Comment, ...] = ()
    truncated: bool = False  # the file does not contain all comments
    milestone: str = ""
    duplicate_of: int = 0  # the number of the original, if the tracker states it
    key: str = ""  # by which people know it, where trackers count for each project: `SHOP-7`
    severity: str = ""  # or priority, in the tracker's word

    @property
    def name(self) -> str:
        return self.key or str(self.number)


class Tickets(Struct):
    """The contents of one file."""

    tickets: list[Ticket] = field(default_factory=list)
    pulls: list[str] = field(default_factory=list)  # pull requests, as #NUMBER
    problems: list[str] = field(default_factory=list)  # objects that look like issues but are not valid


def read(data: bytes) -> Tickets:
    """Read the issues in a file; raise an error if it has none."""
    documents = json_documents(data, _ADVICE)
    found = Tickets()
    try:
        loose = sum(_gather(document, found) for document in documents)
    except RecursionError:
        raise UnreadableError("it is nested too deeply", _ADVICE) from None
    if found.tickets or found.pulls or all(map(_is_empty, documents)):
        return found
    if found.problems:
        raise UnreadableError(f"it contains no issues: {found.problems[0]}", _ADVICE)
    if loose:
        raise UnreadableError("it contains comments without their issue", _ADVICE)
    raise UnreadableError("it is JSON, but contains no issues", _ADVICE)


def _is_empty(document: object) -> bool:
    """Whether a document is an empty result, which is not an error."""
    return document == [] or (isinstance(document, dict) and _items(document) == [])


# ── the forms ────────────────────────────────────────────────────────────────────────────────────────


def _gather(document: object, found: Tickets) -> int:
    """Collect the issues of a document; return the number of comments without an issue."""
    items = document if isinstance(document, list) else [document]
    flat = [one for item in items for one in (item if isinstance(item, list) else [item])]  # `--slurp` nests lists
    comments: list[Mapping[str, Any]] = []
    for item in flat:
        if isinstance(item, dict):
            _gather_item(item, found, comments)
        else:
            found.problems.append(f"{json.dumps(item, ensure_ascii=False)[:40]} is not an object")
    if len(found.tickets) > MAX_TICKETS:
        raise UnreadableError(f"it contains more than {MAX_TICKETS:,} issues", "import fewer at once")
    return _attach(comments, found)


def _gather_item(item: Mapping[str, Any], found: Tickets, comments: list[Mapping[str, Any]]) -> None:
    item = as_github(item)
    if isinstance(inner := item.get("issue"), dict) and "subject" in inner:  # Redmine
        item = as_github(inner)
    below = _items(item)
    if below is not None:
        for one in below:
            if isinstance(one, dict):
                _gather_item(one, found, comments)
    elif isinstance(issue := item.get("issue"), dict):  # a webhook: an issue, and perhaps a comment
        _add(issue, found, _repository(item))
        if isinstance(comment := item.get("comment"), dict):
            comments.append({**comment, "issue_number": issue.get("number")})
    elif "title" in item or "number" in item:
        _add(item, found, "")
    elif isinstance(pull := item.get("pull_request"), dict) and "number" in pull:
        found.pulls.append(f"#{pull['number']}")
    elif "body" in item:
        comments.append(item)
    elif isinstance(nodes := _nodes(item.get("comments")), list) and nodes:
        comments.extend(node for node in nodes if isinstance(node, dict))


def _items(item: Mapping[str, Any]) -> list[Any] | None:
    """The items inside the wrapper of a GraphQL or search response."""
    data = item.get("data")
    if isinstance(data, dict):
        return list(data.values())
    if isinstance(item.get("items"), list) and "title" not in item:
        return list(item["items"])
    if "edges" in item and "title" not in item:
        return _nodes(item)
    if item.keys() & _STATUS and not item.keys() - _STATUS - {"currentUser"}:  # `gh issue status`
        every = [one for key in sorted(item.keys() & _STATUS) for one in item[key] or [] if isinstance(one, dict)]
        return list({str(one.get("url") or one.get("number")): one for one in every}.values())
    for key in ("issues", "nodes", "search", "bugs", "value"):
        if "title" not in item and isinstance(nodes := _nodes(item.get(key)), list):
            return nodes
    return None


def _nodes(value: object) -> list[Any] | None:
    """A list, with or without a GraphQL wrapper."""
    if isinstance(value, dict):
        edges = value.get("edges")
        value = (
            [edge.get("node") for edge in edges if isinstance(edge, dict)]
            if isinstance(edges, list)
            else value.get("nodes")
        )
    return value if isinstance(value, list) else None


def _attach(comments: list[Mapping[str, Any]], found: Tickets) -> int:
    """Attach comments to their issues by the number in their URL; return how many have none."""
    loose = 0
    by_number = {ticket.number: index for index, ticket in enumerate(found.tickets)}
    for comment in comments:
        page = _PAGE.search(_word(comment.get("issue_url") or comment.get("html_url") or comment.get("url")))
        number = comment.get("issue_number") or (int(page[4]) if page else None)
        at = by_number.get(number) if isinstance(number, int) else None
        if at is None:
            loose += 1
        else:
            ticket = found.tickets[at]
            found.tickets[at] = replace(ticket, comments=(*ticket.comments, _comment(comment)))
    return loose


# ── one issue ────────────────────────────────────────────────────────────────────────────────────────


def _comment(item: Mapping[str, Any]) -> Comment:
    url = _url(item)
    return Comment(
        _login(item), clean(_word(item.get("body"))), url.rpartition("issuecomment-")[2] or str(item.get("id") or ""),
        _day(item.get("createdAt") or item.get("created_at") or item.get("created")), url,
    )  # fmt: skip


def _is_pull(item: Mapping[str, Any], url: str) -> bool:
    """The oldest API gave every issue a pull request, of nulls."""
    pull = item.get("pull_request")
    of_nulls = isinstance(pull, dict) and pull and not any(pull.values())
    return (pull is not None and not of_nulls) or item.get("__typename") == "PullRequest" or "/pull/" in url


def _add(item: Mapping[str, Any], found: Tickets, repository: str) -> None:
    number, url = item.get("number"), _url(item)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        found.problems.append(f"`{_line(item.get('title'))[:60]}` has no number")
    elif _is_pull(item, url):
        found.pulls.append(f"#{number}")
    elif not (title := _line(item.get("title"))):
        found.problems.append(f"#{number} has no title")
    else:
        found.tickets.append(_ticket(item, number, title, url, repository))


def _ticket(item: Mapping[str, Any], number: int, title: str, url: str, repository: str) -> Ticket:
    page = _PAGE.search(url)
    comments = _nodes(item.get("comments")) or []
    stated = item["comments"] if isinstance(item.get("comments"), int) else len(comments)
    assignees = _nodes(item.get("assignees")) or [item.get("assignee")]
    closed_at = item.get("closedAt") or item.get("closed_at")
    state = _word(item.get("state")).lower()
    closed = state == "closed" or (not state and bool(closed_at or item.get("closed") is True))
    opened = _day(item.get("createdAt") or item.get("created_at"))
    updated = _day(item.get("updatedAt") or item.get("updated_at"))
    original = item.get("duplicate_of")
    return Ticket(
        number, title, clean(_word(item.get("body"))), url, repository or (page[2] if page else ""), _login(item),
        tuple(dict.fromkeys(filter(None, map(_name, assignees)))),
        tuple(dict.fromkeys(filter(None, map(_name, _nodes(item.get("labels")) or [])))),
        opened, updated, (_day(closed_at) or updated or opened or UNDATED) if closed else "",
        _line(item.get("stateReason") or item.get("state_reason")).lower() if closed else "",
        tuple(_comment(one) for one in comments if isinstance(one, dict)), stated > len(comments),
        _name(item.get("milestone")), original if isinstance(original, int) else 0, _line(item.get("key")),
        _name(item.get("severity")),
    )  # fmt: skip


def _url(item: Mapping[str, Any]) -> str:
    """The page of an issue. An API URL is turned into that of the page."""
    url = _word(item.get("html_url") or item.get("url"))
    if not re.fullmatch(r"""https?://[^\s<>"]+""", url):
        return ""
    page = _PAGE.match(url)
    if page and page[1] == "https://api.github.com":
        return f"https://github.com/{page[2]}/{page[3]}/{page[4]}"
    return url


def _repository(item: Mapping[str, Any]) -> str:
    repository = item.get("repository")
    return _line(repository.get("full_name")) if isinstance(repository, dict) else ""


def _login(item: Mapping[str, Any]) -> str:
    return _name(item.get("author") or item.get("user"))


def _name(value: object) -> str:
    """The name of a person or label, given as text or as an object."""
    if isinstance(value, dict):
        names = ("login", "username", "displayName", "fullName", "name", "title")
        value = next((value[name] for name in names if value.get(name)), None)
    return _line(value)


def _line(value: object) -> str:
    return " ".join(clean(_word(value)).split())


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(value: object) -> str:
    try:
        moment = datetime.fromisoformat(_word(value))
    except ValueError:
        return ""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat() if moment.year > 1 else ""
