"""TB101 to TB110 and TB115: what can't be read as a record, which the store reports; TB114: the order of locations.

TB111 to TB113 are in `text_defects`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from triagebook.book import file_category
from triagebook.facts.case import Case
from triagebook.findings import Edit, Finding, Level, descriptions_in
from triagebook.model.affected import Location
from triagebook.model.values import Place

from .base import Rule

# The store reports the findings of these while it reads; `rules.toml` says all that there is to say of them.
READING = tuple(
    type(row["name"], (Rule,), {"__doc__": row["finds"]}, code=code, severity=Level(row["severity"]))
    for code, row in descriptions_in(Rule.descriptions).items()
    if "finds" in row
)


class LocationOrder(Rule, code="TB114", severity=Level.WARNING):
    """Affected locations or their lines are unsorted or listed twice."""

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
