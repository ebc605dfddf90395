"""What a rule has to know of the whole book, made once for each book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from triagebook.book import Book

T = TypeVar("T")


class Kept(Generic[T]):
    """The index of the book that was asked for last. Books never change, so it is made once and stays right."""

    def __init__(self, make: Callable[[Book], T]) -> None:
        self._make = make
        self._kept: tuple[Book, T] | None = None

    def of(self, book: Book) -> T:
        if self._kept is None or self._kept[0] is not book:
            self._kept = (book, self._make(book))
        return self._kept[1]


def age(book: Book, issue_id: str) -> tuple[object, ...]:
    """A key that sorts issues from old to new; on one day, by their ids."""
    entry = book.issues.get(issue_id)
    return (entry is None, entry.issue.opened.isoformat() if entry else "", len(issue_id), issue_id)
