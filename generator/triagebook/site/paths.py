"""The paths of the site's pages, relative to its Markdown sources."""

from __future__ import annotations

HOME = "index.md"
ISSUES = "issues/index.md"
PATTERNS = "patterns/index.md"
NEXT_ACTIONS = "next-actions/index.md"
BOOK = "book/index.md"
COMPONENTS = "components/index.md"
FILES = "files/index.md"
ENVIRONMENTS = "environments/index.md"
IMPACT = "impact/index.md"
EVIDENCE = "evidence/index.md"
CONTRADICTIONS = "contradictions/index.md"
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


def rule_path(code: str) -> str:
    return f"rules/{code}.md"


def kind_path(kind: str) -> str:
    return f"contradictions/{kind}.md"
