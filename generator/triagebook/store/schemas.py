"""Writes the JSON Schemas beside the records, for editors."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from triagebook.model.schema import KINDS, schema

from . import write as files

FOLDER = ".schema"


@cache  # writing compares first
def text(kind: str) -> str:
    """One schema as it is written to its file."""
    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"


def stale(root: Path) -> list[str]:
    """The schema files of a book that are missing or out of date."""
    return [name for kind in KINDS if _read(root / (name := f"{FOLDER}/{kind}.json")) != text(kind)]


def write(root: Path) -> list[str]:
    """Write those that are not current; their names."""
    old = stale(root)
    for name in old:
        files.write(root, name, text(Path(name).stem))
    return old


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else None
    except (OSError, UnicodeDecodeError):
        return None
