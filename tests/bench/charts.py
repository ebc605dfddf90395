"""The results as pictures: one bar a tool, and how time grows with a book. Drawn as the charts of the site are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triagebook.site.drawing import FAINT, FONT, INK, LINE, SIZE, TILE, WIDTH, plotted

OURS, OTHERS = TILE, FAINT
ROW = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """What one tool takes."""

    name: str
    seconds: float
    says: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """What each tool takes for the same work, the quickest first."""

    bars: tuple[Bar, ...]

    def svg(self, title: str) -> str:
        return _figure(plotted(_bars(self)), title)


@dataclass(frozen=True, slots=True)
class Growth:
    """What each issue takes, by the size of its book: level where time grows as the book does."""

    points: tuple[tuple[str, int, float], ...]  # name, issues, milliseconds an issue

    def svg(self, title: str) -> str:
        return _figure(plotted(_growth(self)), title)


def _figure(svg: str, title: str) -> str:
    drawn = svg.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)
    return f'<figure class="chart">{drawn}<figcaption>{title}</figcaption></figure>'


def _bars(chart: Bars) -> dict[str, Any]:
    values = [
        {"row": row, "name": bar.name, "seconds": bar.seconds, "says": bar.says, "colour": OURS if bar.ours else OTHERS}
        for row, bar in enumerate(chart.bars)
    ]
    along = {"field": "seconds", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": False}}
    words = {"type": "text", "baseline": "bottom", "fill": INK, "fontSize": SIZE}
    bar = {"type": "bar", "height": 8, "yOffset": 12}
    start, end = (
        {"datum": 0, "type": "quantitative"},
        {"datum": max(bar.seconds for bar in chart.bars), "type": "quantitative"},
    )
    return {
        **_bare(ROW * len(values)),
        "data": {"values": values},
        "encoding": {"y": {"field": "row", "type": "ordinal", "axis": None}},
        "layer": [
            {"mark": bar, "encoding": {"x": along, "color": {"field": "colour", "type": "nominal", "scale": None}}},
            {"mark": {**words, "align": "left"}, "encoding": {"x": start, "text": {"field": "name"}}},
            {"mark": {**words, "align": "right", "fill": FAINT}, "encoding": {"x": end, "text": {"field": "says"}}},
        ],
    }


def _growth(chart: Growth) -> dict[str, Any]:
    values = [{"name": name, "issues": issues, "ms": ms} for name, issues, ms in chart.points]
    sizes = sorted({issues for _, issues, _ in chart.points})
    last = [each for each in values if each["issues"] == sizes[-1]]
    axis = {
        "domain": False,
        "ticks": False,
        "labelColor": FAINT,
        "gridColor": LINE,
        "labelFontSize": SIZE,
        "title": None,
    }
    x = {
        "field": "issues",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [sizes[0], sizes[-1]]},
        "axis": {**axis, "values": sizes, "format": ",d", "grid": False},
    }
    y = {
        "field": "ms",
        "type": "quantitative",
        "scale": {"type": "log"},
        "axis": {**axis, "tickCount": 4, "format": "~g"},
    }
    text = {"type": "text", "align": "left", "dx": 8, "fill": INK, "fontSize": SIZE}
    return {
        **_bare(220, left=44, right=150, bottom=24),
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "stroke": OURS, "point": {"fill": OURS, "stroke": OURS}},
                "encoding": {"x": x, "y": y, "detail": {"field": "name"}},
            },
            {"data": {"values": last}, "mark": text, "encoding": {"x": x, "y": y, "text": {"field": "name"}}},
        ],
    }


def _bare(height: int, left: int = 0, right: int = 0, bottom: int = 0) -> dict[str, Any]:
    """What both have in common. The room beside a plot is fixed: no font is there to measure."""
    return {
        "width": WIDTH - left - right,
        "height": height,
        "padding": {"left": left, "right": right, "top": 8, "bottom": bottom},
        "autosize": "none",
        "config": {"aria": False, "mark": {"aria": False}, "background": None, "font": FONT, "view": {"stroke": None}},
    }


def seconds_in_words(seconds: float) -> str:
    """As exact as three figures are."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s" if seconds < 100 else f"{seconds:,.0f} s"
