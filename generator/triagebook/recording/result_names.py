"""Makes the names of results relative to the repository, and unique."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from msgspec import Struct

from triagebook.intake.clean_text import clipped
from triagebook.intake.results import CaseResult, Results
from triagebook.model.evidence import Outcome

_ABSOLUTE = re.compile(r"(?:/|[A-Za-z]:/)")


class TestPaths(Struct, frozen=True):
    """Where tests are: the checkout, the folder they ran in, and the paths in the plan."""

    root: Path | None = None
    folder: Path | None = None
    places: tuple[str, ...] = ()
    ran_there: bool = False  # the folder is known to be right, even for a path that the root has too

    def relative(self, name: str) -> str:
        """A result's name with its file relative to the repository root, if that is known."""
        path, separator, rest = name.partition("::")
        return clipped(f"{self._relative_path(path)}{separator}{rest}")

    def _relative_path(self, path: str) -> str:
        if not _ABSOLUTE.match(path):
            return self._below_folder(path) or path
        below = _relative_to(self.root, Path(path)) if self.root and Path(path).is_absolute() else None
        return below or self._as_planned(path) or self._as_checked_out(path) or path

    def _below_folder(self, path: str) -> str | None:
        """A path relative to the folder that the tests ran in."""
        if self.root is None or self.folder is None or "\0" in path:
            return None
        there = _exists(self.folder / path) and (self.ran_there or not _exists(self.root / path))
        return _relative_to(self.root, Path(os.path.normpath(self.folder / path))) if there else None

    def _as_planned(self, path: str) -> str | None:
        """A path from another machine that ends in a planned path, or below one."""
        for place in sorted(self.places, key=len, reverse=True):
            if path.endswith(f"/{place}"):
                return place
            before, found, below = path.rpartition(f"/{place.rstrip('/')}/")
            if found and before:
                return f"{place.rstrip('/')}/{below}"
        return None

    def _as_checked_out(self, path: str) -> str | None:
        """A path from another machine whose end, folder and name at least, exists in the checkout."""
        parts = PurePosixPath(path).parts
        ends = ("/".join(parts[index:]) for index in range(1, len(parts) - 1))
        return next((end for end in ends if self.root and _exists(self.root / end)), None)


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _relative_to(root: Path, path: Path) -> str | None:
    for top in {root, root.resolve()}:
        if path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    return None


class NamedResult(CaseResult, frozen=True):
    """One result, under the name it is recorded with."""

    fits: tuple[str, ...] = ()  # the files that hold a test of that name, if there are several


def named(results: Results, paths: TestPaths) -> list[NamedResult]:
    """All results of a file, including what could not run. Repeated names get a number in brackets.

    Text in brackets is folded into its test, so numbered names are too.
    """
    broken = (
        CaseResult(one.name, Outcome.SKIPPED if one.skipped else Outcome.ERROR, one.says) for one in results.problems
    )
    seen: dict[str, int] = {}
    found = []
    for one in (*results.cases, *broken):
        name = paths.relative(one.name)
        while (count := seen.get(name, 0) + 1) > 1:
            seen[name] = count
            name = f"{name}[#{count}]"
        seen[name] = 1
        found.append(NamedResult(name, one.outcome, one.error, one.seconds, one.attempts))
    return found
