"""Masks what looks like a secret, by the well-known forms in `secrets.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

MASK = "[masked]"
_FORMS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "secrets.toml").read_text(encoding="utf-8"))
_KEY = _FORMS["key"].replace("{name}", _FORMS["name"])
_OF_ISSUERS = rf"\b(?:{'|'.join(_FORMS['beginnings'])})[A-Za-z0-9_=.+/-]{{16,}}"
_WHOLE = re.compile("|".join([_OF_ISSUERS, *_FORMS["forms"]]), re.DOTALL)
_VALUES = [re.compile(form.replace("{key}", _KEY).replace("{name}", _FORMS["name"])) for form in _FORMS["values"]]
_HARMLESS = re.compile(_FORMS["harmless"])


def masked(text: str) -> tuple[str, int]:
    """The text without what looks like a secret, and how many were masked."""
    text, count = _WHOLE.subn(MASK, text)

    def value(found: re.Match[str]) -> str:
        nonlocal count
        if _HARMLESS.fullmatch(found["value"]) or found["value"].startswith(MASK[:-1]):
            return found[0]
        count += 1
        return found["key"] + MASK

    for form in _VALUES:
        text = form.sub(value, text)
    return text, count


def masked_bytes(data: bytes) -> tuple[bytes, int]:
    """The same for a file. One that is not UTF-8, such as a picture, is searched as Latin-1."""
    try:
        encoding, text = "utf-8", data.decode()
    except UnicodeDecodeError:
        encoding, text = "latin-1", data.decode("latin-1")
    text, count = masked(text)
    return (text.encode(encoding), count) if count else (data, 0)


def masked_record(value: Any) -> tuple[Any, int]:  # noqa: ANN401  (whatever a record holds)
    """The same for all texts of a record, the names of results included."""
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        total = 0
        for name, inner in value.items():
            (key, in_name), (below, in_value) = masked(str(name)), masked_record(inner)
            # Names that differ only in a masked part must stay different.
            names = chain([key], (f"{key}[#{number}]" for number in count(2)))
            found[next(name for name in names if name not in found)] = below
            total += in_name + in_value
        return found, total
    if isinstance(value, list | tuple):
        items = [masked_record(below) for below in value]
        return [below for below, _ in items], sum(count for _, count in items)
    return masked(value) if isinstance(value, str) else (value, 0)
