"""Whether the locations of a defect are fixed: searched, gone, accepted as they are, or back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triagebook.book import Entry
from triagebook.code.state import Drift, PlaceAfterFix
from triagebook.facts.ledger.ledger import Ledger
from triagebook.facts.ledger.refusals import Refusal
from triagebook.model.affected import LocationState
from triagebook.text import counted, first_of


def signs_of_return(ledger: Ledger) -> list[Refusal]:
    """What shows that the defect is back in the current code, though a fix is recorded."""
    return list(_signs_of_return(ledger)) if ledger.fix.commits else []


def _signs_of_return(ledger: Ledger) -> Iterator[Refusal]:
    again, drift = "fix it again, and record the commit in `fix.changes`", _drift(ledger)
    if reverted := ledger.source.reverted:
        yield Refusal(12, "fix.changes", f"the fix was reverted: {first_of(reverted)} reads as before it", again)
    for place, one in (_by_content(ledger) or {}).items():
        if one.back:
            yield Refusal(12, place, f"{place} is back: {one.why}", again)
    found = [one.what for one in drift.back]
    if _not_searched(ledger) is None and not _open(ledger):
        found += drift.unrecorded
    if found:
        why = f"the current code shows the defect at {first_of(sorted(set(found)))}"
        yield Refusal(12, "affected", why, "fix it again, and search", f"triagebook scan {ledger.entry.id}")


def not_gone(ledger: Ledger) -> list[Refusal]:
    """What keeps the locations from counting as fixed. What a cut-off history can't show is believed."""
    scan = f"triagebook scan {ledger.entry.id}"
    if lost := [commit for commit in ledger.fix.commits if commit in ledger.source.unknown]:
        why = f"{lost[0][:9]} is not a commit of this repository, and no commit has the same change"
        do = "name the commit that has the change now, and prove it again"
        return [Refusal(11, "fix.changes", why, do, f"triagebook prove {ledger.entry.id}")]
    after_fix, affected = _by_content(ledger), ledger.entry.affected
    if ledger.source.lost_locations:
        why, do = "git holds a list of locations that was deleted since", "restore affected.yaml from git, and search"
        return [Refusal(11, "affected", why, do, scan)]
    if unexplained := [str(one.at) for one in affected.excluded if not one.why] if affected else []:
        return [
            Refusal(
                11, "affected", f"{first_of(unexplained)} is excluded without a reason", "say why it does not count"
            )
        ]
    if (ledger.detector or (affected and affected.scan)) or after_fix is None:
        if _is_not_looked_up(ledger):
            return []
        if unsearched := _not_searched(ledger):
            return [Refusal(11, "affected", unsearched, "search the fixed code for what is left", scan)]
        if left := _open(ledger):
            why = f"{counted(len(left), 'location')} {'is' if len(left) == 1 else 'are'} still open: {first_of(left)}"
            return [Refusal(11, "affected", why, "fix what is still open", scan)]
    if after_fix is None:
        return []
    if not after_fix:
        do = "name the lines that show the defect, in `affected.yaml` or in `at` of a cause, with `source`"
        return [Refusal(11, "affected", "no line of the defect is recorded at a commit before the fix", do)]
    stated = located_at(ledger.entry)
    if stated and ledger.fix.are_in(stated):
        why = f"the lines of the defect are stated at {stated[:9]}, which already contains the fix"
        return [Refusal(11, "affected", why, "state them as they were at a commit before the fix: `source`")]
    left = [place for place, one in after_fix.items() if one.fixed_by is None and not one.unknown]
    return [Refusal(11, place, after_fix[place].why, f"fix {place}") for place in left]


def located_at(entry: Entry) -> str | None:
    """The commit at which some line is known to show the defect."""
    issue, affected = entry.issue, entry.affected
    if affected and any(location.at.lines for location in affected.locations):
        return affected.source.commit
    causes = (place for cause in issue.possible_causes for place in cause.at)
    symptoms = (place for symptom in issue.symptoms for place in symptom.at)
    shown = any(place.lines for place in (*causes, *symptoms))
    return issue.source.commit if issue.source and shown else None


def why_gone(ledger: Ledger) -> str:
    """Why the locations count as fixed, where nothing keeps them from it."""
    affected, after_fix = ledger.entry.affected, _by_content(ledger)
    if _is_not_looked_up(ledger):
        return "what the fix did to the recorded lines is not looked up without the source code"
    if after_fix is None:
        return f"no location is open at {affected.source.commit[:9]}" if affected else ""
    unknown = [place for place, one in after_fix.items() if one.unknown]
    if unknown:
        return f"the history is cut off, so what the fix did to {first_of(unknown)} is unknown"
    return f"the fix changed the code around {first_of(after_fix)}"


def _is_not_looked_up(ledger: Ledger) -> bool:
    """Whether lines are recorded that only the source code can answer for, and it is not available."""
    affected = ledger.entry.affected
    recorded = bool(affected and affected.locations) or any(cause.at for cause in ledger.issue.causes)
    return recorded and not (affected and affected.scan) and ledger.detector is None and ledger.source.head is None


def _open(ledger: Ledger) -> list[str]:
    """The locations that are neither fixed nor accepted as they are."""
    left = (one for one in ledger.entry.locations if one.state is not LocationState.FIXED)
    return [str(one.at) for one in left if not (one.stays and ledger.catalog.can_vouch(one.stays.by))]


def _by_content(ledger: Ledger) -> Mapping[str, PlaceAfterFix] | None:
    """What the fix did to each place; None if a detector says what is fixed.

    One that found nothing, before the fix either, says nothing about it.
    """
    affected = ledger.entry.affected
    return None if affected and affected.scan and affected.locations else _drift(ledger).after_fix


def _not_searched(ledger: Ledger) -> str | None:
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
        return f"the scan searched `{affected.source.repository}`, but the record is about `{known.repository}`"
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
