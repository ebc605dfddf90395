"""What is drawn is a picture and nothing else: no record's text can make it more, and it is the same everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.kit.paths import ROOT
from triagebook.model.defect import Tie
from triagebook.site.charts import Bar, OverTime, Point
from triagebook.site.drawing import bar_svg, svg_of
from triagebook.site.relations import GraphNode, IssueTie, RelationGraph

DAY = date(2025, 9, 15)


def graph(words: str) -> RelationGraph:
    nodes = (GraphNode("1", words, closed=False), GraphNode("2", words, closed=True))
    return RelationGraph(words, nodes, (IssueTie("1", Tie.CAUSES, "2"), IssueTie("2", Tie.RELATED, "1")), words)


def drawings(words: str = "Routes") -> list[str]:
    days = tuple(Point(DAY + timedelta(days=number), number, 1) for number in range(4))
    bar = Bar(2, 4, widest=8, says=words.encode(errors="replace").decode(), hollow=1)
    return [svg_of(OverTime(words, days)), svg_of(graph(words)), bar_svg(bar)]


ELEMENTS = {"svg", "title", "g", "path", "line", "rect", "circle", "text"}
HOSTILE = [
    "<script>alert(1)</script>",
    "</text><image href=x onerror=alert(1)>",
    '" onload="alert(1)',
    "javascript:alert(1)",
    "data('x')[0] + '\"]; alert(1)",
    "&lt;b&gt; \\u003cscript>",
]


@pytest.mark.parametrize("words", ["Routes", *HOSTILE])
def test_a_chart_contains_only_shapes_and_text(words: str) -> None:
    for drawing in drawings(words):
        for element in ET.fromstring(drawing).iter():  # noqa: S314  (our own)
            assert element.tag.rpartition("}")[2] in ELEMENTS
            names = {name.rpartition("}")[2] for name in element.attrib}
            assert not [name for name in names if name.startswith("on")]
            assert not names & {"href", "id", "style", "src", "filter", "clip-path"}
            assert "url(" not in " ".join(element.attrib.values())


def test_words_of_a_record_are_shown_as_they_are() -> None:
    for words, shown in {
        "<b>&amp;\"'": "<b>&amp;\"'",
        "Größe \\u0041": "Größe \\u0041",
        "漢字" * 40: "漢字" * 9 + "漢…",
        "half \ud800": "half ?",
    }.items():
        drawing = svg_of(graph(words))
        assert f"1 · {shown}" in [element.text for element in ET.fromstring(drawing).iter()]  # noqa: S314


def test_colours_are_those_of_the_style_sheet() -> None:
    styles = (ROOT / "templates" / "assets" / "triagebook.css").read_text(encoding="utf-8")
    for drawing in drawings():
        for value in re.findall(r'(?:fill|stroke)="([^"]*)"', drawing):
            assert value in {"none", "transparent"} or value.startswith("var(--")
            name = value.removeprefix("var(").removesuffix(")")
            assert not name.startswith("--tb-") or f"{name}:" in styles


DRAW = """
from tests.site.test_drawing import drawings
print("".join(drawings()))
"""


def test_a_chart_is_the_same_on_every_machine() -> None:
    """Neither the time zone nor the order of sets changes a byte."""
    drawn = {
        subprocess.run(
            [sys.executable, "-c", DRAW],
            cwd=ROOT,
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for zone, seed in (("UTC", "1"), ("Pacific/Auckland", "2"))
    }
    assert len(drawn) == 1
    assert "15 Sep" in drawn.pop()


def test_the_library_is_loaded_only_to_draw_a_chart() -> None:
    code = "import sys, triagebook.site.drawing; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
