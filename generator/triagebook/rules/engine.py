"""Runs the selected rules over a book; applies waivers, severities and the order of rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from operator import methodcaller

from msgspec import Struct
from msgspec.structs import replace

from triagebook.book import Book
from triagebook.code.state import SourceState
from triagebook.errors import nearest
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import EVERYTHING, Choice, Finding
from triagebook.model.issue import Waiver

from .base import Rule
from .references import UnknownReference
from .waivers import concerns, expired


class IssueFindings(Struct, frozen=True):
    """The findings in one issue."""

    issue: str
    source: SourceState
    findings: list[Finding]
    last_day: date  # the last that its records name
    stage: str
    bottom_line: str


def run(
    rules: Sequence[type[Rule]],
    inquiry: Inquiry,
    choice: Choice = EVERYTHING,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """Every finding of the chosen rules; `only` limits the check to the named issues.

    All rules but quiet ones run, as they depend on each other: the choice is about what is reported.
    """
    book = inquiry.book
    found = between_issues(rules, book)
    findings = [] if only is not None else found.get("", [])
    cases = [inquiry.case(name) for name in book.issues if only is None or name in only]
    choice = choice.within(book.catalog.rules)
    quiet = {rule.code for rule in rules if rule.quiet}
    asked = [code for code in quiet if choice.wants(code, quiet=True)]
    for of_issue in within_issues(rules, cases, found, asked):
        findings += of_issue.findings
    return [choice.weigh(one) for one in findings if choice.wants(one.code, quiet=one.code in quiet)]


def between_issues(rules: Iterable[type[Rule]], book: Book) -> dict[str, list[Finding]]:
    """The findings between records, by the issue that they are reported in; '' if they belong to no issue."""
    by_issue: dict[str, list[Finding]] = {}
    known = {rule.code: rule for rule in rules}
    for finding in (*_unknown_rules(book, known), *chain(*(rule().find_in_book(book) for rule in known.values()))):
        folder = finding.file.partition("/")[0]
        by_issue.setdefault(folder if folder in book.outlines else "", []).append(finding)
    return by_issue


def within_issues(
    rules: Iterable[type[Rule]],
    cases: Iterable[Case],
    between: Mapping[str, Sequence[Finding]],
    asked: Collection[str] = (),
) -> Iterator[IssueFindings]:
    """The findings of each issue, those between records included, in the order of the cases.

    Quiet rules run if they are `asked` for, or a waiver names them.
    """
    every = [rule() for rule in rules]
    for case in cases:
        named = {*asked, *(waiver.rule for waiver in case.issue.waivers)}
        running = [rule for rule in every if not rule.quiet or rule.code in named]
        found = list(_of_one(case, running, between.get(case.entry.id, ())))
        days = [day for _, _, day in case.values_of(date) if isinstance(day, date)]
        days += [record.at for record in case.source.vanished.values()]
        last, verdict = max((date(day.year, day.month, day.day) for day in days), default=date.min), case.verdict
        case.release()
        yield IssueFindings(case.entry.id, case.source, found, last, verdict.stage.value, verdict.bottom_line)


OF_DOCUMENTS = "TB8"  # the rules of `audit`, which a catalog may set as well
_JUDGING = ("TB3", "TB4")  # they draw conclusions from all records of an issue together


def _of_one(case: Case, running: Sequence[Rule], between: Sequence[Finding]) -> Iterator[Finding]:
    """The findings in one issue, including those `between` records that are reported in it."""
    if not case.book.is_whole(case.entry):
        running = [rule for rule in running if not rule.code.startswith(_JUDGING)]
    by_rule: dict[str, list[Finding]] = {}
    for finding in between:
        by_rule.setdefault(finding.code, []).append(finding)
    found = _in_order(running, lambda rule: (*by_rule.get(rule.code, ()), *rule.find(case)))
    found = _unanswered(found, case, running)
    found += _in_order(running, methodcaller("find_after", case, tuple(found)))
    return _accepted(found, case.issue.waivers, case.as_of)


def _unknown_rules(book: Book, known: Mapping[str, type[Rule]]) -> Iterator[Finding]:
    """Unknown codes in the catalog. A rule can't check this: it does not know the other rules."""
    for code in book.catalog.rules:
        if code not in known and not code.startswith(OF_DOCUMENTS):
            near = nearest(code, known)
            do = f"did you mean `{near}`?" if near else "see: triagebook rules"
            yield UnknownReference.finding("catalog.yaml", ("rules", code), f"there is no rule `{code}`", do)


def _in_order(rules: Iterable[Rule], find: Callable[[Rule], Iterable[Finding]]) -> list[Finding]:
    """The findings of the rules; a rule is skipped if one that it requires has found something."""
    findings: list[Finding] = []
    broken: set[str] = set()
    for rule in rules:
        if not broken.intersection(rule.requires):
            found = list(find(rule))
            findings += found
            broken |= {rule.code} if found else set()
    return findings


def _unanswered(findings: list[Finding], case: Case, running: Iterable[Rule]) -> list[Finding]:
    """The findings that no disputed claim answers: there the record itself shows the contradiction."""
    answers = [(state.claim.kind, field) for state in case.claims if state.claim.disputed for field in state.named]
    if not answers:
        return findings
    kinds = {rule.code: rule.kinds for rule in running}
    own = {case.file, case.affected_file}

    def is_answered(finding: Finding) -> bool:
        way = ".".join(map(str, finding.field))
        return finding.file in own and any(
            kind in kinds.get(finding.code, ()) and (way == field or way.startswith(f"{field}."))
            for kind, field in answers
        )

    return [finding for finding in findings if not is_answered(finding)]


def _accepted(findings: list[Finding], waivers: Iterable[Waiver], as_of: date | None) -> Iterator[Finding]:
    for finding in findings:
        valid = (waiver for waiver in waivers if concerns(waiver, finding) and not expired(waiver.until, as_of))
        waiver = next(valid, None)
        yield replace(finding, accepted=f"{waiver.who}, until {waiver.until}: {waiver.why}") if waiver else finding
