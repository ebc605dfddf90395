"""Sites for the browser: each is built once in a run of the tests, whichever worker asks first, and served to all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

import pytest
from filelock import FileLock

from triagebook.site.reference import ALL_RULES

from .paths import COMMAND, ROOT, shared_folder


@dataclass(frozen=True)
class Site:
    """A built site, on a server and in a folder."""

    name: str
    folder: Path
    url: str  # where the server has it, below a path of its own: `http://127.0.0.1:1234/real/build/site/`

    def at(self, path: str) -> str:
        """The address of a page on the server: `site.at("issues/index.html?q=chat")`."""
        return self.url + path

    def file(self, path: str) -> str:
        """The address of a page in the folder (`file://`)."""
        return f"{self.folder.as_uri()}/{path}"

    @cached_property
    def pages(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of all pages by their kind, the one with the most in it first.

        The kind is the path without the name of the one thing: `issues/*/index.html`, `rules/*.html`, `index.html`.
        """
        found: dict[str, list[tuple[int, str]]] = {}
        for page in self.folder.rglob("*.html"):
            path = page.relative_to(self.folder)
            found.setdefault(kind_of(path), []).append((-page.stat().st_size, path.as_posix()))
        return {kind: tuple(path for _, path in sorted(of_kind)) for kind, of_kind in sorted(found.items())}


def kind_of(path: PurePath) -> str:
    match path.parts:
        case (folder, _, name):
            return f"{folder}/*/{name}"
        case (folder, name) if name != "index.html":
            return f"{folder}/*.html"
    return path.as_posix()


def sites_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sites of a test run are built, whichever worker builds them."""
    folder = shared_folder(tmp_path_factory) / "sites"
    folder.mkdir(exist_ok=True)
    return folder


def build(folder: Path, prepare: Callable[[Path], object], module: str = "mkdocs") -> Path:
    """The site of what `prepare` writes to a folder. Whoever comes first builds it; the others wait."""
    done = folder / "done"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a failed build left
            folder.mkdir()
            prepare(folder)
            _run(folder, sys.executable, "-m", module, "build", "--strict")
            done.touch()
    return folder / "build" / "site"


def like_this_repository(folder: Path) -> None:
    """The book, the hand-written pages and the settings of this repository."""
    for name in ("issues", "site"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)


def as_init_makes_it(folder: Path, put_book: Callable[[Path], object]) -> None:
    """A book that `put_book` writes to a new folder, with the site that people start with."""
    put_book(folder / "issues")
    _run(folder, COMMAND, "init")


def one_rule_of_each_family() -> list[Any]:
    """Their pages are alike, and all of them are most of a small site."""
    first = {rule.code[:3]: rule for rule in reversed(ALL_RULES)}
    return [*reversed(first.values())]


def _run(folder: Path, *command: str | Path) -> None:
    ran = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"{ran.args} failed in {folder}:\n{ran.stdout}{ran.stderr}")
