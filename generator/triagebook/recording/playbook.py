"""Fills in an issue from the detector and playbook of its pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from triagebook.errors import TriagebookError
from triagebook.findings import Edit, Plain
from triagebook.model.base import Record
from triagebook.model.refs import CategoryRef, EnvironmentRef, PersonRef
from triagebook.model.scalars import leaves
from triagebook.store.edit import apply
from triagebook.store.files import decode
from triagebook.store.yaml import read_plain

if TYPE_CHECKING:
    from triagebook.book import Book

_MODELINE = "# yaml-language-server:"
_PARTS = re.compile(r"(?:closed|claims|detector|symptoms|causes|suites|plan|criteria|metrics|risks|deployment):")


def playbook_of(root: Path, patterns: Iterable[str]) -> dict[str, Plain]:
    """The keys that patterns fill in; the first pattern with a key counts."""
    filled: dict[str, Plain] = {}
    for name in patterns:
        file = root / "patterns" / f"{name}.yaml"
        try:
            plain = read_plain(decode(file.read_bytes())[0])
        except (OSError, UnicodeDecodeError, ValueError):
            raise TriagebookError(f"{file.as_posix()} can't be read", "see: triagebook check") from None
        if isinstance(plain, Mapping):
            for key, value in _taken_over(plain).items():
                filled.setdefault(key, value)
    return filled


def _taken_over(pattern: Mapping[str, Plain]) -> dict[str, Plain]:
    """What an issue takes over of a pattern: its detector, its prevention, and the playbook."""
    book = pattern.get("playbook")
    own: dict[str, Plain] = {str(key): value for key, value in book.items()} if isinstance(book, Mapping) else {}
    suites, plan, prevention = own.get("suites"), own.get("plan"), pattern.get("prevention")
    if isinstance(suites, Mapping):
        own["suites"] = {name: suite for name, suite in suites.items() if _can_prove(suite)}
    if prevention:
        plan = plan if isinstance(plan, Mapping) else {}
        own["plan"] = {**plan, "after": [*_listed(plan.get("after", [])), *_listed(prevention)]}
    return {"detector": pattern["detector"], **own} if "detector" in pattern else own


def _can_prove(suite: Plain) -> bool:
    """Whether a suite is to do something else before the fix than after it, so far as it says."""
    return not isinstance(suite, Mapping) or "before" not in suite or suite["before"] != suite.get("after")


def _listed(value: Plain) -> list[Plain]:
    return list(value) if isinstance(value, list) else [value]


def with_playbook(text: str, filled: Mapping[str, Plain]) -> str:
    """The text of a new record with the playbook filled in, and without the hints for those keys."""
    if not filled:
        return text
    kept = [part for part in text.split("\n\n") if not any(_hints_at(part, key) for key in filled)]
    return spaced(apply("\n\n".join(kept).rstrip("\n") + "\n", edits_for("issue.yaml", filled)))


def spaced(text: str) -> str:
    """Put blank lines between the large sections of a record, if that does not change its data."""
    lines = text.split("\n")
    begins = [
        bool(_PARTS.match(line)) and bool(above) and not above.startswith("#")
        for above, line in zip(["", *lines], lines, strict=False)
    ]
    wider = "\n".join(f"\n{line}" if begin else line for line, begin in zip(lines, begins, strict=True))
    return wider if read_plain(wider) == read_plain(text) else text


def edits_for(file: str, filled: Mapping[str, Plain]) -> list[Edit]:
    return [Edit(file, (key,), "set", value) for key, value in filled.items()]


def _hints_at(part: str, key: str) -> bool:
    return not part.startswith(_MODELINE) and f"\n# {key}:" in f"\n{part}"


def left_open(book: Book, record: Record) -> list[str]:
    """The names in a playbook that are missing from the catalog, by kind."""
    kinds: dict[str, dict[str, None]] = {}
    for _, value in leaves(record):
        if isinstance(value, CategoryRef | EnvironmentRef | PersonRef) and value not in book.names(value.to):
            kinds.setdefault(value.to, {})[str(value)] = None
    return [
        f"the playbook refers to the {kind} {', '.join(f'`{name}`' for name in names)}; add it to the catalog"
        for kind, names in kinds.items()
    ]
