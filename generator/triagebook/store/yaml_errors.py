"""Turns YAML syntax errors into messages: where, what is wrong, and how to fix it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct


class Mark(Struct, frozen=True):
    """A position in a text: line and column count from 1, index from 0."""

    line: int
    column: int
    index: int


START = Mark(1, 1, 0)


class YamlProblem(Exception):  # noqa: N818  (a problem of the file, not of the program)
    """Why a text is not plain YAML, where, and how to fix it."""

    def __init__(self, code: str, says: str, do: str, mark: Mark) -> None:
        super().__init__(says)
        self.code, self.says, self.do, self.mark = code, says, do, mark


def mark_of(text: str, mark: Any) -> Mark:  # noqa: ANN401  (libyaml's marks and their pure twins share no type)
    if mark.index >= len(text) and text[-1:] not in "\r\n":  # libyaml counts a line more where the last has no end
        return mark_at(text, len(text))
    return Mark(mark.line + 1, mark.column + 1, mark.index)


# ── characters ───────────────────────────────────────────────────────────────────────────────────────

# Beside what YAML forbids: U+0085, U+2028 and U+2029, which end a line for some readers and not for others, and
# U+FEFF, which some drop.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n?|\n")


def unreadable_character(text: str) -> YamlProblem | None:
    """The problem of the first character that a record may not contain unescaped."""
    found = UNREADABLE.search(text)
    if found is None:
        return None
    code = ord(found.group())
    do = f"remove it, or write it as `\\u{code:04x}` in double quotes"
    says = f"the character U+{code:04X} is not allowed in a record"
    return YamlProblem("TB102", says, do, mark_at(text, found.start()))


def mark_at(text: str, index: int) -> Mark:
    """The position of a character."""
    breaks = list(_BREAK.finditer(text, 0, index))
    return Mark(len(breaks) + 1, index - (breaks[-1].end() if breaks else 0) + 1, index)


# ── syntax ───────────────────────────────────────────────────────────────────────────────────────────

_AFTER_END = "put quotes around the whole value, and write a quote within single quotes twice"


@cache
def _known() -> list[dict[str, Any]]:
    """What to say of each error of libyaml."""
    return list(tomllib.loads((Path(__file__).parent / "yaml_errors.toml").read_text(encoding="utf-8"))["errors"])


def syntax_problem(text: str, error: yaml.MarkedYAMLError) -> YamlProblem:
    """The problem behind a syntax error of libyaml."""
    context, problem = error.context or "", error.problem or ""
    broke = error.problem_mark or error.context_mark
    began = error.context_mark or broke
    if broke and text[broke.index : broke.index + 1] == "\t":
        return YamlProblem("TB101", "a tab is used where only spaces are allowed", "use spaces", mark_of(text, broke))
    if broke and "expected key" in problem and text[broke.index - broke.column : broke.index].strip():
        return _syntax(text, "unexpected text after the end of the value", _AFTER_END, broke)
    for known in _known():
        if known.get("context", "") in context and known.get("problem", "") in problem:
            place = began if known.get("at_start") else broke
            character = text[place.index : place.index + 1] if place else ""
            sign = "a backtick" if character == "`" else f"`{character}`"
            return _syntax(text, known["says"].format(sign), known["do"].format(sign), place)
    return _syntax(text, f"this is not YAML: {problem or context}", "put quotes around the value", broke)


def _syntax(text: str, says: str, do: str, place: Any) -> YamlProblem:  # noqa: ANN401
    return YamlProblem("TB101", says, do, mark_of(text, place) if place else START)
