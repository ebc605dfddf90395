"""Turns YAML syntax errors into messages: where, what is wrong, and how to fix it."""

from __future__ import annotations

import re
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

_QUOTE_START = "put quotes around a value that begins with {0}"
_AFTER_END = "put quotes around the whole value, and write a quote within single quotes twice"
_INDENT = "indent it like the lines it belongs to, and check that quotes and brackets before it are closed"

# libyaml's context and problem; our message and advice; whether to point at where the construct begins.
# {0} is the character at that position.
_WORDS: tuple[tuple[str, str, str, str, bool], ...] = (
    ("a quoted scalar", "escape", "this escape is unknown in double quotes",
     "double the backslash, or use single quotes", False),
    ("while scanning a quoted scalar", "", "the quotes that open here are not closed", "close them", True),
    ("while scanning a directive", "", "a line begins with `%`", _QUOTE_START, True),
    ("while scanning an alias", "", "a value begins with {0}", _QUOTE_START, True),
    ("while scanning an anchor", "", "a value begins with {0}", _QUOTE_START, True),
    ("tag", "", "a value begins with {0}", _QUOTE_START, True),
    ("while scanning a block scalar", "comment or line break", "text follows {0}, which opens a block of text",
     "begin the text on the next line, or put quotes around a value that begins with {0}", True),
    ("while scanning a simple key", "':'", "this line has no `: `", "write it as `key: value`", True),
    ("while scanning for the next token", "cannot start", "a value can't begin with {0}", _QUOTE_START, False),
    ("", "mapping values are not allowed", "a `: ` is not allowed here",
     "put quotes around a value that contains `: `, or indent this line like the key above it", False),
    ("", "block sequence entries are not allowed", "a list can't begin here",
     "begin it on a line of its own, or put quotes around a value that begins with `- `", False),
    ("while parsing a flow sequence", "expected ',' or ']'", "the `[` that opens here is not closed",
     "close it with `]`, or put quotes around a value that contains `,`, `[`, `]`, `{{` or `}}`", True),
    ("while parsing a flow mapping", "expected ',' or '}'", "the `{{` that opens here is not closed",
     "close it with `}}`, or put quotes around a value that contains `,`, `[`, `]`, `{{` or `}}`", True),
    ("while parsing a block mapping", "expected key", "this line is not aligned with a key above it", _INDENT, False),
    ("while parsing a block collection", "expected '-'", "this line is not aligned with an item above it",
     _INDENT, False),
    ("", "expected <document start>", "this text follows the end of the record", _INDENT, False),
    ("", "unexpected ':'", "a `:` is not allowed here", "put quotes around a value that contains `:`", False),
    ("", "expected node content", "a value is missing here", "write it, or remove the comma or sign before it", False),
)  # fmt: skip


def syntax_problem(text: str, error: yaml.MarkedYAMLError) -> YamlProblem:
    """The problem behind a syntax error of libyaml."""
    context, problem = error.context or "", error.problem or ""
    broke = error.problem_mark or error.context_mark
    began = error.context_mark or broke
    if broke and text[broke.index : broke.index + 1] == "\t":
        return YamlProblem("TB101", "a tab is used where only spaces are allowed", "use spaces", mark_of(text, broke))
    if broke and "expected key" in problem and text[broke.index - broke.column : broke.index].strip():
        return _syntax(text, "unexpected text after the end of the value", _AFTER_END, broke)
    for of, problem_words, says, do, at_start in _WORDS:
        if of in context and problem_words in problem:
            place = began if at_start else broke
            character = text[place.index : place.index + 1] if place else ""
            sign = "a backtick" if character == "`" else f"`{character}`"
            return _syntax(text, says.format(sign), do.format(sign), place)
    return _syntax(text, f"this is not YAML: {problem or context}", "put quotes around the value", broke)


def _syntax(text: str, says: str, do: str, place: Any) -> YamlProblem:  # noqa: ANN401
    return YamlProblem("TB101", says, do, mark_of(text, place) if place else START)
