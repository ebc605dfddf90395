"""Charts as specifications for the library that draws them: Vega-Lite where it has the form, else Vega.

Colours are variables of the style sheet, so that one drawing fits the light and the dark theme. Text from records is
data of a chart, which the library escapes.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import singledispatch
from math import sqrt
from typing import Any
from unicodedata import east_asian_width

from triagebook.markdown import clean

from .charts import OverTime, Point, StageChart
from .relations import RelationGraph

WIDTH = 400  # of a chart; the style sheet scales it so that 13 is the size of text in a table
FONT, SIZE = "Arial", 13  # to measure with; the page shows its own font

INK, FAINT, LINE = "var(--tb-ink)", "var(--tb-faint)", "var(--tb-line)"
OPEN, CLOSED, TILE = "var(--tb-open)", "var(--tb-closed)", "var(--tb-tile)"
PAGE = "var(--md-default-bg-color)"

Spec = dict[str, Any]


@singledispatch
def spec_of(chart: object) -> Spec:
    """The specification of a chart."""
    raise NotImplementedError(type(chart).__name__)


def _plot(height: int, shown: Spec, *, left: int = 0, right: int = 0, top: int = 0, bottom: int = 0) -> Spec:
    """What all charts of Vega-Lite share. The margins are fixed, as there is no font to measure."""
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
    """Text of a record, cut to a width that it does not exceed in any usual font."""
    words = clean(words).encode(errors="replace").decode()
    room = units / 7.5
    for place, letter in enumerate(words):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return words[: max(place - 1, 0)].rstrip() + "…"
    return words


# ── Vega-Lite ────────────────────────────────────────────────────────────────────────────────────────


@spec_of.register
def _(chart: OverTime) -> Spec:
    """Closed issues below, open ones above: the upper edge is the number of issues opened so far."""
    first, last = chart.points[0], chart.points[-1]
    days = (last.day - first.day).days
    end = Point(last.day + timedelta(days=1 + days // 25), last.open, last.closed)  # room to see the last step
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


@spec_of.register
def _(chart: StageChart) -> Spec:
    """A tile with a number for each stage at which a component has issues."""
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


# ── Vega ─────────────────────────────────────────────────────────────────────────────────────────────

_REACH, _FAR = 86, 320  # how far the widest arc reaches, and the distance between issues from which an arc is that wide


@spec_of.register
def _(chart: RelationGraph) -> Spec:
    """Issues in a column, related ones joined by an arc; an arrow points from the first to the second."""
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


def _mark(kind: str, data: str, **looks: object) -> Spec:
    """A mark for each data item; a property has one value for all, or comes from a field or signal."""
    enter = {name: look if isinstance(look, dict) else {"value": look} for name, look in looks.items()}
    return {"type": kind, "from": {"data": data}, "aria": False, "encode": {"enter": enter}}


def _bare(width: int, height: int, data: list[Spec], marks: list[Spec]) -> Spec:
    """A drawing without axes."""
    return {
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "background": None,
        "data": data,
        "marks": marks,
    }
