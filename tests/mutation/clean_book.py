"""The clean book: its files as people write them, with the evidence sealed as the tool seals it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from triagebook.model.evidence import seal_of
from triagebook.store.yaml import YamlProblem, read_plain

CLEAN = Path(__file__).parent / "clean"
SEALED = {"machine", "attested"}


@cache
def clean_files() -> dict[str, bytes]:
    """Every file by its place in the book; the evidence has no seal yet."""
    return {path.relative_to(CLEAN).as_posix(): path.read_bytes() for path in sorted(CLEAN.rglob("*.yaml"))}


def sealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a seal under all evidence that the tool would have recorded that way."""
    return {name: _with_seal(data) if "/evidence/" in name else data for name, data in files.items()}


@cache
def _with_seal(data: bytes) -> bytes:
    try:
        plain = read_plain(data.decode())
    except (YamlProblem, UnicodeDecodeError):
        return data
    if not isinstance(plain, dict) or plain.get("grade") not in SEALED or "seal" in plain:
        return data
    return data + f"seal: {seal_of(plain)}\n".encode()


def write(files: dict[str, bytes], root: Path) -> None:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
