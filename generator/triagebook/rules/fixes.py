"""TB4xx: changes must match the chosen fix, the affected files and the components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from triagebook.code.state import same_commit
from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.catalog import Component
from triagebook.model.issue import Contradiction
from triagebook.text import counted, listed

from .base import Rule

_UNCHANGED = re.compile(
    r"\b(?:unchanged|not changed|no change|(?:stays?|remains?) (?:as it is|as they are|so|the same))\b", re.IGNORECASE
)


class FixAndChangeDisagree(Rule):
    """The changes do not match the fix: no option is chosen, nothing changes, or a location names another commit."""

    code = "TB419"
    name = "fix-and-change-disagree"
    kinds = (Contradiction.FIX_AND_CHANGE,)
    why = "Options, changes and locations disagree, so readers can't know what was done."
    remedy = "name the chosen option in `chosen`; list every change with its commit in `fix.changes`"
    bad = """
fix:
  options: {drop-await: {title: Remove the await}, make-async: {title: Make it asynchronous}}
  changes: [{path: app/routes/chat.py, what: Four awaits removed, commit: ab14a73d8}]
"""
    good = bad.replace("asynchronous}}\n  ", "asynchronous}}\n  chosen: drop-await\n  ")

    def find(self, case: Case) -> Iterator[Finding]:
        fix, affected = case.issue.fix, case.entry.affected
        changes = fix.changes if fix else ()
        if fix and changes and fix.options and fix.chosen is None:
            weighed = counted(len(fix.options), "option")
            says = f"{weighed} and {counted(len(changes), 'change')}, but no option is chosen"
            yield self.finding(case.file, ("fix", "options"), says)
        for index, change in enumerate(changes):
            if change.was is not None and change.was == change.now:
                says = f"`{change.setting or change.path}` is changed from `{change.was}` to the same value"
                yield self.finding(case.file, ("fix", "changes", index, "now"), says)
        commits = [str(change.commit) for change in changes if change.commit]
        for index, location in enumerate(affected.locations if affected else ()):
            if location.commit and commits and not any(same_commit(location.commit, commit) for commit in commits):
                says = f"{location.at} is fixed by commit {location.commit[:9]}, which no change names"
                yield self.finding(f"{case.entry.id}/affected.yaml", ("locations", index, "commit"), says)


class UnrelatedChange(Rule):
    """A change touches a file that is not affected, not part of the cause, or in another component."""

    code = "TB420"
    name = "unrelated-change"
    severity = Level.WARNING
    kinds = (Contradiction.UNRELATED_CHANGE, Contradiction.FIX_AND_CHANGE)
    why = "A change that no cause explains is not part of the fix, yet is released with it untested."
    remedy = "record the file in `affected.yaml` or in the cause, or move the change to its own issue"
    bad = """
fix: {changes: [{path: app/auth/login.py, what: A redirect added, commit: ab14a73d8}]}
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py:12]
"""
    good = """
fix: {changes: [{path: app/routes/chat.py, what: An await removed, commit: ab14a73d8}]}
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py:12]
"""

    def find(self, case: Case) -> Iterator[Finding]:
        known = _known_paths(case)
        for index, change in enumerate(case.issue.fix.changes if case.issue.fix else ()):
            if change.path is None or any(_within(change.path, path) for path in known):
                continue
            others = _foreign(case, change.path)
            belongs = (
                f"it belongs to {listed(others)}, but the issue names {listed(case.issue.components)}" if others else ""
            )
            if case.entry.affected:
                says = f"`{change.path}` is not an affected file{f'; {belongs}' if belongs else ''}"
                yield self.finding(case.file, ("fix", "changes", index, "path"), says)
            elif belongs:
                yield self.finding(case.file, ("fix", "changes", index, "path"), f"`{change.path}`: {belongs}")


def _known_paths(case: Case) -> set[str]:
    """The files that the record connects with the defect or its tests."""
    issue, affected = case.issue, case.entry.affected
    places = [place for cause in issue.causes for place in cause.at]
    places += [place for cause in issue.causes for why in cause.why for place in why.at]
    places += [place for symptom in issue.symptoms for place in symptom.at]
    places += [location.at for location in affected.locations] if affected else []
    return {str(place.path) for place in places} | {str(s.path) for s in issue.suites.values() if s.path}


def _within(path: str, known: str) -> bool:
    return path == known or path.startswith(known.rstrip("/") + "/")


def _foreign(case: Case, path: str) -> list[str]:
    """The components that own a file, if the issue names only other components."""
    components, own = case.book.catalog.components, case.issue.components
    if not own or any(owns(components[name], path) for name in own if name in components):
        return []
    return [name for name, component in components.items() if owns(component, path)]


def owns(component: Component, path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in component.paths)


class ComponentLeftOut(Rule):
    """Affected files belong to a component that the issue does not name."""

    code = "TB421"
    requires = ("TB201",)  # TB201 reports misspelt components
    name = "component-left-out"
    severity = Level.WARNING
    why = "The owner of that component does not learn of the defect, and its files are not fixed."
    remedy = "name the component in `components`, or move the file to a related issue"
    bad = """
