"""Site engines, given the very pages that triagebook has on its site, as plain Markdown."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.bench.measure import Measure
from tests.bench.ours import COMMAND
from tests.bench.place import Place, gone, kilobytes, retitle

from .rival import Rival, convert_with


def _write_pages(place: Place, _programs: Path) -> None:
    if not (place.pages / "mkdocs.yml").exists():  # it is written last
        gone(place.pages)
        convert_with(COMMAND, "pages", "--out", str(place.pages), folder=place.project)


def _mkdocs_pages(place: Place, programs: Path) -> None:
    """With the search that the theme brings when nobody says otherwise: a site of triagebook has one too."""
    _write_pages(place, programs)
    settings = (place.pages / "mkdocs.yml").read_text(encoding="utf-8")
    (place.pages / "with-search.yml").write_text(settings.replace("plugins: []", "plugins: [search]"), encoding="utf-8")


def _of_mkdocs(place: Place, programs: Path) -> list[Measure]:
    out = place.root / "mkdocs-site"
    command = (str(programs / "python"), "-m", "mkdocs", "build", "--quiet", "--site-dir", str(out), "--config-file")
    clean, size = partial(gone, out), kilobytes(place.pages, "*.md")
    return [  # it keeps nothing from one build to the next, so every build is a cold one
        Measure("mkdocs-material", "site, cold", (*command, "with-search.yml"), place.pages, clean, "", size),
        Measure("mkdocs-material", "site without search, cold", (*command, "mkdocs.yml"), place.pages, clean, "", size),
    ]


def _of_zensical(place: Place, programs: Path) -> list[Measure]:
    command, size = (str(programs / "zensical"), "build"), kilobytes(place.pages, "*.md")
    clean = partial(gone, place.pages / "site", place.pages / ".cache")
    change = partial(retitle, place.pages / "docs" / "issues" / str(place.one) / "index.md")
    return [
        Measure("zensical", "site, cold", command, place.pages, clean, "", size),
        Measure("zensical", "site, unchanged", command, place.pages, needs="site, cold", kilobytes=size),
        Measure("zensical", "site, one record changed", command, place.pages, change, "site, cold", size),
    ]


MKDOCS_MATERIAL = Rival("mkdocs-material", (), _mkdocs_pages, _of_mkdocs)
ZENSICAL = Rival("zensical", ("zensical",), _write_pages, _of_zensical)
