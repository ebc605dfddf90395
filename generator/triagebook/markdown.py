"""Text safety: what people wrote becomes Markdown that stays in its place and hides nothing after it.

A block of prose is taken as it is where it holds by itself; else it is parsed and written anew; where even that fails
to hold, it is shown as code. The test for "holds" is the parser itself, so no list of tricks has to be complete.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import comrak

Lookup = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Linked:
    """Words that may lead somewhere."""

    text: str
    target: str | None = None
    code: bool = False


class Computed(str):
    """A computed value; its number leads to where it comes from, which HTML shows."""

    __slots__ = ("number",)

    def __new__(cls, text: str, number: int) -> Self:
        made = super().__new__(cls, text)
        made.number = number
        return made

    number: int


# Characters that Unicode keeps free for a program's own use: taken out of every text, so nobody can forge them.
_LESS = "\ufdd0"
MARK_OPEN, MARK_MIDDLE, MARK_CLOSE, BLANK = "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
FIGURE_OPEN, FIGURE_DIGITS, FIGURE_CLOSE = (
    "\ufdd5",
    "\ufdd6\ufdd7\ufdd8\ufdd9\ufdda\ufddb\ufddc\ufddd\ufdde\ufddf",
    "\ufde0",
)
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
_REORDERING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # makes text read otherwise than it is written

_END = "The end of the field."
_BLOCK = r"p|ul|ol|li|pre|blockquote|h[1-6]|table|hr|div"
_ONE_PARAGRAPH = re.compile(rf"<p>(?:(?!</?(?:{_BLOCK})\b).)*</p>\n", re.DOTALL)
_DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*\[[^\]]*\]:", re.MULTILINE)  # of a link or a footnote: reaches other fields
_MARKUP = re.compile(r"[*\[\]<~&\\]|(?<![^\W_])_|_(?![^\W_])")
_BLOCKS = re.compile(r"\n\n|^ {0,3}([#>+=-]|\d+[.)]|```|~~~)", re.MULTILINE)  # what may be more than a paragraph
_PREFIX = r"(?:[ >]|[-*+] |\d{1,9}[.)] )*"
_FENCE = re.compile(rf"({_PREFIX})(`{{3,}}|~{{3,}})([^\n]*)\n?")
_HEADING = re.compile(rf"^({_PREFIX})(#{{1,6}})(?= |$)", re.MULTILINE)
_ADDRESS = re.compile(r"(?<=:)//|(?<=www)\.|@(?=[\w-])", re.IGNORECASE)
_ALERT = re.compile(rf"^({_PREFIX}> ?)\[!(\w+)\]", re.MULTILINE)
_NAME = re.compile(r"\{\{ *([a-z][a-z0-9_.-]*(?: [a-z_]+=[^\s=}]+)*) *\}\}")


def _options() -> tuple[comrak.ExtensionOptions, comrak.ParseOptions, comrak.RenderOptions]:
    extensions, rendering = comrak.ExtensionOptions(), comrak.RenderOptions()
    extensions.table = extensions.tasklist = extensions.strikethrough = True
    extensions.alerts = extensions.autolink = True
    rendering.unsafe_ = False
    rendering.prefer_fenced = True
    return extensions, comrak.ParseOptions(), rendering


_GFM = _options()


def clean(text: str) -> str:
    """A text without characters that can't be seen, its tabs as spaces and its lines ending as lines do."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNWANTED.sub("", text).expandtabs(4)


# ── one line ─────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=8192)  # names and titles stand on many pages
def inline(text: str) -> str:
    """Words on one line, with nothing in them that Markdown would read, but for code between backticks."""
    return _words(clean(text))


def _words(text: str) -> str:
    words = " ".join(_REORDERING.sub("", text).split())
    pieces, at = [], 0
    for start, end, ticks in _code_spans(words):
        pieces += [_escape(words[at:start]), code(words[start + ticks : end - ticks])]
        at = end
    escaped = "".join([*pieces, _escape(words[at:])])
    escaped = re.sub(r"^[#+=>-]", r"\\\g<0>", escaped)
    return re.sub(r"^(\d{1,9})(?=[.)](?: |$))", r"\1\\", escaped)