components: manager
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: [app/routes/chat.py:12]
"""
    good = bad.replace("components: manager", "components: [manager, routes]")

    def find(self, case: Case) -> Iterator[Finding]:
        affected = case.entry.affected
        places: dict[str, list[int]] = {}
        for index, location in enumerate(affected.locations if affected else ()):
            for component in _foreign(case, location.at.path):
                places.setdefault(component, []).append(index)
        for component, indexes in places.items():
            belong = "belongs" if len(indexes) == 1 else "belong"
            says = f"{counted(len(indexes), 'affected place')} {belong} to `{component}`, which the issue does not name"
            yield self.finding(f"{case.entry.id}/affected.yaml", ("locations", indexes[0]), says)


def affected_lines(case: Case) -> dict[str, set[int]]:
    """The affected lines of each file; empty where the file as a whole is affected."""
    lines: dict[str, set[int]] = {}
    for location in case.entry.affected.locations if case.entry.affected else ():
        lines.setdefault(location.at.path, set()).update(location.at.lines)
    return lines


class ListedAndExcluded(Rule):
    """A place is listed as both affected and excluded."""

    code = "TB427"
    name = "listed-and-excluded"
    why = "The extent of the defect is ambiguous, and so is every count."
    remedy = "keep the place in one of the two lists"
    bad = """
# affected.yaml
source: {repository: app, commit: 5222b25608c3}
locations: ["app/routes/chat.py:12,40"]
excluded: [{at: "app/routes/chat.py:40", why: the text stands in a string}]
"""
    good = bad.replace('locations: ["app/routes/chat.py:12,40', 'locations: ["app/routes/chat.py:12')

    def find(self, case: Case) -> Iterator[Finding]:
        affected = case.entry.affected
        if affected is None:
            return
        listed_lines = affected_lines(case)
        for index, exclusion in enumerate(affected.excluded):
            lines = listed_lines.get(exclusion.at.path)
            both = sorted(lines & set(exclusion.at.lines)) if lines and exclusion.at.lines else []
            if lines is not None and (both or not exclusion.at.lines or not lines):
                where = f"{exclusion.at.path}:{','.join(map(str, both))}" if both else exclusion.at.path
                says = f"`{where}` is listed both as affected and as excluded"
                yield self.finding(f"{case.entry.id}/affected.yaml", ("excluded", index, "at"), says)


class UnchangedCode(Rule):
    """The code before and after the fix is the same."""

    code = "TB430"
    name = "unchanged-code"
    kinds = (Contradiction.FIX_AND_CHANGE,)
    why = "Whoever applies such a change changes nothing, and the defect stays."
    remedy = "copy `before` and `after` from the commit of the fix again, or say in `note` that the code stays as it is"
    bad = """
fix: {code: [{path: app/routes/chat.py, before: await connect(user), after: await connect(user)}]}
"""
    good = """
fix: {code: [{path: app/routes/chat.py, before: await connect(user), after: connect(user)}]}
"""

    def find(self, case: Case) -> Iterator[Finding]:
        for index, code in enumerate(case.issue.fix.code if case.issue.fix else ()):
            explained = _UNCHANGED.search(f"{code.title}\n{code.note}")
            if not explained and code.before and code.after and code.before.split() == code.after.split():
                says = "the code after the fix is the same as before"
                yield self.finding(case.file, ("fix", "code", index, "after"), says)
