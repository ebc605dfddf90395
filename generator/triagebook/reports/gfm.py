"""GitHub-flavoured Markdown in its normal form: the one that mdformat, with its GFM plugin, leaves as it is.

The text is read by the parser that the site uses, and written anew from what the parser understood; so nothing that a
record's prose brings along can have another form. What was written is read again, and must mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from typing import TypeAlias
from unicodedata import category

import comrak

from triagebook.markdown import MARK_CLOSE, MARK_MIDDLE, MARK_OPEN, without_figures

Child: TypeAlias = "Node | str"

_MARK = re.compile(f"{MARK_OPEN}[a-z-]+{MARK_MIDDLE}|{MARK_CLOSE}")
_TOKEN = re.compile(r"<(/?)([a-z0-9]+)((?: [a-z]+=\"[^\"]*\")*)(?: /)?>|([^<]+)")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_ALONE = {"br", "hr", "input"}
_BLOCKS = {"p", "ul", "ol", "pre", "blockquote", "table", "div", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
_RULE = "_" * 70
_SPACES = " \t\n\r\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_ADDRESS = re.compile(
    r"(?:https?://|www\.|mailto:|xmpp:)[^\s<]*[^\s<.,:;!?\"')\]]|[\w.+-]*@[\w-][\w.-]*", re.IGNORECASE
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[Xx][0-9A-Fa-f]{1,6}|(\w+));")


@dataclass(slots=True)
class Node:
    """An element of the text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


def plain(markdown: str) -> str:
    """The Markdown without the marks that only HTML shows."""
    return without_figures(_MARK.sub("", markdown))


def normal(markdown: str) -> str:
    """The same text in its normal form; as it is where that would change what it says."""
    root = parsed(markdown)
    written = "\n\n".join(_blocks(root.children)) + "\n"
    return written if parsed(written) == root else markdown


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────


def parsed(markdown: str) -> Node:
    """What the parser understands, with addresses in plain words as code: else other parsers make links of them."""
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.tasklist = extensions.strikethrough = True
    extensions.alerts = extensions.autolink = True
    html: str = comrak.render_markdown(markdown, extensions, comrak.ParseOptions(), comrak.RenderOptions())
    root = Node("root")
    way = [root]
    for token in _TOKEN.finditer(html):
        closing, tag, attributes, text = token.groups()
        if text is not None:
            way[-1].children.append(unescape(text) if "&" in text else text)
        elif closing:
            _settle(way.pop())
        else:
            node = Node(tag, {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)})
            way[-1].children.append(node)
            if tag not in _ALONE:
                way.append(node)
    _settle(root)
    return root


def _settle(node: Node) -> None:
    """Without the white space between blocks; plain words apart from addresses."""
    if node.tag in {"root", "ul", "ol", "blockquote", "div", "table", "thead", "tbody", "tr"}:
        node.children = [child for child in node.children if isinstance(child, Node)]
    elif node.tag == "li":
        node.children = list(_in_item(node.children))
    elif node.tag in {"p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td"}:
        node.children = list(_apart(node.children))


def _in_item(children: Sequence[Child]) -> Iterator[Child]:
    """The blocks of an item; words that stand in none are a paragraph."""
    loose: list[Child] = []
    for child in [*children, Node("end")]:
        if isinstance(child, Node) and (child.tag in _BLOCKS or child.tag == "end"):
            if any(isinstance(each, Node) or each.strip() for each in loose):
                yield Node("words", children=list(_apart(_trimmed(loose))))
            loose.clear()
            if child.tag != "end":
                yield child
        else:
            loose.append(child)


def _trimmed(children: list[Child]) -> list[Child]:
    """Without the line end before a block."""
    last = children[-1]
    return [*children[:-1], last.rstrip("\n")] if isinstance(last, str) else children


def _apart(children: Sequence[Child]) -> Iterator[Child]:
    for child in children:
        if isinstance(child, str):
            at = 0
            for found in _ADDRESS.finditer(child):
                if before := child[at : found.start()]:
                    yield before
                yield Node("code", children=[found[0]])
                at = found.end()
            if rest := child[at:]:
                yield rest
        else:
            if child.tag in {"em", "strong", "del"}:
                child.children = list(_apart(child.children))
            yield child


# ── writing blocks ───────────────────────────────────────────────────────────────────────────────────


def _blocks(children: Sequence[Child]) -> list[str]:
    nodes = [child for child in children if isinstance(child, Node)]
    return [_block(node, nodes, index) for index, node in enumerate(nodes)]


