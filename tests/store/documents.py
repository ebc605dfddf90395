"""YAML as people and tools write it: documents in many styles made by chance, and real ones found on this machine."""

from __future__ import annotations

import json
import re
import sysconfig
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from triagebook.store.yaml import YamlProblem, read

WORDS = [
    "a", "b1", "title", "staging", "1184", "123e456", "2025-09-15", "true", "null", "~", "no", "0x1F", "1_000", "=",
    "-1", "app/routes.py:1233", "https://example.org/a?b=c#d", "a b", "one two three", "two  spaces",
    "it's", 'say "x"', "a #b", "a: b", "- x",
    "[a]", "{b}", "a, b", "#c", "&d", "*e", "!f", "|", ">", "%g", "@h", "`i`", "? j", "?k", ":l", "m:", "{{ n.o }}",
    "é", "😀", "中文", "<<", "---", "...", "x\\n", "\\", "C:\\dir", "'", '"', "tab\there", "nbsp\u00a0here",
]  # fmt: skip
ODD = [
    "",
    " ",
    " lead",
    "trail ",
    "\x07",
    "\x85",
    "\u2028",
    "\ufeff",
    "a\rb",
    "a\r\nb",
    "\n",
    "\n\n",
    "a\n\n\n",
    " \n ",
]
TEXTS = [
    "one\ntwo\n", "one\ntwo", "  code:\n    more\nend\n", "a\n\nb\n", "# no comment\nkey: value\n",
    "trailing  \nspaces \n", "\n  late\n", "a\n\n\n  b\n\n", "- x\n- y", "tab\n\tin\n", "...\n---\n",
]  # fmt: skip
KEYS = [
    "a",
    "b",
    "c",
    "title",
    "of",
    "from_",
    "x-1",
    "1184",
    "two words",
    "it's",
    "null",
    "é",
    "a: b",
    "#k",
    "",
    "?",
    "-",
]

words = st.sampled_from(WORDS) | st.text("abc :#-,'\"é\n", max_size=12)
scalars = words | st.sampled_from(ODD) | st.sampled_from(TEXTS)
keys = st.sampled_from(KEYS) | st.sampled_from(KEYS[:8])


