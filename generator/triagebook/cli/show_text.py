"""The text of `triagebook show`: one issue, the most important first."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from triagebook.book import category_of, natural
from triagebook.facts.base.fact import UnknownFactError
from triagebook.facts.case import Case
from triagebook.model.values import FactRef
from triagebook.output import text
from triagebook.rules.references import FACT_IN_PROSE
from triagebook.text import counted, on_one_line, visible

from .common import on_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triagebook.book import Book, Entry
    from triagebook.facts.claims import ClaimState
    from triagebook.findings import Finding
    from triagebook.model.defect import Cause, Symptom
    from triagebook.store.load import Loaded

_OTHER = "uncategorised"
_COLOURS = {"critical": "red", "high": "red", "medium": "yellow"}


def issue_lines(case: Case, loaded: Loaded, findings: Sequence[Finding]) -> Iterator[str]:
    """The whole text, line by line."""
    entry = case.entry
    yield from _head(case, loaded)
    sections: dict[str, Iterable[str]] = {
        "Verdict": _verdict(case),
        "Symptoms": map(_symptom, entry.issue.symptoms),
        "Causes": (line for cause in entry.issue.causes for line in _cause(cause, loaded.book)),
        "Affected": _affected(case),
        "Related": _related(entry, loaded.book),
        "Evidence": (f"{name}: {seen.grade}, {seen.at:%Y-%m-%d}" for name, seen in entry.evidence.items()),
        "Links": (link.url for link in entry.issue.links),
        "Next": (on_one_line(step.do) + _by(step.owner) for step in entry.issue.next if step.done is None),
        "Contradicted claims": (line for state in case.claims if state.contradiction for line in _contradiction(state)),
    }
    for title, lines in sections.items():
        if body := list(lines):
            yield ""
            yield click.style(title, bold=True)
            yield from (folded for line in body for folded in _folded(line))
    yield ""
    yield click.style("Check", bold=True)
    for line in text.render(findings, loaded.root).splitlines() or ["no findings"]:
        yield from _folded(line)


def _head(case: Case, loaded: Loaded) -> Iterator[str]:
    entry, issue = case.entry, case.issue
    yield from (click.style(line, bold=True) for line in _folded(f"{entry.id}  {on_one_line(issue.title)}", ""))
    severity = click.style(issue.severity.value, fg=_COLOURS.get(issue.severity))
    state = f"closed {issue.closed.on} as {issue.closed.as_.value}" if issue.closed else "open"
    yield f"{severity}, opened {issue.opened}, {state}, owner: {issue.owner or 'none'}"
    if issue.components:
        yield f"components: {', '.join(issue.components)}"
    yield (loaded.root / entry.id / "issue.yaml").as_posix()
    yield ""
    for line in visible(_filled(issue.summary, case)).splitlines():
        yield from _folded(line)


def _filled(prose: str, case: Case) -> str:
    """Prose with fact names replaced by their values. Unknown names stay as they are."""

    def value(found: re.Match[str]) -> str:
        try:
            return case.fact(FactRef.parse(found[1])).bare
        except (ValueError, UnknownFactError):
            return found[0]

    return FACT_IN_PROSE.sub(value, prose)


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


def _contradiction(state: ClaimState) -> Iterator[str]:
    sources = ", ".join(map(str, state.claim.from_))
    yield f'"{on_one_line(state.claim.says)}" ({sources})'
    yield f"  {so(state)}"


def so(state: ClaimState) -> str:
    """The actual state, beside a claim that does not hold: as the record disputes it, or by the fact."""
    return on_one_line(state.claim.disputed or state.why)


def _symptom(symptom: Symptom) -> str:
    seen = f" (seen in {', '.join(symptom.seen)})" if symptom.seen else ""
    return on_one_line(symptom.error or symptom.says or "") + seen


def _cause(cause: Cause, book: Book) -> Iterator[str]:
    pattern = book.patterns.get(cause.pattern) if cause.pattern else None
    words = [cause.pattern, pattern.title if pattern else None, cause.says]
    yield f"{': '.join(on_one_line(part) for part in words if part)} ({cause.state.value})"
    yield from (f"  at {place}" for place in cause.at)
    yield from (f"  because: {on_one_line(why.says)}" for why in cause.why)


def _affected(case: Case) -> Iterator[str]:
    """The number of locations and files, by category."""
    affected = case.entry.affected
    if affected is None:
        return
    yield f"{_extent(case)}, at {affected.source.commit[:12]} of {affected.source.repository}"
    named = {category_of(case.book.catalog, location) for location in affected.locations}
    known = [*case.book.catalog.file_categories, ""]
    kinds = sorted(named, key=lambda kind: (known.index(kind) if kind in known else len(known), kind))
    width = max((len(kind or _OTHER) for kind in kinds), default=0)
    for kind in kinds:
        yield f"  {(kind or _OTHER).ljust(width)}  {_extent(case, category=kind)}"


def _extent(case: Case, **filters: str) -> str:
    numbers = (case.fact(FactRef(name, tuple(filters.items()))) for name in ("affected.locations", "affected.files"))
    locations, files = (fact.value if isinstance(fact.value, int) else 0 for fact in numbers)
    return f"{counted(locations, 'location')} in {counted(files, 'file')}"


def _related(entry: Entry, book: Book) -> Iterator[str]:
    """The related issues, then those that refer to this one without being referred to."""
    for relation in entry.issue.relations:
        why = f"; {on_one_line(relation.why)}" if relation.why else ""
        yield f"{_words(relation.kind)}: {_titled(relation.to, book)}{why}"
    answered = {relation.to for relation in entry.issue.relations}
    for other, tie in sorted(book.named_by(entry.id), key=lambda named: natural(named[0])):
        if other not in answered:
            yield f"referred to by {_titled(other, book)}: {_words(tie.kind)}"


def _titled(issue_id: str, book: Book) -> str:
    entry = book.issues.get(issue_id)
    return f"{issue_id} {on_one_line(entry.issue.title)}" if entry else f"{issue_id} (not in this book)"


def _words(kind: str) -> str:
    return kind.replace("-", " ")


def _by(owner: str | None) -> str:
    return f" ({owner})" if owner else ""


def _folded(line: str, indent: str = "  ") -> list[str]:
    """Indent a line, and wrap it to the width of a terminal."""
    line = f"{indent}{line}".rstrip()
    width = min(shutil.get_terminal_size().columns, 120)
    if not on_terminal() or len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line, width, subsequent_indent=indent, drop_whitespace=True, break_long_words=False, break_on_hyphens=False
    )