def _block(node: Node, siblings: list[Node], index: int) -> str:
    match node.tag:
        case "p" | "words":
            return _paragraph(_inline(node.children))
        case "ul" | "ol":
            same = next((n for n in range(index + 1) if siblings[index - n].tag != node.tag), index + 1)
            return _list(node, second=same % 2 == 0)
        case "pre":
            return _fence(node)
        case "blockquote":
            return _quote(_blocks(node.children))
        case "div":
            return _quote(_alert(node))
        case "table":
            return _table(node)
        case "hr":
            return _RULE
    words = _inline(node.children).replace("\n", " ")
    return f"{'#' * int(node.tag[1])} {words[:-1]}\\#" if words.endswith("#") else f"{'#' * int(node.tag[1])} {words}"


def _alert(node: Node) -> list[str]:
    kind = node.attributes["class"].rpartition("-")[2].upper()
    first, *rest = [child for child in node.children[1:] if isinstance(child, Node)] or [Node("p")]
    if first.tag == "p":
        return [f"[!{kind}]\n{_paragraph(_inline(first.children))}".rstrip(), *_blocks(rest)]
    return [f"[!{kind}]", *_blocks([first, *rest])]


def _quote(blocks: list[str]) -> str:
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _fence(node: Node) -> str:
    inner = node.children[0]
    assert isinstance(inner, Node)  # noqa: S101  (the parser puts code into code)
    text = "".join(child for child in inner.children if isinstance(child, str))
    language = inner.attributes.get("class", "").removeprefix("language-")
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{language}\n{text}{ticks}"


def _list(node: Node, *, second: bool) -> str:
    items = [child for child in node.children if isinstance(child, Node)]
    tight = not any(isinstance(block, Node) and block.tag == "p" for item in items for block in item.children)
    start = node.attributes.get("start", "1")
    written = []
    for index, item in enumerate(items):
        marker = "*" if second else "-"
        if node.tag == "ol":
            marker = (start if index == 0 else "1".rjust(len(start), "0")) + (")" if second else ".")
        written.append(_item(item, marker, tight=tight))
    return ("\n" if tight else "\n\n").join(written)


def _item(item: Node, marker: str, *, tight: bool) -> str:
    blocks = [block for block in item.children if isinstance(block, Node)]
    box = ""
    if blocks and blocks[0].tag == "words" and blocks[0].children:
        first = blocks[0].children[0]
        if isinstance(first, Node) and first.tag == "input":
            box = "[x] " if "checked" in first.attributes else "[ ] "
            rest = blocks[0].children[1:]
            empty = not any(isinstance(child, Node) or child.strip() for child in rest)
            blocks = blocks[1:] if empty else [Node("words", children=_lstripped(rest)), *blocks[1:]]
    text = box + ("\n" if tight else "\n\n").join(_blocks(blocks))
    first_line, *lines = text.split("\n")
    indent = " " * (len(marker) + 1)
    return "\n".join([f"{marker} {first_line}".rstrip(), *(indent + line if line else "" for line in lines)])


def _lstripped(children: list[Child]) -> list[Child]:
    first = children[0]
    return [first.lstrip(), *children[1:]] if isinstance(first, str) else children


def _table(node: Node) -> str:
    rows = [row for part in node.children if isinstance(part, Node) for row in part.children if isinstance(row, Node)]
    cells = [[cell for cell in row.children if isinstance(cell, Node)] for row in rows]
    texts = [[_inline(cell.children).strip().replace("|", "\\|") for cell in row] for row in cells]
    aligns = [cell.attributes.get("align", "") for cell in cells[0]]
    widths = [max(3, *(_width(row[column]) for row in texts)) for column in range(len(aligns))]

    def line(row: list[str]) -> str:
        padded = (_padded(text, width, align) for text, width, align in zip(row, widths, aligns, strict=True))
        return f"| {' | '.join(padded)} |"

    ends = {"left": (":", "-"), "right": ("-", ":"), "center": (":", ":"), "": ("-", "-")}
    rule = (f"{ends[align][0]}{'-' * (width - 2)}{ends[align][1]}" for align, width in zip(aligns, widths, strict=True))
    return "\n".join([line(texts[0]), f"| {' | '.join(rule)} |", *map(line, texts[1:])])


def _padded(text: str, width: int, align: str) -> str:
    blank = width - _width(text)
    left = blank if align == "right" else blank // 2 if align == "center" else 0
    return " " * left + text + " " * (blank - left)


