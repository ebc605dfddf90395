"""TB6xx: what is recorded twice, in one issue or in two related ones, must agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from triagebook.book import Book
from triagebook.code.state import same_commit
from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.affected import LocationState
from triagebook.model.base import Commit
from triagebook.model.defect import Tie
from triagebook.model.evidence import Grade, Phase
from triagebook.model.values import Place
from triagebook.outline import Outline
from triagebook.text import listed

from .base import Problem, Rule
from .parts import affected_lines, cited_places


class LinkOfAnother(Rule, code="TB608"):
    """The only link to the tracker leads to another issue, although ids are those of the tracker."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        numbered: dict[str, set[str]] = {}  # the issues whose link to a tracker has their own id
        for outline in book.outlines.values():
            for _, tracker, ticket in outline.tickets:
                if ticket == outline.id:
                    numbered.setdefault(tracker, set()).add(outline.id)
        every = {own for ids in numbered.values() for own in ids}
        for own, outline in book.outlines.items():
            if any(ticket == own for *_, ticket in outline.tickets):
                continue
            for index, tracker, ticket in outline.tickets:
                is_same_tracker = bool(numbered.get(tracker, set()) - {own})
                if is_same_tracker or (every and (ticket in book.outlines or _is_mistyped(own, ticket))):
                    says = f"the link leads to `{ticket}`, but this is issue {own}"
                    yield self.finding(outline.file, ("links", index), says)
                    break


def _is_mistyped(one: str, other: str) -> bool:
    """Whether one text is the other with its characters in another order, or with one that differs."""
    unlike = sum(map(str.__ne__, one, other))
    return len(one) == len(other) and unlike > 0 and (sorted(one) == sorted(other) or (len(one) > 2 and unlike == 1))


class TwoStates(Rule, code="TB609"):
    """Two issues record one location in different states."""

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        lines = [
            (own, index, (outline.repository, location.path, line), location.state)
            for own, outline in book.outlines.items()
            for index, location in enumerate(outline.locations)
            for line in location.lines or (0,)
        ]
        fixed: dict[tuple[str, str, int], str] = {}
        for own, _, key, state in lines:
            if state == LocationState.FIXED:
                fixed.setdefault(key, own)
        reported = set()
        for own, index, key, state in lines:
            other = fixed.get(key, own)
            if state != LocationState.FIXED and other != own and (own, index) not in reported:
                reported.add((own, index))
                says = f"`{key[1]}:{key[2]}` is {state} here, but fixed in issue {other}"
                yield self.finding(f"{own}/affected.yaml", ("locations", index), says)


class SourceCommitDiffers(Rule, code="TB610", severity=Level.WARNING):
    """A commit is mistyped, or the record cites an affected file at another commit than the list of locations."""

    def find(self, case: Case) -> Iterator[Finding]:
        commits = [(file, way, str(value)) for file, way, value in case.values_of(Commit)]
        times, mistyped = Counter(commit for *_, commit in commits), False
        for file, way, commit in commits:
            meant = next((one for one in times if _is_mistyped(commit, one) and times[one] > times[commit]), "")
            if meant:
                mistyped = True
                says = f"{commit} differs from {meant}, elsewhere in the record, by a typing error"
                yield self.finding(file, way, says, "copy the commit again")
        if not mistyped:
            yield from super().find(case)

    def in_issue(self, case: Case) -> Iterator[Problem]:
        own, affected = case.issue.source, case.entry.affected
        if own is None or affected is None:
            return
        lines, listed_at = affected_lines(case), affected.source
        cited = next(
            (place for _, place in cited_places(case) if lines.get(place.path, set()) & set(place.lines)), None
        )
        is_newer = affected.scan and affected.scan.on  # than the places that people cite
        if cited and own.repository != listed_at.repository:
            says = f"`{cited}` is cited in `{own.repository}`, but listed in `{listed_at.repository}`"
            yield ("source", "repository"), says
        elif cited and not is_newer and not same_commit(own.commit, listed_at.commit):
            says = f"`{cited}` is cited at {own.commit[:9]}, but listed at {listed_at.commit[:9]}"
            yield ("source", "commit"), says


