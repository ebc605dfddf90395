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
from triagebook.model.document import Contradiction
from triagebook.text import counted

from .base import Problem, Rule


class LocationCleared(Rule, code="TB501"):
    """A location is listed as open, but the detector does not find it in the source code."""

    kinds = (Contradiction.DRIFT,)
    why = "A to-do list that contains finished or non-existent work can't be worked through."
    remedy = "update the list: `triagebook scan ID`"
    bad = """
detector: {code: await get_manager($$$), language: python}
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [{at: "app/chat.py:2", text: await get_manager(user)}]
# app/chat.py at 5222b25608c3
#   async def connect(user):
#       manager = await get_manager(user)
# app/chat.py
#   async def connect(user):
#       manager = get_manager(user)
"""
    good = bad.replace("manager = get_manager(user)", "manager = await get_manager(user)")

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).cleared:
            says = f"`{stray.what}` is listed as open, but the detector does not find it: {stray.why}"
            yield self.finding(stray.file, stray.field, says, f"update the list: {_scan(case)}")


class LocationNotRecorded(Rule, code="TB502"):
    """The detector finds a location that is not recorded, or is recorded as fixed."""

    kinds = (Contradiction.DRIFT, Contradiction.SCOPE)
    why = "A location that is not listed is not fixed, and every count is too small."
    remedy = "record it: `triagebook scan ID`; if it is not the defect, list it under `excluded` with the reason"
    bad = """
detector: {code: await get_manager($$$), language: python}
# affected.yaml
source: {repository: app, commit: ab14a73d8429}
locations: [{at: "app/chat.py:1", text: await get_manager()}]
# app/chat.py
#   first = await get_manager()
#   second = await get_manager(user)
"""
    good = bad.replace('{at: "app/chat.py:1", text: await get_manager()}', '"app/chat.py:1,2"')

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

    kinds = (Contradiction.DRIFT,)
    why = "Readers who look it up find nothing, or something else, and can't check the statement."
    remedy = "look it up at the commit in `source`, then correct the place or the commit"
    bad = """
source: {repository: app, commit: ab14a73d8429}
causes: [{says: The factory is synchronous, at: "app/manager.py:309"}]
# app/manager.py
#   def get_manager(user):
#       return Manager(user)
"""
    good = bad.replace('at: "app/manager.py:309', 'at: "app/manager.py:1')

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).misplaced:
            do = f"did you mean `{stray.now}`? {self.remedy}" if stray.now else ""
            yield self.finding(stray.file, stray.field, f"`{stray.what}`: {stray.why}", do)


class PlaceMoved(Rule, code="TB506", severity=Level.WARNING):
    """A line that an open issue names has moved or changed since."""

    kinds = (Contradiction.DRIFT,)
    why = "Readers look line numbers up in the current code, where they now lead to other lines."
    remedy = "name the new line and, in `source`, the new commit"
    bad = """
source: {repository: app, commit: 5222b25608c3}
causes: [{says: The factory is synchronous, at: "app/manager.py:1"}]
# app/manager.py at 5222b25608c3
#   def get_manager(user):
#       return Manager(user)
# app/manager.py
#   import logging
#
#   def get_manager(user):
#       return Manager(user)
"""
    good = bad.replace("commit: 5222b25608c3", "commit: ab14a73d8429").replace("manager.py:1", "manager.py:3")

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).moved:
            says = f"`{stray.what}`" + (f" is at `{stray.now}` now" if stray.now not in {"", stray.what} else "")
            says += f": {stray.why}" if stray.why else ""
            listed = stray.file.endswith("/affected.yaml") and stray.field[0] == "locations"
            do = f"update the list: {_scan(case)}" if listed else ""
            yield self.finding(stray.file, stray.field, says, do)


class WeakCheck(Rule, code="TB504"):
    """A step searches for remaining locations, but finds fewer than the detector."""

    kinds = (Contradiction.WEAK_CHECK,)
    why = "The check passes although locations remain that it can't find."
    remedy = "use the expression and the files of the detector"
    bad = """
detector: {code: await get_manager($$$), language: python}
plan: {after: [{do: See that no call is left, search: {regex: 'await get_manager\\(\\)'}}]}
# affected.yaml
locations:
  - {at: "app/chat.py:1", text: await get_manager()}
  - {at: "app/chat.py:2", text: await get_manager(user)}
# app/chat.py
#   await get_manager()
#   await get_manager(user)
"""
    good = bad.replace("regex: 'await get_manager\\(\\)", "regex: 'await get_manager\\(")

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
    affected = case.entry.affected
    found: list[str] = []
    missed: list[str] = []
    for location in affected.locations if affected else ():
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

    kinds = (Contradiction.DRIFT, Contradiction.PLACEHOLDER)
    why = "A command that names something non-existent fails or tests nothing."
    remedy = "correct it; a suite that is still to be written is `state: planned`"
    bad = """
source: {repository: app, commit: ab14a73d8429}
suites: {unit: {category: unit, path: tests/test_chat.py, state: written, after: pass, tests: {test_a: It opens}}}
# tests/test_talk.py
#   def test_a(): ...
"""
    good = bad.replace("path: tests/test_chat.py", "path: tests/test_talk.py")

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).absent:
            yield self.finding(stray.file, stray.field, f"`{stray.what}`: {stray.why}")


class InvalidDetector(Rule, code="TB508"):
    """A detector, or the search of a step, is not valid code of its language."""

    why = "It finds nothing, so nothing shows which locations are left."
    remedy = "correct the code; `$NAME` stands for any part, `$$$` for any number of parts"
    bad = """
detector: {code: "await get_manager($$$", language: python}
# app/chat.py
#   first = await get_manager()
# affected.yaml
source: {repository: app, commit: ab14a73d8429}
locations: ["app/chat.py:1"]
"""
    good = bad.replace("get_manager($$$", "get_manager($$$)")

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).invalid:
            yield self.finding(stray.file, stray.field, stray.what, stray.why)


class MarkedTestDiffers(Rule, code="TB507", severity=Level.WARNING):
    """A test marked as one of the issue is missing from the plan, or the plan says something else about it."""

    kinds = (Contradiction.DRIFT,)
    why = "A result counts for what the plan says, not for what its author meant."
    remedy = "add it to the plan: `triagebook plan ID`"
    bad = """
source: {repository: app, commit: ab14a73d8429}
suites: {unit: {category: unit, path: tests/test_chat.py, after: pass, tests: {test_a: It opens}}}
# tests/test_chat.py
#   @pytest.mark.issue("1", before="fail: can't be used")
#   def test_b(): ...
"""
    good = bad.replace("{test_a: It opens}", '{test_b: {before: {fail: "can\'t be used"}}}')

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).marked:
            do = f"add it to the plan: `triagebook plan {case.entry.id}`"
            yield self.finding(stray.file, stray.field, f"`{stray.what}` {stray.why}", do)


def _drift(case: Case) -> Drift:
    return case.source.drift.get(case.entry.id) or Drift()


def _scan(case: Case) -> str:
    return f"`triagebook scan {case.entry.id}`"
