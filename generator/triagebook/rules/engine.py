"""Runs the selected rules over a book; applies waivers, severities and the order of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import methodcaller

from msgspec import Struct, field
from msgspec.structs import replace

from triagebook.book import Book, Entry
from triagebook.errors import nearest
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding, Level
from triagebook.model.catalog import Catalog
from triagebook.model.issue import Waiver
from triagebook.parallel import spread

from .base import Rule
from .references import UnknownReference
from .waivers import concerns, expired


class Choice(Struct, frozen=True):
    """Which rules run and at which level; a prefix of a code selects a family."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Level | None] = field(default_factory=dict)  # None: switched off

    def within(self, catalog: Catalog) -> Choice:
        """The choice combined with the levels that the catalog sets."""
        set_there = {code: None if level == "off" else Level(level) for code, level in catalog.rules.items()}
        return replace(self, severities={**set_there, **self.severities})

    def wants(self, rule: type[Rule]) -> bool:
        return self.wants_code(rule.code, quiet=rule.quiet)

    def wants_code(self, code: str, *, quiet: bool = False) -> bool:
        """Whether this code is selected. Its full code overrides `off`; setting a level selects a quiet rule."""
        if code.startswith(self.ignore):
            return False
        if code in self.select:
            return True
        if code in self.severities and self.severities[code] is None:
            return False
        return code.startswith(self.select) if self.select else not quiet or code in self.severities

    def weigh(self, finding: Finding) -> Finding:
        severity = self.severities.get(finding.code)
        return replace(finding, severity=severity) if severity else finding


EVERYTHING = Choice()


def run(
    rules: Iterable[type[Rule]],
    inquiry: Inquiry,
    choice: Choice = EVERYTHING,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """Every finding of the chosen rules; `only` limits the check to the named issues."""
    book = inquiry.book
    known = {rule.code: rule for rule in rules}
    choice = choice.within(book.catalog)
    wanted = {code for code, rule in known.items() if choice.wants(rule)}
    entries = [entry for entry in book.issues.values() if only is None or entry.id in only]
    needed = _needed(known, wanted, entries)
    running = [rule() for code, rule in known.items() if code in needed]
    between = _by_issue(book, _in_order(running, methodcaller("find_in_book", book)))
    findings = [*between.get("", []), *_unknown_rules(book, known)] if only is None else []
    for rule in running:
        rule.survey(book)
    for entry in entries[:1]:  # the drift of all issues is computed together, before this process is copied
        inquiry.case(entry.id).source.drift.get(entry.id)

    def look_at(entry: Entry) -> list[Finding]:
        case = inquiry.case(entry.id)
        found = list(_of_one(case, running, between.get(entry.id, [])))
        case.release()
        return found

    for found in spread(look_at, entries, least=WORTH, most=MOST):
        findings += found
    return [choice.weigh(finding) for finding in findings if finding.code in wanted]


WORTH = 32  # issues that justify another process
MOST = 512  # issues that are copied to other processes at a time

OF_DOCUMENTS = "TB8"  # the rules of `audit`, which a catalog may set as well
_JUDGING = ("TB3", "TB4")  # they draw conclusions from all records of an issue together


def _of_one(case: Case, running: Sequence[Rule], between: list[Finding]) -> Iterator[Finding]:
    """The findings in one issue, including those `between` records that are reported in it."""
    if not case.book.is_whole(case.entry):
        running = [rule for rule in running if not rule.code.startswith(_JUDGING)]
    found = [*between, *_in_order(running, methodcaller("find", case))]
    found = _unanswered(found, case.entry, running)
    found += _in_order(running, methodcaller("find_after", case, tuple(found)))
    return _accepted(found, case.issue.waivers, case.as_of)


# ── which rules run ──────────────────────────────────────────────────────────────────────────────────


def _needed(known: Mapping[str, type[Rule]], wanted: Iterable[str], entries: Iterable[Entry]) -> set[str]:
    """The codes of the rules to run: the wanted ones, and those they depend on."""
    waiting = list(wanted)
    if any(known[code].find_after is not Rule.find_after for code in waiting):
        waiting += {waiver.rule for entry in entries for waiver in entry.issue.waivers}
    needed: set[str] = set()
    while waiting:
        code = waiting.pop()
        if code in known and code not in needed:
            needed.add(code)
            waiting += known[code].requires
    return needed


def _unknown_rules(book: Book, known: Mapping[str, type[Rule]]) -> Iterator[Finding]:
    """Unknown codes in the catalog. A rule can't check this: it does not know the other rules."""
    for code in book.catalog.rules:
        if code not in known and not code.startswith(OF_DOCUMENTS):
            near = nearest(code, known)
            do = f"did you mean `{near}`?" if near else "see: triagebook rules"
            yield UnknownReference.finding("catalog.yaml", ("rules", code), f"there is no rule `{code}`", do)


# ── findings ───────────────────────────────────────────────────────────────────────────────────


def _by_issue(book: Book, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings between records, by the issue they are reported in; '' where it is no issue."""
    by_issue: dict[str, list[Finding]] = {}
    for finding in findings:
        folder = finding.file.partition("/")[0]
        by_issue.setdefault(folder if folder in book.issues else "", []).append(finding)
    return by_issue


def _in_order(rules: Iterable[Rule], find: Callable[[Rule], Iterable[Finding]]) -> list[Finding]:
    """The findings of the rules; a rule is skipped where one that it requires has found something."""
    findings: list[Finding] = []
    broken: set[str] = set()
    for rule in rules:
        if not broken.intersection(rule.requires):
            found = list(find(rule))
            findings += found
            broken |= {rule.code} if found else set()
    return findings


def _unanswered(findings: list[Finding], entry: Entry, running: Iterable[Rule]) -> list[Finding]:
    """The findings that no disputed claim answers: there the record itself shows the contradiction."""
    answers = [(claim.kind, field) for claim in entry.issue.claims if claim.disputed for field in claim.shows]
    if not answers:
        return findings
    kinds = {rule.code: rule.kinds for rule in running}
    own = {f"{entry.id}/issue.yaml", f"{entry.id}/affected.yaml"}

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
