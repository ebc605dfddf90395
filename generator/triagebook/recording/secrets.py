"""Masks what looks like a secret, by the well-known forms of keys, tokens and passwords."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count
from typing import Any

MASK = "[masked]"
_FORMS = (
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # AWS
    r"\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_[A-Za-z0-9_]{30,}\b",
    r"\bgl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{20,}",  # GitLab
    r"\bxox[abeprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}",  # Slack
    r"\bnpm_[A-Za-z0-9]{30,}\b",
    r"\bpypi-[A-Za-z0-9_-]{32,}",
    r"\bsk_live_[A-Za-z0-9]{16,}\b|\bAIza[A-Za-z0-9_-]{35}\b",  # Stripe, Google
    r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # JSON Web Token
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
)
_KEY = r"(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|secret[_-]?key|auth[_-]?token|access[_-]?token)"
_WHOLE = re.compile("|".join(_FORMS), re.DOTALL)
# Here only the value is masked, so that a reader sees what it was.
_VALUES = (
    re.compile(r"(?i)(\bauthorization['\"]?\s*[:=]\s*['\"]?(?:(?:bearer|basic|token|digest)\s+)?)([^\s'\",;<]{6,})"),
    re.compile(rf"(?i)((?<![a-z0-9])[a-z0-9_-]*{_KEY}['\"]?\s*(?:=|:)\s*['\"]?)([^\s'\",;&<>()\[\]{{}}]{{4,}})"),
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]+:)([^\s:/@]{3,})(?=@)"),
)
_NOT_SECRET = re.compile(r"(?i)none|null|true|false|undefined|\*+|x+|<.*|\$.*|str|string|int|bytes|masked")


def masked(text: str) -> tuple[str, int]:
    """The text without what looks like a secret, and how many were masked."""
    text, count = _WHOLE.subn(MASK, text)

    def value(found: re.Match[str]) -> str:
        nonlocal count
        if _NOT_SECRET.fullmatch(found[2]) or found[2].startswith(MASK[:-1]):
            return found[0]
        count += 1
        return found[1] + MASK

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