def _escape(words: str) -> str:
    words = re.sub(r"[\\`*\[\]<|~$]|&(?=#?\w+;)", r"\\\g<0>", words)
    words = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", words)  # within a word it means nothing
    return _ADDRESS.sub(r"\\\g<0>", words)  # an address would become a link, and take escapes for a part of it


@lru_cache(maxsize=8192)
def code(text: str) -> str:
    """A piece of code within a line."""
    words = " ".join(_show_reordering(clean(text)).split())
    if not words:
        return ""
    ticks = "`" * (_longest_run(words) + 1) if "`" in words else "`"
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def cell(markdown: str) -> str:
    """One line of Markdown as a cell of a table."""
    pieces = []
    for piece, is_code in _pieces(markdown.replace("\n", " ")):
        if not is_code:
            pieces.append(re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", piece))
        elif "\\|" in piece:  # a table can't hold this as code
            pieces.append(_escape(piece.strip("`").strip()))
        else:
            pieces.append(piece.replace("|", "\\|"))
    return "".join(pieces)


def link(words: Linked) -> str:
    """Words, as a link where they lead somewhere."""
    text = code(words.text) if words.code else inline(words.text)
    if not words.target:
        return text
    address = re.sub(
        r"[\x00-\x20<>()\\\"|`\[\]{}^*]", lambda found: f"%{ord(found[0]):02X}", clean(words.target).strip()
    )
    return f"[{text}]({re.sub(r'&(?=#?[0-9A-Za-z]+;)', '&amp;', address)})"


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────


def fence(text: str, language: str = "") -> str:
    """A block of code."""
    text = _show_reordering(clean(text)).strip("\n").rstrip()
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{re.sub(r'[^A-Za-z0-9_+#.-]', '', language)}\n{text}\n{ticks}"


def prose(text: str, level: int = 4, lookup: Lookup | None = None) -> str:
    """A block of Markdown whose headings begin at a level. The lookup gives the value of a name in `{{ }}`."""
    text = _REORDERING.sub("", clean(text)).strip()
    if lookup:
        text = fill(text, lookup)
    if _holds(text, level):
        return text
    mended = _rewritten(text, level)
    return mended if _holds(mended, level) else fence(text)


def line(text: str, lookup: Lookup | None = None) -> str:
    """Prose as one line, fit to stand between other words; without its markup where it is more than a paragraph."""
    text = _REORDERING.sub("", clean(text)).strip()
    if lookup:
        text = fill(text, lookup)
    return _paragraph(text) or inline(text)


def item(text: str, level: int = 4, lookup: Lookup | None = None) -> str:
    """Prose behind a tick box, where only a paragraph can begin: blocks follow it, or lose their markup."""
    first, _, rest = _REORDERING.sub("", clean(text)).strip().partition("\n\n")
    if rest and _paragraph(first):
        return f"{line(first, lookup)}\n\n{prose(rest, level, lookup)}"
    return line(text, lookup)


def _paragraph(text: str) -> str:
    """A text as one line with its markup, if it is a single paragraph; else nothing."""
    if not _MARKUP.search(text):
        return "" if _BLOCKS.search(text) else _words(text)  # clean by now, but for the figures that were filled in
    mended = _rewritten(text, 4)
    if _holds(mended, 4) and _ONE_PARAGRAPH.fullmatch(comrak.render_markdown(mended, *_GFM)):
        return re.sub(r"\\?\n *", " ", mended)
    return ""


def fill(text: str, lookup: Lookup) -> str:
    """The text with the names in `{{ }}` replaced by their values; a name that is not known stays as written."""
    if "{{" not in text:
        return text

    def value(found: re.Match[str]) -> str:
        known = lookup(found[1])
        return found[0] if known is None else figure(known)

    return "".join(piece if is_code else _NAME.sub(value, piece) for piece, is_code in _pieces(text))


def figure(value: str) -> str:
    """A computed value on a line, marked with its number where it has one."""
    if not isinstance(value, Computed):
        return inline(value)
    digits = "".join(FIGURE_DIGITS[int(digit)] for digit in str(value.number))
    return f"{FIGURE_OPEN}{digits}{inline(str(value))}{FIGURE_CLOSE}"


def without_figures(markdown: str) -> str:
    """The Markdown without the marks of figures, which only HTML shows."""
    return re.sub(f"[{FIGURE_OPEN}{FIGURE_DIGITS}{FIGURE_CLOSE}]", "", markdown)


def without_alerts(text: str) -> str:
    """Prose whose alerts (`> [!NOTE]`) are quotes."""
    return "".join(piece if is_code else _ALERT.sub(r"\1\2:", piece) for piece, is_code in _pieces(text))


def _holds(text: str, level: int) -> bool:
    """Does what follows the text begin where the text ends, and is all of it visible and below its heading?"""
    html: str = comrak.render_markdown(f"{text}\n\n{_END}", *_GFM)
    return (
        html.endswith(f"<p>{_END}</p>\n")
        and "<!-- raw HTML omitted -->" not in html
        and "<img " not in html
        and not re.search(rf"<h[1-{level - 1}]>", html)
        and not _DEFINITION.search(text)
    )


def _rewritten(text: str, level: int) -> str:
    """The text as the parser understands it, with HTML made visible, images made links, headings demoted."""
    guarded = re.sub(r"<(?!(?:https?://|mailto:)[^\s<>]*>)", _LESS, text)
    markdown: str = comrak.render_commonmark(guarded, *_GFM).strip()
    pieces = []
    for piece, is_code in _pieces(markdown):
        if is_code:
            pieces.append(piece.replace(_LESS, "<"))
        else:
            words = piece.replace(_LESS, "\\<")
            words = re.sub(r"(?<!\\)((?:\\\\)*)!\[(\]?)", lambda m: f"{m[1]}[image]" if m[2] else f"{m[1]}[", words)
            pieces.append(re.sub(r"(?<=[^\W_])\\_(?=[^\W_])", "_", words))
    shift = level - min((len(found[2]) for found in _headings(pieces)), default=level)
    return "".join(piece if is_code else _demote(piece, shift) for piece, is_code in _pieces("".join(pieces)))


def _headings(pieces: list[str]) -> Iterator[re.Match[str]]:
    for piece, is_code in _pieces("".join(pieces)):
        if not is_code:
            yield from _HEADING.finditer(piece)


def _demote(words: str, shift: int) -> str:
    return _HEADING.sub(lambda found: found[1] + "#" * min(6, len(found[2]) + max(0, shift)), words)


def _pieces(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is code. For beauty only: safety rests on `_holds`."""
    lines: list[str] = []
    rest = iter(markdown.splitlines(keepends=True))
    for text in rest:
        opening = _FENCE.fullmatch(text)
        if opening is None or (opening[2][0] == "`" and "`" in opening[3]):
            lines.append(text)
            continue
        yield from _spans("".join([*lines, opening[1]]))
        lines.clear()
        block = [text[len(opening[1]) :]]
        for inner in rest:
            block.append(inner)
            closing = _FENCE.fullmatch(inner)
            if closing and closing[2].startswith(opening[2]) and len(closing[1]) == len(opening[1]):
                break
        yield "".join(block), True
    yield from _spans("".join(lines))


def _spans(text: str) -> Iterator[tuple[str, bool]]:
    for number, paragraph in enumerate(re.split(r"(\n{2,})", text)):
        at = 0
        for start, end, _ in _code_spans(paragraph) if number % 2 == 0 else ():
            yield paragraph[at:start], False
            yield paragraph[start:end], True
            at = end
        yield paragraph[at:], False


def _code_spans(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and number of backticks of each code span; quick however many backticks find no partner."""
    runs = [found.span() for found in re.finditer("`+", text)]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    at = 0
    for run_start, end in runs:
        escaped = (run_start - len(text[:run_start].rstrip("\\"))) % 2 if text[run_start - 1 : run_start] == "\\" else 0
        start = run_start + escaped
        partners = by_length.get(end - start, [])
        partner = bisect_right(partners, run_start)
        if run_start < at or start == end or partner == len(partners):
            continue
        at = partners[partner] + end - start
        yield start, at, end - start


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _show_reordering(text: str) -> str:
    return _REORDERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
