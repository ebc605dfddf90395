"""Draws charts as SVG and puts them into pages. Vega draws all but the small bars.

Text of a record never becomes a link or an element: the library escapes it. The place of a chart is a mark of our own
templates, which a record cannot forge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape

from .charts import Chart, ResultBar
from .vega import LINE, PAGE, spec_of

_PLACE = re.compile(r'<p><span class="chart-([a-z0-9-]+)">(.*?)</span></p>', re.DOTALL)
_BAR = re.compile(r'<span class="bar-([a-z0-9-]+)">(.*?)</span>', re.DOTALL)
GOOD, BAD, STATED = "var(--tb-good)", "var(--tb-critical)", "var(--tb-stated)"
_ROOT = re.compile(r'^<svg [^>]*? viewBox="([^"]*)">')


def with_charts(body: str, charts: object) -> str:
    """The page with its charts, each in the place of the sentence that says the same, which becomes its caption."""
    known: Mapping[str, Chart | ResultBar] = charts if isinstance(charts, Mapping) else {}

    def figure(found: re.Match[str]) -> str:
        name, words = found[1], found[2]
        chart = known.get(name)
        if not isinstance(chart, Chart):
            return f"<p>{words}</p>"
        label = f'role="img" aria-label="{escape(chart.title)}" aria-describedby="chart-{name}"'
        caption = f'<figcaption id="chart-{name}">{words}</figcaption>'
        return f'<figure class="chart">{svg_of(chart).replace("<svg", f"<svg {label}", 1)}{caption}</figure>'

    def bar(found: re.Match[str]) -> str:
        chart = known.get(found[1])
        return f"{bar_svg(chart)}{found[2]}" if isinstance(chart, ResultBar) else found[2]

    return _BAR.sub(bar, _PLACE.sub(figure, body))


@lru_cache(maxsize=1024)  # many issues have the same figures
def svg_of(chart: Chart) -> str:
    """A chart as SVG that takes its size, colours and font from the page."""
    import vl_convert  # noqa: PLC0415  (takes longer to load than most pages to make)

    spec = spec_of(chart)
    svg = vl_convert.vega_to_svg(spec) if "marks" in spec else vl_convert.vegalite_to_svg(spec, vl_version="5.21")
    return _ROOT.sub(r'<svg class="drawn" viewBox="\1">', svg)


def bar_svg(bar: ResultBar) -> str:
    """Passed tests are filled, failed ones hollow, the rest is a line: readable without colour."""
    unit = 100 / max(bar.widest, 1)
    passed, failed, planned = (number * unit for number in (bar.passed, bar.failed, bar.planned))
    good, bad = (STATED, STATED) if bar.stated else (GOOD, BAD)
    rectangles = [
        _rectangle(0, 5, planned, 2, f'fill="{LINE}"'),
        _rectangle(0, 0, passed, 12, f'fill="{good}"'),
        _rectangle(passed + 1, 1, failed - 2, 10, f'fill="{PAGE}" stroke="{bad}" stroke-width="2"'),
    ]
    return f'<svg class="bar" viewBox="0 0 100 12" aria-hidden="true">{"".join(rectangles)}</svg>'


def _rectangle(x: float, y: int, width: float, height: int, looks: str) -> str:
    if width <= 0:
        return ""
    return f'<rect x="{x:.4g}" y="{y}" width="{width:.4g}" height="{height}" rx="1" {looks}/>'
