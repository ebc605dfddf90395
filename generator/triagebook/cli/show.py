"""`triagebook show`: shows one issue in the terminal, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from triagebook.book import Book, Entry
from triagebook.checking import BookCheck
from triagebook.facts.case import Case
from triagebook.findings import Finding
from triagebook.markdown import fill
from triagebook.model.defect import Cause, Symptom
from triagebook.output import text
from triagebook.store.load import Loaded
from triagebook.text import on_one_line, visible
from triagebook.views.affected import affected_view
from triagebook.views.figures import Figures
from triagebook.views.issue_data import issue_details
from triagebook.views.relations import relations

from .common import book_root, folded, note_unread, pick, print_answer
from .options import format_option, issue_argument, source_options, subcommand

_COLOURS = {"critical": "red", "high": "red", "medium": "yellow"}


@subcommand("show")
@issue_argument
@format_option
@source_options
def command(issue_id: str, form: str, folder: Path | None, no_source: bool, book: Path | None) -> None:
    check = BookCheck(book_root(book), folder=folder, no_source=no_source)
    note_unread(check.survey.unread)
    loaded, inquiry = check.inquiry({issue_id})
    pick(loaded, [issue_id])
    findings = [one for one in check.findings(only={issue_id}) if one.file.startswith(f"{issue_id}/")]
    case = inquiry.case(issue_id)
    document = {"path": _path(case, loaded)} | issue_details(case, findings)
    print_answer(form, document, _lines(case, loaded, findings), inquiry.source)


def _path(case: Case, loaded: Loaded) -> str:
    return (loaded.root / case.file).as_posix()


def _lines(case: Case, loaded: Loaded, findings: Sequence[Finding]) -> Iterator[str]:
    entry, figures = case.entry, Figures(case)
    yield from _head(case, loaded, figures)
    sections: dict[str, Iterable[str]] = {
        "Verdict": _verdict(case),
        "Symptoms": map(_symptom, entry.issue.symptoms),
        "Causes": (line for cause in entry.issue.causes for line in _cause(cause, loaded.book)),
        "Affected": _affected(case, figures),
        "Related": _related(entry, loaded.book),
        "Evidence": _evidence(case),
        "Links": (link.url for link in entry.issue.links),
        "Next": (
            on_one_line(step.do) + (f" ({step.owner})" if step.owner else "")
            for step in entry.issue.next
            if step.done is None
        ),
        "Contradicted claims": _contradictions(case, figures),
        "Check": text.render(findings, loaded.root).splitlines() or ["no findings"],
    }
    for title, lines in sections.items():
        if body := list(lines):
            yield ""
            yield click.style(title, bold=True)
            yield from (part for line in body for part in _indented(line))


def _head(case: Case, loaded: Loaded, figures: Figures) -> Iterator[str]:
    entry, issue = case.entry, case.issue
    yield from (click.style(line, bold=True) for line in _indented(f"{entry.id}  {on_one_line(issue.title)}", ""))
    severity = click.style(issue.severity.value, fg=_COLOURS.get(issue.severity))
    closed = f" on {issue.closed.on}" if issue.closed else ""
    yield f"{severity}, opened {issue.opened}, {issue.state}{closed}, owner: {issue.owner or 'none'}"
    if issue.components:
        yield f"components: {', '.join(issue.components)}"
    yield _path(case, loaded)
    yield ""
    for line in visible(fill(issue.summary, figures.text)).splitlines():
        yield from _indented(line)


def _verdict(case: Case) -> Iterator[str]:
    """The stage, each environment, and what the next stage requires."""
    verdict = case.verdict
    yield f"{verdict.stage.value}. {verdict.bottom_line}"
    for name, found in verdict.environments.items():
        yield f"  {name}: {found.state.value}, {'; '.join(found.reasons)}"
    if verdict.next:
        yield f"for {verdict.next.stage.value}:"
        for todo in verdict.next.missing:
            yield f"  {todo.do}{f': {todo.command}' if todo.command else ''}"
    if verdict.refusals:
        yield "does not count:"
        yield from (f"  {on_one_line(str(refusal))}" for refusal in verdict.refusals)


def _contradictions(case: Case, figures: Figures) -> Iterator[str]:
    for state in case.claims:
        if state.contradiction:
            yield f'"{on_one_line(state.claim.says)}" ({", ".join(map(str, state.sources))})'
            yield f"  {on_one_line(fill(state.claim.disputed or state.why, figures.text))}"


def _symptom(symptom: Symptom) -> str:
    where = f" (seen in {', '.join(symptom.seen)})" if symptom.seen else ""
    return on_one_line(symptom.error or symptom.says or "") + where


def _cause(cause: Cause, book: Book) -> Iterator[str]:
    pattern = book.patterns.get(cause.pattern) if cause.pattern else None
    words = [cause.pattern, pattern.title if pattern else None, cause.says]
    yield f"{': '.join(on_one_line(part) for part in words if part)} ({cause.state.value})"
    yield from (f"  at {place}" for place in cause.at)
    yield from (f"  because: {on_one_line(why.says)}" for why in cause.why)


def _affected(case: Case, figures: Figures) -> Iterator[str]:
    """The number of locations and files, by category."""
    if view := affected_view(case, figures):
        yield f"{_extent(figures)}, at {view.commit[:12]} of {view.repository}"
        for category in view.categories:
            yield f"  {on_one_line(category.title)}: {_extent(figures, category=category.id)}"


def _extent(figures: Figures, **filters: str) -> str:
    locations, files = (figures.known(name, **filters) for name in ("affected.locations", "affected.files"))
    return f"{locations} in {files}"


def _evidence(case: Case) -> Iterator[str]:
    for name, piece in case.entry.evidence.items():
        taken_back = case.ledger.withdrawn.get(name)
        why = f"; withdrawn by {taken_back.by}: {on_one_line(taken_back.says)}" if taken_back else ""
        yield f"{name}: {piece.grade}, {piece.at:%Y-%m-%d}{why}"


def _related(entry: Entry, book: Book) -> Iterator[str]:
    for row in relations(book, entry):
        title = on_one_line(row.title) or "(not in this book)"
        yield f"{row.says} {row.issue} {title}{f'; {on_one_line(row.why)}' if row.why else ''}"


def _indented(line: str, indent: str = "  ") -> list[str]:
    line = f"{indent}{line}"
    return folded(line, " " * (len(line) - len(line.lstrip())))
