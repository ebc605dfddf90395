"""TB5xx: what the record says of the source code must be so there. All but the search of a step need a checkout.

In the examples `# FILE at COMMIT` begins a file of the code as it was at a commit, `# FILE` one as it is now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.code.state import Drift
from triagebook.facts.detector import detector_of
from triagebook.facts.numbers import steps
from triagebook.findings import Level
from triagebook.model.issue import Contradiction
from triagebook.text import counted

from .base import Rule
from .search_coverage import misses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triagebook.facts.case import Case
    from triagebook.findings import Finding


class LocationCleared(Rule):
    """A location counts as open, and the detector does not find it in the source code."""

    code = "TB501"
    name = "location-cleared"
    kinds = (Contradiction.DRIFT,)
    why = "A list of what is left to do that names what is done, or never was, can't be worked through."
    remedy = "bring the list up to date: `triagebook scan ID`"
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
    good = """
detector: {code: await get_manager($$$), language: python}
# affected.yaml
source: {repository: app, commit: ab14a73d8429}
locations: [{at: "app/chat.py:2", text: await get_manager(user)}]
# app/chat.py
#   async def connect(user):
#       manager = await get_manager(user)
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).cleared:
            says = f"`{stray.what}` counts as open, and the detector does not find it: {stray.why}"
            yield self.finding(stray.file, stray.field, says, f"bring the list up to date: {_scan(case)}")


class LocationNotRecorded(Rule):
    """The detector finds a location that is recorded nowhere, or that counts as fixed."""

    code = "TB502"
    name = "location-not-recorded"
    kinds = (Contradiction.DRIFT, Contradiction.SCOPE)
    why = "What is not on the list is not changed: the fix goes out with calls left, and its counts are too small."
    remedy = "record it: `triagebook scan ID`; if it is not the defect, list it under `excluded`, with the reason"
    bad = """
detector: {code: await get_manager($$$), language: python}
# affected.yaml
source: {repository: app, commit: ab14a73d8429}
locations: [{at: "app/chat.py:1", text: await get_manager()}]
# app/chat.py
#   first = await get_manager()
#   second = await get_manager(user)
"""
    good = """
detector: {code: await get_manager($$$), language: python}
# affected.yaml
source: {repository: app, commit: ab14a73d8429}
locations: ["app/chat.py:1,2"]
# app/chat.py
#   first = await get_manager()
#   second = await get_manager(user)
"""

    def find(self, case: Case) -> Iterator[Finding]:
        drift = _drift(case)
        do = f"record it: {_scan(case)}; if it is not the defect, list it under `excluded`, with the reason"
        if case.entry.affected is None and drift.unrecorded:
            found = counted(sum(map(len, drift.unrecorded.values())), "location")
            says = f"the detector finds {found} in {counted(len(drift.unrecorded), 'file')}, and none is recorded"
            yield self.finding(case.file, ("detector",), says, do)
            return
        for path, lines in drift.unrecorded.items():
            says = f"`{path}:{','.join(map(str, lines))}` is found, and recorded nowhere"
            yield self.finding(f"{case.entry.id}/affected.yaml", ("locations",), says, do)
        for stray in drift.back:
            says = f"`{stray.what}` counts as fixed, and is found again at `{stray.now}`"
            yield self.finding(stray.file, stray.field, says, do)


class NoSuchPlace(Rule):
    """A `path:line` names a file or a line that does not exist at the commit it is stated for."""

    code = "TB503"
    name = "no-such-place"
    kinds = (Contradiction.DRIFT,)
    why = "Whoever looks the place up finds nothing, or something else, and what rests on it can't be checked."
    remedy = "look it up at the commit in `source`, and correct the place or the commit"
    bad = """
source: {repository: app, commit: ab14a73d8429}
causes: [{says: The factory is synchronous, at: "app/manager.py:309"}]
# app/manager.py
#   def get_manager(user):
#       return Manager(user)
"""
    good = """
source: {repository: app, commit: ab14a73d8429}
causes: [{says: The factory is synchronous, at: "app/manager.py:1"}]
# app/manager.py
#   def get_manager(user):
#       return Manager(user)
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).misplaced:
            do = f"did you mean `{stray.now}`? {self.remedy}" if stray.now else ""
            yield self.finding(stray.file, stray.field, f"`{stray.what}`: {stray.why}", do)


class PlaceMoved(Rule):
    """A line that an open issue names stands elsewhere in the code as it is now, or was changed."""

    code = "TB506"
    name = "place-moved"
    severity = Level.WARNING
    kinds = (Contradiction.DRIFT,)
    why = "Line numbers are read with the code of today at hand, and lead to other lines there."
    remedy = "name the new line, and the new commit in `source`"
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
    good = """
