"""The paths of the site's pages, relative to its Markdown sources."""

from __future__ import annotations

import re

HOME = "index.md"
ISSUES = "issues/index.md"
BOARD = "board/index.md"
PEOPLE = "people/index.md"
CLAIMS = "claims/index.md"
EVIDENCE = "evidence/index.md"
EXPLORE = "explore/index.md"
COMPONENTS = "components/index.md"
FILES = "files/index.md"
ENVIRONMENTS = "environments/index.md"
IMPACT = "impact/index.md"
PATTERNS = "patterns/index.md"
RELATIONS = "relations/index.md"
REFERENCE = "reference/index.md"
RULES = "rules/index.md"
FACTS = "facts/index.md"
SCHEMA = "schema/index.md"


def issue_path(issue_id: str) -> str:
    return f"issues/{issue_id}/index.md"


def pattern_path(pattern_id: str) -> str:
    return f"patterns/{pattern_id}/index.md"


def report_path(issue_id: str, kind: str) -> str:
    return f"issues/{issue_id}/report-{kind}.md"


def file_path(issue_id: str, kind: str, form: str) -> str:
    """The path of a report in one format."""
    return f"issues/{issue_id}/{kind}.{form}"


def data_path(issue_id: str) -> str:
    return f"api/issues/{issue_id}.json"


def rule_path(code: str) -> str:
    return f"rules/{code}.md"


def kind_path(kind: str) -> str:
    return f"claims/{kind}.md"


def person_path(name: str) -> str:
    return f"people/{name}.md"


def badge_path(issue_id: str = "") -> str:
    """The badge of an issue, or of the whole book."""
    return f"issues/{issue_id}/badge.svg" if issue_id else "badge.svg"


def spot(*words: str) -> str:
    """The anchor of a row on a page: of a claim, a test or a run."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")
