"""TB101 to TB110 and TB115: what can't be read as a record, which the store reports; TB114: the order of locations.

TB111 to TB113 are in `text_defects`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from triagebook.book import file_category
from triagebook.facts.case import Case
from triagebook.findings import Edit, Finding, Level
from triagebook.model.affected import Location
from triagebook.model.values import Place

from .base import Rule


class NotYaml(Rule, code="TB101"):
    """A file is empty or not valid YAML."""

    why = "An unreadable file counts for nothing: its issue is missing from every report."
    remedy = "correct the line that the finding names; most often a value needs quotes"
    bad = 'title: Connections fail: "nobody can connect"'
    good = 'title: "Connections fail: nobody can connect"'


class NotText(Rule, code="TB102"):
    """A file is not UTF-8, or contains a character that YAML does not allow."""

    why = "Tools disagree on other character sets and on control characters, or refuse to read them."
    remedy = "save the file as UTF-8, and remove the character"
    bad = "title: Connections\x07 fail"
    good = "title: Connections fail"


class DuplicateKey(Rule, code="TB103"):
    """A mapping contains the same key twice."""

    why = "Most tools silently keep the last one, so the first value is lost."
    remedy = "keep one of the two"
    bad = """
severity: high
severity: low
"""
    good = "severity: high"


class NotPlainYaml(Rule, code="TB104"):
    """A file holds an anchor, an alias, a tag, a merge key, a directive or a second document."""

    why = (
        "A value that is defined elsewhere is overlooked by readers and lost by edits; records are written out in full."
    )
    remedy = "write the value where it is used"
    bad = """
components: &parts [routes]
labels: *parts
"""
    good = bad.replace("components: &parts [routes]\nlabels: *parts", "components: [routes]\nlabels: [routes]")


class TooLarge(Rule, code="TB105"):
    """A file is larger than 10 MB, or nested deeper than a record can be."""

    why = "Such a file is not a record, and reading it would block every command."
    remedy = "keep raw data in another file and refer to it from the record"
    bad = f"labels: {'[' * 40}routes{']' * 40}"
    good = "labels: [routes]"


class LineEnds(Rule, code="TB106", severity=Level.WARNING):
    """A file begins with a byte order mark, or its lines end in CR LF."""

    why = "When line endings change, every line shows as changed, which hides the real change."
    remedy = "save it as UTF-8 without a byte order mark and with LF; git does so with `*.yaml text eol=lf`"
    bad = "title: Connections fail\r\n"
    good = "title: Connections fail\n"


class UnknownKey(Rule, code="TB107"):
    """A key is not known at this place in the record."""

    why = "A misspelt key would silently be missing from every report."
    remedy = "use the key that the finding suggests, or remove it; `triagebook schema issue` lists all keys"
    bad = "compnents: [routes]"
    good = "components: [routes]"


class WrongValue(Rule, code="TB108"):
    """A value does not have the form that its key requires."""

    why = "A date, quantity or code location that can't be parsed can't be compared or counted."
    remedy = "write the value in the form that the finding shows"
    bad = "due: 30.09.2025"
    good = "due: 2025-09-30"


class MissingKey(Rule, code="TB109"):
    """A required key is missing."""

    why = "Without it the record is not usable, like a criterion that does not say what must be true."
    remedy = "add the key"
    bad = "criteria: {connects: {target: 100 %}}"
    good = "criteria: {connects: {says: Connections succeed, target: 100 %}}"


class WrongPlace(Rule, code="TB110"):
    """A file or folder does not belong in a book, points outside it, or can't be read."""

    why = "A misplaced file is not read, and nobody notices that it is missing."
    remedy = "move it to where the finding says, or out of the book"
    bad = """
# 1/affcted.yaml
locations: [app/routes/chat.py:3]
"""
    good = bad.replace("affcted", "affected")


