"""Draws charts and puts them into a page. The only module that knows the library.

Nothing of a record's text becomes a link or an element: the library escapes it. The place of a chart is a mark of our
own templates, which a record's text can't forge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape

from .charts import Chart, ResultBar
from .vega import told

_PLACE = re.compile(r'<p><span class="chart-([a-z0-9-]+)">(.*?)</span></p>', re.DOTALL)
_BAR = re.compile(r'<span class="bar-([a-z0-9-]+)">(.*?)</span>', re.DOTALL)
_ROOT = re.compile(r'^<svg [^>]*? viewBox="([^"]*)">')


def with_charts(body: str, charts: object) -> str:
    """The page with its pictures, each where the words stand that say the same."""
    known: Mapping[str, Chart | ResultBar] = charts if isinstance(charts, Mapping) else {}

    def figure(found: re.Match[str]) -> str:
        name, words = found[1], found[2]
        chart = known.get(name)
        if not isinstance(chart, Chart):
            return f"<p>{words}</p>"
        said = f'role="img" aria-label="{escape(chart.title)}" aria-describedby="chart-{name}"'
        caption = f'<figcaption id="chart-{name}">{words}</figcaption>'
        return f'<figure class="chart">{svg_of(chart).replace("<svg", f"<svg {said}", 1)}{caption}</figure>'

    def bar(found: re.Match[str]) -> str:
        chart = known.get(found[1])
        return f"{svg_of(chart)}{found[2]}" if isinstance(chart, ResultBar) else found[2]

    return _BAR.sub(bar, _PLACE.sub(figure, body))


@lru_cache(maxsize=1024)  # many issues have the same figures
def svg_of(chart: Chart | ResultBar) -> str:
    """A chart as SVG that takes its size, its colours and its font from the page."""
    import vl_convert  # noqa: PLC0415  (takes longer to begin with than most pages have)

    spec = told(chart)
    svg = vl_convert.vega_to_svg(spec) if "marks" in spec else vl_convert.vegalite_to_svg(spec, vl_version="5.21")
    kind = "bar" if isinstance(chart, ResultBar) else "drawn"
    hidden = ' aria-hidden="true"' if isinstance(chart, ResultBar) else ""  # the words beside it say the same
    return _ROOT.sub(rf'<svg class="{kind}" viewBox="\1"{hidden}>', svg)
