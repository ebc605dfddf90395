"""`triagebook show`: shows one issue in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triagebook.book import natural
from triagebook.errors import TriagebookError
from triagebook.facts.case import Case
from triagebook.inquire import inquire
from triagebook.output import json, text

from .common import book_option, complete_issue, examples, format_option, open_book, print_json, unknown
from .findings import all_findings
from .show_text import issue_lines, so
from .source import print_source, source_options

if TYPE_CHECKING:
    from triagebook.book import Entry
    from triagebook.findings import Finding
    from triagebook.store.load import Loaded


@click.command(
    "show",
    epilog=examples(
        "triagebook show 1184",
        "triagebook show 1184 --format json",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@format_option
@source_options
@book_option
def command(issue_id: str, form: str, folder: Path | None, no_source: bool, book: Path | None) -> None:
    """Show one issue in the terminal.

    Use it for a first look. It shows the summary, the verdict that the evidence supports, symptoms, causes, affected
    code, related issues, contradicted claims, and the findings on its record.
    """
    loaded = open_book(book)
    inquiry = inquire(loaded, folder, no_source=no_source, issues={issue_id})
    only = frozenset({issue_id})
    findings = [one for one in all_findings(loaded, inquiry, only=only) if one.file.startswith(f"{issue_id}/")]
    case = inquiry.case(_entry(loaded, issue_id, findings).id)
    if form == "json":
        print_json(_as_data(case, loaded, findings) | {"source": inquiry.source})
    else:
        for line in issue_lines(case, loaded, findings):
            click.echo(line)
        print_source(inquiry.source)


def _entry(loaded: Loaded, issue_id: str, findings: list[Finding]) -> Entry:
    if entry := loaded.book.issues.get(issue_id):
        return entry
    if findings:
        first = findings[0]
        raise TriagebookError(f"{text.place(first, loaded.root)}: {first.says}", f"{first.do}; then: triagebook check")
    known = sorted(loaded.book.issues, key=natural)
    raise unknown("issue", issue_id, known, "see: triagebook list")


def _as_data(case: Case, loaded: Loaded, findings: list[Finding]) -> dict[str, Any]:
    """The records, the computed verdict, and what other issues say about this one."""
    entry, verdict = case.entry, case.verdict
    missing = verdict.next.missing if verdict.next else ()
    return {
        "id": entry.id,
        "path": (loaded.root / entry.id / "issue.yaml").as_posix(),
        "issue": entry.issue.model_dump(mode="json"),
        "affected": entry.affected.model_dump(mode="json") if entry.affected else None,
        "evidence": {name: seen.model_dump(mode="json") for name, seen in entry.evidence.items()},
        "named_by": [{"issue": other, "kind": tie.kind.value} for other, tie in loaded.book.named_by(entry.id)],
        "verdict": {
            "stage": verdict.stage.value,
            "bottom_line": verdict.bottom_line,
            "environments": {name: found.state.value for name, found in verdict.environments.items()},
            "missing": [{"do": todo.do, "command": todo.command} for todo in missing],
        },
        "contradictions": [
            {"says": state.claim.says, "from": [str(source) for source in state.claim.from_], "so": so(state)}
            for state in case.claims
            if state.contradiction
        ],
        "findings": [json.as_data(finding, loaded.root) for finding in findings],
    }
