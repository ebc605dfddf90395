"""The JSON Schemas beside the records, where editors find them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from triagebook.model.schema import KINDS, schema

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".schema"


def text(kind: str) -> str:
    """One schema as it is written to its file."""
    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"


def stale(root: Path) -> list[str]:
    """The schema files of a book that are not there, or not what the models say now."""
    return [name for kind in KINDS if _read(root / (name := f"{FOLDER}/{kind}.json")) != text(kind)]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
