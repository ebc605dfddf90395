"""The source code that an issue is seen beside: the checkout that is named, or that the catalog names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triagebook.facts.source_state import UNKNOWN, SourceState
from triagebook.model.evidence import Grade

from .common import F

if TYPE_CHECKING:
    from triagebook.book import Entry
    from triagebook.store.load import Loaded


def in_option(command: F) -> F:
    """`--in DIR`, where what is told depends on the source code as it is now."""
    return click.option(
        "--in", "folder", type=click.Path(path_type=Path), metavar="DIR",
        help="A checkout of the source code. Default: the one that the catalog names, or the book's own repository.",
    )(command)  # fmt: skip


def source_of(loaded: Loaded, entry: Entry, folder: Path | None = None) -> SourceState:
    """What a checkout says to the questions that the facts of an issue ask; only a machine's evidence asks any."""
    if folder is None and not any(seen.grade is Grade.MACHINE for seen in entry.evidence.values()):
        return UNKNOWN
    from triagebook.recording.checkout import find  # noqa: PLC0415  (git is asked only where it has something to say)
    from triagebook.source import state_for  # noqa: PLC0415

    found = find(loaded.root, loaded.book, entry, folder)
    return state_for(entry, found.checkout) if found.checkout else SourceState(why_unknown=found.why)
