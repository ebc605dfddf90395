"""Words within a line, written as mdformat writes them: nothing in them means anything but what the tree says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.entities import html5
from unicodedata import category

from .tree import Child, Node

SPACES = " \t\n\r\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BLANKS = re.compile("  +")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[Xx][0-9A-Fa-f]{1,6}|(\w+));")


def inline(children: Sequence[Child]) -> str:
    pieces = []
    for index, child in enumerate(children):
        if isinstance(child, str):
            text = "\n".join(map(_text, child.split("\n"))) if "\n" in child else _text(child)
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
            return f"*{inline(node.children)}*"
        case "strong":
            return f"**{inline(node.children)}**"
        case "del":
            return f"~~{inline(node.children)}~~"
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
    return f"[{inline(node.children)}]({address}{said})"


def _text(text: str) -> str:
    """Plain words, with nothing in them that Markdown would read."""
    text = text.replace("\t", " ").replace("\\", "\\\\")
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    if "*" in text:
        text = re.sub(r"\*", lambda found: found[0] if _between_blanks(*_around(text, found)) else "\\*", text)
    if "_" in text:
        text = re.sub("_", lambda found: found[0] if _is_bare(*_around(text, found)) else "\\_", text)
    if "[" in text or "]" in text:
        text = _brackets(text)
    if "<" in text:
        text = re.sub(r"<(?! )", r"\\<", text)
    text = text.replace("`", "\\`")
    if "&" in text:
        text = _REFERENCE.sub(lambda f: f[0] if f[1] and f"{f[1]};" not in html5 else f"\\{f[0]}", text)
    return text.replace("~~", "\\~~")


def _around(text: str, found: re.Match[str]) -> tuple[str, str]:
    """The letters before and after what was found; nothing where the text ends."""
    start, end = found.span()
    return text[start - 1 : start] if start else "", text[end : end + 1]


def _between_blanks(before: str, after: str) -> bool:
    return bool(before and after) and before in SPACES and after in SPACES


def _is_bare(before: str, after: str) -> bool:
    """Whether an underscore means nothing: within a word, or between blanks."""
    return _between_blanks(before, after) or not (_ends_word(before) or _ends_word(after))


def _ends_word(letter: str) -> bool:
    return not letter or letter in SPACES or category(letter)[0] == "P" or letter in "$+<=>^`|~"


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
