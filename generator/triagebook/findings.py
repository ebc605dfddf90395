"""A finding: one place in the book where a rule does not hold. An edit: a change proposed, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

Field: TypeAlias = tuple[str | int, ...]  # the way to a value: ("suites", "smoke", "tests", 0)
Plain: TypeAlias = "str | Mapping[str, Plain] | Sequence[Plain]"  # what a YAML file holds, scalars as text


class Level(StrEnum):
    """How much a finding matters: an error makes the check fail, a warning does so under `--strict`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Edit(Struct, frozen=True):
    """A change to one value of one file."""

    file: str
    field: Field
    how: Literal["set", "append", "remove"]
    value: Plain = ""


class Finding(Struct, frozen=True):
    """What is wrong, where, and what to do about it."""

    code: str
    severity: Level
    file: str  # from the book's folder, with forward slashes
    field: Field
    says: str
    do: str
    line: int = 1
    column: int = 1
    edits: tuple[Edit, ...] = ()  # what mends it, where there is one right answer
    accepted: str = ""  # who put up with it, until when, and why


class RuleNote(Struct, frozen=True):
    """What a report of findings says of a rule."""

    code: str
    name: str
    severity: Level
    summary: str
    why: str
    remedy: str
