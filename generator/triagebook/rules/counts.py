"""TB316: a number in a sentence must be that of what the record lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from triagebook.book import category_of
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Field, Level
from triagebook.model.document import Contradiction

from .base import Problem, Rule
from .parts import RecordText, Speaker, affected_lines, texts_of_issue

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}
_COUNT = re.compile(
    rf"\b(?P<before>(?:the|all|in|across) )?(?P<number>both|{'|'.join(NUMBERS)}|\d+)"
    r"(?P<things>(?: (?!of\b|and\b|or\b)[a-z-]+){1,3})",
    re.IGNORECASE,
)
_Allowed: TypeAlias = tuple[set[int], str]  # the numbers a sentence may state, and of what; empty: any
_LOCATIONS = {"calls", "awaits", "lines", "locations", "places"}
_LISTS = {"suites", "tests", "phases", "criteria", "options", "components", "files"}


class CountInWords(Rule, code="TB316", severity=Level.WARNING):
    """A title or sentence counts something differently from the record."""

    kinds = (Contradiction.SCOPE,)

    def in_issue(self, case: Case) -> Iterator[Problem]:
        own = [said for said in texts_of_issue(case) if said.speaker is Speaker.OWN and said.file == case.file]
        locations = _LOCATIONS | set(_location_nouns(case, own))
        promised = {key.rpartition("-")[2]: key for key in case.issue.promises}
        things = locations | promised.keys() | _LISTS
        for said in own:
            for match in _COUNT.finditer(said.without_code):
                thing = next((word for word in match["things"].lower().split() if word in things), "")
                before = (match["before"] or "").lower().strip()
                is_whole = before in {"the", "all"} or match["number"].lower() == "both"
                is_extent = before in {"in", "across"} and said.field[0] in {"title", "summary"}
                allowed: set[int] = set()
                of = ""
                if thing in promised and is_whole:
                    key = promised[thing]
                    allowed, of = {len(case.issue.promises[key].names)}, f"names in `promises.{key}`"
                elif thing == "files" and is_extent:
                    allowed, of = _files(case), thing
                elif thing in locations and said.field[-1] != "note":
                    is_own_word = thing not in _LOCATIONS and said.field == ("summary",)
                    allowed, of = _locations(case, said.field, is_whole=is_whole or is_extent or is_own_word)
                elif thing in _LISTS and is_whole and before != "the":
                    allowed, of = set(_listed(case, said.field, thing)) - {0}, thing
                if allowed and _number(match) not in allowed:
                    has = " or ".join(map(str, sorted(allowed)))
                    yield said.field, f"`{match.group()}`, but the record has {has} {of}"
                    break


def _number(match: re.Match[str]) -> int:
    stated = match["number"].lower()
    return 2 if stated == "both" else NUMBERS.get(stated) or int(stated)


def _location_nouns(case: Case, own: list[RecordText]) -> Iterator[str]:
    """What the record calls its locations: a noun with their exact number, as in "the three writes"."""
    total = sum(len(lines) or 1 for lines in affected_lines(case).values())
    said = [text.without_code for text in own if text.field[0] in {"title", "summary"}]
    said += [one.claim.says for one in case.claims if str(one.claim.about.fact) == "affected.locations"]
    found = [match for text in said for match in _COUNT.finditer(text)]
    found += [
        match for text in own for match in _COUNT.finditer(text.without_code) if match["before"] in {"the ", "all "}
    ]
    for match in found:
        noun = match["things"].lower().split()[0]
        if total > 1 and _number(match) == total and noun.endswith("s") and noun not in _LISTS:
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
    for location in case.entry.affected.locations if case.entry.affected else ():
        for part in (category_of(case.book.catalog, location), location.priority, location.state):
            parts[part] += len(location.at.lines) or 1
    return ({total, *lines.values(), *parts.values()} if is_whole else set()), "affected locations"


def _files(case: Case) -> set[int]:
    """How many files are affected, together and of each kind."""
    locations = case.entry.affected.locations if case.entry.affected else ()
    kinds = {one.at.path: category_of(case.book.catalog, one) for one in locations}
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
