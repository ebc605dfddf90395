"""Runs the regular expressions of records with RE2, in time proportional to the text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

HOW = "correct it; it is written as for RE2, without look-around and back-references"


class ExpressionError(ValueError):
    """A text is not an expression; its message says why."""


@lru_cache(maxsize=1024)
def compiled(regex: str, *, by_line: bool = False) -> Any:  # noqa: ANN401  (RE2's expressions have no type)
    """An expression that searches bytes; `by_line`, it never matches across lines."""
    import re2  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to import, and most books need none)

    options = re2.Options()
    options.log_errors, options.never_nl = False, by_line
    try:
        return re2.compile((f"(?m){regex}" if by_line else regex).encode(), options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace").replace("(?m)", "")
        raise ExpressionError(why.replace(": ", " in ", 1)) from None


def occurs(regex: str, text: str) -> bool:
    """Whether an expression matches somewhere in a text."""
    return compiled(regex).search(text.encode(errors="replace")) is not None
