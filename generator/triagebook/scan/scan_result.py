"""The result of scanning for one issue: open locations, changes to the record, and what stays as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from triagebook import __version__
from triagebook.book import Book, file_category
from triagebook.code.commits import ancestry, made_at
from triagebook.findings import Edit, Plain

from .compare import Fate, RecordedLine
from .issue_search import IssueSearch
from .record_update import LocationChange, ScanHeader, changes, edits, edits_at_once, fresh, plain_detector

MANY = 60  # edits; each of them reads the file anew
_OPEN = {Fate.HERE, Fate.EDITED, Fate.AGAIN, Fate.UNSEEN, Fate.UNSEARCHED}


class OpenLine(Struct, frozen=True):
    """A line that shows the defect, or may."""

    path: str
    line: int
    text: str | None
    category: str | None
    state: str


class ScanResult:
    """What to report of the scan of one issue, and what to write into its record."""

    def __init__(self, search: IssueSearch, book: Book, repository: str) -> None:
        self.search, self.book, self.repository = search, book, repository

    @cached_property
    def file(self) -> str:
        return f"{self.search.entry.id}/affected.yaml"

    @cached_property
    def dirty(self) -> list[str]:
        """The files that the search is for and that are not as they were committed."""
        checkout = self.search.source.checkout
        return [path for path in (checkout.changed if checkout else ()) if self.search.detector.is_for(path)]

    @cached_property
    def behind(self) -> str | None:
        """The commit of the record, where the checkout is older than that."""
        checkout, commit = self.search.source.checkout, self.search.commit
        if checkout is None or checkout.head is None or commit in {None, checkout.head}:
            return None
        pair = (str(commit), checkout.head)
        return commit if ancestry(checkout.objects, [pair], shallow=checkout.shallow).get(pair) else None

    # ── to report ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def changes(self) -> list[LocationChange]:
        return changes(self.search.entry.affected, self.search.compared, self.search.removed_by)

    @cached_property
    def left(self) -> list[RecordedLine]:
        """Locations that were not found, and stay open: nothing shows that they are fixed."""
        unknown = {Fate.UNSEEN, Fate.UNSEARCHED}
        return [one for one in self.search.compared.lines if one.part == "locations" and one.fate in unknown]

    @cached_property
    def open_lines(self) -> list[OpenLine]:
        """Every line that is open now, in the order of files and lines."""
        return sorted(self._open_lines(), key=lambda line: (line.path, line.line))

    def _open_lines(self) -> Iterator[OpenLine]:
        compared, affected = self.search.compared, self.search.entry.affected
        locations = affected.locations if affected else ()
        for one in compared.lines:
            if one.part == "locations" and one.fate in _OPEN:
                state = "new" if one.fate is Fate.AGAIN else locations[one.index].state.value
                own = locations[one.index].category
                yield self._open_line(one.path_now, one.line_now, one.text_now or one.text, state, own)
        for index, lines in compared.learned.items():
            location = locations[index]
            path, found = str(location.at.path), self.search.matches.found
            for line in lines:
                yield self._open_line(path, line, found[path][line], location.state.value, location.category)
        for path, by_line in compared.new.items():
            for line, text in by_line.items():
                yield self._open_line(path, line, text, "new" if affected else "open", None)

    def _open_line(self, path: str, line: int, text: str | None, state: str, category: str | None) -> OpenLine:
        return OpenLine(path, line, text, str(category or file_category(self.book.catalog, path) or "") or None, state)

    @cached_property
    def skipped(self) -> dict[str, list[str]]:
        """The files that were not searched, by the reason."""
        reasons: dict[str, list[str]] = {}
        for path, why in sorted(self.search.matches.skipped.items()):
            reasons.setdefault(why, []).append(path)
        return dict(sorted(reasons.items()))

    @property
    def counts(self) -> Counter[str]:
        return Counter(change.what for change in self.changes)

    # ── to write ────────────────────────────────────────────────────────────────────────────────

    @property
    def header(self) -> ScanHeader:
        checkout = self.search.source.checkout
        head = str(checkout.head) if checkout else ""
        scan: dict[str, Plain] = {
            "on": str(made_at(checkout.root, head).date()) if checkout else "",
            "files": str(len(self.search.matches.searched)),
            "detector": plain_detector(self.search.detector.detector),
            "by": f"triagebook {__version__}",
        }
        return ScanHeader(self.repository, head, scan)

    @property
    def record(self) -> Mapping[str, Plain]:
        """The whole record, where there is none yet."""
        return fresh(self.header, self.search.compared.new)

    def edits(self, *, comments: bool) -> list[Edit]:
        """What brings the record up to date, where there is one. Many edits, and no comments: the list is set anew."""
        affected = self.search.entry.affected
        if affected is None:
            return []
        of = (self.file, affected, self.search.compared, self.header, self.search.removed_by)
        one_by_one = list(edits(*of))
        return one_by_one if comments or len(one_by_one) <= MANY else list(edits_at_once(*of))
