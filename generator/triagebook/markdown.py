"""Makes text from records safe as Markdown: no field can break out of its place or hide what follows it.

Prose that is contained stays as written. Other prose is parsed and rewritten; if that is not contained either, it is
shown as code. The parser decides what is contained, so no list of tricks has to be complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from typing import Self

import comrak
from msgspec import Struct

from .code_spans import BEFORE_BLOCK, code_spans, longest_run, split_code

Lookup = Callable[[str], str | None]


class Linked(Struct, frozen=True):
    """Words with an optional link."""

    text: str
    target: str | None = None
    code: bool = False
    within: bool = False  # the target is a page of the site: `placed` resolves it


class ComputedText(str):
    """A computed value with the number of its figure; in HTML it links to its sources."""

    __slots__ = ("number",)

    def __new__(cls, text: str, number: int) -> Self:
        made = super().__new__(cls, text)
        made.number = number
        return made

    number: int


# Noncharacters of Unicode, for internal marks. They are removed from every text, so no text can forge a mark.
_LESS = "\ufdd0"
MARK_OPEN, MARK_MIDDLE, MARK_CLOSE, BLANK = "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
FIGURE_OPEN, FIGURE_CLOSE = "\ufdd5", "\ufde0"
FIGURE_DIGITS = "\ufdd6\ufdd7\ufdd8\ufdd9\ufdda\ufddb\ufddc\ufddd\ufdde\ufddf"
WITHIN_OPEN, WITHIN_CLOSE = "\ufde1", "\ufde2"
SLOT = "\ufde3"  # where a page takes a body that is rendered already
_FIGURE = re.compile(f"[{FIGURE_OPEN}{FIGURE_DIGITS}{FIGURE_CLOSE}]")
_WITHIN = re.compile(rf"{WITHIN_OPEN}\[([^{WITHIN_CLOSE}]*)\]\(([^{WITHIN_CLOSE}]*)\){WITHIN_CLOSE}")
_MARK = re.compile(f"{MARK_OPEN}[a-z0-9-]+{MARK_MIDDLE}([^{MARK_CLOSE}]*){MARK_CLOSE}")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_REORDERING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

_DEEPEST = 8  # lists and quotes within each other: markdown-it, which many editors use, drops what follows 10 lists
_TOO_DEEP = re.compile(r"^[ \t]*(?:>[ \t]?|(?:[*+-]|\d{1,9}[.)])[ \t]+){100}", re.MULTILINE)  # takes the parser hours
_CONTAINER = re.compile(r"<(/?)(?:[uo]l|blockquote)\b")
_END = "The end of the field."
_BLOCK = r"p|ul|ol|li|pre|blockquote|h[1-6]|table|hr|div"
_ONE_PARAGRAPH = re.compile(rf"<p>(?:(?!</?(?:{_BLOCK})\b).)*</p>\n", re.DOTALL)
_DEFINITION = re.compile(
    r"^[ \t>*+\-\d.)]*\[([^\]]*)\]:", re.MULTILINE
)  # of a link or a footnote: affects other fields
_LABEL = re.compile(r"\[([^\[\]]+)\](?!:)")
_MARKUP = re.compile(r"[*\[\]<~&\\]|(?<![^\W_])_|_(?![^\W_])")
_ESCAPED = re.compile(r"[\\`*\[\]<|~$&_@]")  # characters that `_escape` handles, besides addresses
_NUMBER = re.compile(r"^(\d{1,9})(?=[.)](?: |$))")  # of a list item
_BLOCKS = re.compile(r"\n\n|^ {0,3}([#>+=-]|\d+[.)]|```|~~~)", re.MULTILINE)  # signs of more than one paragraph
_HEADING = re.compile(rf"^({BEFORE_BLOCK})(#{{1,6}})(?= |$)", re.MULTILINE)
_ADDRESS = re.compile(r"(?<=:)//|(?<=www)\.|@(?=[\w-])", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"[\x00-\x20<>()\\\"|`\[\]{}^*]")  # characters that an address in a link must encode
_REFERENCE = re.compile(r"&(?=#?[0-9A-Za-z]+;)")
_ALERT = re.compile(rf"^({BEFORE_BLOCK}> ?)\[!(\w+)\]", re.MULTILINE)
# A line of a log that a CI system obeys; an issue that a tracker closes when it reads the text; a tick box.
_CI_COMMAND = re.compile(r"^([ \t]*)(?=::[A-Za-z][\w-]*(?: [^\n]*)?::)|(?<=##)(?=\[[a-z])", re.MULTILINE)
_CLOSING = re.compile(
    r"\b((?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):?\s+(?:issues?\s+)?)"
    r"((?:[\w.-]+/[\w.-]+)?#\d+|GH-\d+|https?://[^\s<>()`]+/(?:issues|pull)/\d+)",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?<!\\)\[(?=\^)")  # only a report has footnotes
_TICK_BOX = re.compile(rf"^({BEFORE_BLOCK}(?:[-*+]|\d{{1,9}}[.)])[ ]+)\[([ xX])\](?=\s)", re.MULTILINE)
_NAME = re.compile(r"\{\{ *([a-z][a-z0-9_.-]*(?: [a-z_]+=[^\s=}]+)*) *\}\}")


def _options(*, footnotes: bool = False) -> tuple[comrak.ExtensionOptions, comrak.ParseOptions, comrak.RenderOptions]:
    extensions, rendering = comrak.ExtensionOptions(), comrak.RenderOptions()
    extensions.table = extensions.tasklist = extensions.strikethrough = True
    extensions.alerts = extensions.autolink = True
    rendering.unsafe_ = False
    rendering.prefer_fenced = rendering.tasklist_classes = True
    extensions.footnotes = footnotes
    return extensions, comrak.ParseOptions(), rendering


GFM = _options()
REPORT = _options(footnotes=True)
OMITTED = "<!-- raw HTML omitted -->"  # the parser writes this in place of HTML


def clean(text: str) -> str:
    """The text without invisible characters, with spaces for tabs and uniform line ends."""
    if text.isascii() and text.isprintable():  # as most words are
        return text
    return _UNWANTED.sub("", _LINE_END.sub("\n", text)).expandtabs(4)


def _upright(text: str) -> str:
    """A clean text without characters that reorder what is displayed."""
    text = clean(text)
    return text if text.isascii() else _REORDERING.sub("", text)


# ── one line ─────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=8192)  # names and titles appear on many pages
def inline(text: str) -> str:
    """Plain words on one line; only code between backticks keeps its meaning."""
    return _words(_upright(text))


def _words(text: str) -> str:
    words = _CLOSING.sub(r"\1`\2`", " ".join(text.split()))
    parts, at = [], 0
    for start, end, ticks in code_spans(words):
        parts += [_escape(words[at:start]), code(words[start + ticks : end - ticks])]
        at = end
    escaped = "".join([*parts, _escape(words[at:])])
    if escaped.startswith(("#", "+", "=", ">", "-", "::")):
        return f"\\{escaped}"
    return _NUMBER.sub(r"\1\\", escaped) if escaped[:1].isdecimal() else escaped


def _escape(words: str) -> str:
    if not (_ESCAPED.search(words) or "//" in words or "www." in words.lower()):  # most are plain
        return words
    words = re.sub(r"[\\`*\[\]<|~$]|&(?=#?\w+;)", r"\\\g<0>", words)
    words = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", words)  # within a word it has no meaning
    return _ADDRESS.sub(r"\\\g<0>", words)  # else an address becomes a link that includes the escapes


@lru_cache(maxsize=8192)
def code(text: str) -> str:
    """A piece of code within a line."""
    words = " ".join(_show_reordering(clean(text)).split())
    if not words:
        return ""
    ticks = "`" * (longest_run(words) + 1) if "`" in words else "`"
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def cell(markdown: str) -> str:
    """One line of Markdown as a cell of a table."""
    markdown = markdown.replace("\n", " ")
    if "|" not in markdown:  # nearly all
        return markdown
    parts = []
    for piece, is_code in split_code(markdown):
        if not is_code:
            parts.append(re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", piece))
        elif "\\|" in piece:  # a table cannot hold this as code
            parts.append(_escape(piece.strip("`").strip()))
        else:
            parts.append(piece.replace("|", "\\|"))
    return "".join(parts)


def link(words: Linked) -> str:
    """The words, as a link if they have a target."""
    text = code(words.text) if words.code else inline(words.text)
    if not words.target:
        return text
    address = _NO_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", clean(words.target).strip())
    linked = f"[{text}]({_REFERENCE.sub('&amp;', address) if '&' in address else address})"
    return f"{WITHIN_OPEN}{linked}{WITHIN_CLOSE}" if words.within else linked


def placed(markdown: str, way: Callable[[str], str | None]) -> str:
    """The Markdown with links within the site resolved by `way`; a link without an address becomes plain words."""

    def linked(found: re.Match[str]) -> str:
        target = way(found[2])
        return link(Linked("", target)).replace("[]", f"[{found[1]}]", 1) if target else found[1]

    return _WITHIN.sub(linked, markdown)


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────


def fence(text: str, language: str = "") -> str:
    """A block of code."""
    text = _CI_COMMAND.sub("\\1\u200b", _show_reordering(clean(text)).strip("\n").rstrip())
    ticks = "`" * max(3, longest_run(text) + 1)
    return f"{ticks}{re.sub(r'[^A-Za-z0-9_+#.-]', '', language)}\n{text}\n{ticks}"


def prose(text: str, level: int = 4, lookup: Lookup | None = None) -> str:
    """A block of Markdown whose headings begin at a level. The lookup gives the value of a name in `{{ }}`."""
    text = _upright(text).strip()
    if lookup:
        text = fill(text, lookup)
    return _block(text, level)


@lru_cache(maxsize=1024)  # the pages and reports of an issue share their prose
def _block(text: str, level: int) -> str:
    text = _disarmed(text)
    if _TOO_DEEP.search(text):
        return fence(text)
    written = text if _is_contained(text, level) else _rewritten(text, level)
    if not _is_contained(written, level):
        return fence(text)
    written = _without_code(written, _powerless)
    return _CI_COMMAND.sub("\\1\u200b", written)


def _powerless(words: str) -> str:
    """Prose whose alerts are quotes, and whose tick boxes, commands and footnotes are words: only a report has them."""
    words = _FOOTNOTE.sub(r"\\[", words)
    return _TICK_BOX.sub(r"\1\\[\2\\]", _CI_COMMAND.sub(r"\1\\", _ALERT.sub(r"\1\2:", words)))


def _without_code(text: str, change: Callable[[str], str]) -> str:
    """The text, changed outside of code."""
    return "".join(piece if is_code else change(piece) for piece, is_code in split_code(text))


def _disarmed(text: str) -> str:
    """The text without words that make a tracker close an issue, and with unused definitions shown as they are."""
    used = {label.casefold() for label in _LABEL.findall(text)} if "]:" in text else set()

    def definition(found: re.Match[str]) -> str:
        return found[0] if found[1].casefold() in used else found[0].replace("[", "\\[", 1).replace("]:", "\\]:")

    return _without_code(text, lambda words: _CLOSING.sub(r"\1`\2`", _DEFINITION.sub(definition, words)))


def line(text: str, lookup: Lookup | None = None) -> str:
    """Prose as one line within other words; without its markup if it is more than a paragraph."""
    text = _upright(text).strip()
    if lookup:
        text = fill(text, lookup)
    return _paragraph(text) or inline(text)


def item(text: str, level: int = 4, lookup: Lookup | None = None) -> str:
    """Prose after a tick box, which must begin with a paragraph: later blocks follow it, others lose their markup."""
    first, _, rest = _upright(text).strip().partition("\n\n")
    if rest and _paragraph(first):
        return f"{line(first, lookup)}\n\n{prose(rest, level, lookup)}"
    return line(text, lookup)


@lru_cache(maxsize=1024)
def _paragraph(text: str) -> str:
    """The text as one line with its markup, or an empty text if it is not a single paragraph."""
    text = _disarmed(text)
    if not _MARKUP.search(text) and "`" not in text:
        return "" if _BLOCKS.search(text) else _words(text)  # it is clean already, apart from the marks of figures
    if _TOO_DEEP.search(text):
        return ""
    rewritten = _rewritten(text, 4)
    if _is_contained(rewritten, 4) and _ONE_PARAGRAPH.fullmatch(comrak.render_markdown(rewritten, *GFM)):
        shown = re.sub(r"\\?\n *", " ", rewritten)
        return f"\\{shown}" if shown.startswith("::") else shown
    return ""


def fill(text: str, lookup: Lookup) -> str:
    """The text with names in `{{ }}` replaced by their values; an unknown name stays as written."""
    if "{{" not in text:
        return text

    def value(found: re.Match[str]) -> str:
        known = lookup(found[1])
        return found[0] if known is None else figure(known)

    return "".join(piece if is_code else _NAME.sub(value, piece) for piece, is_code in split_code(text))


def figure(value: str) -> str:
    """A value on a line, marked with the number of its figure if it has one."""
    if not isinstance(value, ComputedText):
        return inline(value)
    digits = "".join(FIGURE_DIGITS[int(digit)] for digit in str(value.number))
    return f"{FIGURE_OPEN}{digits}{inline(str(value))}{FIGURE_CLOSE}"


def without_figures(markdown: str) -> str:
    """The Markdown without the marks of figures, which only HTML uses."""
    return _FIGURE.sub("", markdown) if FIGURE_OPEN in markdown else markdown


def plain(markdown: str) -> str:
    """The Markdown without the marks that only HTML uses."""
    return without_figures(_MARK.sub(r"\1", markdown))


def _is_contained(text: str, level: int) -> bool:
    """Whether the text ends where it should, is fully visible, not too deep, and has no heading above its level."""
    html: str = comrak.render_markdown(f"{text}\n\n{_END}", *GFM)
    return (
        html.endswith(f"<p>{_END}</p>\n")
        and OMITTED not in html
        and "<img " not in html
        and not re.search(rf"<h[1-{level - 1}]>", html)
        and not _DEFINITION.search(text)
        and _depth(html) <= _DEEPEST
    )


def _depth(html: str) -> int:
    """How many lists and quotes lie within each other."""
    steps = (-1 if found[1] else 1 for found in _CONTAINER.finditer(html))
    return max(accumulate(steps), default=0)


def _rewritten(text: str, level: int) -> str:
    """The text as the parser reads it, with HTML made visible, images as links, and headings demoted."""
    guarded = re.sub(r"<(?!(?:https?://|mailto:)[^\s<>]*>)", _LESS, text)
    markdown: str = comrak.render_commonmark(guarded, *GFM).strip()
    parts = []
    for piece, is_code in split_code(markdown):
        if is_code:
            parts.append(piece.replace(_LESS, "<"))
        else:
            words = piece.replace(_LESS, "\\<")
            words = re.sub(r"(?<!\\)((?:\\\\)*)!\[(\]?)", lambda m: f"{m[1]}[image]" if m[2] else f"{m[1]}[", words)
            parts.append(re.sub(r"(?<=[^\W_])\\_(?=[^\W_])", "_", words))
    cut = list(split_code("".join(parts)))
    headings = (found for piece, is_code in cut if not is_code for found in _HEADING.finditer(piece))
    shift = level - min((len(found[2]) for found in headings), default=level)
    return "".join(piece if is_code else _demote(piece, shift) for piece, is_code in cut)


def _demote(words: str, shift: int) -> str:
    return _HEADING.sub(lambda found: found[1] + "#" * min(6, len(found[2]) + max(0, shift)), words)


def _show_reordering(text: str) -> str:
    return _REORDERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
