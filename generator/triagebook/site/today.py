"""The first page: what needs attention today, what changed, who owns it, and how the book develops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from triagebook.facts.ledger.refusals import Todo
from triagebook.markdown import Linked
from triagebook.views.needs import NEEDS

from .board import people_of
from .changes import differences
from .charts import aging, over_time
from .content import SiteContent
from .issues import number_of_issues
from .listed import ListedIssue
from .page import Page
from .paths import HOME, ISSUES, PEOPLE
from .sections import BOOK_SECTIONS, REFERENCE_SECTIONS

ROWS = 3  # of each group; the table of issues has the others
CHANGES = 6
PEOPLE_ROWS = 8
FINDINGS = 5
_REST = "Next steps", "What the next stage needs, the most severe first."


class TodoGroup(Struct, frozen=True):
    """Issues with the same need, each with its next action. An issue is in the first group that it fits."""

    title: str
    says: str
    rows: Sequence[tuple[ListedIssue, Todo]]
    more: object  # a link to the others; empty if there are none


def today_page(content: SiteContent) -> Page:
    view = partial(_view, content)
    return Page(HOME, content.book.catalog.title, "pages/today.md.j2", view, content.linker, HOME, wide=True)


def _view(content: SiteContent) -> Mapping[str, object]:
    trend, ages, linker = over_time(content), aging(content), content.linker
    changed = list(differences(content.changes, linker))
    return {
        "title": content.book.catalog.title,
        "summary": content.book.catalog.summary,
        "lead": number_of_issues(content),
        "any": bool(content.listed),
        "source": content.source,
        "counts": list(counts_of(content)),
        "well": well(content),
        "groups": list(groups_of(content)),
        "changed": changed[:CHANGES],
        "more_changed": len(changed) - CHANGES,
        "since": content.changes.since,
        "why_unknown": content.changes.why_unknown,
        "people": people_of(content)[:PEOPLE_ROWS],
        "everybody": linker.to(PEOPLE, "All people"),
        "unread": content.book.unread_issues,
        "all_issues": linker.to(ISSUES, "All issues"),
        "findings": content.findings[:FINDINGS],
        "number_of_findings": len(content.findings),
        "trend": trend,
        "ages": ages,
        "charts": {"over-time": trend if trend.drawn else None, **ages.bars},
        "all_pages": [linker.to(section.path, section.title) for section in BOOK_SECTIONS + REFERENCE_SECTIONS],
    }


# ── what needs somebody ──────────────────────────────────────────────────────────────────────────────


def counts_of(content: SiteContent) -> Iterable[tuple[int, Linked]]:
    """How many issues have each need; the words open the table of these issues."""
    for need in NEEDS:
        number = sum(need.id in issue.needs for issue in content.listed.values())
        if number or need.id != "regressed":
            yield number, content.linker.filtered(need.title.lower(), needs=need.id)


def groups_of(content: SiteContent) -> Iterable[TodoGroup]:
    taken: set[str] = set()
    for need in (*NEEDS[:-1], None):
        found = [
            (issue, todo)
            for issue in content.ordered
            if issue.id not in taken and (todo := issue.needs.get(need.id) if need else issue.next)
        ]
        taken |= {issue.id for issue, _ in found}
        if found:
            left = len(found) - ROWS
            asked = {"needs": need.id} if need else {"state": "open"}
            more = content.linker.filtered(f"{left:,} more", **asked) if left > 0 else ""
            title, says = (need.title, need.says) if need else _REST
            yield TodoGroup(title, says, found[:ROWS], more)


def well(content: SiteContent) -> str:
    """A sentence for a book in which nothing needs attention; empty for any other."""
    if any(issue.needs for issue in content.listed.values()) or content.findings:
        return ""
    if content.book.unread or not content.listed:
        return ""
    if not content.open:
        return "All is well: every issue is closed, and the check finds nothing."
    return "All is well: nothing is contradicted, nothing fails, every fix is proven and every issue has an owner."
