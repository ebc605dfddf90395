"""Text knowledge: what test runners print, made fit to be kept: no colours, no characters that a record can't hold."""

from __future__ import annotations

import re

MAX_ERROR = 4000  # characters of an error text that are kept
MAX_NAME = 500
MAX_OUTPUT = 100_000
_RAW = 1_000_000  # more than this of one text is not even looked at

# pytest writes the escape character as `#x1B`, as XML can't hold it.
_COLOURS = re.compile(r"(?:\x1b|#x1B)\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_SKIP = re.compile(r"""['"]Skipped: (.*)['"]\)$""", re.DOTALL)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text as a person reads it."""
    return _UNFIT.sub("", _LINE_ENDS.sub("\n", _COLOURS.sub("", cut(text, _RAW))))


def joined(*parts: str | None) -> str:
    """A test's name of its parts, the missing ones left out."""
    name = "::".join(word for part in parts if part and (word := " ".join(clean(part).split())))
    return clipped(name or "unnamed")


def clipped(name: str) -> str:
    """A name of bounded length; what is cut mostly are parameters, whose bracket is closed again."""
    if len(name) <= MAX_NAME:
        return name
    return f"{name[: MAX_NAME - 20]}… ({len(name)} long){']' if name.endswith(']') else ''}"


def error_text(*parts: str | None) -> str | None:
    """The error text of its parts, each once."""
    kept: list[str] = []
    for part in parts:
        text = clean(part or "").strip()
        if text and not any(text in known for known in kept):
            kept = [known for known in kept if known not in text] + [text]
    whole = "\n".join(kept)
    return cut(whole, MAX_ERROR) or None


def skip_reason(text: str) -> str:
    """The reason in what pytest prints of a skip: file, line and reason in brackets."""
    found = _SKIP.search(text)
    return found[1] if found else text


def cut(text: str, most: int) -> str:
    """A text of bounded length: its begin and its end, which mostly say what happened."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[cut: {len(text)} characters]\n{text[-half:]}"