source: {repository: app, commit: ab14a73d8429}
causes: [{says: The factory is synchronous, at: "app/manager.py:3"}]
# app/manager.py
#   import logging
#
#   def get_manager(user):
#       return Manager(user)
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).moved:
            says = f"`{stray.what}`" + (f" stands at `{stray.now}` now" if stray.now not in {"", stray.what} else "")
            says += f": {stray.why}" if stray.why else ""
            of_list = stray.file.endswith("/affected.yaml") and stray.field[0] == "locations"
            do = f"bring the list up to date: {_scan(case)}" if of_list else ""
            yield self.finding(stray.file, stray.field, says, do)


class WeakCheck(Rule):
    """A step searches for what is left, and sees less than the detector."""

    code = "TB504"
    name = "weak-check"
    kinds = (Contradiction.WEAK_CHECK,)
    why = "The check passes while locations are left that it can't see."
    remedy = "search with the detector itself, in the same files"
    bad = """
detector: {code: await get_manager($$$), language: python}
plan: {after: [{do: See that no call is left, search: {regex: 'await get_manager\\(\\)'}}]}
"""
    good = """
detector: {code: await get_manager($$$), language: python}
plan: {after: [{do: See that no call is left, search: {regex: 'await get_manager\\('}}]}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        detector, seen = detector_of(case.book, case.entry), _drift(case).checks
        for way, step in steps(case):
            if step.search is None or detector is None or step.search == detector:
                continue
            sight = seen.get((*way, "search"))
            if sight is None:
                says = misses(step.search, detector, _recorded_texts(case))
            elif sight.found < sight.of:
                says = f"it finds {sight.found} of {sight.of} lines that the detector finds, but not `{sight.missed}`"
            else:
                continue
            if says:
                yield self.finding(case.file, (*way, "search"), says)


class NotInTheCode(Rule):
    """A file, an option of a script or a setting that the record names is not in the source code."""

    code = "TB505"
    name = "not-in-the-code"
    severity = Level.WARNING
    kinds = (Contradiction.DRIFT, Contradiction.PLACEHOLDER)
    why = "A command that names what does not exist fails, or tests nothing, when somebody follows the plan."
    remedy = "look it up, and correct it; a suite that is still to be written is `state: planned`"
    bad = """
source: {repository: app, commit: ab14a73d8429}
suites: {unit: {category: unit, path: tests/test_chat.py, state: written, after: pass, tests: {test_a: It opens}}}
# tests/test_talk.py
#   def test_a(): ...
"""
    good = """
source: {repository: app, commit: ab14a73d8429}
suites: {unit: {category: unit, path: tests/test_talk.py, state: written, after: pass, tests: {test_a: It opens}}}
# tests/test_talk.py
#   def test_a(): ...
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for stray in _drift(case).absent:
            yield self.finding(stray.file, stray.field, f"`{stray.what}`: {stray.why}")


def _drift(case: Case) -> Drift:
    return case.source.drift.get(case.entry.id) or Drift()


def _scan(case: Case) -> str:
    return f"`triagebook scan {case.entry.id}`"


def _recorded_texts(case: Case) -> list[str]:
    """What the detector is known to find."""
    locations = case.entry.affected.locations if case.entry.affected else ()
    return list(dict.fromkeys(str(location.text) for location in locations if location.text))


RULES = (LocationCleared, LocationNotRecorded, NoSuchPlace, WeakCheck, NotInTheCode, PlaceMoved)
