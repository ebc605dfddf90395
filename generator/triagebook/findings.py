"""Findings, which are places where a rule is broken, and edits, which are proposed changes. Plain data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

Field: TypeAlias = tuple[str | int, ...]  # the keys down to a value: ("suites", "smoke", "tests", 0)
if TYPE_CHECKING:
    Plain: TypeAlias = "str | Mapping[str, Plain] | Sequence[Plain]"  # what a YAML file holds, scalars as text
else:
    Plain = Any  # msgspec knows no recursive types


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
    edits: tuple[Edit, ...] = ()  # the fix, if there is exactly one correct one
    accepted: str = ""  # who accepted it, until when, and why

    def as_data(self) -> dict[str, Any]:
        """The one JSON form of a finding, without its edits."""
        data: dict[str, Any] = to_builtins(self, enc_hook=str)  # a field may hold an id
        del data["edits"]
        return data | {"accepted": self.accepted or None}


class Choice(Struct, frozen=True):
    """Which rules run and at which level; a prefix of a code selects a family."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Level | None] = field(default_factory=dict)  # None: switched off

    def within(self, levels: Mapping[str, str]) -> Choice:
        """The choice combined with the levels that the catalog sets."""
        set_there = {code: None if level == "off" else Level(level) for code, level in levels.items()}
        return replace(self, severities={**set_there, **self.severities})

    def wants(self, code: str, *, quiet: bool = False) -> bool:
        """Whether this code is selected. Its full code overrides `off`; setting a level selects a quiet rule."""
        if code.startswith(self.ignore):
            return False
        if code in self.select:
            return True
        if code in self.severities and self.severities[code] is None:
            return False
        return code.startswith(self.select) if self.select else not quiet or code in self.severities

    def weigh(self, finding: Finding) -> Finding:
        severity = self.severities.get(finding.code)
        return replace(finding, severity=severity) if severity else finding


EVERYTHING = Choice()


def place_of(finding: Finding) -> tuple[str, int, int, str, str]:
    """A key that sorts findings by their position."""
    return finding.file, finding.line, finding.column, finding.code, finding.says


@cache
def descriptions_in(file: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


class RuleDescription:
    """What a rule says about itself. Its docstring says in one sentence what it finds; its class gives it its name.

    `rules.toml` beside it says the rest: why it matters, what to do, a bad and a good example, and where it gives way.
    """

    descriptions: ClassVar[Path]  # the file that says so
    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Level] = Level.ERROR
    why: ClassVar[str]
    remedy: ClassVar[str]
    bad: ClassVar[str]
    good: ClassVar[str]
    requires: ClassVar[Sequence[str]] = ()  # codes: this rule is skipped if one of these has a finding
    kinds: ClassVar[Sequence[str]] = ()  # of disputed claims that answer findings at the fields in their `shows`
    quiet: ClassVar[bool] = False  # runs only when selected

    def __init_subclass__(cls, *, code: str = "", severity: Level | None = None) -> None:
        """A class without a code of its own is a base of several rules."""
        if code:
            cls.code = code
            for name, value in descriptions_in(cls.descriptions).get(code, {}).items():
                setattr(cls, name, value)
        if severity is not None:
            cls.severity = severity
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def summary(cls) -> str:
        return (cls.__doc__ or "").strip()
