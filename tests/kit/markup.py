"""Markdown as a page shows it."""

from __future__ import annotations

from triagebook.markup import Html, Link, finished, parsed


def to_html(markdown: str, link: Link = str) -> Html:
    """The HTML of a page. `link` resolves the address of a link; None removes the link."""
    return finished(parsed(markdown), link)
