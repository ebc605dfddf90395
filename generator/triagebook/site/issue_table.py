"""The data of the issue table, which a script filters and sorts.

The page has its first rows as plain HTML. The data is loaded as a script, as `fetch` does not work from a folder. Each
issue is a short list, which refers to the options of a facet by number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from msgspec import Struct

from triagebook.book import natural
from triagebook.facts.case import Case
from triagebook.facts.verdict.environments import EnvironmentStatus
from triagebook.facts.verdict.stages import Stage
from triagebook.model.defect import Severity

from .content import SiteContent
from .page import Asset

DATA = "assets/triagebook/issues.data.js"  # beside issues.js, which reads it
NONE = "-"  # cannot be an id

Values = Sequence[str]


class Facet(Struct, frozen=True):
    """A property to filter by: its values with their titles, and the values of each issue."""

    name: str  # in the address
    words: str
    options: Sequence[tuple[str, str]]
    of_issues: Sequence[Values]

    def as_data(self) -> dict[str, object]:
        return {"name": self.name, "words": self.words, "options": self.options}

    def numbers(self) -> list[list[int]]:
        """The values of each issue as positions in the options."""
        place = {value: number for number, (value, _) in enumerate(self.options)}
        return [[place[value] for value in values] for values in self.of_issues]


def issues_data(content: SiteContent) -> Asset:
    return Asset(DATA, lambda: f"const triagebookIssues = {_data(content)};\n")


def _data(content: SiteContent) -> str:
    cases = sorted(content.cases.values(), key=lambda case: natural(case.entry.id))
    facets = _facets(content, cases)
    rows = zip(cases, *(facet.numbers() for facet in facets), strict=True)
    issues = [[case.entry.id, case.issue.title, case.issue.opened.isoformat(), *cells] for case, *cells in rows]
    data = {"facets": [facet.as_data() for facet in facets], "issues": issues}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _facets(content: SiteContent, cases: Sequence[Case]) -> list[Facet]:
    name_of = content.linker.name
    issues = [case.issue for case in cases]
    states = [[issue.state] for issue in issues]
    closed = sorted({state for [state] in states} - {"open"})
    patterns = {name: str(found.title) for name, found in content.book.patterns.items()}
    named = [[str(cause.pattern) for cause in issue.causes if cause.pattern] for issue in issues]
    return [
        _fixed("state", "State", ["open", *closed], states),
        _fixed("severity", "Severity", [each.value for each in Severity], [[i.severity.value] for i in issues]),
        _fixed("stage", "Stage", [each.value for each in Stage], [[c.verdict.stage.value] for c in cases]),
        _named("component", "Component", {ref: name_of(ref).text for i in issues for ref in i.components},
               [list(map(str, i.components)) for i in issues], "no component"),
        _named("pattern", "Pattern", {name: patterns.get(name, name) for names in named for name in names},
               [list(dict.fromkeys(names)) for names in named], "no pattern"),
        _environments(content, cases),
        _named("owner", "Owner", {i.owner: name_of(i.owner).text for i in issues if i.owner},
               [[str(i.owner)] if i.owner else [] for i in issues], "nobody"),
    ]  # fmt: skip


def _fixed(name: str, words: str, order: Iterable[str], of_issues: Sequence[Values]) -> Facet:
    """A facet whose values have a fixed order."""
    used = {value for values in of_issues for value in values}
    return Facet(name, words, [(value, value) for value in order if value in used or value == "open"], of_issues)


def _named(name: str, words: str, titles: dict[str, str], of_issues: Sequence[Values], none: str) -> Facet:
    """A facet whose values have titles; an issue without a value gets `none`."""
    options = sorted(
        ((str(value), title) for value, title in titles.items()), key=lambda each: natural(each[1].lower())
    )
    if not all(of_issues):
        options.append((NONE, none))
    return Facet(name, words, options, [values or [NONE] for values in of_issues])


def _environments(content: SiteContent, cases: Sequence[Case]) -> Facet:
    """The state of the fix by environment: `staging:failed`."""
    known = content.book.catalog.environments
    standings = [[(name, found.state) for name, found in case.verdict.environments.items()] for case in cases]
    used = {pair for pairs in standings for pair in pairs}
    names = [*known, *sorted({name for name, _ in used}.difference(known))]
    options = [
        (f"{name}:{state.value}", f"{known[name].title if name in known else name}: {state.value}")
        for name in names
        for state in EnvironmentStatus
        if (name, state) in used
    ]
    of_issues = [[f"{name}:{state.value}" for name, state in pairs] for pairs in standings]
    return Facet("environment", "Environment", options, of_issues)
