"""A report as a single HTML file: no script, nothing to fetch, each figure linked to its sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from triagebook.facts.base.fact import Origin
from triagebook.markup import Heading, finished, with_figures
from triagebook.views.figures import Figure

FileLink = Callable[[str], str | None]  # a file of the book -> its address from the report

_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_PATH = re.compile(r"(?<!<pre>)<code>[^<]*/[^<]*</code>")
_SHOWN = 8  # sources that are listed for a figure


def page(parsed: str, figures: Sequence[Figure], title: str, styles: Path, link: FileLink, kind: str = "") -> str:
    """The whole file, from a report as parsed HTML."""
    html = finished(parsed, lambda address: address if re.match(r"https?://|mailto:|#", address) else None)
    body = _TABLE.sub(lambda table: f'<div class="table" tabindex="0">{table[0]}</div>', html.body)
    body = _PATH.sub(lambda code: re.sub(r"(?<!<)/(?!code>)", "/<wbr>", code[0]), body)  # long paths wrap at a folder
    body, used = _with_figures(body, figures)
    body = body.replace("<pre>", '<pre tabindex="0">')  # it may scroll, so it must be reachable by keyboard
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="triagebook">
<title>{escape(title)}</title>
<style>
{styles.read_text(encoding="utf-8").strip()}
</style>
</head>
<body class="{escape(kind)}">
{_contents(html.headings, sources=bool(used))}
<main>
{body}{_sources(used, link)}
</main>
</body>
</html>
"""


def _contents(headings: Sequence[Heading], *, sources: bool) -> str:
    links = [f'<li><a href="#{each.anchor}">{each.words}</a></li>' for each in headings if each.level == 2]
    if sources:
        links.append('<li><a href="#figures">Where the figures come from</a></li>')
    listed = "\n".join(links)
    return f'<nav aria-label="Contents">\n<ul>\n{listed}\n</ul>\n</nav>' if links else ""


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────


def _with_figures(body: str, figures: Sequence[Figure]) -> tuple[str, list[Figure]]:
    """The body with a link on each figure, and the figures in it."""
    by_number = {figure.number: figure for figure in figures}
    used: dict[int, Figure] = {}

    def linked(number: int, words: str) -> str:
        used[number] = figure = by_number[number]
        source = escape(_source(figure))
        return f'<a class="figure" href="#figure-{number}" data-source="{source}">{words}</a>'

    return with_figures(body, linked), [used[number] for number in sorted(used)]


def _source(figure: Figure) -> str:
    """The name and the sources of a figure in one line."""
    files = list(dict.fromkeys(origin.file for origin in figure.fact.origins)) or [figure.file]
    more = f" and {len(files) - 2} more files" if len(files) > 2 else ""
    return f"{figure.fact.ref}: {figure.says[:1].lower()}{figure.says[1:]}, from {', '.join(files[:2])}{more}"


def _sources(used: Sequence[Figure], link: FileLink) -> str:
    """The end of the page: every figure with its name, its meaning and the records it was computed from."""
    if not used:
        return ""
    rows = "\n".join(_row(figure, link) for figure in used)
    return f"""<section class="sources">
<h2 id="figures">Where the figures come from</h2>
<p>Each figure is computed from the records named beside it.</p>
<dl>
{rows}
</dl>
</section>"""


def _row(figure: Figure, link: FileLink) -> str:
    fact = figure.fact
    said = f"; unverified, from {', '.join(figure.documents)}" if figure.documents else ""
    origins = fact.origins or (Origin(figure.file),)
    shown = [_origin(origin.file, str(origin), link) for origin in origins[:_SHOWN]]
    left = len(origins) - len(shown)
    places = ", ".join(shown) + (f" and {left} more" if left else "")
    return (
        f'<dt id="figure-{figure.number}"><code>{escape(str(fact.ref))}</code> <span>{escape(str(fact))}</span></dt>\n'
        f"<dd>{escape(figure.says)}{escape(said)}: {places}</dd>"
    )


def _origin(file: str, words: str, link: FileLink) -> str:
    address = link(file)
    text = f"<code>{escape(words)}</code>"
    return f'<a href="{escape(address)}">{text}</a>' if address else text
