"""Draws charts as SVG and puts them into pages: a plot by Vega-Lite, a few shapes by hand.

Colours are variables of the style sheet, so one drawing fits the light and the dark theme. Text of a record never
becomes a link or an element. The place of a chart is a mark of our own templates, which a record cannot forge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from html import escape
from math import sqrt
from typing import Any
from unicodedata import east_asian_width

from triagebook.markdown import clean

from .charts import Bar, OverTime
from .paths import issue_path
from .relations import RelationGraph

WIDTH = 400  # of a chart; the style sheet scales it so that 13 is the size of text in a table
FONT, SIZE = "Arial", 13  # to measure with; the page shows its own font

INK, FAINT, LINE = "var(--tb-ink)", "var(--tb-faint)", "var(--tb-line)"
OPEN, CLOSED, TILE = "var(--tb-open)", "var(--tb-closed)", "var(--tb-tile)"
GOOD, BAD, STATED = "var(--tb-good)", "var(--tb-critical)", "var(--tb-stated)"
PAGE = "var(--md-default-bg-color)"

_PLACE = re.compile(r'<p><span class="chart-([a-z0-9-]+)">(.*?)</span></p>', re.DOTALL)
_BAR = re.compile(r'<span class="bar-([a-z0-9-]+)">(.*?)</span>', re.DOTALL)
_ROOT = re.compile(r'^<svg [^>]*? viewBox="([^"]*)">')

Spec = dict[str, Any]


Address = Callable[[str], str | None]  # of a page, by its path


def with_charts(body: str, charts: object, address: Address = lambda _: None) -> str:
    """The page with its charts, each in the place of the sentence that says the same, which becomes its caption."""
    known: Mapping[str, object] = charts if isinstance(charts, Mapping) else {}

    def figure(found: re.Match[str]) -> str:
        name, words, chart = found[1], found[2], known.get(found[1])
        if not isinstance(chart, OverTime | RelationGraph):
            return f"<p>{words}</p>"
        role = "group" if isinstance(chart, RelationGraph) else "img"  # a picture has no links to those who listen
        label = f'role="{role}" aria-label="{escape(chart.title)}" aria-describedby="chart-{name}"'
        caption = f'<figcaption id="chart-{name}">{words}</figcaption>'
        return f'<figure class="chart">{svg_of(chart, address).replace("<svg", f"<svg {label}", 1)}{caption}</figure>'

    def bar(found: re.Match[str]) -> str:
        chart = known.get(found[1])
        return f"{bar_svg(chart)}{found[2]}" if isinstance(chart, Bar) else found[2]

    return _BAR.sub(bar, _PLACE.sub(figure, body))


def svg_of(chart: OverTime | RelationGraph, address: Address = lambda _: None) -> str:
    """A chart as SVG that takes its size, colours and font from the page."""
    return plotted(_over_time(chart)) if isinstance(chart, OverTime) else _graph(chart, address)


def plotted(spec: Spec) -> str:
    """A specification of Vega-Lite as SVG."""
    import vl_convert  # noqa: PLC0415  (takes longer to load than most pages to make)

    return _ROOT.sub(r'<svg class="drawn" viewBox="\1">', vl_convert.vegalite_to_svg(spec, vl_version="5.21"))


# ── open and closed over time ────────────────────────────────────────────────────────────────────────


def _over_time(chart: OverTime) -> Spec:
    """Closed issues below, open ones above: the upper edge is the number of issues opened so far."""
    first, last = chart.points[0], chart.points[-1]
    days = (last.day - first.day).days
    end = last.day + timedelta(days=1 + days // 25)  # room to see the last step
    values: list[dict[str, Any]] = [
        {"day": f"{day}", "what": what, "from": low, "to": high}
        for day, point in (*((point.day, point) for point in chart.points), (end, last))
        for what, low, high in (("closed", 0, point.closed), ("open", point.closed, point.closed + point.open))
    ]
    labels = [
        {"day": f"{end}", "to": (each["from"] + each["to"]) / 2, "says": f"{number:,} {each['what']}"}
        for each in values[-2:]
        if (number := each["to"] - each["from"])
    ]
    form = "%Y" if days > 3 * 365 else "%b %Y" if days > 90 else "%-d %b"
    ticks = {"values": [f"{point.day}" for point in chart.points]} if days < 10 else {"tickCount": 4}
    of_days = {"format": form, **ticks, "grid": False, "labelFlush": True, "labelOverlap": True}
    x = {"field": "day", "type": "temporal", "scale": {"type": "utc"}, "axis": of_days}
    y = {"field": "to", "type": "quantitative", "axis": {"tickMinStep": 1, "tickCount": 4, "format": ",d"}}
    scale = {"domain": ["closed", "open"], "range": [CLOSED, OPEN]}
    area = {
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.55, "line": {"strokeWidth": 1.5}},
        "encoding": {
            "x": x,
            "y": y,
            "y2": {"field": "from"},
            "color": {"field": "what", "type": "nominal", "scale": scale, "legend": None},
        },
    }
    text = {
        "data": {"values": labels},
        "mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": "bold"},
        "encoding": {"x": x, "y": y, "text": {"field": "says"}},
    }
    axis = {"aria": False, "domain": False, "ticks": False, "labelColor": FAINT, "gridColor": LINE, "title": None}
    return {
        "width": WIDTH - 44 - 92,
        "height": 190,
        "padding": {"left": 44, "right": 92, "top": 8, "bottom": 24},  # fixed, as there is no font to measure
        "autosize": "none",
        "config": {
            "mark": {"aria": False},  # the whole is one picture to those who listen
            "background": None,
            "font": FONT,
            "view": {"stroke": None},
            "axis": {**axis, "labelFontSize": SIZE, "labelLimit": 0},
            "text": {"fontSize": SIZE, "fill": INK},
        },
        "layer": [area, text],
    }


# ── relations ────────────────────────────────────────────────────────────────────────────────────────

_STEP = 26  # from one issue to the next
_REACH, _FAR = 86, 320  # how far the widest arc reaches, and the distance between issues from which an arc is that wide


def _graph(chart: RelationGraph, address: Address) -> str:
    """Issues in a column, each a link, related ones joined by an arc; an arrow points from the first to the second."""
    place = {node.id: row * _STEP + _STEP // 2 for row, node in enumerate(chart.nodes)}
    ties = [(place[tie.first], place[tie.second], tie.has_way) for tie in chart.ties]
    x = 24 + _reach(max(abs(end - start) for start, end, _ in ties))
    arcs = [_arc(x - 8, start, end, has_way=has_way) for start, end, has_way in ties]
    arrows = [_arrow(x - 9, end) for _, end, has_way in ties if has_way]
    circles = [
        f'<circle cx="{x:.4g}" cy="{place[node.id]}" r="3.9" fill="{PAGE if node.closed else TILE}" '
        f'stroke="{TILE}" stroke-width="1.5"/>'
        for node in chart.nodes
    ]
    titles = [
        _linked(
            address(issue_path(node.id)),
            f'<text x="{x + 12:.4g}" y="{place[node.id] + 4}" font-family="{FONT}" font-size="{SIZE}px" fill="{INK}">'
            f"{escape(_short(f'{node.id} · {node.title}'.replace('`', ''), WIDTH - x - 12), quote=False)}"
            f"<title>{escape(clean(str(node.title)).encode(errors='replace').decode())}</title></text>",
        )
        for node in chart.nodes
    ]
    height = _STEP * len(chart.nodes)
    return f'<svg class="drawn" viewBox="0 0 {WIDTH} {height}">{"".join([*arcs, *arrows, *circles, *titles])}</svg>'


def _linked(address: str | None, drawn: str) -> str:
    return f'<a href="{escape(address)}">{drawn}</a>' if address else drawn


def _reach(distance: float) -> float:
    return _REACH * sqrt(min(1, distance / _FAR))


def _arc(x: float, start: int, end: int, *, has_way: bool) -> str:
    distance = abs(end - start)
    path = f"M{x:.4g},{start}A{_reach(distance):.4g},{distance / 2:g} 0 0 {int(end < start)} {x:.4g},{end}"
    dashes = "" if has_way else ' stroke-dasharray="4 3"'
    return f'<path d="{path}" fill="none" stroke="{FAINT}" stroke-width="1.5"{dashes}/>'


def _arrow(x: float, y: int) -> str:
    return f'<path d="M{x + 3.6:.4g},{y}l-7.2,-4.2v8.4Z" fill="{FAINT}"/>'


def _short(words: str, units: float) -> str:
    """Text of a record, cut to a width that it does not exceed in any usual font."""
    words = clean(words).encode(errors="replace").decode()
    room = units / 7.5
    for place, letter in enumerate(words):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return words[: max(place - 1, 0)].rstrip() + "…"
    return words


# ── bars ─────────────────────────────────────────────────────────────────────────────────────────────

_TONES = {"good": (GOOD, BAD), "stated": (STATED, STATED), "urgent": (OPEN, TILE)}


@lru_cache(maxsize=1024)  # many issues have the same figures
def bar_svg(bar: Bar) -> str:
    """The first part is filled, the second hollow, the rest is a line: readable without colour."""
    unit = 100 / max(bar.widest, 1)
    filled, hollow, whole = (number * unit for number in (bar.filled, bar.hollow, bar.whole))
    good, bad = _TONES[bar.tone]
    rectangles = [
        _rectangle(0, 5, whole, 2, f'fill="{LINE}"'),
        _rectangle(0, 0, filled, 12, f'fill="{good}"'),
        _rectangle(filled + 1, 1, hollow - 2, 10, f'fill="{PAGE}" stroke="{bad}" stroke-width="2"'),
    ]
    title = f"<title>{escape(bar.says)}</title>" if bar.says else ""
    return f'<svg class="bar" viewBox="0 0 100 12" aria-hidden="true">{title}{"".join(rectangles)}</svg>'


def _rectangle(x: float, y: int, width: float, height: int, looks: str) -> str:
    if width <= 0:
        return ""
    return f'<rect x="{x:.4g}" y="{y}" width="{width:.4g}" height="{height}" rx="1" {looks}/>'
