"""A trial: one corruption carried out on a copy of the clean book, and what the check found of it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from triagebook.findings import Edit, Finding
from triagebook.rules import Choice, check
from triagebook.store.edit import apply
from triagebook.store.load import load

from .clean_book import clean_files, sealed, write
from .corruption import Change, Corruption, Lose, Sign, Swap, Write
from .places import line_with, place_of

TODAY = date(2025, 11, 3)
EVERY_RULE = Choice(select=("TB",))  # the quiet ones too


class Spot(NamedTuple):
    """Where a finding stands. Beside a line without a column, any column is right."""

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
    findings: tuple[Finding, ...]

    @property
    def found(self) -> bool:
        """Whether each declared code was found."""
        return set(self.corruption.codes) <= {finding.code for finding in self.findings}

    @property
    def at_the_line(self) -> bool:
        """Whether each was found where it had to be."""
        return not self.missed

    @property
    def alone(self) -> bool:
        """Whether nothing else was found."""
        return not self.besides

    @property
    def missed(self) -> list[Spot]:
        return list((Counter(self.wanted) - self._seen()).elements())

    @property
    def besides(self) -> list[Finding]:
        left = Counter(self.wanted)
        others = []
        for finding, spot in zip(self.findings, map(self._spot, self.findings), strict=True):
            if left[spot]:
                left[spot] -= 1
            else:
                others.append(finding)
        return others

    def _seen(self) -> Counter[Spot]:
        return Counter(map(self._spot, self.findings))

    def _spot(self, finding: Finding) -> Spot:
        spot = Spot(finding.code, finding.file, finding.line, finding.column)
        anywhere = spot._replace(column=None)
        return anywhere if anywhere in self.wanted else spot


def attempt(corruption: Corruption) -> Trial:
    """Carry out a corruption on the clean book, and check what became of it."""
    files = sealed(corrupted(clean_files(), corruption.changes)) if not corruption.by_hand else None
    files = corrupted(sealed(clean_files()), corruption.changes) if files is None else files
    wanted = tuple(_spot_of(sign, files) for sign in corruption.signs)
    return Trial(corruption, wanted, tuple(findings_in(files)))


def findings_in(files: dict[str, bytes]) -> list[Finding]:
    """All that every rule finds in a book of these files, but for what is accepted."""
    with tempfile.TemporaryDirectory() as folder:
        write(files, Path(folder))
        loaded = load(Path(folder))
        found = loaded.placed([*loaded.findings, *check(loaded.book, as_of=TODAY, choice=EVERY_RULE)])
    return [finding for finding in found if not finding.accepted]


def corrupted(files: dict[str, bytes], changes: Sequence[Change]) -> dict[str, bytes]:
    """The files after the changes, one after the other."""
    for change in changes:
        files = files | {change.file: _after(files.get(change.file, b""), change)}
        if isinstance(change, Lose):
            files.pop(change.file)
    return files


def _after(data: bytes, change: Change) -> bytes:
    match change:
        case Edit():
            return apply(data.decode(), [change]).encode()
        case Swap(old=old, new=new):
            assert data.count(old) == 1, f"{old!r} stands {data.count(old)} times in {change.file}"
            return data.replace(old, new)
        case Write(data=written):
            return written
        case Lose():
            return data


def _spot_of(sign: Sign, files: dict[str, bytes]) -> Spot:
    text = files[sign.file].decode("utf-8", "replace") if sign.file in files else ""
    if sign.line_with:
        return Spot(sign.code, sign.file, line_with(text, sign.line_with), None)
    return Spot(sign.code, sign.file, *(place_of(text, sign.field) if sign.field else (1, None)))
