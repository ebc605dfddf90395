"""Open issues by stage, as a board; and by owner, with age and due day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import Struct

from triagebook.facts.case import Case
from triagebook.facts.verdict.stages import Stage
from triagebook.markdown import Linked
from triagebook.views.needs import NEEDS

from .content import SiteContent
from .page import Page
from .paging import Listing, with_further
from .paths import BOARD, ISSUES, PEOPLE, person_path

ON_BOARD = 12  # of each stage; the table of issues has the others
_NOBODY = "nobody"


class OwnerRow(Struct, frozen=True):
    """Somebody with open issues."""

    link: Linked
    cases: Sequence[Case]
    needs: Mapping[str, int]  # how many of the issues have each need
    overdue: int
    oldest: date


def board_pages(content: SiteContent) -> Iterator[Page]:
    view = partial(_board, content)
    yield Page(BOARD, "Board", "pages/board.md.j2", view, content.linker, ISSUES, wide=True)


def _board(content: SiteContent) -> Mapping[str, object]:
    columns = []
    for stage in Stage:
        cases = [case for case in content.open if case.verdict.stage is stage]
        more = content.linker.filtered(f"{len(cases) - ON_BOARD:,} more", state="open", stage=stage.value)
        columns.append((stage.value, len(cases), cases[:ON_BOARD], more if len(cases) > ON_BOARD else ""))
    return {"columns": columns, "needs": content.needs}


def people_pages(content: SiteContent) -> Iterator[Page]:
    people = people_of(content)
    view = partial(dict[str, object], people=people)
    yield Page(PEOPLE, "People", "pages/people.md.j2", view, content.linker, ISSUES)
    for person in people:
        path = str(person.link.target)
        title = f"Issues of {person.link.text}"
        cases = sorted(person.cases, key=lambda case: (case.issue.due is None, case.issue.due or content.day))
        listing = Listing("owned", title, path, path.removesuffix(".md"), cases, partial(_owned, content))
        own = partial(dict[str, object], title=title, listing=listing, number=1)
        yield from with_further(Page(path, title, "pages/more.md.j2", own, content.linker, PEOPLE), listing)


def _owned(content: SiteContent, cases: list[Case]) -> list[tuple[Case, int, bool, object]]:
    """Each issue with its age in days, whether it is overdue, and what to do next."""
    return [
        (
            case,
            (content.day - case.issue.opened).days,
            case.issue.due is not None and case.issue.due < content.day,
            next(iter(content.needs[case.entry.id].values()), None),
        )
        for case in cases
    ]


# ── people ───────────────────────────────────────────────────────────────────────────────────────────


def people_of(content: SiteContent) -> list[OwnerRow]:
    """Who has open issues: those with most to do first, and nobody last."""
    owned: dict[str, list[Case]] = {}
    for case in content.open:
        owned.setdefault(str(case.issue.owner or _NOBODY), []).append(case)
    found = [_person(content, name, cases) for name, cases in owned.items()]
    return sorted(
        found, key=lambda person: (person.link.text == _NOBODY, -sum(person.needs.values()), person.link.text)
    )


def _person(content: SiteContent, name: str, cases: Sequence[Case]) -> OwnerRow:
    owner = cases[0].issue.owner
    words = content.linker.name(owner).text if owner else _NOBODY
    needs = {need.id: sum(need.id in content.needs[case.entry.id] for case in cases) for need in NEEDS}
    overdue = sum(case.issue.due is not None and case.issue.due < content.day for case in cases)
    oldest = min(case.issue.opened for case in cases)
    return OwnerRow(content.linker.to(person_path(name), words), cases, needs, overdue, oldest)
