"""Words for a terminal: text from records made safe to show, numbers with their nouns."""

from __future__ import annotations

import unicodedata

_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they change the direction of what follows


def visible(text: str) -> str:
    """Text as it is, but for what would steer the terminal: that is written out."""
    return "".join(character if _is_harmless(character) else ascii(character)[1:-1] for character in text)


def _is_harmless(character: str) -> bool:
    return character in "\n\t" or (unicodedata.category(character) not in {"Cc", "Cs"} and character not in _TURNS)


def on_one_line(text: str) -> str:
    """Text made visible, its line breaks and runs of blanks as one blank each."""
    return visible(" ".join(text.split()))


def counted(number: int, thing: str) -> str:
    """A number with its noun: `1 issue`, `2 issues`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
