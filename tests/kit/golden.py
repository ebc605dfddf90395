"""Expected documents, kept as files; UPDATE_GOLDEN=1 writes them again."""

from __future__ import annotations

import os
from difflib import unified_diff

from .paths import TESTS

LONGEST = 150  # lines: nobody reviews a change of more


def compare(name: str, text: str) -> None:
    """Compare a text, byte for byte, with the file of that name below `tests/golden`."""
    path = TESTS / "golden" / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert path.is_file(), f"{name} does not exist; UPDATE_GOLDEN=1 writes it"
    kept = path.read_bytes().decode()
    differs = "".join(unified_diff(kept.splitlines(keepends=True), text.splitlines(keepends=True), name, "now"))
    assert text == kept, f"UPDATE_GOLDEN=1 writes it again:\n{differs}"
    assert text.count("\n") <= LONGEST, f"{name} is longer than {LONGEST} lines: assert what matters instead"
