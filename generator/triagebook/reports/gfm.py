"""GitHub-flavoured Markdown in its normal form: the one that mdformat, with its GFM plugin, leaves as it is.

The text is read by the parser that the site uses, and written anew from what the parser understood; so nothing that a
record's prose brings along can have another form. What was written is read again, and must mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from triagebook.markdown import OMITTED

from .tree import Child, Node, read, same, tree
from .words import SPACES, inline

_RULE = "_" * 70


def normal(markdown: str) -> str:
    """The same text in its normal form; as it is where that would change what it says, or it holds HTML of its own."""
    html = read(markdown)
    if OMITTED in html:
        return markdown
    written = "\n\n".join(_blocks(tree(html).children)) + "\n"
    return written if same(read(written), html) else markdown


# ── writing blocks ───────────────────────────────────────────────────────────────────────────────────


def _blocks(children: Sequence[Child]) -> list[str]:
    nodes = [child for child in children if isinstance(child, Node)]
    return [_block(node, nodes, index) for index, node in enumerate(nodes)]


def _block(node: Node, siblings: list[Node], index: int) -> str:
    match node.tag:
        case "p" | "words":
            return _paragraph(inline(node.children))
        case "boxed":
            return _paragraph(inline(node.children), boxed=True)
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
    words = inline(node.children).replace("\n", " ")
    return f"{'#' * int(node.tag[1])} {words[:-1]}\\#" if words.endswith("#") else f"{'#' * int(node.tag[1])} {words}"


def _alert(node: Node) -> list[str]:
    kind = node.attributes["class"].rpartition("-")[2].upper()
    first, *rest = [child for child in node.children[1:] if isinstance(child, Node)] or [Node("p")]
    if first.tag == "p":
        return [f"[!{kind}]\n{_paragraph(inline(first.children))}".rstrip(), *_blocks(rest)]
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
            if blocks and blocks[0].tag in {"p", "words"}:  # nothing but a paragraph can begin behind a box
                blocks[0] = Node("boxed", children=blocks[0].children)
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
    texts = [[inline(cell.children).strip().replace("|", "\\|") for cell in row] for row in cells]
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


_OPENER = re.compile(r"#{1,6}(?=[ \t]|$)|>|[-*+](?=[ \t]|$)")
_NUMBER = re.compile(r"^(\d+)([.)])(?=[ \t]|$)")
_BOX = re.compile(r"^\[([ xX])\]")


def _paragraph(text: str, *, boxed: bool = False) -> str:
    """Lines none of which begins something else than a paragraph."""
    for char in (text[:1], text[-1:]):
        if char and char in SPACES:
            text = f"&#{ord(char)};{text[1:]}" if char == text[:1] else f"{text[:-1]}&#{ord(char)};"
    first, *lines = text.split("\n")
    return "\n".join([first.strip() if boxed else _line(first), *map(_line, lines)])


def _line(line: str) -> str:
    line = line.strip()
    first = line[:1]
    if first.isdecimal():
        return _NUMBER.sub(r"\1\\\2", line)
    if first == "[":
        return _BOX.sub(r"\\[\1\\]", line)
    if first in "#>-*+" and _OPENER.match(line):
        return f"\\{line}"
    return _rule_escaped(line) if first in "-=|:" else line


def _rule_escaped(line: str) -> str:
    """A line of dashes, or of what underlines a heading or the head of a table, as words."""
    tight = re.sub(r"[ \t]", "", line)
    if (len(tight) >= 3 and set(tight) <= {"-"}) or set(line) <= set("|-: "):
        return line.replace("-", "\\-", 1)
    return line.replace("=", "\\=", 1) if set(line) == {"="} else line
