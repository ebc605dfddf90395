"""The result of scanning for one issue: open locations, changes to the record, and what stays as it was."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from msgspec import Struct

from triagebook.code.history import ancestry

from .comparison import ComparedLine, Comparison, Fate
from .record_update import RecordUpdate


class LocationChange(Struct, frozen=True):
    """A change of the record by a scan: `open`, `new`, `found`, `fixed`, `moved`, `edited`, `back` or `void`."""

    what: str
    path: str
    line: int
    text: str = ""
    was: str = ""
    commit: str | None = None


class ScanResult:
    """What to report of the scan of one issue, and what to write into its record."""

    def __init__(self, comparison: Comparison, repository: str) -> None:
        self.comparison, self.repository = comparison, repository
        self.update = RecordUpdate(comparison, repository)

    @cached_property
    def dirty(self) -> list[str]:
        """The files with uncommitted changes that the detector searches."""
        checkout = self.comparison.source.checkout
        return [path for path in (checkout.changed if checkout else ()) if self.comparison.detector.is_for(path)]

    @cached_property
    def behind(self) -> str | None:
        """The commit of the record, where the checkout is older than that."""
        checkout, commit = self.comparison.source.checkout, self.comparison.commit
        if checkout is None or commit is None or commit == checkout.head:
            return None
        pair = (commit, checkout.head)
        return commit if ancestry(checkout.objects, [pair], shallow=checkout.shallow).get(pair) else None

    @cached_property
    def changes(self) -> list[LocationChange]:
        """The changes of the record, in the order of files and lines."""
        found = filter(None, map(self._change_of, self.comparison.lines))
        return sorted(found, key=lambda change: (change.path, change.line, change.what))

    def _change_of(self, one: ComparedLine) -> LocationChange | None:
        text, was = one.text_now or one.text or "", f"{one.path}:{one.line}"
        match one.fate:
            case Fate.NEW:
                return LocationChange("new" if self.comparison.entry.affected else "open", one.path, one.line, text)
            case Fate.LEARNED:
                return LocationChange("found", one.path, one.line)
            case Fate.GONE if one.part == "excluded":
                return LocationChange("void", one.path, one.line)
            case Fate.GONE:
                return LocationChange("fixed", one.path, one.line, text, commit=self.comparison.removed_by(one))
            case Fate.AGAIN:
                return LocationChange("back", one.path_now, one.line_now, text, was)
        if one.part == "locations" and (one.moved or one.fate is Fate.EDITED):
            return LocationChange("moved" if one.moved else "edited", one.path_now, one.line_now, text, was)
        return None

    @cached_property
    def left(self) -> list[ComparedLine]:
        """Locations that were not found, and stay open: nothing shows that they are fixed."""
        unknown = {Fate.UNSEEN, Fate.UNSEARCHED}
        return [one for one in self.comparison.lines if one.part == "locations" and one.fate in unknown]

    @cached_property
    def open_lines(self) -> list[ComparedLine]:
        """Every line that is open now, in the order of files and lines."""
        gone = {Fate.GONE, Fate.FIXED}
        found = [one for one in self.comparison.lines if one.part == "locations" and one.fate not in gone]
        return sorted(found, key=lambda one: (one.path_now, one.line_now))

    @cached_property
    def skipped(self) -> dict[str, list[str]]:
        """The files that were not searched, by the reason."""
        reasons: dict[str, list[str]] = {}
        for path, why in sorted(self.comparison.matches.skipped.items()):
            reasons.setdefault(why, []).append(path)
        return dict(sorted(reasons.items()))

    @property
    def counts(self) -> Counter[str]:
        return Counter(change.what for change in self.changes)
