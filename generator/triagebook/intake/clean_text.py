"""Cleans text from other tools: removes colours and characters that a record can't contain."""

from __future__ import annotations

import re

MAX_ERROR = 4000  # characters kept of an error text
MAX_NAME = 500
MAX_OUTPUT = 100_000
_RAW = 1_000_000  # characters read of one text

# pytest writes the escape character as `#x1B`, because XML can't contain it.
_COLOURS = re.compile(r"(?:\x1b|#x1B)\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_SKIP = re.compile(r"""['"]Skipped: (.*)['"]\)$""", re.DOTALL)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """Remove colours and unprintable characters."""
    return _UNFIT.sub("", _LINE_ENDS.sub("\n", _COLOURS.sub("", cut(text, _RAW))))


def joined(*parts: str | None) -> str:
    """Join the parts of a test's name; skip missing ones."""
    name = "::".join(word for part in parts if part and (word := " ".join(clean(part).split())))
    return clipped(name or "unnamed")


def clipped(name: str) -> str:
    """Limit the length of a name, and close the bracket of cut parameters."""
    if len(name) <= MAX_NAME:
        return name
    return f"{name[: MAX_NAME - 20]}… ({len(name)} long){']' if name.endswith(']') else ''}"


def error_text(*parts: str | None) -> str | None:
    """Join the parts of an error text, without repetitions."""
    kept: list[str] = []
    for part in parts:
        text = clean(part or "").strip()
        if text and not any(text in known for known in kept):
            kept = [known for known in kept if known not in text] + [text]
    whole = "\n".join(kept)
    return cut(whole, MAX_ERROR) or None


def skip_reason(text: str) -> str:
    """The reason for a skip, from the text that pytest prints."""
    found = _SKIP.search(text)
    return found[1] if found else text


def cut(text: str, most: int) -> str:
    """Limit the length of a text, and keep its start and end, which say the most."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[cut: {len(text)} characters]\n{text[-half:]}"
