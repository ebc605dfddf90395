"""The book as data for scripts and assistants: `api/*.json`, and `llms.txt` as the file to start with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, partial
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct, json
from pydantic_core import to_json

from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.findings import Level
from triagebook.views.issue_data import issue_details, issue_facts

from .content import SiteContent
from .listed import ListedIssue
from .page import Asset
from .paths import data_path, file_path, issue_path, pattern_path
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS

Address = Callable[[str], str]  # of a page, by its path among the sources
ISSUES_TO_READ = 1000  # in llms.txt; all are in api/issues.json
SHARED = 200  # bytes: a longer section that several reports have stands once
COUNTS = {"contradicted": "contradicted", "failing": "failed", "unproven": "unproven", "unowned": "unowned"}  # by need


def book_data(content: SiteContent, address: Address) -> Iterator[Asset]:
    """The data of all issues; `address` gives the address of a page."""
    yield Asset("api/issues.json", lambda: _text(_issues(content, address)))
    yield Asset("api/health.json", lambda: _text(_health(content)))
    yield Asset("llms.txt", lambda: _llms(content, address))


def issue_data(content: SiteContent, case: Case, address: Address) -> Iterator[Asset]:
    """All data of one issue, and its reports."""
    made = cache(partial(_report_data, content, case))
    for kind in content.kinds:
        yield Asset(file_path(case.entry.id, kind, "json"), partial(_report_text, made, case, kind))
    yield Asset(data_path(case.entry.id), partial(_issue_text, content, case, address, made))


def _text(document: object) -> str:
    return to_json(document, fallback=_plain).decode() + "\n"


def _plain(value: object) -> object:
    """Values that JSON cannot express."""
    return float(value) if isinstance(value, Fraction) else str(value)


# ── issues ───────────────────────────────────────────────────────────────────────────────────────────


def _issues(content: SiteContent, address: Address) -> list[dict[str, Any]]:
    _ = content.findings  # checks all issues at once, which is faster than one by one
    return [_in_short(content, issue, address) for issue in content.listed.values()]


def _in_short(content: SiteContent, issue: ListedIssue, address: Address) -> dict[str, Any]:
    judged = {
        "stage": issue.stage,
        "bottom_line": issue.bottom_line,
        "environments": issue.environments,
        "contradictions": issue.contradictions,
        "findings": len(content.findings_in(issue.id)),
    }
    return content.outlines[issue.id].row | judged | _addresses(issue.id, address)


def _addresses(issue_id: str, address: Address) -> dict[str, str]:
    return {"page": address(issue_path(issue_id)), "data": data_path(issue_id)}


# ── one issue ────────────────────────────────────────────────────────────────────────────────────────


class ReportData(Struct, frozen=True):
    """The reports on an issue as JSON. What several of them have stands once, in the data of the issue."""

    sections: Mapping[str, Mapping[str, bytes]]  # of each kind
    facts: Mapping[str, Sequence[str]]  # that each kind states, by their places in the data of the issue
    shared: Mapping[str, bytes]


def _report_data(content: SiteContent, case: Case) -> ReportData:
    places = {json.encode(fact): f"facts/{place}" for place, fact in enumerate(issue_facts(case))}
    sections, facts, more = {}, {}, list[bytes]()
    for kind, described in content.kinds.items():
        data = content.report(case, described).data
        stated = [json.encode(fact) for fact in data.pop("facts")]
        for fact in stated:
            if fact not in places:
                places[fact] = f"sections/facts/{len(more)}"
                more.append(fact)
        facts[kind] = [places[fact] for fact in stated]
        sections[kind] = {name: json.encode(value, enc_hook=str) for name, value in data.items()}
    times = Counter(chain.from_iterable(own.items() for own in sections.values()))
    shared = {name: body for (name, body), number in times.items() if number > 1 and len(body) > SHARED}
    return ReportData(sections, facts, shared | {"facts": b"[" + b",".join(more) + b"]"})


def _report_text(made: Callable[[], ReportData], case: Case, kind: str) -> str:
    data, place = made(), f"../../{data_path(case.entry.id)}"
    sections = {
        name: {"$ref": f"{place}#/sections/{name}"} if data.shared.get(name) == body else msgspec.Raw(body)
        for name, body in data.sections[kind].items()
    }
    facts = {"in": place, "at": data.facts[kind]}
    return json.encode(sections | {"facts": facts}).decode() + "\n"


def _issue_text(content: SiteContent, case: Case, address: Address, made: Callable[[], ReportData]) -> str:
    details = issue_details(case, content.findings_in(case.entry.id)) | _addresses(case.entry.id, address)
    sections = json.encode({name: msgspec.Raw(body) for name, body in made().shared.items()}).decode()
    return f'{_text(details).rstrip()[:-1]},"sections":{sections}}}\n'


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────


def _health(content: SiteContent) -> dict[str, Any]:
    """The state of the book in a few numbers."""
    stages = Counter(issue.stage for issue in content.open)
    standings = Counter(state for issue in content.open for state in issue.environments.values())
    severities = Counter(finding.severity for finding in content.findings if not finding.accepted)
    return {
        "title": content.book.catalog.title,
        "source": content.source,
        "issues": len(content.listed),
        "open": len(content.open),
        "unread": sorted(content.book.unread),
        **{name: sum(need in issue.needs for issue in content.open) for name, need in COUNTS.items()},
        "stages": {stage.value: stages[stage.value] for stage in Stage},
        "environments": {state.value: standings[state.value] for state in EnvironmentStatus},
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
        f"- [{issue.id} · {_line(issue.title)}]({address(issue_path(issue.id))}): "
        f"{issue.severity}, {issue.state}, {issue.stage}; "
        f"[data]({data_path(issue.id)})"
        for issue in content.ordered[:ISSUES_TO_READ]
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