def _width(text: str) -> int:
    """How many columns a text takes where letters have one width."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415  (most tables are plain)

    return int(wcswidth(text))


# ── writing within a line ────────────────────────────────────────────────────────────────────────────


def _inline(children: Sequence[Child]) -> str:
    pieces = []
    for index, child in enumerate(children):
        if isinstance(child, str):
            text = "\n".join(map(_text, child.split("\n")))
            following = children[index + 1] if index + 1 < len(children) else None
            if text.endswith("!") and isinstance(following, Node) and following.tag == "a":
                text = f"{text[:-1]}\\!"
            pieces.append(text)
        else:
            pieces.append(_span(child))
    return "".join(pieces)


def _span(node: Node) -> str:
    match node.tag:
        case "code":
            return _code("".join(child for child in node.children if isinstance(child, str)))
        case "em":
            return f"*{_inline(node.children)}*"
        case "strong":
            return f"**{_inline(node.children)}**"
        case "del":
            return f"~~{_inline(node.children)}~~"
        case "a":
            return _link(node)
        case "br":
            return "\\"  # the line end follows as text
    return ""


def _code(text: str) -> str:
    runs = re.findall("`+", text)
    if runs:
        ticks = "`" * (max(map(len, runs)) + 1)
        return f"{ticks} {text} {ticks}"
    return f"` {text} `" if text[:1] == text[-1:] == " " and text.strip() else f"`{text}`"


def _link(node: Node) -> str:
    href, title = node.attributes.get("href", ""), node.attributes.get("title")
    if node.children == [href] and re.match(r"https?://[^\s<>]*$", href):
        return f"<{href}>"
    address = f"<{href}>" if not href or re.search(r"[\x00-\x20\x7f()]", href) else href
    said = ' "' + title.replace('"', '\\"') + '"' if title else ""
    return f"[{_inline(node.children)}]({address}{said})"


def _text(text: str) -> str:
    """Plain words, with nothing in them that Markdown would read."""
    text = re.sub("  +", " ", text.replace("\t", " ")).replace("\\", "\\\\")
    text = re.sub(rf"(?<![{_SPACES}])\*|\*(?![{_SPACES}])|^\*|\*$", r"\\*", text)
    if "_" in text:
        text = re.sub("_", lambda found: found[0] if _is_bare(text, found.start()) else "\\_", text)
    if "[" in text or "]" in text:
        text = _brackets(text)
    text = re.sub(r"<(?! )", r"\\<", text).replace("`", "\\`")
    if "&" in text:
        text = _REFERENCE.sub(lambda f: f[0] if f[1] and f"{f[1]};" not in html5 else f"\\{f[0]}", text)
    return text.replace("~~", "\\~~")


def _is_bare(text: str, at: int) -> bool:
    """Whether an underscore means nothing: within a word, or between blanks."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if before and after and before in _SPACES and after in _SPACES:
        return True
    return not (_ends_word(before) or _ends_word(after))


def _ends_word(letter: str) -> bool:
    return not letter or letter in _SPACES or category(letter)[0] == "P" or letter in "$+<=>^`|~"


def _brackets(text: str) -> str:
    """Brackets that can't be taken for a link stay as they are."""
    escaped, opened = [], -1
    for found in re.finditer(r"[\[\]]", text):
        at = found.start()
        if found[0] == "[":
            if opened >= 0:
                escaped.append(opened)
            opened = at
        elif opened < 0:
            escaped.append(at)
        else:
            if text[at + 1 : at + 2] in {":", "("}:
                escaped += [opened, at]
            opened = -1
    if opened >= 0:
        escaped.append(opened)
    return "".join(f"\\{letter}" if index in escaped else letter for index, letter in enumerate(text))


_LINE_STARTS = (
    (re.compile(r"(?=#{1,6}(?: |\t|$))"), "\\"),
    (re.compile(r"(?=>)"), "\\"),
    (re.compile(r"(?=[-*+](?: |\t|$))"), "\\"),
)


def _paragraph(text: str) -> str:
    """Lines none of which begins something else than a paragraph."""
    for char in (text[:1], text[-1:]):
        if char and char in _SPACES:
            text = f"&#{ord(char)};{text[1:]}" if char == text[:1] else f"{text[:-1]}&#{ord(char)};"
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    line = line.strip()
    for start, escape in _LINE_STARTS:
        if start.match(line):
            line = escape + line
    line = re.sub(r"^(\d+)([.)])(?=[ \t]|$)", r"\1\\\2", line)
    tight = re.sub(r"[ \t]", "", line)
    if (len(tight) >= 3 and set(tight) <= {"-"}) or set(line.strip(" \t")) == {"-"}:
        line = line.replace("-", "\\-", 1)
    elif set(line) == {"="}:
        line = line.replace("=", "\\=", 1)
    if line and set(line) <= set("|-: "):
        line = line.replace("-", "\\-", 1)
    return re.sub(r"^\[([ xX])\]", r"\\[\1\\]", line)
