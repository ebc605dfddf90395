"""A trial: one corruption carried out on a copy of the clean book, and what the check found of it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Choice, Edit, Finding
from triagebook.rules import check
from triagebook.store.edit import apply
from triagebook.store.load import load

from .clean_book import clean_files, sealed, write
from .corruption import Change, Corruption, Link, Lose, Sign, Swap, Write
from .honest import Honest
from .places import line_with, place_of

TODAY = date(2025, 11, 3)
EVERY_RULE = Choice(select=("TB",), ignore=("TB444",))  # the quiet ones too; TB444 lists what does not count by intent


class Spot(NamedTuple):
    """Where a finding stands. Where no column is wanted, any is right."""

    code: str
    file: str
    line: int
    column: int | None

    def __str__(self) -> str:
        return f"{self.code} at {self.file}:{self.line}:{self.column or '?'}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What had to be found of a corruption, and what was."""

    corruption: Corruption
    wanted: tuple[Spot, ...]
    missed: tuple[Spot, ...]
    besides: tuple[Finding, ...]
    codes: frozenset[str]  # of all that was found

    @property
    def found(self) -> bool:
        """Whether every declared code was found, wherever."""
        return self.codes.issuperset(self.corruption.codes)

    @property
    def in_place(self) -> bool:
        """Whether every finding that was declared is where it must be."""
        return not self.missed

    @property
    def alone(self) -> bool:
        """Whether nothing else was found."""
        return not self.besides

    @property
    def right(self) -> bool:
        return self.in_place and self.alone

    def misses(self, code: str) -> bool:
        return any(spot.code == code for spot in self.missed)


def attempt(corruption: Corruption) -> Trial:
    """Carry out a corruption on the clean book, and check what became of it."""
    clean, changes = clean_files(), corruption.changes
    files = corrupted(sealed(clean), changes) if corruption.by_hand else sealed(corrupted(clean, changes))
    wanted = tuple(_spot_of(sign, files) for sign in corruption.signs)
    findings = findings_in(files, [change for change in changes if isinstance(change, Link)])
    left, besides = Counter(wanted), []
    for finding in findings:
        spot = Spot(finding.code, finding.file, finding.line, finding.column)
        met = next((one for one in (spot, spot._replace(column=None)) if left[one]), None)
        if met:
            left[met] -= 1
        else:
            besides.append(finding)
    codes = frozenset(finding.code for finding in findings)
    return Trial(corruption, wanted, tuple(left.elements()), tuple(besides), codes)


def alarms(change: Honest) -> list[Finding]:
    """What is found in the clean book after an honest change: nothing, if the rules are right."""
    return findings_in(sealed(corrupted(clean_files(), change.changes)))


def findings_in(files: dict[str, bytes], links: Iterable[Link] = (), day: date = TODAY) -> list[Finding]:
    """All that every rule finds in a book of these files, but for what is accepted."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(files, root)
        for link in links:
            (root / link.file).symlink_to(root / link.to)
        loaded = load(root)
        found = loaded.placed([*loaded.findings, *check(Inquiry(loaded.book, day=day), EVERY_RULE)])
    return [finding for finding in found if not finding.accepted]


def corrupted(files: dict[str, bytes], changes: Sequence[Change]) -> dict[str, bytes]:
    """The files after the changes, one after the other."""
    files = dict(files)
    for change in changes:
        match change:
            case Edit(file=file):
                files[file] = apply(files[file].decode(), [change]).encode()
            case Swap(file=file, old=old, new=new):
                assert files[file].count(old) == 1, f"{old!r} stands {files[file].count(old)} times in {file}"
                files[file] = files[file].replace(old, new)
            case Write(file=file, data=data):
                files[file] = data
            case Lose(file=file):
                del files[file]
            case Link():
                pass
    return files


def _spot_of(sign: Sign, files: dict[str, bytes]) -> Spot:
    text = files.get(sign.file, b"").decode("utf-8", "replace")
    if sign.line_with:
        return Spot(sign.code, sign.file, line_with(text, sign.line_with), None)
    return Spot(sign.code, sign.file, *(place_of(text, sign.field) if sign.field else (1, None)))
