"""doorstop: requirements as YAML files, one an item, kept in git."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import yaml

from tests.bench.measure import Measure
from tests.bench.ours import keep_in_git
from tests.bench.place import Place, gone, kilobytes

from .items import items
from .rival import Rival, convert_with

_DOCUMENT = {"settings": {"digits": 5, "itemformat": "yaml", "prefix": "ISSUE", "sep": ""}}


def _folder(place: Place) -> Path:
    return place.root / "doorstop"


def _convert(place: Place, programs: Path) -> None:
    folder = _folder(place)
    (folder / "items").mkdir(parents=True)
    (folder / "items" / ".doorstop.yml").write_text(yaml.safe_dump(_DOCUMENT), encoding="utf-8")
    for item in items(place.issues):
        plain = {
            "active": True,
            "derived": False,
            "header": item.title,
            "level": f"1.{item.number}",
            "links": [f"ISSUE{link:05}" for link in item.links],
            "normative": True,
            "ref": "",
            "reviewed": None,
            "text": item.text,
        }
        text = yaml.dump(plain, Dumper=yaml.CSafeDumper)
        (folder / "items" / f"ISSUE{item.number:05}.yml").write_text(text, encoding="utf-8")
    keep_in_git(folder)
    # It writes items in its own form at the first check, and warns of each that nobody reviewed.
    convert_with(str(programs / "doorstop"), "--quiet", folder=folder)
    convert_with(str(programs / "doorstop"), "--quiet", "clear", "all", folder=folder)
    convert_with(str(programs / "doorstop"), "--quiet", "review", "all", folder=folder)


def _measures(place: Place, programs: Path) -> list[Measure]:
    folder = _folder(place)
    command, size = str(programs / "doorstop"), kilobytes(folder / "items")
    out = folder.with_name("doorstop-site")
    return [
        Measure("doorstop", "check, cold", (command,), folder, kilobytes=size),
        Measure(
            "doorstop", "site, cold", (command, "publish", "all", str(out)), folder, partial(gone, out), kilobytes=size
        ),
    ]


DOORSTOP = Rival("doorstop", ("doorstop",), _convert, _measures)
