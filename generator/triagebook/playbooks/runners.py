"""The test runners, besides pytest, for which tests are proposed and written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import msgspec

from triagebook.markdown import clean

PYTEST = "pytest"
_WORD = re.compile(r"NAME|WHY|CLASS|FOLDER")
_NOTE = re.compile(r"^.*NOTES.*\n", re.MULTILINE)
_UNSAFE = re.compile(r"[^\w .,:;()/+=%-]")  # what could end a string or a comment, or is replaced in one
_INDENT = re.compile(r"^(?: {4})+", re.MULTILINE)
_SCRIPTS = {".ts", ".tsx", ".mts", ".jsx", ".cjs"}


class Runner(msgspec.Struct, frozen=True):
    """How a project shows that it uses a runner, and how its tests are written."""

    found: dict[str, str]  # files of such a project, each with a text that it contains
    language: str
    case: Literal["snake", "camel", "pascal", "words"]
    path: str
    command: str
    prefix: str = ""
    class_: str = msgspec.field(name="class", default="")
    head: str = ""
    test: str = ""
    foot: str = ""

    def name(self, own: str) -> str:
        """The name that a test of a playbook, `test_the_step_ends`, has with this runner."""
        words = own.removeprefix("test_").split("_")
        match self.case:
            case "snake":
                return self.prefix + "_".join(words)
            case "words":
                return " ".join(words)
        pascal = "".join(word.capitalize() for word in words)
        return self.prefix + (pascal if self.case == "pascal" else words[0] + pascal[len(words[0]) :])

    def written(self, name: str, why: str, notes: Sequence[str]) -> str:
        """A test that fails until it is written. Names and words come from records and are not trusted."""
        safe = _safe(name) if self.case == "words" else re.sub(r"\W", "_", name)
        said = _NOTE.sub(lambda line: "".join(line[0].replace("NOTES", _safe(note)) for note in notes), self.test)
        return _filled(said.lstrip("\n"), NAME=safe, WHY=_safe(f"not written yet: {why}"))

    def file(self, path: str, tests: Sequence[str]) -> str:
        """A file of tests."""
        place = PurePosixPath(path)
        class_, folder = (re.sub(r"\W", "_", word.partition(".")[0]) for word in (place.name, place.parent.name))
        head = _filled(self.head.lstrip("\n"), CLASS=class_, FOLDER=folder or "main")
        text = head + ("\n" if head and not self.foot else "") + "\n".join(tests) + self.foot
        return _INDENT.sub(lambda found: "\t" * (len(found[0]) // 4), text) if self.language == "go" else text


@cache
def runners() -> Mapping[str, Runner]:
    read: dict[str, Any] = tomllib.loads(files(__package__).joinpath("runners.toml").read_text(encoding="utf-8"))
    return msgspec.convert(
        {name: read.get(one.pop("like", ""), {}) | one for name, one in read.items()}, dict[str, Runner]
    )


def runner_in(root: Path) -> str:
    """The runner that a project uses."""
    for name, runner in runners().items():
        for pattern, word in runner.found.items():
            there = (file for file in root.glob(pattern) if file.is_file())
            if any(word in file.read_text(encoding="utf-8", errors="replace") for file in there):
                return name
    return PYTEST


def runner_of(path: str, preferred: str) -> Runner | None:
    """The runner for tests in a file, by its ending; None for pytest, or where none is known."""
    ending = PurePosixPath(path).suffix
    ending = ".js" if ending in _SCRIPTS else ending
    known = runners()
    fitting = [name for name, runner in known.items() if PurePosixPath(runner.path).suffix == ending]
    name = preferred if preferred in fitting else next(iter(fitting), PYTEST)
    return None if name == PYTEST else known[name]


def _safe(text: str) -> str:
    return " ".join(_UNSAFE.sub("'", clean(text)).split())


def _filled(frame: str, **values: str) -> str:
    return _WORD.sub(lambda found: values.get(found[0], found[0]), frame)
