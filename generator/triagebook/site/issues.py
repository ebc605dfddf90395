"""The list of issues, and the page of each issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from triagebook.facts.case import Case

from .content import SiteContent, lookup_of
from .issue import issue_view
from .linker import Linker
from .page import Page
from .paging import Listing, further
from .paths import ISSUES, issue_path
from .table_rows import finding_view, issue_rows


def issues_pages(content: SiteContent) -> Iterator[Page]:
    listing = Listing("issues", "Issues", ISSUES, "issues/page", content.ordered, issue_rows)
    yield Page(ISSUES, "Issues", "pages/issues.md.j2", partial(_list, content, listing), ISSUES)
    yield from further(content.book, ISSUES, listing)


def _list(content: SiteContent, listing: Listing[Case]) -> Mapping[str, object]:
    link = Linker(content.book, ISSUES)
    unread = content.book.unread_issues
    return {"see": link, "lead": number_of_issues(content), "issues": listing.part(link), "unread": unread}


def number_of_issues(content: SiteContent) -> str:
    """How many issues there are, as a sentence."""
    number, open_ = len(content.book.issues), len(content.open)
    if open_ < number:
        return f"{open_:,} open, {number - open_:,} closed."
    return f"{number:,} issues, all open." if number > 1 else "One issue, open."


def issue_page(content: SiteContent, case: Case) -> Page:
    path, title = issue_path(case.entry.id), f"{case.entry.id} · {case.issue.title}"
    view = partial(_issue, content, case, path)
    return Page(path, title, "pages/issue.md.j2", view, ISSUES, lookup_of(case))


def _issue(content: SiteContent, case: Case, path: str) -> Mapping[str, object]:
    link = Linker(content.book, path, case.entry)
    return issue_view(case, link, [finding_view(finding, link) for finding in content.findings_in(case.entry.id)])
