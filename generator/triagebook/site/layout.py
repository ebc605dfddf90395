"""Arranges the HTML of a page by its headings: marked sections become folds or cards.

Only our own templates can set the marks, records cannot. In plain Markdown they are ordinary headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADING = re.compile(r'<h([1-3]) id="[^"]*">(.*?)</h\1>', re.DOTALL)
_NOTE = re.compile(r'\s*<p><span class="fold-note">(.*?)</span></p>', re.DOTALL)
_PERMALINK = re.compile(r'<a class="headerlink".*?</a>')
_FOLD, _CARD = '<span class="fold">', '<span class="card">'


def arranged(body: str) -> str:
    """The body of a page with marked sections wrapped, up to the next heading of the same or a higher level."""
    return "".join(_pieces(body))


def _pieces(body: str) -> Iterator[str]:
    headings = list(_HEADING.finditer(body))
    ends = [heading.start() for heading in headings[1:]] + [len(body)]
    yield body[: headings[0].start()] if headings else body
    open_: list[tuple[int, str]] = []  # the level and the end tag of what is open
    for heading, end in zip(headings, ends, strict=True):
        level, content = int(heading[1]), body[heading.end() : end]
        is_card = _CARD in heading[2]
        while open_ and (
            open_[-1][0] > level or (open_[-1][0] == level and not (is_card and open_[-1][1] == "</div>"))
        ):
            yield open_.pop()[1]
        if is_card:
            if not open_ or open_[-1] != (level, "</div>"):
                open_.append((level, "</div>"))
                yield '<div class="cards">'
            open_.append((level, "</section>"))
            yield f'<section class="card">{heading[0]}{content}'
        elif _FOLD in heading[2]:
            open_.append((level, "</details>"))
            yield f"{_folded(heading[0], content)}"
        else:
            yield f"{heading[0]}{content}"
    yield from (tag for _, tag in reversed(open_))


def _folded(heading: str, content: str) -> str:
    note = _NOTE.match(content)
    beside = f'<span class="fold-note">{note[1]}</span>' if note else ""
    rest = content[note.end() :] if note else content
    summary = _PERMALINK.sub("", heading)  # a click on the summary unfolds it, so it holds no link
    return f'<details class="fold"><summary>{summary}{beside}</summary>{rest}'
