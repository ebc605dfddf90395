"""Converts GitHub's Markdown to the flavour of Python-Markdown, which other site engines use.

Items of nested lists are indented by four spaces, an alert becomes a quote, and an escape that only GitHub knows
becomes an entity. The rest is the same in both.
"""

from __future__ import annotations

import re

_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)]) +(?=\S)")
_FENCE = re.compile(r"`{3,}|~{3,}")
_ALERT = re.compile(r"(> ?)\[!(\w+)\] *")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_ESCAPE = re.compile(r"\\([^\w\s\\`*{}\[\]()>#+.!_-])")
_STEP = 4


def flavoured(markdown: str) -> str:
    """A page in the other flavour."""
    return _Writer().write(markdown)


class _Writer:
    """Converts line by line, and tracks the open lists and the open code block."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.items: list[int] = []  # the column of the content of each open item
        self.fence = ""
        self.loose = False  # whether the open list has a blank line

    def write(self, markdown: str) -> str:
        for line in markdown.splitlines():
            text = line.lstrip(" ")
            if self.fence:
                self._code(text, len(line) - len(text))
            elif text:
                self._text(text, len(line) - len(text))
            else:
                self.loose = self.loose or bool(self.items)
                self.lines.append("")
        return "\n".join(self.lines) + "\n"

    def _code(self, text: str, indent: int) -> None:
        inside = indent - (self.items[-1] if self.items else 0)
        self.lines.append((" " * (_STEP * len(self.items) + max(0, inside)) + text).rstrip(" "))
        if text.startswith(self.fence) and not text.strip("`~ "):
            self.fence = ""

    def _text(self, text: str, indent: int) -> None:
        before = len(self.items)
        while self.items and indent < self.items[-1]:
            self.items.pop()
        depth, item = len(self.items), _ITEM.match(text)
        inside = 0 if item else indent - (self.items[-1] if self.items else 0)
        if item:
            if self.lines and self.lines[-1] and self._needs_a_gap(depth, before):
                self.lines.append("")
            self.items.append(indent + item.end())
        elif not depth:
            self.loose = False
        opening = _FENCE.match(text, item.end() if item else 0)
        self.fence = opening[0] if opening else ""
        self.lines.append(" " * (_STEP * depth + inside) + (text if opening else _line(text)))

    def _needs_a_gap(self, depth: int, before: int) -> bool:
        """Whether Python-Markdown would join an item with the text before it."""
        after_words = not depth and not self.lines[-1].startswith(" ") and not _ITEM.match(self.lines[-1])
        return after_words or (self.loose and before - depth > 1)


def _line(text: str) -> str:
    if alert := _ALERT.fullmatch(text):
        return f"{alert[1]}**{alert[2].capitalize()}**\n>"
    in_table = text.startswith("|")
    pieces, at = [], 0
    for code in _CODE.finditer(text):
        pieces += [_unescaped(text[at : code.start()]), code[0].replace("\\|", "|") if in_table else code[0]]
        at = code.end()
    return "".join([*pieces, _unescaped(text[at:])])


def _unescaped(words: str) -> str:
    return _ESCAPE.sub(lambda found: f"&#{ord(found[1])};", words)
