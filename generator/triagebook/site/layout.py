"""Arranges the HTML of a page by its headings: marked sections become folds, cards, columns, tabs or the rail.

Only our own templates can set the marks, records cannot. In plain Markdown they are ordinary headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADING = re.compile(r'<h([1-3]) id="([^"]*)">(.*?)</h\1>', re.DOTALL)
_NOTE = re.compile(r'\s*<p><span class="fold-note">(.*?)</span></p>', re.DOTALL)
_PERMALINK = re.compile(r'<a class="headerlink".*?</a>')
_MARK = re.compile(r'<span class="(fold|unfolded|card|column|tab|rail)">')
_SPOT = re.compile(r'<span class="at-([a-z0-9-]+)">(.*?)</span>')
_INNER = re.compile(r"(</?h)([2-5])\b")
_OPTION = re.compile(r"(<[^>]*>)|(?<![\w-])(--[a-z][\w-]{0,40}|-[A-Za-z](?![\w-]))")
_BOXES = {"card": "cards", "column": "columns"}  # what stands side by side, and the box around it
_TAB = 1.5  # above all other sections of the page


def arranged(body: str) -> str:
    """The body of a page with marked sections wrapped, up to the next heading of the same or a higher level."""
    body = _SPOT.sub(r'<a class="spot" id="\1" href="#\1" title="Link to this row">\2</a>', body)
    return _OPTION.sub(_unbroken, "".join(_pieces(body)))


def _unbroken(found: re.Match[str]) -> str:
    """The name of an option of a command, which breaks at none of its hyphens; anything else as it is."""
    return f'<span class="option">{found[2]}</span>' if found[2] else found[0]


def _pieces(body: str) -> Iterator[str]:
    headings = list(_HEADING.finditer(body))
    ends = [heading.start() for heading in headings[1:]] + [len(body)]
    yield body[: headings[0].start()] if headings else body
    open_: list[tuple[float, str]] = []  # the level and the end tag of what is open
    in_tab, tabs = False, [(found[2], found[3]) for found in headings if '"tab"' in found[3]]
    for heading, end in zip(headings, ends, strict=True):
        mark = _MARK.search(heading[3])
        kind = mark[1] if mark else ""
        level, box = _TAB if kind in {"tab", "rail"} else int(heading[1]), _BOXES.get(kind)
        while open_ and (open_[-1][0] > level or (open_[-1][0] == level and not (box and open_[-1][1] == "</div>"))):
            yield open_.pop()[1]
        if box and (not open_ or open_[-1] != (level, "</div>")):
            open_.append((level, "</div>"))
            yield f'<div class="{box}">'
        if kind == "tab" and not in_tab:
            yield _tab_bar(tabs)
        shown, content = heading[0], body[heading.end() : end]
        if in_tab and kind not in {"tab", "rail"}:
            shown, content = _INNER.sub(_deeper, shown), _INNER.sub(_deeper, content)
        in_tab = in_tab or kind == "tab"
        if kind in {"fold", "unfolded"}:
            open_.append((level, "</details>"))
            yield _folded(shown, content, " open" if kind == "unfolded" else "")
        elif kind:
            tag = "aside" if kind == "rail" else "section"
            open_.append((level, f"</{tag}>"))
            yield f'<{tag} class="{kind}">{shown}{content}'
        else:
            yield f"{shown}{content}"
    yield from (tag for _, tag in reversed(open_))


def _tab_bar(tabs: list[tuple[str, str]]) -> str:
    """Links to the parts of a page, which a script makes tabs of."""
    links = "".join(f'<a href="#{anchor}">{_PERMALINK.sub("", words)}</a>' for anchor, words in tabs)
    return f'<nav class="tabs" aria-label="Parts of this page">{links}</nav>'


def _deeper(found: re.Match[str]) -> str:
    return f"{found[1]}{int(found[2]) + 1}"


def _folded(heading: str, content: str, state: str) -> str:
    note = _NOTE.match(content)
    beside = f'<span class="fold-note">{note[1]}</span>' if note else ""
    rest = content[note.end() :] if note else content
    summary = _PERMALINK.sub("", heading)  # a click on the summary unfolds it, so it holds no link
    return f'<details class="fold"{state}><summary>{summary}{beside}</summary>{rest}'
