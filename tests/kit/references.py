"""JSON of the site in full: with what it names by `$ref` in its place."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any


def resolved(path: Path) -> Any:
    """The document at a path, with the files that it refers to beside it."""
    return _in_full(json.loads(path.read_text(encoding="utf-8")), path.parent)


def _in_full(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_in_full(each, folder) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"in", "at"}:
        whole = json.loads((folder / value["in"]).read_text(encoding="utf-8"))
        return [_at(whole, way) for way in value["at"]]
    if "$ref" not in value:
        return {key: _in_full(each, folder) for key, each in value.items()}
    file, _, way = value["$ref"].partition("#/")
    return _at(json.loads((folder / file).read_text(encoding="utf-8")), way)


def _at(whole: Any, way: str) -> Any:
    return reduce(lambda found, key: found[int(key) if isinstance(found, list) else key], way.split("/"), whole)
