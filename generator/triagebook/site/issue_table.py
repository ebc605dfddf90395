"""The data of the issue table, which a script filters, counts and sorts.

The page has its first rows as plain HTML. The data is loaded as a script, as `fetch` does not work from a folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from triagebook.book import natural
from triagebook.facts.verdict.stages import Stage
from triagebook.model.defect import Severity
from triagebook.views.needs import NEEDS

from .charts import AGES
from .content import SiteContent
from .listed import ListedIssue
from .page import Asset

DATA = "assets/triagebook/issues.data.js"  # beside issues.js, which reads it


def issues_data(content: SiteContent) -> Asset:
    return Asset(DATA, lambda: f"const triagebookIssues = {_data(content)};\n")


def _data(content: SiteContent) -> str:
    issues = sorted(content.listed.values(), key=lambda issue: natural(issue.id))
    data = {
        "issues": [_row(issue) for issue in issues],
        "titles": {name: dict(_titles(content, name)) for name in ("component", "pattern", "environment", "owner")},
        "order": {
            "severity": [each.value for each in Severity],
            "stage": [each.value for each in Stage],
            "needs": [need.id for need in NEEDS],
            "age": [name for name, _, _ in AGES],
        },
        "words": {
            "needs": {need.id: need.title.lower() for need in NEEDS},
            "age": {name: words.lower() for name, words, _ in AGES},
        },
        "ages": [days for _, _, days in AGES],
        "day": content.day.isoformat(),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _row(issue: ListedIssue) -> dict[str, object]:
    return {
        "id": issue.id,
        "title": issue.title,
        "line": issue.bottom_line.replace("`", ""),
        "opened": issue.opened.isoformat(),
        "due": issue.due.isoformat() if issue.due else "",
        "state": issue.state,
        "severity": issue.severity,
        "stage": issue.stage,
        "needs": list(issue.needs),
        "component": issue.components,
        "pattern": list(issue.causes),
        "environment": [f"{name}:{state}" for name, state in issue.environments.items()],
        "owner": [issue.owner] if issue.owner else [],
    }


def _titles(content: SiteContent, name: str) -> Iterator[tuple[str, str]]:
    catalog = content.book.catalog
    known = {
        "component": catalog.components,
        "pattern": content.book.patterns,
        "environment": catalog.environments,
        "owner": catalog.people,
    }
    return ((key, str(record.title)) for key, record in known[name].items())  # type: ignore[attr-defined]
