"""All that a site is made of, but for hand-written pages: what is made of the whole book, and what of each issue."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from triagebook.facts.case import Case

from .data import book_data, issue_data
from .page import Asset, Page
from .pages import book_pages, issue_page
from .reports import report_outputs
from .shelf import Shelf

Address = Callable[[str], str]  # of a page, by its path among the sources


def of_book(shelf: Shelf, address: Address = str) -> Iterator[Page | Asset]:
    """What is made of all issues together."""
    yield from book_pages(shelf)
    yield from book_data(shelf, address)


def of_issue(shelf: Shelf, case: Case, address: Address = str) -> Iterator[Page | Asset]:
    """What is made of one issue."""
    yield issue_page(shelf, case)
    yield from report_outputs(shelf, case)
    yield issue_data(shelf, case, address)


def outputs(shelf: Shelf, address: Address = str) -> Iterator[Page | Asset]:
    """Everything."""
    yield from of_book(shelf, address)
    for case in shelf.cases.values():
        yield from of_issue(shelf, case, address)
