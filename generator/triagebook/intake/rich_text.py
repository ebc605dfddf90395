"""Turns the documents and the wiki text of Jira and the HTML of Azure DevOps into Markdown, without losing any text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

_MARKS = {"strong": "**", "em": "*", "code": "`", "strike": "~~"}
_NAMED = ("text", "shortName", "url", "title", "alt", "timestamp", "id")  # what stands for a node without content
_LINES = {"bulletList", "orderedList", "taskList", "decisionList", "table"}  # of which each part is a line
_PARAGRAPHS = {"doc", "panel", "expand", "nestedExpand", "layoutSection", "layoutColumn", "blockquote", "listItem"}
_HTML = re.compile(r"</?(?:div|p|br|span|b|i|strong|em|ul|ol|li|a|img|table|pre|code|h[1-6])\b[^>]*>", re.IGNORECASE)


def as_markdown(value: object) -> str:
    """Text as it is; a document of nodes or HTML as Markdown."""
    if isinstance(value, Mapping):
        try:
            return _node(value).strip()
        except (AttributeError, TypeError, ValueError, ArithmeticError):  # not of the known form
            return json.dumps(value, ensure_ascii=False)
    text = str(value) if isinstance(value, str) else ""
    return _of_html(text) if len(_HTML.findall(text)) > 1 and text.lstrip().startswith("<") else text


def _node(node: Mapping[str, Any]) -> str:
    kind, attributes = str(node.get("type")), node.get("attrs") or {}
    inner = [_node(child) for child in node.get("content") or [] if isinstance(child, Mapping)]
    text = ("\n\n" if kind in _PARAGRAPHS else "\n" if kind in _LINES else "").join(inner)
    match kind:
        case "text":
            return _marked(node)
        case "hardBreak":
            return "\n"
        case "rule":
            return "---"
        case "heading":
            return f"{'#' * int(attributes.get('level') or 1)} {text}"
        case "codeBlock":
            return f"```{attributes.get('language') or ''}\n{text}\n```"
        case "blockquote" | "panel":
            return "> " + text.replace("\n", "\n> ")
        case "listItem" | "decisionItem":
            return "- " + text.replace("\n", "\n  ")
        case "taskItem":
            return f"- [{'x' if attributes.get('state') == 'DONE' else ' '}] {text}"
        case "tableRow":
            return f"| {' | '.join(one.replace(chr(10), ' ') for one in inner)} |"
    own = next((str(attributes[name]) for name in _NAMED if attributes.get(name)), "")
    return text if inner and kind not in {"expand", "nestedExpand"} else f"{own}\n\n{text}".strip()


def _marked(node: Mapping[str, Any]) -> str:
    text = str(node.get("text") or "")
    for mark in node.get("marks") or []:
        address = (mark.get("attrs") or {}).get("href")
        sign = _MARKS.get(mark.get("type"), "")
        text = f"[{text}]({address})" if address and address != text else f"{sign}{text}{sign}"
    return text


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.address: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.address = given.get("href") if tag == "a" else self.address
        if tag == "img":
            self.text += f"![{given.get('alt') or ''}]({given.get('src') or ''})"
        elif tag not in {"span", "a", "b", "i", "u", "em", "strong", "code", "font", "td", "th"}:
            self.text = self.text.rstrip(" ") + ("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.address:
            self.text += "" if self.address in self.text else f" ({self.address})"
        elif tag in {"p", "div", "ul", "ol", "tr", "pre", "table"} and not self.text.endswith("\n"):
            self.text += "\n"
        elif tag in {"td", "th"}:
            self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data


def _of_html(text: str) -> str:
    reader = _HtmlReader()
    reader.feed(text)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", reader.text).strip()


_WIKI_CODE = re.compile(r"\{(code|noformat)(?::([^}\n]*))?\}\n?(.*?)\n?\{\1\}|^```.*?^```", re.DOTALL | re.MULTILINE)
_WIKI_LANGUAGE = re.compile(r"(?:^|\|)(?:language=)?([A-Za-z+#]+)(?=$|\|)")
_WIKI_MARKS = {
    re.compile(r"(?m)^bq\. +"): "> ",
    re.compile(r"\{\{(.+?)\}\}"): r"`\1`",
    re.compile(r"\{color(?::[^}\n]*)?\}"): "",
    re.compile(r"\[([^\]|\n]+)\|(https?://[^\]|\s]+)(?:\|[^\]\n]*)?\]"): r"[\1](\2)",
    re.compile(r"\[(https?://[^\]|\s]+)\]"): r"<\1>",
    re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"): r"**\1**",
}


def of_wiki(text: str) -> str:
    """Text with the marks of Jira's wiki as Markdown; code stays as it is."""
    parts, end = [], 0
    for code in _WIKI_CODE.finditer(text):
        parts += [_of_wiki_prose(text[end : code.start()]), _fenced(code) if code[1] else code[0]]
        end = code.end()
    return "".join([*parts, _of_wiki_prose(text[end:])])


def _fenced(code: re.Match[str]) -> str:
    language = _WIKI_LANGUAGE.search(code[2] or "")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code[3])), 3)
    return f"{fence}{language[1].lower() if language else ''}\n{code[3]}\n{fence}"


def _of_wiki_prose(text: str) -> str:
    numbered = len(re.findall(r"(?m)^ *# +\S", text)) > 1  # a single `#` is the mark of a heading
    text = re.sub(rf"(?m)^ *([*{'#' * numbered}-]+) +(?=\S)", _wiki_item, text)
    text = re.sub(r"(?m)^h([1-6])\. +", lambda found: "#" * int(found[1]) + " ", text)
    for form, markdown in _WIKI_MARKS.items():
        text = form.sub(markdown, text)
    return text


def _wiki_item(marks: re.Match[str]) -> str:
    return f"{'   ' * (len(marks[1]) - 1)}{'1.' if marks[1].endswith('#') else '-'} "
