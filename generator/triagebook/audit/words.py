"""The vocabulary of the rules: `words.toml` lists the words and phrases they look for, one per line."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path


def any_of(*phrases: str) -> re.Pattern[str]:
    """An expression that finds any of these phrases as whole words, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)


class Words:
    """The expressions in one table of the vocabulary, each an attribute."""

    def __init__(self, table: str) -> None:
        self._table = table

    def __getattr__(self, name: str) -> re.Pattern[str]:
        if name.startswith("__"):
            raise AttributeError(name)
        words, forms = _lines(self._table, "words", name), _lines(self._table, "forms", name)
        if not words and not forms:
            raise AttributeError(f"the vocabulary has no `{name}` for `{self._table}`")
        pattern = any_of(*words) if words else re.compile("|".join(forms))
        setattr(self, name, pattern)
        return pattern

    def each(self, name: str) -> list[re.Pattern[str]]:
        """The forms of an entry one by one, where several have the same groups."""
        return _each(self._table, name)


@cache
def _each(table: str, name: str) -> list[re.Pattern[str]]:
    return [re.compile(form) for form in _lines(table, "forms", name)]


@cache
def _vocabulary() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _lines(table: str, kind: str, name: str) -> list[str]:
    """The lines of an entry, of its own table or of the shared one; `{other}` stands for another entry."""

    def other(found: re.Match[str]) -> str:
        return f"(?:{'|'.join(_lines(table, 'parts', found[1]))})"

    places = (_vocabulary().get(one, {}).get(kind, {}) for one in (table, "shared"))
    text = next((place[name] for place in places if name in place), "")
    return [re.sub(r"\{([a-z_]+)\}", other, line) for line in text.splitlines()]