class LocationOrder(Rule, code="TB114", severity=Level.WARNING):
    """Affected locations or their lines are unsorted or listed twice."""

    why = "A location that is listed twice is counted twice, and in an unsorted list nobody notices."
    remedy = "sort the locations by path and line, and list each line once; `triagebook fix` corrects the lines"
    bad = """
# affected.yaml
locations: ["app/routes/chat.py:118,85,85"]
"""
    good = bad.replace('locations: ["app/routes/chat.py:118,85,85', 'locations: ["app/routes/chat.py:85,118')

    def find(self, case: Case) -> Iterator[Finding]:
        if case.entry.affected is not None:
            file, locations = f"{case.entry.id}/affected.yaml", case.entry.affected.locations
            yield from self._lines(file, locations)
            yield from self._repeated(file, locations)
            yield from self._order(case, file, locations)

    def _lines(self, file: str, locations: Sequence[Location]) -> Iterator[Finding]:
        for index, location in enumerate(locations):
            lines = sorted(set(location.at.lines))
            if list(location.at.lines) != lines:
                field = ("locations", index, "at")
                says = f"the lines of `{location.at.path}` are {_joined(location.at.lines)}, not {_joined(lines)}"
                edit = Edit(file, field, "set", str(Place(location.at.path, tuple(lines))))
                yield self.finding(file, field, says, "", edit)

    def _repeated(self, file: str, locations: Sequence[Location]) -> Iterator[Finding]:
        """Lines that an earlier location already lists."""
        known: dict[str, set[int]] = {}
        for index, location in enumerate(locations):
            lines = set(location.at.lines) or {0}  # 0: the file as a whole
            known_lines = known.setdefault(location.at.path, set())
            if both := sorted(lines & known_lines):
                named = f":{_joined(both)}" if both[0] else ""
                says = f"`{location.at.path}{named}` is listed twice"
                yield self.finding(file, ("locations", index), says, "", *_without(file, index, location, known_lines))
            known_lines |= lines

    def _order(self, case: Case, file: str, locations: Sequence[Location]) -> Iterator[Finding]:
        places = [_place(location) for location in locations]
        if places == sorted(places) or _is_grouped(case, locations):
            return
        index = next(i for i in range(1, len(places)) if places[i] < places[i - 1])
        says = f"`{locations[index].at}` is listed after `{locations[index - 1].at}`"
        yield self.finding(file, ("locations", index), says, "sort the locations by path and line")


class OldClaims(Rule, code="TB115"):
    """An issue.yaml holds the claims or documents themselves, as old records did."""

    why = "They are no longer read there: what a document claims is kept in a file of its own, apart from the record."
    remedy = "`triagebook fix` moves each document with its claims to `claims/DOCUMENT.yaml`, and loses nothing"
    bad = "claims: [{says: All tests pass, from: report.md#L3, disputed: no run is recorded}]"
    good = """
# claims/report.yaml
title: Report
claims: [{says: All tests pass, lines: 3, disputed: no run is recorded}]
"""


def _without(file: str, index: int, location: Location, known_lines: set[int]) -> Iterator[Edit]:
    """The edit that removes repeated lines, unless the location says more about them."""
    if _is_bare(location):
        left = tuple(sorted(set(location.at.lines) - known_lines))
        if left:
            yield Edit(file, ("locations", index, "at"), "set", str(Place(location.at.path, left)))
        else:
            yield Edit(file, ("locations", index), "remove")


def _is_grouped(case: Case, locations: Sequence[Location]) -> bool:
    """Whether people grouped the list: locations with more than `at`, or sorted within each file category."""
    if not all(_is_bare(location) for location in locations):
        return True
    kinds = groupby(locations, key=lambda location: file_category(case.book.catalog, location.at.path))
    groups = [(kind, [_place(location) for location in group]) for kind, group in kinds]
    names = [kind for kind, _ in groups]
    return len(set(names)) == len(names) > 1 and all(places == sorted(places) for _, places in groups)


def _is_bare(location: Location) -> bool:
    """Whether the location has no key but `at`."""
    return location.model_fields_set == {"at"}


def _place(location: Location) -> tuple[str, tuple[int, ...]]:
    return location.at.path, location.at.lines


def _joined(lines: Sequence[int]) -> str:
    return ",".join(map(str, lines))
