"""A corruption: one fact of the clean book spoilt, with the findings that must come of it and no others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from triagebook.findings import Edit, Field, Plain
from triagebook.model.document import Contradiction


class Beyond(StrEnum):
    """What goes wrong in records beside the contradictions that DESIGN names."""

    FORM = "form"
    REFERENCE = "reference"
    EVIDENCE = "evidence"
    ORDER = "order of events"
    RELATION = "relation"
    EXCUSE = "excuse"
    DISPUTE = "dispute"
    WORDING = "wording"


Kind: TypeAlias = Contradiction | Beyond


@dataclass(frozen=True, slots=True)
class Swap:
    """One piece of a file's bytes, which stands there once, becomes another."""

    file: str
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """A file gets other bytes, or is made."""

    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Lose:
    """A file is gone."""

    file: str


@dataclass(frozen=True, slots=True)
class Link:
    """A file becomes a link to somewhere else, seen from the book's folder."""

    file: str
    to: str


Change: TypeAlias = Edit | Swap | Write | Lose | Link


@dataclass(frozen=True, slots=True)
class Sign:
    """A finding that must come: its code, and the field it points at, or the line of a file that has no fields."""

    code: str
    file: str = ""
    field: Field = ()
    line_with: str = ""  # what the line begins with, where the file can't be read as YAML


@dataclass(frozen=True, slots=True)
class ByHand:
    """The evidence was changed after it had been recorded: its seal stays what it was."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a rule that does not find this as it should; gone as soon as the rule is mended."""

    why: str


@dataclass(frozen=True, slots=True)
class Corruption:
    """One thing that is wrong, how it came about, and what must be found."""

    kind: Kind
    says: str
    changes: tuple[Change, ...]
    signs: tuple[Sign, ...]
    by_hand: bool = False
    flaw: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sign.code for sign in self.signs))


def corrupt(kind: Kind, says: str, *parts: Change | Sign | ByHand | Flaw) -> Corruption:
    """A corruption from its parts; a sign that names no place is where the first change is."""
    changes = tuple(part for part in parts if isinstance(part, Edit | Swap | Write | Lose | Link))
    signs = tuple(_placed(part, changes[0]) for part in parts if isinstance(part, Sign))
    flaw = next((part.why for part in parts if isinstance(part, Flaw)), "")
    return Corruption(kind, says, changes, signs, any(isinstance(part, ByHand) for part in parts), flaw)


def _placed(sign: Sign, change: Change) -> Sign:
    if sign.file:
        return sign
    own = change.field if isinstance(change, Edit) else ()
    return replace(sign, file=change.file, field=sign.field or own)


# ── the parts, in short ──────────────────────────────────────────────────────────────────────────────


def put(file: str, *way: str | int, to: Plain) -> Edit:
    """The value at a field becomes another, or is added."""
    return Edit(file, way, "set", to)


def add(file: str, *way: str | int, item: Plain) -> Edit:
    """A list gets one more item."""
    return Edit(file, way, "append", item)


def drop(file: str, *way: str | int) -> Edit:
    """What stands at a field goes."""
    return Edit(file, way, "remove")


def swap(file: str, old: str, new: str) -> Swap:
    return Swap(file, old.encode(), new.encode())


def found(code: str, file: str = "", *way: str | int) -> Sign:
    """A finding at a field; without one, where the corruption is."""
    return Sign(code, file, way)


def found_on_line(code: str, words: str) -> Sign:
    """A finding on the line of the corrupted file that begins with these words."""
    return Sign(code, line_with=words)


def found_in_file(code: str, file: str) -> Sign:
    """A finding about a file as a whole."""
    return Sign(code, file)
