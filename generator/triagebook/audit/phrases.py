"""Compiles lists of phrases to expressions."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """An expression that finds any of these phrases as whole words, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)


def one_of(*expressions: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """An expression that finds what any of these finds."""
    return re.compile("|".join(expressions), flags)
