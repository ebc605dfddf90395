"""Every `path:line` of a record, compared with the code at the commit it is stated for and with the code now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from triagebook.book import Entry
from triagebook.code.checkout import Checkout
from triagebook.code.diffs import DiffToNow, FileDiff, committed_lines
from triagebook.code.state import Mismatch
from triagebook.findings import Field
from triagebook.model.affected import LocationState
from triagebook.model.base import Path
from triagebook.model.scalars import leaves
from triagebook.model.values import Place

_IN_WORDS = re.compile(r"(?<![\w/.:-])((?:[\w.-]+/)+[\w-]+\.\w+):(\d+)(?![\w.]*[/:])")


class StatedPlace(Struct, frozen=True):
    """A place, where the record names it, and the commit it is stated for."""

    file: str
    field: Field
    at: Place
    commit: str

    @property
    def path(self) -> str:
        return str(self.at.path)

    def mismatch(self, why: str, now: str = "") -> Mismatch:
        return Mismatch(self.file, self.field, str(self.at), why, now)


def stated_places(entry: Entry) -> Iterator[StatedPlace]:
    """Every place that an issue names, except fixed locations: these are gone, as they should be."""
    issue, affected = entry.issue, entry.affected
    if issue.source is not None:
        file, commit = f"{entry.id}/issue.yaml", str(issue.source.commit)
        new = {
            ("fix", "code", i, "path") for i, code in enumerate(issue.fix.code if issue.fix else ()) if not code.before
        }
        for way, value in leaves(issue):
            if isinstance(value, Place) and way not in new:
                yield StatedPlace(file, way, value, commit)
        for stem, document in entry.claims.items():
            for index, claim in enumerate(document.claims):
                for path, line in _IN_WORDS.findall(claim.says) if claim.disputed is None else ():
                    way, place = ("claims", index, "says"), Place(Path(path), (int(line),))
                    yield StatedPlace(f"{entry.id}/claims/{stem}.yaml", way, place, str(document.commit or commit))
    if affected is not None:
        file, commit = f"{entry.id}/affected.yaml", str(affected.source.commit)
        for index, location in enumerate(affected.locations):
            if location.state is not LocationState.FIXED:
                yield StatedPlace(file, ("locations", index, "at"), location.at, commit)
        for index, exclusion in enumerate(affected.excluded):
            yield StatedPlace(file, ("excluded", index, "at"), exclusion.at, commit)


class PlacesOfIssue:
    """The places of one issue, as they were at their commits and as they are now."""

    def __init__(self, entry: Entry, checkout: Checkout | None) -> None:
        self.checkout = checkout
        self.unknown: list[str] = []  # the commits that are not available, and why
        self.placed: list[StatedPlace] = []  # in the code at their commit
        self.misplaced: list[tuple[StatedPlace, str]] = []  # not in the code at their commit, and why
        self.lost: list[StatedPlace] = []  # those of them whose file does not exist there
        by_commit: dict[str, list[StatedPlace]] = {}
        for one in stated_places(entry):
            by_commit.setdefault(one.commit, []).append(one)
        for name, places in sorted(by_commit.items()):
            commit = checkout.objects.commit(name) if checkout else None
            if checkout and commit:
                for one in places:
                    self._look_up(replace(one, commit=commit), checkout)
            else:
                why = checkout.why_unknown(name) if checkout else "the folder is not a git checkout"
                self.unknown.append(f"whether {len(places)} places hold at {name[:9]} is unknown: {why}")

    def _look_up(self, one: StatedPlace, checkout: Checkout) -> None:
        item = checkout.objects.item(one.commit, one.path)
        if item is None:
            self.lost.append(one)
            self.misplaced.append((one, f"there is no `{one.path}` at {one.commit[:9]}"))
        elif item.is_file and max(one.at.lines, default=0) > (count := len(committed_lines(checkout.objects, item.id))):
            lines = "1 line" if count == 1 else f"{count} lines"
            self.misplaced.append((one, f"`{one.path}` has {lines} at {one.commit[:9]}"))
        elif item.is_file:
            self.placed.append(one)

    def mismatches(self, renamed: Mapping[str, list[str]]) -> Iterator[Mismatch]:
        """The places that are not in the code at their commit, with the file that was meant, most likely."""
        for one, why in self.misplaced:
            yield one.mismatch(why, self._elsewhere(one, renamed) if one in self.lost else "")

    def moved(self, diffs: Mapping[str, DiffToNow]) -> Iterator[Mismatch]:
        """The places whose lines moved or changed since their commit."""
        found = (_moved(one, diffs[one.commit].of(one.path)) for one in self.placed)
        return (mismatch for mismatch in found if mismatch)

    def _elsewhere(self, one: StatedPlace, renamed: Mapping[str, list[str]]) -> str:
        """The name that a lost file got, or its folder: the only one with a file of this name."""
        if self.checkout is None:
            return ""
        objects, name = self.checkout.objects, one.path.rpartition("/")[2]
        if found := next((new for new in renamed.get(one.path, ()) if objects.item(one.commit, new)), None):
            return found
        same = [path for path, _ in objects.files(one.commit) if path.rpartition("/")[2] == name]
        return same[0] if len(same) == 1 else ""


def _moved(one: StatedPlace, diff: FileDiff) -> Mismatch | None:
    if diff.now is None:
        return one.mismatch(f"the file is gone since {one.commit[:9]}")
    lines = {line: diff.line_now(line) or diff.again(line) for line in one.at.lines}
    if changed := [line for line, now in lines.items() if now is None]:
        what = f"line {changed[0]} was" if len(changed) == 1 else f"lines {', '.join(map(str, changed))} were"
        return one.mismatch(f"{what} changed since {one.commit[:9]}")
    now = str(Place(Path(diff.now), tuple(int(line or 0) for line in lines.values())))
    if now == str(one.at):
        return None
    return one.mismatch("the file was renamed" if diff.now != diff.path else "", now)
