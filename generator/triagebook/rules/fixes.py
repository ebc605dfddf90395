"""TB4xx: changes must match the chosen fix, the affected files and the components."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from triagebook.book import Book
from triagebook.code.state import same_commit
from triagebook.facts.case import Case
from triagebook.findings import Finding, Level
from triagebook.model.affected import Affected
from triagebook.model.building_blocks import Code
from triagebook.text import counted, listed

from .base import Problem, Rule
from .parts import affected_lines, cited_places, owns

_UNCHANGED = re.compile(
    r"\b(?:unchanged|not changed|no change|(?:stays?|remains?) (?:as it is|as they are|so|the same))\b", re.IGNORECASE
)


class FixAndChangeDisagree(Rule, code="TB419"):
    """The changes do not match the fix: no option is chosen, nothing changes, or a location names another commit."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        fix = case.issue.fix
        if fix and fix.changes and fix.options and fix.chosen is None:
            weighed = counted(len(fix.options), "option")
            yield ("fix", "options"), f"{weighed} and {counted(len(fix.changes), 'change')}, but no option is chosen"
        for index, change in enumerate(fix.changes if fix else ()):
            if change.was is not None and change.was == change.now:
                says = f"`{change.setting or change.path}` is changed from `{change.was}` to the same value"
                yield ("fix", "changes", index, "now"), says
        for index in _same_code(fix.code if fix else ()):
            yield ("fix", "code", index, "after"), _SAME_CODE

    def find_in_book(self, book: Book) -> Iterator[Finding]:
        for name, pattern in book.patterns.items():
            for index in _same_code(pattern.code):
                yield self.finding(f"patterns/{name}.yaml", ("code", index, "after"), _SAME_CODE)

    def in_affected(self, case: Case, affected: Affected) -> Iterator[Problem]:
        commits = case.issue.fix_commits
        for index, location in enumerate(affected.locations):
            if location.commit and commits and not any(same_commit(location.commit, commit) for commit in commits):
                says = f"{location.at} is fixed by commit {location.commit[:9]}, which no change names"
                yield ("locations", index, "commit"), says


_SAME_CODE = "the code after the fix is the same as before; if it stays as it is, say so in `note`"


def _same_code(examples: Sequence[Code]) -> Iterator[int]:
    for index, code in enumerate(examples):
        explained = _UNCHANGED.search(f"{code.title}\n{code.note}")
        if not explained and code.before and code.after and _bare(code.before) == _bare(code.after):
            yield index


def _bare(code: str) -> list[str]:
    """The words of code without comments."""
    return re.sub(r"(?m)(?:^|\s)(?:#|//).*$", "", code).split()


class UnrelatedChange(Rule, code="TB420", severity=Level.WARNING):
    """A change touches a file that is not affected, not part of the cause, or in another component."""

    def in_issue(self, case: Case) -> Iterator[Problem]:
        known = _known_paths(case)
        folders = tuple(path.rstrip("/") + "/" for path in known)
        for index, change in enumerate(case.issue.changes):
            if change.path is None or change.path in known or change.path.startswith(folders):
                continue
            others, own = _foreign(case, change.path), listed(case.issue.components)
            belongs = f"belongs to {listed(others)}, but the issue names {own}" if others else ""
            if case.entry.affected:
                says = f"`{change.path}` is not an affected file{f'; it {belongs}' if belongs else ''}"
                yield ("fix", "changes", index, "path"), says
            elif belongs:
                yield ("fix", "changes", index, "path"), f"`{change.path}` {belongs}"


def _known_paths(case: Case) -> set[str]:
    """The files that the record connects with the defect or its tests."""
    cited = {str(place.path) for way, place in cited_places(case) if way[0] in {"causes", "symptoms"}}
    return cited | affected_lines(case).keys() | {str(s.path) for s in case.issue.suites.values() if s.path}


def _foreign(case: Case, path: str) -> list[str]:
    """The components that own a file, if the issue names only other components."""
    components, own = case.book.catalog.components, case.issue.components
    if not own or any(owns(components[name], path) for name in own if name in components):
        return []
    return [name for name, component in components.items() if owns(component, path)]


class ComponentLeftOut(Rule, code="TB421", severity=Level.WARNING):
    """Affected files belong to a component that the issue does not name."""

    def in_affected(self, case: Case, affected: Affected) -> Iterator[Problem]:
        places: dict[str, list[int]] = {}
        for index, location in enumerate(affected.locations):
            for component in _foreign(case, location.at.path):
                places.setdefault(component, []).append(index)
        for component, indexes in places.items():
            belong = "belongs" if len(indexes) == 1 else "belong"
            says = f"{counted(len(indexes), 'affected place')} {belong} to `{component}`, which the issue does not name"
            yield ("locations", indexes[0]), says


class ListedAndExcluded(Rule, code="TB427"):
    """A place is listed as both affected and excluded."""

    def in_affected(self, case: Case, affected: Affected) -> Iterator[Problem]:
        listed_lines = affected_lines(case)
        for index, exclusion in enumerate(affected.excluded):
            lines = listed_lines.get(exclusion.at.path)
            both = sorted(lines & set(exclusion.at.lines)) if lines and exclusion.at.lines else []
            if lines is not None and (both or not exclusion.at.lines or not lines):
                where = f"{exclusion.at.path}:{','.join(map(str, both))}" if both else exclusion.at.path
                yield ("excluded", index, "at"), f"`{where}` is listed both as affected and as excluded"
