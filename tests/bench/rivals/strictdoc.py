"""strictdoc: requirements in documents of its own format, exported to HTML; the export is its check."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.bench.measure import Measure
from tests.bench.place import Place, gone, kilobytes, retitle

from .items import Item, items
from .rival import Rival


def _folder(place: Place) -> Path:
    return place.root / "strictdoc"


def _file(folder: Path, number: int) -> Path:
    return folder / f"issue-{number}.sdoc"


def _document(item: Item) -> str:
    relations = "".join(f"- TYPE: Parent\n  VALUE: ISSUE-{link}\n" for link in item.links)
    return (
        f"[DOCUMENT]\nTITLE: Issue {item.number}\n\n"
        f"[REQUIREMENT]\nUID: ISSUE-{item.number}\nTITLE: {item.title}\nSTATEMENT: >>>\n{item.text}\n<<<\n"
        + (f"RELATIONS:\n{relations}" if relations else "")
    )


def _convert(place: Place, _programs: Path) -> None:
    folder = _folder(place)
    folder.mkdir()
    for item in items(place.issues):
        _file(folder, item.number).write_text(_document(item), encoding="utf-8")


def _measures(place: Place, programs: Path) -> list[Measure]:
    folder, out = _folder(place), place.root / "strictdoc-site"
    command = (str(programs / "strictdoc"), "export", str(folder), "--output-dir", str(out))
    change = partial(retitle, _file(folder, place.one))
    size = kilobytes(folder)
    return [
        Measure("strictdoc", "site, cold", command, place.root, partial(gone, out), kilobytes=size),
        Measure("strictdoc", "site, unchanged", command, place.root, needs="site, cold", kilobytes=size),
        Measure("strictdoc", "site, one record changed", command, place.root, change, "site, cold", size),
    ]


STRICTDOC = Rival("strictdoc", ("strictdoc",), _convert, _measures)
