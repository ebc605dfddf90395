"""TB316: a number in a sentence must match what the record lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from triagebook.book import category_of
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Field, Level

from .base import Problem, Rule
from .parts import RecordText, Speaker, affected_lines, texts_of_issue

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}
_COUNT = re.compile(
    rf"\b(?P<before>(?:the|all|in|across) )?(?P<number>both|{'|'.join(NUMBERS)}|\d+)"
    r"(?P<things>(?: (?!of\b|and\b|or\b)[a-z-]+){1,3})",
    re.IGNORECASE,
)
_STATED = {"both", *NUMBERS}
_Allowed: TypeAlias = tuple[set[int], str]  # the numbers a sentence may state, and of what; empty: any
_LOCATIONS = {"calls", "awaits", "lines", "locations", "places"}
_LISTS = {"suites", "tests", "phases", "criteria", "options", "components", "files"}


class CountInWords(Rule, code="TB316", severity=Level.WARNING):
    """A title or sentence states a number that the record does not have."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        own = [said for said in texts_of_issue(case) if said.speaker is Speaker.OWN and said.file == case.file]
        counts = [(said.field, count) for said in own for count in _counts(said)]
        locations = _LOCATIONS | set(_location_nouns(case, counts))
        promised = {key.rpartition("-")[2]: key for key in case.issue.promises}
        things = locations | promised.keys() | _LISTS
        for field, count in counts:
            thing = next((word for word in count["things"].lower().split() if word in things), "")
            before = _before(count)
            is_whole = before in {"the", "all"} or count["number"].lower() == "both"
            is_extent = before in {"in", "across"} and field[0] in {"title", "summary"}
            allowed: set[int] = set()
            of = thing
            if thing in promised and is_whole:
                key = promised[thing]
                allowed, of = {len(case.issue.promises[key].names)}, f"names in `promises.{key}`"
            elif thing == "files" and is_extent:
                allowed = _files(case)
            elif thing in locations and field[-1] != "note":
                is_own_word = thing not in _LOCATIONS and field == ("summary",)
                allowed, of = _locations(case, field, is_whole=is_whole or is_extent or is_own_word)
            elif thing in _LISTS and is_whole and before != "the" and not _is_of_others(count):
                allowed = set(_listed(case, field, thing)) - {0}
            if allowed and _number(count) not in allowed:
                has = " or ".join(map(str, sorted(allowed)))
                yield field, f"`{count.group()}`, but the record has {has} {of}"


def _counts(said: RecordText) -> Iterator[re.Match[str]]:
    """The numbers of things in a text; most texts have none, which is seen quickly."""
    words = said.text.lower().split()
    if not _STATED.isdisjoint(words) or any(map(str.isdigit, words)):
        yield from _COUNT.finditer(said.without_code)


def _before(count: re.Match[str]) -> str:
    return (count["before"] or "").lower().strip()


def _is_of_others(count: re.Match[str]) -> bool:
    """Whether the sentence goes on to say whose they are, as in "all 12 tests of another team"."""
    return count.string.startswith(" of ", count.end())


def _number(count: re.Match[str]) -> int:
    stated = count["number"].lower()
    return 2 if stated == "both" else NUMBERS.get(stated) or int(stated)


def _location_nouns(case: Case, counts: list[tuple[Field, re.Match[str]]]) -> Iterator[str]:
    """What the record calls its locations: a noun with their exact number, as in "the three writes"."""
    total = sum(len(lines) or 1 for lines in affected_lines(case).values())
    said = [count for field, count in counts if field[0] in {"title", "summary"} or _before(count) in {"the", "all"}]
    for one in case.claims if total > 1 else ():
        if str(one.claim.about.fact) == "affected.locations":
            said += _COUNT.finditer(one.claim.says)
    for count in said:
        noun = count["things"].lower().split()[0]
        if total > 1 and _number(count) == total and noun.endswith("s") and noun not in _LISTS:
            yield noun


def _locations(case: Case, field: Field, *, is_whole: bool) -> _Allowed:
    lines = {path: len(of) or 1 for path, of in affected_lines(case).items()}
    if not lines:
        return set(), ""
    fix, total = case.issue.fix, sum(lines.values())
    match field:
        case ("title",):
            return {total}, "affected locations"
        case ("fix", "code", int(index), "title") if fix and (place := fix.code[index].path):
            return {len(place.lines)} if place.lines else set(), "lines in `path`"
        case ("fix", "changes", int(index), "what", *_) if fix and (path := fix.changes[index].path):
            return ({lines[path]} if path in lines else set()), f"affected locations in `{path}`"
    parts = Counter[object]()
    for location in case.entry.locations:
        for part in (category_of(case.book.catalog, location), location.priority, location.state):
            parts[part] += len(location.at.lines) or 1
    return ({total, *lines.values(), *parts.values()} if is_whole else set()), "affected locations"


def _files(case: Case) -> set[int]:
    """How many files are affected, together and of each kind."""
    kinds = {one.at.path: category_of(case.book.catalog, one) for one in case.entry.locations}
    return {len(kinds), *Counter(kinds.values()).values()} - {0}


def _listed(case: Case, field: Field, thing: str) -> Iterator[int]:
    """How many of something the record lists, or the step or phase in which the sentence stands."""
    issue, phases = case.issue, case.issue.plan.phases if case.issue.plan else {}
    scopes: list[list[str]] = [list(step.suites) for way, step in steps(issue) if field[: len(way)] == way]
    if field[:2] == ("plan", "phases"):
        phase = phases[str(field[2])]
        scopes.append([*phase.suites, *(name for step in phase.steps for name in step.suites)])
    suites = set(next((scope for scope in scopes if scope), issue.suites))
    if thing == "suites":
        yield len(suites)
    elif thing == "tests":
        own = {str(field[1])} if field[0] == "suites" else suites
        each = [len(suite.tests) for name, suite in issue.suites.items() if name in own]
        yield from (sum(each), *each)
    elif thing == "files":
        yield from _files(case)
    else:
        options = len(issue.fix.options) if issue.fix else 0
        lists = {"phases": len(phases), "criteria": len(issue.criteria), "components": len(issue.components)}
        yield (lists | {"options": options})[thing]
