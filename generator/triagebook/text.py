"""Text for people: record text made safe to show, counted nouns, and lists."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

_CI_COMMAND = re.compile(r"^([ \t]*)(?=::[A-Za-z])", re.MULTILINE)
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they change the direction of the text that follows


def visible(text: str) -> str:
    """Text that gives no orders: control characters are escaped, and lines that a CI system would obey."""
    shown = "".join(character if _is_harmless(character) else ascii(character)[1:-1] for character in text)
    return _CI_COMMAND.sub(r"\1\\", shown) if "::" in shown else shown


def _is_harmless(character: str) -> bool:
    return character in "\n\t" or (
        unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and character not in _TURNS
    )


def on_one_line(text: str) -> str:
    """Text with control characters escaped and all white space collapsed into single spaces."""
    return visible(" ".join(text.split()))


def counted(number: int, thing: str, things: str = "") -> str:
    """A number with its noun: `1 issue`, `2 issues`."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Names as inline code, the first few of them: `a`, `b` and 2 more."""
    return first_of((f"`{name}`" for name in names), most)


def first_of(names: Iterable[str], most: int = 3) -> str:
    """The first few names, and how many more there are: a, b, c and 2 more."""
    every = list(names)
    first = ", ".join(every[:most])
    return first if len(every) <= most else f"{first} and {len(every) - most} more"


def joined(parts: Iterable[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last


def seen_from(folder: Path, path: Path) -> str:
    """A path relative to a folder, with slashes; complete if it is on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()


def natural(text: str) -> list[tuple[bool, int, str]]:
    """A key that sorts 9 before 10, and numbers before words."""
    parts = re.split(r"(\d+)", text)
    return [(False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts if part]


def today() -> date:
    return datetime.now().astimezone().date()
