"""Charts in the words of the library that draws them: Vega-Lite where it has the form, else Vega.

A colour is the name of one of the style sheet's, so a picture drawn once fits light and dark. Text from records is data
of a chart, which the library escapes.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import singledispatch
from math import sqrt
from typing import Any
from unicodedata import east_asian_width

from triagebook.markdown import clean

from .charts import OverTime, Point, Rates, ResultBar, StageChart
from .relations import RelationGraph

WIDTH = 400  # of a chart; the style sheet gives it the size at which 13 is that of a table's text
FONT, SIZE = "Arial", 13  # what is read is the page's own font

INK, FAINT, LINE = "var(--tb-ink)", "var(--tb-faint)", "var(--tb-line)"
GOOD, BAD, STATED = "var(--tb-good)", "var(--tb-critical)", "var(--tb-stated)"
OPEN, CLOSED, TILE = "var(--tb-open)", "var(--tb-closed)", "var(--tb-tile)"
PAGE = "var(--md-default-bg-color)"

Spec = dict[str, Any]


@singledispatch
def told(chart: object) -> Spec:
    """A chart in the words of the library."""
    raise NotImplementedError(type(chart).__name__)


def _plot(height: int, shown: Spec, *, left: int = 0, right: int = 0, top: int = 0, bottom: int = 0) -> Spec:
    """What all charts of Vega-Lite have in common. The room beside a plot is fixed: no font is there to measure."""
    axis = {
        "aria": False,
        "domain": False,
        "ticks": False,
        "labelColor": FAINT,
        "gridColor": LINE,
        "labelFontSize": SIZE,
        "title": None,
    }
    config = {
        "mark": {"aria": False},  # the whole is one picture to those who listen
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**axis, "labelLimit": 0},
        "text": {"fontSize": SIZE, "fill": INK},
    }
    padding = {"left": left, "right": right, "top": top, "bottom": bottom}
    size = {"width": WIDTH - left - right, "height": height}
    return {**size, "padding": padding, "autosize": "none", "config": config, **shown}


def _short(words: str, units: float) -> str:
    """Words of a record that fit into so many units, in any font that a system may have."""
    words = clean(words).encode(errors="replace").decode()
    room = units / 7.5
    for place, letter in enumerate(words):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return words[: max(place - 1, 0)].rstrip() + "…"
    return words


# ── Vega-Lite ────────────────────────────────────────────────────────────────────────────────────────


@told.register
def _(chart: OverTime) -> Spec:
    """Closed issues below, open ones above them: the upper edge is all that were ever opened."""
    first, last = chart.points[0], chart.points[-1]
    days = (last.day - first.day).days
    end = Point(last.day + timedelta(days=1 + days // 25), last.open, last.closed)  # what came last is to be seen, too
    values = [
        {"day": f"{point.day}", "what": what, "from": low, "to": high}
        for point in (*chart.points, end)
        for what, low, high in (("closed", 0, point.closed), ("open", point.closed, point.closed + point.open))
    ]
    labels = [
        {"day": f"{end.day}", "to": (low + high) / 2, "says": f"{high - low:,} {what}"}
        for what, low, high in (("closed", 0, last.closed), ("open", last.closed, last.closed + last.open))
        if high > low
    ]
    form = "%Y" if days > 3 * 365 else "%b %Y" if days > 90 else "%-d %b"
    ticks = {"values": [f"{point.day}" for point in chart.points]} if days < 10 else {"tickCount": 4}
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"format": form, **ticks, "grid": False, "labelFlush": True, "labelOverlap": True},
    }
    y = {"field": "to", "type": "quantitative", "axis": {"tickMinStep": 1, "tickCount": 4, "format": ",d"}}
    color = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": ["closed", "open"], "range": [CLOSED, OPEN]},
        "legend": None,
    }
    area = {
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.55, "line": {"strokeWidth": 1.5}},
        "encoding": {"x": x, "y": y, "y2": {"field": "from"}, "color": color},
    }
    text = {
        "data": {"values": labels},
        "mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": "bold"},
        "encoding": {"x": x, "y": y, "text": {"field": "says"}},
    }
    return _plot(190, {"layer": [area, text]}, left=44, right=92, top=8, bottom=24)


@told.register
def _(chart: StageChart) -> Spec:
    """A tile with its number where a component has issues at a stage."""
    values = [
        {"row": row, "stage": stage, "issues": number}
        for row, part in enumerate(chart.shown)
        for stage, number in zip(chart.stages, part.stages, strict=True)
        if number
    ]
    names = [_short(part.title, 148) for part in chart.shown]
    rows = {
        "field": "row",
        "type": "ordinal",
        "scale": {"domain": list(range(len(names))), "paddingInner": 0.12},
        "axis": {
            "labelExpr": f"{json.dumps(names)}[datum.value]",
            "labelColor": INK,
            "labelAlign": "left",
            "labelPadding": 156,
            "grid": False,
        },
    }
    columns = {
        "field": "stage",
        "type": "ordinal",
        "scale": {"domain": list(chart.stages), "paddingInner": 0.06},
        "axis": {"orient": "top", "labelAngle": -40, "grid": False, "labelAlign": "left", "labelOffset": -4},
    }
    strength = {"type": "sqrt", "range": [0.16, 0.45], "domainMin": 0}
    tile = {
        "mark": {"type": "rect", "fill": TILE, "cornerRadius": 3},
        "encoding": {"opacity": {"field": "issues", "type": "quantitative", "scale": strength, "legend": None}},
    }
    number = {"mark": "text", "encoding": {"text": {"field": "issues", "format": ",d"}}}
    shown = {"data": {"values": values}, "encoding": {"x": columns, "y": rows}, "layer": [tile, number]}
    return _plot(26 * len(names), shown, left=156, right=34, top=62)


@told.register
def _(chart: Rates) -> Spec:
    """A run a row: its name and its rate above a bar that is full where every planned test passed."""
    values = [
        {
            "row": row,
            "run": _short(rate.run, 280),
            "rate": f"{rate.passed} of {rate.planned}{', stated' if rate.stated else ''}",
            "share": float(rate.share),
            "colour": STATED if rate.stated else GOOD,
        }
        for row, rate in enumerate(chart.shown)
    ]
    share = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": None}
    bar = {"type": "bar", "height": 8, "yOffset": 12}
    words = {"type": "text", "baseline": "bottom"}
    layers = [
        {"mark": {**bar, "fill": LINE}, "encoding": {"x": {"datum": 1, **share}}},
        {
            "mark": bar,
            "encoding": {
                "x": {"field": "share", **share},
                "color": {"field": "colour", "type": "nominal", "scale": None},
            },
        },
        {"mark": {**words, "align": "left"}, "encoding": {"x": {"datum": 0, **share}, "text": {"field": "run"}}},
        {
            "mark": {**words, "align": "right", "fill": FAINT},
            "encoding": {"x": {"datum": 1, **share}, "text": {"field": "rate"}},
        },
    ]
    rows = {"field": "row", "type": "ordinal", "axis": None}
    return _plot(40 * len(values), {"data": {"values": values}, "encoding": {"y": rows}, "layer": layers})


# ── Vega ─────────────────────────────────────────────────────────────────────────────────────────────

_REACH, _FAR = 86, 320  # how far out the widest arc goes, and from what distance on an arc is as wide as that


@told.register
def _(chart: RelationGraph) -> Spec:
    """Issues below each other, the one tied to the other by an arc at their side that points where its words do."""
    step = 26
    place = {node.id: row * step + step / 2 for row, node in enumerate(chart.nodes)}
    ties = [{"from": place[tie.first], "to": place[tie.second], "way": tie.has_way} for tie in chart.ties]
    farthest = max(abs(tie["to"] - tie["from"]) for tie in ties)
    gutter = 24 + _REACH * sqrt(min(1, farthest / _FAR))
    nodes = [
        {
            "y": place[node.id],
            "says": _short(f"{node.id} · {node.title}".replace("`", ""), WIDTH - gutter - 12),
            "fill": PAGE if node.closed else TILE,
        }
        for node in chart.nodes
    ]
    arc = (
        f"'M{gutter - 8},' + datum.from + 'A' + {_REACH} * sqrt(min(1, abs(datum.to - datum.from) / {_FAR}))"
        f" + ',' + abs(datum.to - datum.from) / 2 + ' 0 0 ' + (datum.to > datum.from ? 0 : 1)"
        f" + ' {gutter - 8},' + datum.to"
    )
    dash = {"signal": "datum.way ? [] : [4, 3]"}
    text = {"text": {"field": "says"}, "font": FONT, "fontSize": SIZE, "fill": INK, "baseline": "middle"}
    y, to = {"field": "y"}, {"field": "to"}
    marks = [
        _mark("path", "ties", path={"signal": arc}, stroke=FAINT, strokeWidth=1.5, strokeDash=dash),
        _mark("symbol", "pointed", shape="triangle-right", x=gutter - 9, y=to, size=70, fill=FAINT),
        _mark("symbol", "nodes", x=gutter, y=y, size=60, fill={"field": "fill"}, stroke=TILE, strokeWidth=1.5),
        _mark("text", "nodes", x=gutter + 12, y=y, **text),
    ]
    pointed = {"name": "pointed", "source": "ties", "transform": [{"type": "filter", "expr": "datum.way"}]}
    data = [{"name": "nodes", "values": nodes}, {"name": "ties", "values": ties}, pointed]
    return _bare(WIDTH, step * len(nodes), data, marks)


@told.register
def _(chart: ResultBar) -> Spec:
    """What passed is full, what failed is hollow, what has no result is a line: told apart without colour."""
    unit, high = 100 / max(chart.widest, 1), 12
    passed, failed = chart.passed * unit, chart.failed * unit
    good, bad = (STATED, STATED) if chart.stated else (GOOD, BAD)
    parts = [
        {"x": 0, "width": chart.planned * unit, "y": high / 2 - 1, "height": 2, "fill": LINE, "stroke": "none"},
        {"x": 0, "width": passed, "y": 0, "height": high, "fill": good, "stroke": "none"},
        {"x": passed + 1, "width": max(failed - 2, 0), "y": 1, "height": high - 2, "fill": PAGE, "stroke": bad},
    ]
    drawn = {name: {"field": name} for name in ("x", "width", "y", "height", "fill", "stroke")}
    shown = [part for part in parts if part["width"]]
    marks = [_mark("rect", "parts", **drawn, strokeWidth=2, cornerRadius=1)]
    return _bare(100, high, [{"name": "parts", "values": shown}], marks)


def _mark(kind: str, data: str, **looks: object) -> Spec:
    """A mark for each of the data: how it looks is the same for all, or said of each by a field or a signal."""
    enter = {name: look if isinstance(look, dict) else {"value": look} for name, look in looks.items()}
    return {"type": kind, "from": {"data": data}, "aria": False, "encode": {"enter": enter}}


def _bare(width: int, height: int, data: list[Spec], marks: list[Spec]) -> Spec:
    """A picture of marks alone."""
    return {
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "background": None,
        "data": data,
        "marks": marks,
    }