def _nest(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(below, max_size=4) | st.dictionaries(keys, below, max_size=4)


values = st.recursive(scalars, _nest, max_leaves=8)
mappings = st.dictionaries(keys, values, min_size=1, max_size=5)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A file that holds a mapping, written in some style."""
    return Scribe(draw(st.randoms(use_true_random=False))).document(draw(mappings))


def is_plain_yaml(text: str) -> bool:
    try:
        return read(text).keys is not None
    except YamlProblem:
        return False


class Scribe:
    """Writes YAML in all the ways it can be written, with comments that can be told apart."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.step = random.choice([2, 2, 2, 3, 4])
        self.offset = random.choice([0, 2, 2, 4])
        self.gap = random.choice([2, 2, 2, 4])
        self.comments = 0
        self.chatty = random.choice([0.0, 0.1, 0.3])
        self.quotes = random.choice([0.0, 0.3])
        self.brackets = random.choice([0.0, 0.2, 0.5])
        self.in_block_text = False  # a deep comment below a block of text would be part of it
        self.keeps_blank_lines = False  # and so would a blank line below one with `+`

    def document(self, data: dict[str, Any]) -> str:
        lines = ["---"] if self._chance(0.1) else []
        if self._chance(0.1):
            lines += self._flow(data, 0)
        else:
            lines += self._mapping(data, 0)
        lines += self._between(0)
        lines += ["..."] if self._chance(0.05) else []
        newline = self.random.choice(["\n", "\n", "\r\n"])
        return newline.join(lines) + newline * (not self._chance(0.2))

    def _chance(self, probability: float) -> bool:
        return self.random.random() > 1 - probability  # so that a small failing example is a plain one

    def _comment(self) -> str:
        self.comments += 1
        return f"# note {self.comments}: 'x' [y"

    def _between(self, indent: int) -> list[str]:
        """Blank lines and comments before an entry."""
        lines = [""] if self._chance(0.1) and not self.keeps_blank_lines else []
        while self._chance(self.chatty):
            deeper = 0 if self.in_block_text else self.random.choice([0, 0, 2, 5])
            lines.append(" " * self.random.choice([indent, indent, indent + deeper, 0]) + self._comment())
            lines += [""] if self._chance(0.1) else []
            self.keeps_blank_lines = False
        return lines

    def _note(self) -> str:
        return "  " + self._comment() if self._chance(self.chatty) else " " * self._chance(0.05)

    # ── block style ──────────────────────────────────────────────────────────────────────────────────

    def _mapping(self, data: dict[str, Any], indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in data.items():
            lines += self._between(indent) if lines else []
            first, *below = self._hung(value, indent, self.step)
            if self._chance(0.03):
                lines += [" " * indent + "? " + self._one_line(key) + self._note(), " " * indent + ":" + first, *below]
            else:
                lines += [" " * indent + self._key(key) + ":" + first, *below]
        return lines

    def _list(self, data: list[Any], indent: int) -> list[str]:
        lines: list[str] = []
        for value in data:
            lines += self._between(indent) if lines else []
            first, *below = self._hung(value, indent, self.gap, in_list=True)
            lines += [" " * indent + "-" + first, *below]
        return lines

    def _hung(self, value: Any, indent: int, step: int, *, in_list: bool = False) -> list[str]:
        """A value behind a `:` or a dash, and the lines below."""
        self.in_block_text = self.keeps_blank_lines = False
        inner = indent + step
        if isinstance(value, str):
            return self._text(value, inner, step)
        if not value or self._chance(self.brackets):
            first, *below = self._flow(value, inner)
            return [" " + first, *below[:-1], below[-1] + self._note()] if below else [" " + first + self._note()]
        if in_list and not self._chance(0.1):
            first, *below = (self._mapping if isinstance(value, dict) else self._list)(value, inner)
            return [first[indent + 1 :], *below]
        note = self._note()
        if isinstance(value, dict):
            return [note, *self._between(inner), *self._mapping(value, inner)]
        inner = indent + (step if in_list else self.offset)
        return [note, *self._between(inner), *self._list(value, inner)]

    def _text(self, value: str, indent: int, step: int) -> list[str]:
        if value == "" and self._chance(0.3):
            return [self._note()]
        if _fits_block(value) and self._chance(0.8 if "\n" in value else 0.05):
            return self._block_text(value, indent, step)
        if _FOLDS.fullmatch(value) and self._chance(0.3):
            return self._folded(value.split(" "), indent)
        if self._chance(0.05):
            return [self._note(), *self._between(indent), " " * indent + self._one_line(value) + self._note()]
        return [" " * self.random.choice([1, 1, 1, 3]) + self._one_line(value) + self._note()]

    def _block_text(self, value: str, indent: int, step: int) -> list[str]:
        self.in_block_text = True
        body = value.rstrip("\n")
        ends = len(value) - len(body)
        self.keeps_blank_lines = ends > 1 or (ends == 1 and self._chance(0.1))
        depth = str(step) if value[0] in " \n" or self._chance(0.1) else ""
        header = " |" + depth + "-" * (ends == 0) + "+" * self.keeps_blank_lines + self._note()
        lines = [" " * indent + line if line else "" for line in body.split("\n")] + [""] * (ends - 1)
        if not self.keeps_blank_lines and self._chance(0.2):
            lines.append("")
        return [header, *lines]

    def _folded(self, words: list[str], indent: int) -> list[str]:
        """A value of many words, each on a line: as a folded block, in quotes or plain."""
        lines = [" " * indent + word for word in words]
        if self._chance(0.4):
            self.in_block_text = True
            return [" >-" + self._note(), *lines]
        quote = self.random.choice(["", "'", '"'])
        lines[-1] += quote + self._note()
        return [" " + quote + words[0], *lines[1:]]

    # ── flow style, and what fits on one line ────────────────────────────────────────────────────────

    def _flow(self, value: Any, indent: int) -> list[str]:
        """A value in brackets: on one line, or on several."""
        if isinstance(value, str):
            return [self._one_line(value, flow=True)]
        opening, closing = "[]" if isinstance(value, list) else "{}"
        parts = [self._flow_entry(value, key) for key in (range(len(value)) if isinstance(value, list) else value)]
        if parts and self._chance(0.2):
            comma = "," * self._chance(0.5)
            lines = [opening + self._note()]
            for position, part in enumerate(parts):
                end = "," if position < len(parts) - 1 else comma
                lines += [*self._between(indent), " " * indent + part + end + self._note()]
            return [*lines, " " * indent + closing]
        space = " " * self._chance(0.2)
        return [opening + space + self.random.choice([", ", ", ", ","]).join(parts) + space + closing]

    def _flow_entry(self, parent: Any, key: Any) -> str:
        value = parent[key]
        inner = self._one_line_flow(value)
        if isinstance(parent, list):
            if isinstance(value, dict) and len(value) == 1 and inner.startswith("{") and self._chance(0.2):
                return inner[1:-1]  # a pair without braces
            return inner
        if value == "" and self._chance(0.3):
            return self._key(key, flow=True) + ": " * self._chance(0.5)
        return self._key(key, flow=True) + ": " + inner

    def _one_line_flow(self, value: Any) -> str:
        if isinstance(value, str):
            return self._one_line(value, flow=True)
        opening, closing = "[]" if isinstance(value, list) else "{}"
        items = range(len(value)) if isinstance(value, list) else value
        return opening + ", ".join(self._flow_entry(value, key) for key in items) + closing

    def _key(self, key: str, *, flow: bool = False) -> str:
        return self._one_line(key, flow=flow) + " " * self._chance(0.02)

    def _one_line(self, value: str, *, flow: bool = False) -> str:
        pattern = _FLOW_PLAIN if flow else _PLAIN
        if pattern.fullmatch(value) and value not in {"<<", "---", "..."} and not self._chance(self.quotes):
            return value
        if _PRINTABLE.fullmatch(value) and self._chance(0.5):
            return "'" + value.replace("'", "''") + "'"
        return _double_quoted(value)


_PRINTABLE = re.compile(r"[\x20-\x7e\xa0-\u2027\u3000-\ud7ff😀]*")
_PLAIN = re.compile(r"(?!--- )[A-Za-z0-9/~é中(](?:[A-Za-z0-9/~é中文.,()_'\"=+\\-]|(?<! ) (?![ #])|:(?! |$))*(?<! )")
_FLOW_PLAIN = re.compile(r"[A-Za-z0-9é中](?:[A-Za-z0-9é中文./_-]|(?<! ) (?![ #]))*(?<! )")


def _double_quoted(value: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "".join(one if _PRINTABLE.fullmatch(one) else f"\\u{ord(one):04x}" for one in text)


def _fits_block(value: str) -> bool:
    return bool(value.strip()) and all(map(_BLOCK_LINE.fullmatch, value.split("\n")))


_FOLDS = re.compile(r"[a-z0-9./]+( [a-z0-9./]+)+")
_BLOCK_LINE = re.compile(r"(?:[\x20-\x7e\té😀中文]*[\x21-\x7eé😀中文][\x20-\x7e\té😀中文]*)?")


def real_documents() -> dict[str, str]:
    """YAML that nobody wrote for these tests: the book of this repository, and what installed packages bring along."""
    repository = Path(__file__).parents[2]
    packages = Path(sysconfig.get_paths()["purelib"])
    paths = [*repository.glob("issues/**/*.yaml"), *repository.glob("*.y*ml")]
    paths += [path for ending in ("yaml", "yml") for path in packages.rglob(f"*.{ending}")]
    found = {}
    for path in sorted(paths):
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        if len(text) < 20_000 and is_plain_yaml(text):
            found[path.parent.name + "/" + path.name] = text
    return found
