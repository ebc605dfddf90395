"""Makes the inquiry for a loaded book: finds its source code and looks up its state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from triagebook.code.state import Sources, SourceState
from triagebook.facts.inquiry import Inquiry
from triagebook.model.evidence import Evidence
from triagebook.store.files import decode
from triagebook.store.load import Loaded, evidence_in
from triagebook.store.yaml import YamlProblem, read_plain

_SWITCHED_OFF = SourceState(why_unknown="--no-source was given")


def inquire(
    loaded: Loaded,
    folder: Path | None = None,
    *,
    no_source: bool = False,
    day: date | None = None,
    issues: Collection[str] | None = None,
) -> Inquiry:
    """An inquiry about some issues, or all, as of today unless another day is given.

    The source code is in `folder`, else in the checkout that the catalog names, else around the book.
    """
    return Inquiry(loaded.book, state_of(loaded, folder, no_source=no_source, issues=issues), day or today())


def state_of(
    loaded: Loaded, folder: Path | None = None, *, no_source: bool = False, issues: Collection[str] | None = None
) -> Sources:
    """The state of the source code for some issues, or all."""
    if no_source:
        return _SWITCHED_OFF
    from triagebook.code.checkouts import states_for  # noqa: PLC0415  (git is asked only where it is needed)
    from triagebook.scan.drift import drifts_in  # noqa: PLC0415

    book = loaded.book
    chosen = [entry for name, entry in book.issues.items() if issues is None or name in issues]
    states = states_for(book, loaded.root, chosen, folder, partial(drifts_in, book, loaded.root))
    vanished = vanished_evidence(loaded)
    return {name: replace(one, vanished=vanished.get(name, {})) for name, one in states.items()}


def vanished_evidence(loaded: Loaded) -> dict[str, dict[str, Evidence]]:
    """The sealed evidence of each issue that git once held and that is gone, renamed or edited, by its last name."""
    from triagebook.code.history import held_files  # noqa: PLC0415

    issues = loaded.book.issues
    there = {name: {record.seal for record in entry.evidence.values()} for name, entry in issues.items()}
    found: dict[str, dict[str, Evidence]] = {}
    for path, data in held_files(loaded.root, ".yaml"):
        issue_id, _, inside = path.partition("/")
        folder, _, name = inside.rpartition("/")
        if folder != "evidence" or issue_id not in loaded.book.issues:
            continue
        record = evidence_in(data)
        if record is not None and record.sealed and record.seal not in there[issue_id]:
            found.setdefault(issue_id, {})[f"{name.removesuffix('.yaml')}@{str(record.seal)[7:14]}"] = record
    return found


def fingerprints(root: Path) -> list[str]:
    """What the state of the source code depends on: each checkout that the catalog names, and that around the book."""
    from triagebook.code.checkout import fingerprint  # noqa: PLC0415

    named = _checkouts_in(root / "catalog.yaml")
    return [fingerprint(folder) for folder in (root, *(root / name for name in named)) if folder.is_dir()]


def _checkouts_in(catalog: Path) -> list[str]:
    try:
        record = read_plain(decode(catalog.read_bytes())[0])
    except (OSError, ValueError, YamlProblem):
        return []  # then it names none that can be used
    repositories = record.get("repositories") if isinstance(record, dict) else None
    every = repositories.values() if isinstance(repositories, dict) else ()
    return sorted(str(one["checkout"]) for one in every if isinstance(one, dict) and "checkout" in one)


def today() -> date:
    return datetime.now().astimezone().date()
