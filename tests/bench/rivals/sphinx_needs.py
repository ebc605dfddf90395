"""sphinx-needs: needs in reStructuredText, built by Sphinx; the build is its check."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from textwrap import indent

from tests.bench.measure import Measure
from tests.bench.place import Place, gone, kilobytes, retitle

from .items import Item, items
from .rival import Rival

_SETTINGS = 'project = "A book to measure with"\nextensions = ["sphinx_needs"]\n'
_INDEX = "A book to measure with\n======================\n\n.. needtable::\n   :columns: id, title\n"


def _folder(place: Place) -> Path:
    return place.root / "sphinx-needs"


def _file(folder: Path, number: int) -> Path:
    return folder / f"issue-{number}.rst"


def _document(item: Item) -> str:
    links = ", ".join(f"ISSUE_{link}" for link in item.links)
    options = f"   :id: ISSUE_{item.number}\n" + (f"   :links: {links}\n" if links else "")
    heading = f"Issue {item.number}"
    return (  # an orphan: a tree of contents with all of them would stand on every page, and take most of the time
        f":orphan:\n\n{heading}\n{'=' * len(heading)}\n\n.. req:: {item.title}\n{options}\n{indent(item.text, '   ')}\n"
    )


def _convert(place: Place, _programs: Path) -> None:
    folder = _folder(place)
    folder.mkdir()
    (folder / "conf.py").write_text(_SETTINGS, encoding="utf-8")
    (folder / "index.rst").write_text(_INDEX, encoding="utf-8")
    for item in items(place.issues):
        _file(folder, item.number).write_text(_document(item), encoding="utf-8")


def _measures(place: Place, programs: Path) -> list[Measure]:
    folder, out = _folder(place), place.root / "sphinx-needs-site"
    command = (str(programs / "sphinx-build"), "--quiet", "--jobs", "auto", str(folder), str(out))
    change = partial(retitle, _file(folder, place.one))
    size = kilobytes(folder)
    return [
        Measure("sphinx-needs", "site, cold", command, place.root, partial(gone, out), kilobytes=size),
        Measure("sphinx-needs", "site, unchanged", command, place.root, needs="site, cold", kilobytes=size),
        Measure("sphinx-needs", "site, one record changed", command, place.root, change, "site, cold", size),
    ]


SPHINX_NEEDS = Rival("sphinx-needs", ("sphinx", "sphinx-needs"), _convert, _measures)
