"""Turns Markdown into safe HTML, with highlighted code and anchors on headings."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache

import comrak
import nh3
from msgspec import Struct
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from .markdown import (
    FIGURE_CLOSE,
    FIGURE_DIGITS,
    FIGURE_OPEN,
    MARK_CLOSE,
    MARK_MIDDLE,
    MARK_OPEN,
    REPORT,
    WITHIN_CLOSE,
    WITHIN_OPEN,
    without_figures,
)

Link = Callable[[str], str | None]

_MARK = re.compile(f"{MARK_OPEN}([a-z0-9-]+){MARK_MIDDLE}([^{MARK_CLOSE}]*){MARK_CLOSE}")
_CODE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
_HEADING = re.compile(r"<h([1-3])>(.*?)</h\1>", re.DOTALL)
_ALERT = re.compile(r'<div class="markdown-alert markdown-alert-([a-z]+)">\n<p class="markdown-alert-title">')
_ADMONITIONS = {"note": "note", "tip": "tip", "important": "info", "warning": "warning", "caution": "danger"}
_TASK = re.compile(r'<input type="checkbox"[^>]*>')
_MORE_WAYS_BACK = re.compile(r' <a href="#fnref-\d+-\d+" class="footnote-backref".*?</a>')  # of a footnote
_LINK = re.compile(r'<a href="([^"]*)"')
_TO_ANCHOR = re.compile(r'<a href="#([^"]*)">')
_WITHIN = re.compile(rf'{WITHIN_OPEN}<a href="([^"]*)">(.*?)</a>{WITHIN_CLOSE}', re.DOTALL)
_FIGURE = re.compile(f"{FIGURE_OPEN}([{FIGURE_DIGITS}]+)([^{FIGURE_CLOSE}]*){FIGURE_CLOSE}")
_PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_FORMATTER = HtmlFormatter(nowrap=True)

_SANITIZER = nh3.Cleaner(
    tags={
        "a", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "input", "li",
        "ol", "p", "pre", "section", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
    },
    attributes={
        "a": {"aria-label", "href", "id", "title"},
        "input": {"checked", "disabled", "type"},
        "li": {"class", "id"},
        "ol": {"start"},
        **{tag: {"class"} for tag in ("code", "div", "p", "section", "sup", "ul")},
        **{tag: {"align"} for tag in ("td", "th")},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)  # fmt: skip

# The tags that the sanitizer allows, as the parser writes them.
_TAG = re.compile("<[^>]*>?")
_KNOWN = re.compile(
    r"""</?(?:blockquote|code|del|div|em|h[1-6]|li|ol|p|pre|strong|table|tbody|td|th|thead|tr|ul)>
    | <section\ class="footnotes"\ data-footnotes> | <li\ id="fn-\d+"> | </section> | </sup>
    | <sup\ class="footnote-ref"> | <a\ href="\#fn(?:ref)?-[\d-]+"[^<>]*>
    | <(?:br|hr)\ />
    | <(?:code|div|li|p|ul)\ class="[^"<>]*">
    | <t[dh]\ align="[a-z]+">
    | <ol\ start="\d+">
    | <input\ type="checkbox"\ class="[a-z-]+"(?:\ checked="")?\ disabled=""\ />
    | <a\ href="(?:https?:|mailto:|(?=[^:"]*"))[^"<>]*"(?:\ title="[^"<>]*")?> | </a>""",
    re.VERBOSE,
)


class Heading(Struct, frozen=True):
    """A heading of a page: its level, its anchor and its words as HTML."""

    level: int
    anchor: str
    words: str


class Html(Struct, frozen=True):
    """The body of a page and its headings."""

    body: str
    headings: tuple[Heading, ...]


def parsed(markdown: str) -> str:
    """Markdown as safe HTML that several pages can include, with its links unresolved."""
    body: str = _MORE_WAYS_BACK.sub("", comrak.render_markdown(markdown, *REPORT))
    if not is_known(body):
        body = _SANITIZER.clean(body)
    body = _CODE.sub(lambda found: _highlighted(found[1] or "", found[2]), body)
    return _TASK.sub(_task, _ALERT.sub(_admonition, body)).replace(" />", ">")


def is_known(body: str) -> bool:
    """Whether the sanitizer would allow every tag: then it can be skipped, which saves much time."""
    return all(map(_KNOWN.fullmatch, set(_TAG.findall(body))))


def placed(body: str, way: Link) -> str:
    """Parsed HTML with links within the site resolved by `way`; a link without an address becomes plain words."""

    def linked(found: re.Match[str]) -> str:
        target = way(html.unescape(found[1]))
        return f'<a href="{html.escape(target)}">{found[2]}</a>' if target else found[2]

    return _WITHIN.sub(linked, body) if WITHIN_OPEN in body else body


def finished(body: str, link: Link) -> Html:
    """Parsed HTML as the body of a page, with anchors and resolved links."""

    def led(found: re.Match[str]) -> str:
        target = link(html.unescape(found[1]))
        return f'<a href="{html.escape(target)}"' if target else "<a"

    body, headings = _with_anchors(_LINK.sub(led, body))
    anchors = {heading.anchor for heading in headings}
    body = _TO_ANCHOR.sub(lambda found: found[0] if found[1] in anchors else "<a>", body)
    return Html(_MARK.sub(lambda found: f'<span class="{found[1]}">{found[2]}</span>', body), headings)


def with_figures(body: str, shown: Callable[[int, str], str]) -> str:
    """The page with each figure as `shown(number, words)`. Within code, figures are plain words."""

    def figure(found: re.Match[str]) -> str:
        return shown(int("".join(str(FIGURE_DIGITS.index(digit)) for digit in found[1])), found[2])

    if FIGURE_OPEN not in body:
        return body
    body = _PRE.sub(lambda block: without_figures(block[0]), body)
    return without_figures(_FIGURE.sub(figure, body))


def _admonition(found: re.Match[str]) -> str:
    return f'<div class="admonition {_ADMONITIONS.get(found[1], "note")}">\n<p class="admonition-title">'


def _task(found: re.Match[str]) -> str:
    """A tick box with a label for screen readers."""
    checked, label = (' checked=""', "done") if 'checked=""' in found[0] else ("", "to do")
    return f'<input type="checkbox"{checked} disabled="" aria-label="{label}">'


# ── headings ─────────────────────────────────────────────────────────────────────────────────────────


def _with_anchors(body: str) -> tuple[str, tuple[Heading, ...]]:
    """The body with an anchor on each heading of the page, and the list of these headings.

    Prose from records has deeper headings and gets no anchors, so it cannot take one of the page. Upper levels choose
    first, so an anchor does not change when a deeper heading has the same words.
    """
    found = list(_HEADING.finditer(body))
    anchors: dict[int, str] = {}
    taken: set[str] = set()
    for heading in sorted(found, key=lambda each: int(each[1])):
        anchors[heading.start()] = _free(_slug(heading[2]), taken)
    headings = tuple(Heading(int(each[1]), anchors[each.start()], _MARK.sub(r"\2", each[2])) for each in found)

    def with_anchor(heading: re.Match[str]) -> str:
        anchor = anchors[heading.start()]
        permalink = f'<a class="headerlink" href="#{anchor}" title="Link to this heading">¶</a>'
        return f'<h{heading[1]} id="{anchor}">{heading[2]}{permalink}</h{heading[1]}>'

    return _HEADING.sub(with_anchor, body), headings


@lru_cache(maxsize=1024)  # pages of a kind have the same headings
def _slug(words: str) -> str:
    """The anchor that GitHub makes of the same heading."""
    text = html.unescape(re.sub(r"<[^>]*>", "", _MARK.sub(r"\2", words)))
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") or "section"


def _free(slug: str, taken: set[str]) -> str:
    anchor, number = slug, 0
    while anchor in taken:
        number += 1
        anchor = f"{slug}-{number}"
    taken.add(anchor)
    return anchor


# ── code ─────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4096)
def _highlighted(language: str, escaped: str) -> str:
    """A block of code for the styles of the theme; without a language it is text whose lines may wrap."""
    lexer = _lexer(language)
    code = highlight(html.unescape(escaped), lexer, _FORMATTER) if lexer else escaped
    return f'<div class="highlight{"" if language else " text"}"><pre><code>{code}</code></pre></div>'


@lru_cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language) if language else None
    except ClassNotFound:
        return None
