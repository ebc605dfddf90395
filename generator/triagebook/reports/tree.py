"""Markdown as the parser understands it: a small tree, in which two texts that mean the same are equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import TypeAlias

import comrak
from msgspec import Struct, field

from triagebook.markdown import GFM

Child: TypeAlias = "Node | str"

_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_LISTS = {"ul", "ol"}
_NESTED = {*_LISTS, "li", "blockquote", "p"}
_DEEPEST = 16  # what lies deeper is flat: other parsers give up there
_ALONE = {"br", "hr", "input"}
_BLOCKS = {"p", "ul", "ol", "pre", "blockquote", "table", "div", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
_ADDRESS = re.compile(
    r"(?:https?://|www\.|mailto:|xmpp:)[^\s<]*[^\s<.,:;!?\"')\]]|[\w.+-]*@[\w-][\w.-]*", re.IGNORECASE
)
_WITH_TILDES = re.compile(f"{_ADDRESS.pattern}|~+", re.IGNORECASE)
_CODED = re.compile(f"<code>({_WITH_TILDES.pattern})</code>", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t]{2,}")


class Node(Struct):
    """An element of the text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


def read(markdown: str) -> str:
    """What the parser understands, as HTML."""
    html: str = comrak.render_markdown(markdown, *GFM)
    return html


def same(html: str, other: str) -> bool:
    """Are two trees equal? They are where their HTML is, but for addresses that are code in one of them."""
    return _CODED.sub(r"\1", html) == _CODED.sub(r"\1", other) or tree(html) == tree(other)


def tree(html: str) -> Node:
    """The tree, with addresses in plain words as code: else other parsers make links of them."""
    root = Node("root")
    way = [root]
    for piece in html.split("<"):
        element, _, text = piece.partition(">")  # the parser writes both signs, in words and values, as references
        if element.startswith("/"):
            node = way.pop()
            if node.tag == "through":
                node.children.append("\n")  # what follows is no part of the same word
            else:
                _settle(node)
        elif element:
            _begin(element, way)
        if text:
            way[-1].children.append(unescape(text) if "&" in text else text)
    _settle(root)
    return root


def _begin(element: str, way: list[Node]) -> None:
    """A new element within the last one on the way."""
    tag, _, attributes = element.partition(" ")
    if tag in _NESTED and len(way) > _DEEPEST and way[-1].tag not in _LISTS:  # whose items hold the words
        way.append(Node("through", children=way[-1].children))
        return
    node = Node(tag)
    if attributes:
        node.attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    way[-1].children.append(node)
    if tag not in _ALONE:
        way.append(node)


def _settle(node: Node) -> None:
    """Without the white space between blocks; plain words apart from addresses."""
    if node.tag in {"root", "ul", "ol", "table", "thead", "tbody", "tr"}:
        node.children = [child for child in node.children if isinstance(child, Node)]
    elif node.tag in {"li", "blockquote", "div"}:
        node.children = list(_in_blocks(node.children))
    elif node.tag in {"p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td"}:
        node.children = _apart(node.children)


def _in_blocks(children: Sequence[Child]) -> Iterator[Child]:
    """The blocks; words that stand in none are a paragraph."""
    loose: list[Child] = []
    for child in [*children, Node("end")]:
        if isinstance(child, Node) and (child.tag in _BLOCKS or child.tag == "end"):
            if any(isinstance(each, Node) or each.strip() for each in loose):
                yield Node("words", children=_apart(_trimmed(loose)))
            loose.clear()
            if child.tag != "end":
                yield child
        else:
            loose.append(child)


def _trimmed(children: Sequence[Child]) -> list[Child]:
    """Words in one piece, without blank lines, and without the line ends around them."""
    joined: list[Child] = []
    for child in children:
        if joined and isinstance(child, str) and isinstance(joined[-1], str):
            joined[-1] += child.lstrip("\n") if joined[-1].endswith("\n") else child
        else:
            joined.append(child)
    if isinstance(joined[0], str):
        joined[0] = joined[0].lstrip("\n")
    if isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip("\n")
    return joined


def _apart(children: Sequence[Child]) -> list[Child]:
    """Words, apart from code. A code right behind another is one with it: nothing could stand between their ticks."""
    found: list[Child] = []
    for child in _coded(children):
        last = found[-1] if found else ""
        if isinstance(child, Node) and isinstance(last, Node) and child.tag == last.tag == "code":
            found[-1] = Node("code", children=["".join(map(str, (*last.children, *child.children)))])
        else:
            found.append(child)
    return found


def _coded(children: Sequence[Child]) -> Iterator[Child]:
    """Words, with what other parsers would read something into as code: addresses, names to call, lone tildes."""
    for child in children:
        if isinstance(child, str):
            text = _BLANKS.sub(" ", child) if "  " in child or "\t" in child else child
            if "~" in text and sum(each.count("~") for each in children if isinstance(each, str)) > 1:
                yield from _pieces(text, _WITH_TILDES)
            elif _may_hold_address(text):
                yield from _pieces(text, _ADDRESS)
            elif text:
                yield text
        else:
            if child.tag in {"em", "strong", "del"}:
                child.children = _apart(child.children)
            elif child.tag == "a":
                if child.children in (["x"], ["X"]):  # `[x]` is a tick box
                    child.children = [Node("code", children=child.children)]
                child.children = [_BLANKS.sub(" ", each) if isinstance(each, str) else each for each in child.children]
            yield child


def _may_hold_address(text: str) -> bool:
    """What can be told at once of most words; to search them for an address takes longer."""
    if "@" in text or "://" in text:
        return True
    text = text.lower()
    return "www." in text or "mailto:" in text or "xmpp:" in text


def _pieces(text: str, code: re.Pattern[str]) -> Iterator[Child]:
    at = 0
    for found in code.finditer(text):
        if before := text[at : found.start()]:
            yield before
        yield Node("code", children=[found[0]])
        at = found.end()
    if rest := text[at:]:
        yield rest