class LineUnlikeTwin(Rule, code="TB611"):
    """A cause, symptom or code change names another line or code than the same entry elsewhere in the record."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        yield from self._causes(case)
        lines, known = affected_lines(case), _known_lines(case)
        for way, place in cited_places(case):
            listed, named = lines.get(place.path, set()), set(place.lines)
            unlisted = sorted(named - listed)
            exact = way[:2] == ("fix", "code")  # shows the code that changes
            if listed and unlisted and (exact or named & listed):
                yield way, f"line {unlisted[0]} of `{place.path}` is not listed as affected, unlike the others"
                continue
            for line, meant in _mistyped(place, known):
                yield way, f"line {line} of `{place.path}` is named here only, but line {meant} elsewhere"
        yield from self._code(case)

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        """Lines of files that the issue itself does not list, but one that it names does."""
        for own in book.outlines.values():
            listed, here = {location.path for location in own.locations}, Counter[tuple[str, int]]()
            here.update((path, line) for _, path, lines in own.cited for line in lines)
            named = (book.outlines.get(other) for other in own.others)
            there = {(one.path, line) for other in named if other for one in other.locations for line in one.lines}
            for way, path, lines in own.cited if there else ():
                for line in lines if path not in listed else ():
                    digits = sorted(str(line))
                    meant = sorted(other for of, other in there if of == path and sorted(str(other)) == digits)
                    if meant and line not in meant and here[path, line] == 1 and (path, meant[0]) not in here:
                        says = f"line {line} of `{path}` is named here only, but line {meant[0]} in a related issue"
                        yield self.finding(own.file, way, says)

    def _causes(self, case: Case) -> Iterator[Problem]:
        for index, cause in enumerate(case.issue.causes):
            twins = [place for why in cause.why for place in why.at]
            for place in cause.at:
                same_file = [twin for twin in twins if twin.path == place.path and twin.lines]
                if place.lines and same_file and not any(set(twin.lines) & set(place.lines) for twin in same_file):
                    yield ("causes", index, "at"), f"the cause is at `{place}`, but its reasons name `{same_file[0]}`"

    def _code(self, case: Case) -> Iterator[Problem]:
        """Code before the fix that does not hold the text that was found on that line."""
        affected = case.entry.affected
        for index, code in enumerate(case.issue.fix.code if case.issue.fix else ()):
            for location in affected.locations if affected and code.path and code.before else ():
                here = (
                    code.path and location.at.path == code.path.path and set(location.at.lines) & set(code.path.lines)
                )
                if here and location.text and _plain(location.text) not in _plain(str(code.before)):
                    says = f"`{location.text}` was found at `{location.at}`, but is not in the code before the fix"
                    yield ("fix", "code", index, "before"), says
                    break


def _known_lines(case: Case) -> dict[str, Counter[int]]:
    """How often each line of a file is named in the issue, or listed in it."""
    known: dict[str, Counter[int]] = {}
    for location in case.entry.locations:
        known.setdefault(location.at.path, Counter()).update(location.at.lines)
    for _, place in cited_places(case):
        known.setdefault(place.path, Counter()).update(place.lines)
    return known


def _mistyped(place: Place, known: dict[str, Counter[int]]) -> Iterator[tuple[int, int]]:
    """The lines that are named once, each with one that has the same digits in another order."""
    times = known.get(place.path, Counter())
    for line in place.lines:
        meant = [other for other in times if other != line and sorted(str(other)) == sorted(str(line))]
        if meant and times[line] == 1:
            yield line, meant[0]


def _plain(code: str) -> str:
    return "".join(code.split())


class ErrorUnlikeTwin(Rule, code="TB612", severity=Level.WARNING):
    """An error text, or a pattern, differs slightly from the one in the evidence or in an issue with the same cause."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        if all(relation.kind is not Tie.SAME_CAUSE for relation in case.issue.relations):
            yield from _unlike_evidence(case)

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for own in book.outlines.values():
            same_cause = (book.outlines.get(tie.to) for tie in own.ties if tie.kind == Tie.SAME_CAUSE)
            for other in filter(None, same_cause):
                for way, says in self._unlike(own, other):
                    yield self.finding(own.file, way, says)

    def _unlike(self, own: Outline, other: Outline) -> Iterator[Problem]:
        here, there = ({pattern for _, pattern, _ in outline.causes} for outline in (own, other))
        for index, pattern, _ in own.causes if there and not here & there else ():
            says = f"the cause is `{pattern}` here, but {listed(sorted(there))} in issue {other.id}"
            yield ("causes", index, "pattern"), says
        texts = [text for _, text in other.errors]
        for way, error in own.errors:
            near = next((text for text in texts if _is_misspelt(error, text, own, other)), None)
            if near and error not in texts:
                yield way, f"`{error}` differs slightly from `{near}` in issue {other.id}"


def _unlike_evidence(case: Case) -> Iterator[Problem]:
    """The symptoms that differ in a word from the one error that machines recorded where it was seen."""
    recorded: dict[str, set[str]] = {}
    for _, run in case.ledger.runs:
        if run.grade is Grade.MACHINE and run.phase is Phase.BEFORE and run.environment:
            errors = (result.error for result in run.results.values() if result.error)
            recorded.setdefault(run.environment, set()).update(map(str, errors))
    for index, symptom in enumerate(case.issue.symptoms):
        seen = set[str]().union(*(recorded.get(place, set()) for place in symptom.seen))
        if symptom.error is None or len(seen) != 1:
            continue
        own, other = str(symptom.error).split(), next(iter(seen)).split()
        unlike = [pair for pair in zip(own, other, strict=False) if pair[0] != pair[1]]
        if len(own) == len(other) > 3 and len(unlike) == 1 and not re.search(r"\d", "".join(unlike[0])):
            says = f"`{symptom.error}` differs from the error in the evidence by `{unlike[0][1]}`"
            yield ("symptoms", index, "error"), says


def _is_misspelt(one: str, other: str, outline: Outline, twin: Outline) -> bool:
    """Whether two texts are nearly equal, beyond the names in which two failures of one cause may differ."""
    if one == other or SequenceMatcher(None, one, other).ratio() < 0.85:
        return False
    here, there = ({location.path for location in each.locations} for each in (outline, twin))
    within = here <= there or there <= here
    return _without_names(one) != _without_names(other) or (within and bool(here & there))


def _without_names(error: str) -> tuple[str, str]:
    """The type and the message of an error, with a sign in place of each name or number."""
    kind, _, message = error.rpartition(": ")
    return kind, re.sub(r"\b\w*[A-Z_\d]\w*\b", "*", message)
