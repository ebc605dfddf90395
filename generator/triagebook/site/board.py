"""Open issues by stage, as a board; and by owner, with age and due day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import Struct

from triagebook.facts.verdict.stages import Stage
from triagebook.markdown import Linked
from triagebook.views.needs import NEEDS

from .content import SiteContent
from .listed import ListedIssue
from .page import Page
from .paging import Listing, further, listing_page
from .paths import BOARD, ISSUES, PEOPLE, person_path

ON_BOARD = 12  # of each stage; the table of issues has the others
_NOBODY = "nobody"


class OwnerRow(Struct, frozen=True):
    """Somebody with open issues."""

    link: Linked
    issues: Sequence[ListedIssue]
    needs: Mapping[str, int]  # how many of the issues have each need
    overdue: int
    oldest: date


def board_pages(content: SiteContent) -> Iterator[Page]:
    view = partial(_board, content)
    yield Page(BOARD, "Board", "pages/board.md.j2", view, content.linker, ISSUES, wide=True)


def _board(content: SiteContent) -> Mapping[str, object]:
    columns = []
    for stage in Stage:
        issues = [issue for issue in content.open if issue.stage == stage.value]
        more = content.linker.filtered(f"{len(issues) - ON_BOARD:,} more", state="open", stage=stage.value)
        columns.append((stage.value, len(issues), issues[:ON_BOARD], more if len(issues) > ON_BOARD else ""))
    return {"columns": columns}


def people_pages(content: SiteContent) -> Iterator[Page]:
    yield Page(PEOPLE, "People", "pages/people.md.j2", lambda: {"people": people_of(content)}, content.linker, ISSUES)
    for person in people_of(content):
        path = str(person.link.target)
        title = f"Issues of {person.link.text}"
        issues = sorted(person.issues, key=lambda issue: (issue.due is None, issue.due or content.day))
        listing = Listing("owned", title, path, path.removesuffix(".md"), issues, partial(_owned, content))
        yield listing_page(listing, 1, content.linker, PEOPLE)
        yield from further(content.linker, PEOPLE, listing)


def _owned(content: SiteContent, issues: Sequence[ListedIssue]) -> list[tuple[ListedIssue, int, bool, object]]:
    """Each issue with its age in days, whether it is overdue, and what to do next."""
    return [
        (
            issue,
            (content.day - issue.opened).days,
            issue.due is not None and issue.due < content.day,
            next(iter(issue.needs.values()), None),
        )
        for issue in issues
    ]


# ── people ───────────────────────────────────────────────────────────────────────────────────────────


def people_of(content: SiteContent) -> list[OwnerRow]:
    """Who has open issues: those with most to do first, and nobody last."""
    owned: dict[str, list[ListedIssue]] = {}
    for issue in content.open:
        owned.setdefault(issue.owner or _NOBODY, []).append(issue)
    found = [_person(content, name, issues) for name, issues in owned.items()]
    return sorted(
        found, key=lambda person: (person.link.text == _NOBODY, -sum(person.needs.values()), person.link.text)
    )


def _person(content: SiteContent, name: str, issues: Sequence[ListedIssue]) -> OwnerRow:
    owner = issues[0].owned_by
    words = owner.text if owner else _NOBODY
    needs = {need.id: sum(need.id in issue.needs for issue in issues) for need in NEEDS}
    overdue = sum(issue.due is not None and issue.due < content.day for issue in issues)
    oldest = min(issue.opened for issue in issues)
    return OwnerRow(content.linker.to(person_path(name), words), issues, needs, overdue, oldest)
