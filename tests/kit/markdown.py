"""What clean GitHub-flavoured Markdown is: tidy lines, and one meaning for every parser."""

from __future__ import annotations

import re

import comrak
from markdown_it import MarkdownIt

from triagebook.markdown import GFM

OTHER = MarkdownIt("commonmark").enable(["table", "strikethrough"])  # shares no code with the parser of the site


def assert_tidy(markdown: str) -> None:
    """No blank line too many, no trailing space, no mark that only HTML shows."""
    prose = re.sub(r"^( *)(`{3,}).*?^ *\2`*$", "code", markdown, flags=re.MULTILINE | re.DOTALL)
    assert "\n\n\n" not in prose, "two blank lines"
    assert not re.search(r"[ \t]+$", prose, re.MULTILINE), "a trailing space"
    assert re.fullmatch(r"\S.*\S\n", markdown, re.DOTALL), "blank lines at the start or the end"
    assert not re.search(r"[\ufdd0-\ufdef]", markdown), "a mark that only HTML shows"


def assert_read_alike(markdown: str) -> None:
    """Two parsers find the same blocks."""
    assert blocks(OTHER.render(markdown)) == blocks(comrak.render_markdown(markdown, *GFM))


def blocks(html: str) -> list[str]:
    """The elements that make the structure of a page, in order; an alert is a quote."""
    html = re.sub(r'<div class="markdown-alert[^>]*>', "<blockquote>", html)
    return re.findall(r"<(h[1-6]|ul|ol|li|table|tr|th|td|blockquote|pre)\b", html)
