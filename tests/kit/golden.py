"""Expected documents, kept as files; UPDATE_GOLDEN=1 writes them again."""

from __future__ import annotations

import os

from .paths import TESTS

LONGEST = 150  # lines: nobody reviews a change of more


def compare(name: str, text: str) -> None:
    """Compare a text, byte for byte, with the file of that name below `tests/golden`."""
    path = TESTS / "golden" / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert path.is_file(), f"{name} does not exist; UPDATE_GOLDEN=1 writes it"
    assert text == path.read_bytes().decode(), f"{name} differs; UPDATE_GOLDEN=1 writes it again"
    assert text.count("\n") <= LONGEST, f"{name} is longer than {LONGEST} lines: assert what matters instead"
