"""The home page and whose turn it is: what is contradicted, what fails, what waits, and the command that comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from triagebook.book import natural
from triagebook.facts.case import Case
from triagebook.facts.environments import Todo
from triagebook.markdown import Linked

from .overview import OVERVIEW, REFERENCES
from .rows import finding_view, matrix
from .see import CONTRADICTIONS, ENVIRONMENTS, HOME, ISSUES, TURNS, See
from .shelf import Shelf

ON_HOME = 5  # lines of each list before it leads on
IN_MATRIX = 10
FINDINGS_ON_HOME = 50

# The four counts: the fact, what is said of its issues, and where more is to be seen.
_COUNTS = (
    ("book.contradicted", "contradicted", "Contradicted", "Something is claimed of them that does not hold."),
    ("book.failing", "failing", "Failing", "Their fix failed in some environment."),
    ("book.unproven", "awaiting proof", "Awaiting proof", "They have a fix that is not proven wherever it must be."),
    ("book.unowned", "without owner", "Without owner", "Nobody is named who sees to the next step."),
)


@dataclass(frozen=True, slots=True)
class Count:
    """One of the four figures that the home page leads with."""

    number: int
    link: Linked
    kind: str  # bad where there is something, good where there is nothing


@dataclass(frozen=True, slots=True)
class Change:
    """An issue, a pattern or the catalog, and which of its files changed."""

    what: Linked
    files: list[str]


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that a person has to do."""

    issue: Linked
    stage: str
    owner: object
    todo: Todo


@dataclass(frozen=True, slots=True)
class End:
    """Something that is put up with until a day."""

    until: date
    what: str
    issue: Linked
    who: object


@dataclass(frozen=True, slots=True)
class Group:
    """Issues that have something in common."""

    title: str
    says: str
    issues: list[Linked]


def home_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, HOME)
    turns, ends, changes = list(turns_of(shelf, see)), list(ends_of(shelf, see)), list(changes_of(shelf, see))
    counts = counts_of(shelf, see)
    return {
        "see": see,
        "title": shelf.book.catalog.title,
        "summary": shelf.book.catalog.summary,
        "lead": lead(shelf),
        "any": bool(shelf.book.issues),
        "counts": counts,
        "well": well(shelf, counts),
        "changes": changes[:ON_HOME],
        "more_changes": len(changes) - ON_HOME,
        "since": shelf.changes.since,
        "why_unknown": shelf.changes.why_unknown,
        "turns": turns[:ON_HOME],
        "all_turns": see.to(TURNS, "whose turn it is"),
        "more_turns": len(turns) - ON_HOME,
        "ends": ends[:ON_HOME],
        "all_ends": see.to(TURNS, "all that ends", "what ends"),
        "more_ends": len(ends) - ON_HOME,
        "matrix": matrix(shelf, shelf.open[:IN_MATRIX], see),
        "all_environments": see.to(ENVIRONMENTS, "all environments"),
        "more": len(shelf.open) > IN_MATRIX,
        "unread": shelf.book.unread_issues,
        "all_issues": see.to(ISSUES, "the list of issues"),
        "findings": [finding_view(finding, see) for finding in shelf.findings[:FINDINGS_ON_HOME]],
        "number_of_findings": len(shelf.findings),
        "elsewhere": [see.to(path, title) for path, title, _ in OVERVIEW + REFERENCES],
    }


def turns_view(shelf: Shelf) -> Mapping[str, object]:
    see = See(shelf.book, TURNS)
    return {
        "see": see,
        "turns": list(turns_of(shelf, see)),
        "ends": list(ends_of(shelf, see)),
        "groups": [
            Group(title, says, [see.titled(case.entry.id) for case in shelf.issues_of(shelf.fact(name))])
            for name, _, title, says in _COUNTS
        ],
        "contradictions": see.to(CONTRADICTIONS, "All contradictions"),
    }


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def lead(shelf: Shelf) -> str:
    """How many issues there are, in a sentence."""
    number, open_ = len(shelf.book.issues), len(shelf.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def counts_of(shelf: Shelf, see: See) -> list[Count]:
    found = ((shelf.fact(name).value, words, title) for name, words, title, _ in _COUNTS)
    return [
        Count(value, see.to(TURNS, words, title), "bad" if value else "good")
        for value, words, title in found
        if isinstance(value, int)
    ]


def well(shelf: Shelf, counts: Iterable[Count]) -> str:
    """One sentence where nothing needs anybody."""
    if any(count.number for count in counts) or shelf.findings or shelf.book.unread or not shelf.book.issues:
        return ""
    if not shelf.open:
        return "All is well: every issue is closed, and all records hold together."
    return "All is well: nothing is contradicted, nothing fails, every fix is proven and every issue has an owner."


def changes_of(shelf: Shelf, see: See) -> Iterator[Change]:
    """The changed records, an issue a line."""
    by_record: dict[str, list[str]] = {}
    for file in sorted(shelf.changes.files, key=natural):
        first, _, rest = file.partition("/")
        if rest and not first.startswith(".") and file.endswith((".yaml", ".yml")):
            by_record.setdefault(first if first != "patterns" else file, []).append(rest)
        elif file == "catalog.yaml":
            by_record.setdefault(file, []).append("")
    for record, files in by_record.items():
        if record in shelf.book.issues:
            yield Change(see.titled(record), [name for name in map(_changed, files) if name])
        else:
            yield Change(see.file(record), [])


def _changed(file: str) -> str:
    folder, _, name = file.rpartition("/")
    return name.removesuffix(".yaml") if folder == "evidence" else {"issue.yaml": "record"}.get(file, name)


def turns_of(shelf: Shelf, see: See) -> Iterator[Turn]:
    """The next thing to do of each open issue, those with a command first."""
    for case in shelf.open:
        missing = case.verdict.next.missing if case.verdict.next else ()
        todo = next((each for each in missing if each.command), missing[0] if missing else None)
        if todo:
            yield Turn(see.titled(case.entry.id), case.verdict.stage.value, _owner(case, see), todo)


def _owner(case: Case, see: See) -> object:
    return see(case.issue.owner) if case.issue.owner else ""


def ends_of(shelf: Shelf, see: See) -> Iterator[End]:
    """What is put up with for a time, the first to end first. What is over stays until somebody takes it away."""
    ends = [end for case in shelf.cases.values() for end in _ends(case, see)]
    yield from sorted(ends, key=lambda end: (end.until, natural(end.issue.text), end.what))


def _ends(case: Case, see: See) -> Iterator[End]:
    issue = see.issue(case.entry.id)
    for waiver in case.issue.waivers:
        yield End(waiver.until, f"the waiver of {waiver.rule}", issue, see(waiver.who))
    for suite in case.issue.suites.values():
        for name, test in suite.tests.items():
            if test.flaky:
                yield End(test.flaky.until, f"the excuse for flaky {name}", issue, see(test.flaky.owner))
