"""Runs the rules over a book, and leaves out what is waived, switched off or only follows from another finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import methodcaller
from typing import TYPE_CHECKING

from triagebook.facts.case import Case
from triagebook.facts.source_state import UNKNOWN, SourceState
from triagebook.findings import Finding, Severity

from .waivers import concerns, expired

if TYPE_CHECKING:
    from datetime import date

    from triagebook.book import Book, Entry
    from triagebook.model.issue import Contradiction, Waiver

    from .base import Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rules run, and how much their findings matter; a code or the start of one names a family."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)  # None: off

    def wants(self, rule: type[Rule]) -> bool:
        if any(rule.code.startswith(start) for start in self.ignore):
            return False
        if self.select:
            return any(rule.code.startswith(start) for start in self.select)
        return not rule.quiet and self.severities.get(rule.code, rule.severity) is not None

    def wants_code(self, code: str) -> bool:
        chosen = not self.select or any(code.startswith(start) for start in self.select)
        return chosen and not any(code.startswith(start) for start in self.ignore)

    def weigh(self, finding: Finding) -> Finding:
        severity = self.severities.get(finding.code)
        return replace(finding, severity=severity) if severity else finding


EVERYTHING = Choice()


def run(
    rules: Iterable[type[Rule]],
    book: Book,
    source: SourceState = UNKNOWN,
    as_of: date | None = None,
    choice: Choice = EVERYTHING,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """Every finding of the chosen rules; `only` names the issues to look at, and leaves the rest of the book out."""
    chosen = [rule() for rule in rules]
    between = _by_issue(book, _in_order(chosen, methodcaller("find_in_book", book)))
    findings = between.get("", []) if only is None else []
    kinds = {rule.code: rule.kinds for rule in chosen}
    for entry in book.issues.values():
        if only is None or entry.id in only:
            case = Case(book, entry, source, as_of)
            found = [*between.get(entry.id, []), *_in_order(chosen, methodcaller("find", case))]
            found = [finding for finding in found if not _answered(finding, entry, kinds)]
            found += _in_order(chosen, methodcaller("find_after", case, tuple(found)))
            findings += _accepted(found, entry.issue.waivers, as_of)
    wanted = {rule.code for rule in chosen if choice.wants(type(rule))}
    return [choice.weigh(finding) for finding in findings if finding.code in wanted]


def _by_issue(book: Book, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """What was found between records, by the issue it was found in; by nothing where it stands in no issue."""
    by_issue: dict[str, list[Finding]] = {}
    for finding in findings:
        folder = finding.file.partition("/")[0]
        by_issue.setdefault(folder if folder in book.issues else "", []).append(finding)
    return by_issue


def _in_order(rules: Iterable[Rule], find: Callable[[Rule], Iterable[Finding]]) -> list[Finding]:
    """What the rules find; one that requires another stays silent where that one has found something."""
    findings: list[Finding] = []
    broken: set[str] = set()
    for rule in rules:
        if not broken.intersection(rule.requires):
            found = list(find(rule))
            findings += found
            broken |= {rule.code} if found else set()
    return findings


def _answered(finding: Finding, entry: Entry, kinds: Mapping[str, tuple[Contradiction, ...]]) -> bool:
    """Does a disputed claim of this kind name the field? Then the record itself shows the contradiction, for good."""
    way = ".".join(map(str, finding.field))
    return finding.file == f"{entry.id}/issue.yaml" and any(
        claim.disputed is not None
        and claim.kind in kinds[finding.code]
        and any(way == field or way.startswith(f"{field}.") for field in claim.shows)
        for claim in entry.issue.claims
    )


def _accepted(findings: list[Finding], waivers: Iterable[Waiver], as_of: date | None) -> Iterator[Finding]:
    for finding in findings:
        valid = (waiver for waiver in waivers if concerns(waiver, finding) and not expired(waiver.until, as_of))
        waiver = next(valid, None)
        yield replace(finding, accepted=f"{waiver.who}, until {waiver.until}: {waiver.why}") if waiver else finding
