"""The HTML file: nothing is fetched, and each figure leads to where it comes from."""

from __future__ import annotations

import re

import pytest

from tests.kit.paths import BOOK
from tests.kit.reports import proven, real, written
from triagebook.reports import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched(kind: str) -> None:
    html = written(real("1184"), kind, "html", BOOK)
    assert not re.search(r"<(script|link|img|iframe|object|embed)|\bsrc=|@import|url\(", html)


@pytest.mark.parametrize("kind", KINDS)
def test_each_figure_shows_its_source_and_leads_there(kind: str) -> None:
    html = written(real("1231"), kind, "html", BOOK)
    figures = re.findall(r'<a class="figure" href="#(figure-\d+)" data-source="([^"]+)">([^<]*)</a>', html)
    assert figures
    for anchor, source, value in figures:
        assert re.match(r"[a-z_.]+( [a-z]+=\S+)*: ", source), source
        assert value
        entry = html[html.index(f'<dt id="{anchor}">') :].partition("</dd>")[0]
        assert 'href="../../issues/1231/' in entry


def test_a_figure_in_prose_is_one_too() -> None:
    html = written(real("1231"), "summary", "html", BOOK)
    assert re.search(r'returns in <a class="figure"[^>]*data-source="affected.locations: [^"]*">4</a>', html)


def test_every_anchor_exists(tmp_path: object) -> None:  # noqa: ARG001
    html = written(proven().case(), "validation-report", "html")
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
