"""Whether the locations of a defect are fixed: searched, gone, accepted as they are, or back."""

from __future__ import annotations

from collections.abc import Mapping

from triagebook.code.state import Drift, PlaceAfterFix
from triagebook.facts.ledger.ledger import Ledger
from triagebook.model.affected import Location, LocationState
from triagebook.model.catalog import PersonKind

from .environments import Todo, names


def returned(ledger: Ledger) -> list[str]:
    """The signs in the current code that the defect is back, though a fix is recorded."""
    if not ledger.source.reverted:
        return []
    return [f"the fix was reverted: {names(ledger.source.reverted)} reads as before it; fix it again"]


def open_locations(ledger: Ledger) -> list[str]:
    """The locations that are neither fixed nor accepted as they are."""
    locations = ledger.entry.affected.locations if ledger.entry.affected else ()
    left = (one for one in locations if one.state is not LocationState.FIXED and not _stays(ledger, one))
    return [str(one.at) for one in left]


def _stays(ledger: Ledger, location: Location) -> bool:
    """Whether a person accepts that a location stays as it is."""
    person = ledger.catalog.people.get(location.stays.by) if location.stays else None
    return person is not None and person.kind is not PersonKind.ASSISTANT


def by_content(ledger: Ledger) -> Mapping[str, PlaceAfterFix] | None:
    """What the fix did to each place; None where a detector says what is fixed."""
    affected = ledger.entry.affected
    return None if affected and affected.scan else _drift(ledger).after_fix


def gone_by_content(after_fix: Mapping[str, PlaceAfterFix]) -> tuple[list[str], list[Todo]]:
    """Without a detector, a place is gone if the fix removed it or changed the function around it."""
    left = [Todo(f"fix {place}: {one.why}") for place, one in after_fix.items() if one.back or one.fixed_by is None]
    if not after_fix:
        return [], [Todo("name the lines that show the defect: `at` of a cause, with `source`, or `affected.yaml`")]
    return ([] if left else [f"the fix changed the code around {names(list(after_fix))}"]), left


def not_searched(ledger: Ledger) -> str | None:
    """Why no scan covers the fixed code; None if one does."""
    affected = ledger.entry.affected
    if affected is None or affected.scan is None:
        return "no scan is recorded"
    if affected.scan.from_ or affected.scan.by is None:
        return "what is recorded was not found by a scan of the tool"
    if not affected.scan.files:
        return "the scan searched no file"
    known = ledger.issue.source
    if known and known.repository != affected.source.repository:
        return f"the scan was of `{affected.source.repository}`, and the record speaks of `{known.repository}`"
    if affected.scan.detector and ledger.detector and affected.scan.detector != ledger.detector:
        return "the scan searched with another detector than the one of the issue"
    commit = affected.source.commit
    source = ledger.source
    for fix in ledger.fix.commits:
        holds = source.holds(commit, fix)
        if holds is False:
            return f"the scan was of {commit[:9]}, which lacks {fix[:9]}"
        searched_now = source.head is not None and source.holds(source.head, fix) and ledger.entry.id in source.drift
        if holds is None and source.head is not None and not source.shallow and not searched_now:
            return f"whether {commit[:9]}, which was scanned, contains {fix[:9]} is unknown"
    return None


def _drift(ledger: Ledger) -> Drift:
    return ledger.source.drift.get(ledger.entry.id) or Drift()


def found_again(ledger: Ledger) -> str:
    """What a search of the current code finds and the record does not list as open, if there was one."""
    drift = _drift(ledger)
    return names(sorted({*(stray.what for stray in drift.back), *drift.unrecorded}))
