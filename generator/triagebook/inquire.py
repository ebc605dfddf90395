"""Makes the inquiry for a loaded book: finds its source code and looks up its state."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from triagebook.code.history import LOCATIONS, HeldEvidence, held_evidence
from triagebook.code.state import SWITCHED_OFF, Sources
from triagebook.facts.inquiry import Inquiry
from triagebook.model.evidence import Evidence
from triagebook.store.load import Loaded, evidence_in
from triagebook.text import today

if TYPE_CHECKING:  # git is asked only where it is needed
    from triagebook.code.checkouts import KnownCheckouts


def inquire(
    loaded: Loaded,
    folder: Path | None = None,
    *,
    no_source: bool = False,
    day: date | None = None,
    issues: Collection[str] | None = None,
    held: HeldEvidence | None = None,
    known: KnownCheckouts | None = None,
) -> Inquiry:
    """An inquiry about some issues, or all, as of today unless another day is given.

    The source code is in `folder`, else in the checkout that the catalog names, else around the book. `held` is the
    evidence that git holds, and `known` the checkouts, where they were looked up before.
    """
    state = _state_of(loaded, folder, held, known, no_source=no_source, issues=issues)
    return Inquiry(loaded.book, state, day or today())


def _state_of(
    loaded: Loaded,
    folder: Path | None,
    held: HeldEvidence | None,
    known: KnownCheckouts | None,
    *,
    no_source: bool,
    issues: Collection[str] | None,
) -> Sources:
    """The state of the source code for some issues, or all."""
    if no_source:
        return SWITCHED_OFF
    from triagebook.code.checkouts import states_for  # noqa: PLC0415  (git is asked only if it is needed)
    from triagebook.scan.drift import drifts_in  # noqa: PLC0415

    book = loaded.book
    chosen = [entry for name, entry in book.issues.items() if issues is None or name in issues]
    states = states_for(book, loaded.root, chosen, folder, partial(drifts_in, book, loaded.root), known)
    held = held_evidence(loaded.root) if held is None else held
    vanished = vanished_evidence(loaded, held)
    listed = {name for name, versions in held.items() if any(file == LOCATIONS for file, _ in versions)}
    lost = {entry.id for entry in chosen if entry.affected is None and entry.id in listed}
    return {
        name: replace(one, vanished=vanished.get(name, {}), lost_locations=name in lost) for name, one in states.items()
    }


def vanished_evidence(loaded: Loaded, held: HeldEvidence) -> dict[str, dict[str, Evidence]]:
    """The sealed evidence of each issue that git once held and that is gone, renamed or edited, by its last name."""
    found: dict[str, dict[str, Evidence]] = {}
    known = {name: versions for name, versions in held.items() if name in loaded.book.issues}
    for issue_id, name, _, record in _sealed(loaded.root, known):
        if record.seal not in {own.seal for own in loaded.book.issues[issue_id].evidence.values()}:
            found.setdefault(issue_id, {})[f"{name}@{str(record.seal)[7:14]}"] = record
    return found


def lost_evidence(root: Path, held: HeldEvidence) -> dict[str, list[str]]:
    """The names of the sealed evidence of issues that git once held, and that is in no issue any more."""
    found: dict[str, list[str]] = {}
    for issue_id, name, data, _ in _sealed(root, held):
        if all(file.read_bytes() != data for file in root.glob(f"*/evidence/{escape(name)}.yaml")):
            found.setdefault(issue_id, []).append(name)
    return found


def _sealed(root: Path, held: HeldEvidence) -> Iterator[tuple[str, str, bytes, Evidence]]:
    """The versions that are sealed, each with its issue and name, as bytes and as a record."""
    from triagebook.code.objects import Objects  # noqa: PLC0415

    objects = Objects(root)
    for issue_id, versions in held.items():
        for name, version in versions:
            data = objects.blob(version) or b""
            record = evidence_in(data) if name != LOCATIONS else None
            if record is not None and record.sealed:
                yield issue_id, name, data, record
