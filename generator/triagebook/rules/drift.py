"""TB5xx: the record must agree with the source code. All but TB504 need a checkout.

In the examples, `# FILE at COMMIT` begins a source file as of that commit; `# FILE`, as of now.
"""

from __future__ import annotations

from collections.abc import Iterator

from triagebook.book import fits
from triagebook.code.state import Drift
from triagebook.expressions import ExpressionError, occurs
from triagebook.facts.base.record_facts import steps
from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.building_blocks import Detector
from triagebook.text import counted

from .base import Problem, Rule


class LocationCleared(Rule, code="TB501"):
    """A location is listed as open, but the detector does not find it in the source code."""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).cleared:
            says = f"`{stray.what}` is listed as open, but the detector does not find it: {stray.why}"
            never = "a scan leaves it: correct the `detector`, or remove the location if it does not show the defect"
            yield self.finding(stray.file, stray.field, says, never if stray.now else f"update the list: {_scan(case)}")


class LocationNotRecorded(Rule, code="TB502"):
    """The detector finds a location that is not recorded, or is recorded as fixed."""

    def find(self, case: Case) -> Iterator[Finding]:
        drift = _drift(case)
        do = f"record it: {_scan(case)}; if it is not the defect, list it under `excluded` with the reason"
        if case.entry.affected is None and drift.unrecorded:
            found = counted(sum(map(len, drift.unrecorded.values())), "location")
            where = counted(len(drift.unrecorded), "file")
            says = f"the detector finds {found} in {where}, but no location is recorded"
            yield self.finding(case.file, ("detector",), says, do)
            return
        for path, lines in drift.unrecorded.items():
            says = f"`{path}:{','.join(map(str, lines))}` is found by the detector, but not recorded"
            yield self.finding(case.affected_file, ("locations",), says, do)
        for stray in drift.back:
            says = f"`{stray.what}` is recorded as fixed, but the detector finds it again at `{stray.now}`"
            yield self.finding(stray.file, stray.field, says, do)


class NoSuchPlace(Rule, code="TB503"):
    """A `path:line` names a file or line that does not exist at its commit."""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).misplaced:
            do = f"did you mean `{stray.now}`? {self.remedy}" if stray.now else ""
            yield self.finding(stray.file, stray.field, f"`{stray.what}`: {stray.why}", do)


class PlaceMoved(Rule, code="TB506", severity=Level.WARNING):
    """A line that an open issue names has moved or changed since."""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).moved:
            says = f"`{stray.what}`" + (f" is at `{stray.now}` now" if stray.now not in {"", stray.what} else "")
            says += f": {stray.why}" if stray.why else ""
            listed = stray.file.endswith("/affected.yaml") and stray.field[0] == "locations"
            do = f"update the list: {_scan(case)}" if listed else ""
            yield self.finding(stray.file, stray.field, says, do)


class WeakCheck(Rule, code="TB504"):
    """A step searches for remaining locations, but finds fewer than the detector."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        detector, seen = case.book.detector_of(case.entry), _drift(case).checks
        for way, step in steps(case.issue):
            if step.search is None or detector is None or step.search == detector:
                continue
            now = seen.get((*way, "search"))
            if now is None:
                says = _recorded_and_missed(step.search, case)
            elif now.found < now.of:
                says = f"it finds {now.found} of {now.of} lines that the detector finds, but not `{now.missed}`"
            else:
                continue
            if says:
                yield (*way, "search"), says


def _recorded_and_missed(search: Detector, case: Case) -> str:
    """Which recorded location a search misses although it finds others; only a checkout shows what code it finds."""
    found: list[str] = []
    missed: list[str] = []
    for location in case.entry.locations:
        path, text = str(location.at.path), str(location.text or "")
        is_searched = not search.include or fits(path, tuple(search.include))
        is_searched = is_searched and not (search.exclude and fits(path, tuple(search.exclude)))
        try:
            finds = is_searched and (not search.regex or not text or occurs(search.regex, text))
        except ExpressionError:  # another rule reports it
            return ""
        (found if finds else missed).append(text or path)
    return f"it finds `{found[0]}` but not `{missed[0]}`, which is recorded" if found and missed else ""


class NotInTheCode(Rule, code="TB505", severity=Level.WARNING):
    """A file, script option or setting that the record names is not in the source code."""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).absent:
            yield self.finding(stray.file, stray.field, f"`{stray.what}`: {stray.why}")


class InvalidDetector(Rule, code="TB508"):
    """A detector, or the search of a step, is not valid code of its language."""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).invalid:
            yield self.finding(stray.file, stray.field, stray.what, stray.why)


class MarkedTestDiffers(Rule, code="TB507", severity=Level.WARNING):
    """A test marked as one of the issue is missing from the plan, or the plan says something else about it."""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).marked:
            do = f"add it to the plan: `triagebook plan {case.entry.id}`"
            yield self.finding(stray.file, stray.field, f"`{stray.what}` {stray.why}", do)


def _drift(case: Case) -> Drift:
    return case.source.drift.get(case.entry.id) or Drift()


def _scan(case: Case) -> str:
    return f"`triagebook scan {case.entry.id}`"
