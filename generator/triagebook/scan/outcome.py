"""What a scan of one issue comes to: what is open now, what changes in the record, what is left as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from triagebook import __version__
from triagebook.book import Book
from triagebook.findings import Edit, Plain

from .compare import Fate, Recorded
from .look import Look
from .update import Change, Searched, changes, edits, edits_at_once, fresh, plain_detector

MANY = 60  # edits; each of them reads the file anew
_OPEN = {Fate.HERE, Fate.EDITED, Fate.AGAIN, Fate.UNSEEN, Fate.UNSEARCHED}


class Spot(Struct, frozen=True):
    """A line that shows the defect, or may."""

    path: str
    line: int
    text: str | None
    category: str | None
    state: str


class Outcome:
    """A look at one issue, turned into what to write and what to tell."""

    def __init__(self, look: Look, book: Book, repository: str) -> None:
        self.look, self.book, self.repository = look, book, repository

    @cached_property
    def file(self) -> str:
        return f"{self.look.entry.id}/affected.yaml"

    @cached_property
    def dirty(self) -> list[str]:
        """The files that the search is for and that are not as they were committed."""
        git = self.look.code.git
        return [path for path in (git.changed if git else ()) if self.look.search.is_for(path)]

    @cached_property
    def behind(self) -> str | None:
        """The commit of the record, where the checkout is older than that."""
        git, affected = self.look.code.git, self.look.entry.affected
        commit = git.commit(str(affected.source.commit)) if git and affected else None
        return commit if git and commit and commit != git.head and git.holds(commit, git.head) else None

    # ── what to tell ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def changes(self) -> list[Change]:
        return changes(self.look.entry.affected, self.look.compared, self.look.removed_by)

    @cached_property
    def left(self) -> list[Recorded]:
        """Locations that were not found, and stay open: nothing shows that they are fixed."""
        unknown = {Fate.UNSEEN, Fate.UNSEARCHED}
        return [one for one in self.look.compared.lines if one.part == "locations" and one.fate in unknown]

    @cached_property
    def spots(self) -> list[Spot]:
        """Every line that is open now, in the order of files and lines."""
        return sorted(self._spots(), key=lambda spot: (spot.path, spot.line))

    def _spots(self) -> Iterator[Spot]:
        compared, affected = self.look.compared, self.look.entry.affected
        locations = affected.locations if affected else ()
        for one in compared.lines:
            if one.part == "locations" and one.fate in _OPEN:
                state = "new" if one.fate is Fate.AGAIN else locations[one.index].state.value
                own = locations[one.index].category
                yield self._spot(one.path_now, one.line_now, one.text_now or one.text, state, own)
        for index, lines in compared.learned.items():
            location = locations[index]
            path, found = str(location.at.path), self.look.sweep.found
            for line in lines:
                yield self._spot(path, line, found[path][line], location.state.value, location.category)
        for path, by_line in compared.new.items():
            for line, text in by_line.items():
                yield self._spot(path, line, text, "new" if affected else "open", None)

    def _spot(self, path: str, line: int, text: str | None, state: str, category: str | None) -> Spot:
        return Spot(path, line, text, str(category or self.book.file_category(path) or "") or None, state)

    @cached_property
    def skipped(self) -> dict[str, list[str]]:
        """The files that were not searched, by the reason."""
        reasons: dict[str, list[str]] = {}
        for path, why in sorted(self.look.sweep.skipped.items()):
            reasons.setdefault(why, []).append(path)
        return dict(sorted(reasons.items()))

    @property
    def counts(self) -> Counter[str]:
        return Counter(change.what for change in self.changes)

    # ── what to write ────────────────────────────────────────────────────────────────────────────────

    @property
    def searched(self) -> Searched:
        git = self.look.code.git
        scan: dict[str, Plain] = {
            "on": git.day if git else "",
            "files": str(len(self.look.sweep.searched)),
            "detector": plain_detector(self.look.search.detector),
            "by": f"triagebook {__version__}",
        }
        return Searched(self.repository, git.head if git else "", scan)

    @property
    def record(self) -> Mapping[str, Plain]:
        """The whole record, where there is none yet."""
        return fresh(self.searched, self.look.compared.new)

    def edits(self, *, comments: bool) -> list[Edit]:
        """What brings the record up to date, where there is one. Many edits, and no comments: the list is set anew."""
        affected = self.look.entry.affected
        if affected is None:
            return []
        of = (self.file, affected, self.look.compared, self.searched, self.look.removed_by)
        one_by_one = list(edits(*of))
        return one_by_one if comments or len(one_by_one) <= MANY else list(edits_at_once(*of))
