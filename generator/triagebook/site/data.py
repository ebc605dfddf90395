"""The book as data for scripts and assistants: `api/*.json`, and `llms.txt` as the file to start with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from pydantic_core import to_json

from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.findings import Level
from triagebook.views.issue_data import issue_details, judged_row

from .content import SiteContent
from .page import Asset
from .paths import issue_path, pattern_path
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS

Address = Callable[[str], str]  # of a page, by its path among the sources
ISSUES_TO_READ = 1000  # in llms.txt; all are in api/issues.json
COUNTS = ("contradicted", "failing", "unproven", "unowned")


def book_data(content: SiteContent, address: Address) -> Iterator[Asset]:
    """The data of all issues; `address` gives the address of a page."""
    yield Asset("api/issues.json", lambda: _text(_issues(content, address)))
    yield Asset("api/health.json", lambda: _text(_health(content)))
    yield Asset("llms.txt", lambda: _llms(content, address))


def issue_data(content: SiteContent, case: Case, address: Address) -> Asset:
    """All data of one issue."""
    return Asset(f"api/issues/{case.entry.id}.json", partial(_issue_text, content, case, address))


def _text(document: object) -> str:
    return to_json(document, fallback=_plain).decode() + "\n"


def _plain(value: object) -> object:
    """Values that JSON cannot express."""
    return float(value) if isinstance(value, Fraction) else str(value)


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


def _issues(content: SiteContent, address: Address) -> list[dict[str, Any]]:
    _ = content.findings  # checks all issues at once, which is faster than one by one
    return [_in_short(content, case, address) for case in content.cases.values()]


def _in_short(content: SiteContent, case: Case, address: Address) -> dict[str, Any]:
    findings = len(content.findings_in(case.entry.id))
    return judged_row(case, findings) | _addresses(case, address)


def _issue_text(content: SiteContent, case: Case, address: Address) -> str:
    return _text(issue_details(case, content.findings_in(case.entry.id)) | _addresses(case, address))


def _addresses(case: Case, address: Address) -> dict[str, str]:
    return {"page": address(issue_path(case.entry.id)), "data": f"api/issues/{case.entry.id}.json"}


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────


def _health(content: SiteContent) -> dict[str, Any]:
    """The state of the book in a few numbers."""
    stages = Counter(case.verdict.stage for case in content.open)
    standings = Counter(found.state for case in content.open for found in case.verdict.environments.values())
    severities = Counter(finding.severity for finding in content.findings if not finding.accepted)
    return {
        "title": content.book.catalog.title,
        "source": content.inquiry.source,
        "issues": len(content.cases),
        "open": len(content.open),
        "unread": sorted(content.book.unread),
        **{name: content.fact(f"book.{name}").value for name in COUNTS},
        "stages": {stage.value: stages[stage] for stage in Stage},
        "environments": {state.value: standings[state] for state in EnvironmentStatus},
        "findings": {severity.value: severities[severity] for severity in Level}
        | {"accepted": sum(bool(finding.accepted) for finding in content.findings)},
    }


def _llms(content: SiteContent, address: Address) -> str:
    """The file that an assistant starts with: what the site is, and where to find what."""
    book = content.book
    lines = [f"# {_line(book.catalog.title)}", ""]
    lines += [f"> {_line(book.catalog.summary or 'Issues: what is known, claimed and proven.')}", ""]
    lines += ["Every figure is computed from the records. What no record proves is unknown.", ""]
    lines += [
        "## Data",
        "",
        "- [All issues](api/issues.json): the main fields of each",
        "- [Health](api/health.json): counts",
        "",
    ]
    lines += ["## Issues", ""]
    lines += [
        f"- [{case.entry.id} · {_line(case.issue.title)}]({address(issue_path(case.entry.id))}): "
        f"{case.issue.severity.value}, {case.issue.state}, {case.verdict.stage.value}; "
        f"[data](api/issues/{case.entry.id}.json)"
        for case in content.ordered[:ISSUES_TO_READ]
    ]
    if (more := len(content.ordered) - ISSUES_TO_READ) > 0:
        lines += [f"- [{more:,} more](api/issues.json): closed and less severe ones"]
    lines += ["", "## Patterns", ""]
    lines += [f"- [{_line(found.title)}]({address(pattern_path(name))})" for name, found in book.patterns.items()]
    lines += ["", "## More", ""]
    sections = (*BOOK_SECTIONS, *REFERENCE_SECTIONS)
    lines += [f"- [{section.title}]({address(section.path)}): {section.summary}" for section in sections]
    return "\n".join(lines) + "\n"


def _line(words: str) -> str:
    return " ".join(words.replace("[", "(").replace("]", ")").split())
