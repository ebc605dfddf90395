"""Finds files that git once held below a folder, and that are missing or different now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import git
from .objects import Objects


def held_files(folder: Path, ending: str) -> Iterator[tuple[str, bytes]]:
    """Every version that a commit deleted or changed, or that differs now, with its path below the folder.

    Two questions to git, and one for each version. Renamed files count as deleted under the old name.
    """
    form = ("--raw", "--no-renames", "--no-abbrev", "--relative", "--diff-filter=DMT", "-z")
    committed = git.ask(folder, "log", "--format=", *form, "HEAD", "--", ".")
    now = git.ask(folder, "diff", *form, "HEAD", "--", ".")
    objects, known = Objects(folder), set[tuple[str, str]]()
    fields = iter(git.names((committed or "") + (now or "")))
    for about in fields:
        parts, path = about.split(), next(fields)
        if len(parts) == 5 and path.endswith(ending) and (path, parts[2]) not in known:
            known.add((path, parts[2]))
            if (data := objects.blob(parts[2])) is not None:
                yield path, data
