"""The bottom line of an issue: one sentence that says where it stands and what is not proven."""

from __future__ import annotations

from triagebook.model.issue import Closed, Ending
from triagebook.text import joined

from .environments import NO_RUN, EnvironmentStatus
from .locations import signs_of_return
from .stages import Basis, Stage, StageResult, has_reached, stage_of

_MOST = 300  # characters of what people wrote: it is one sentence, and the verdict follows it


def bottom_line(basis: Basis, results: tuple[StageResult, ...], unsupported: str) -> str:
    """How it was closed, else where the fix failed, else how far the fix is proven."""
    stage = stage_of(results)
    if closed := basis.entry.issue.closed:
        return f"{_capital(unsupported)}." if unsupported else _closed(closed, basis)
    if back := signs_of_return(basis.ledger):
        return f"{_capital(back[0].why)}; fix it again."
    if failed := _in_state(basis, EnvironmentStatus.FAILED):
        return f"Failed in {'; '.join(f'{name}: {basis.environments[name].summary}' for name in failed)}."
    if has_reached(stage, Stage.VALIDATED):
        released = results[-1].reached
        proven = joined(_in_state(basis, EnvironmentStatus.PROVEN))
        return f"Fixed and released: proven in {proven}." if released else f"Fix proven in {proven}; not released."
    if commits := basis.ledger.fix.commits:
        listed = ", ".join(commit[:9] for commit in commits[:3]) + (", ..." if len(commits) > 3 else "")
        return f"Fix committed ({listed}); {_unverified(basis, results)}."
    if basis.ledger.reproductions:
        places = dict.fromkeys(place for _, place in basis.ledger.reproductions)
        return f"Reproduced in {joined(places)}; not fixed."
    if stage is Stage.TRIAGED:
        return "Cause and location are known; not reproduced, not fixed."
    return "Reported; not triaged, not fixed."


def _closed(closed: Closed, basis: Basis) -> str:
    ending = closed.as_.value.replace("-", " ")
    if closed.as_ is Ending.FIXED:
        return f"Closed as fixed: proven in {joined(_in_state(basis, EnvironmentStatus.PROVEN))}."
    why = " ".join(str(closed.why or "").split()).rstrip(".")
    why = f"{why[:_MOST]}.." if len(why) > _MOST else why
    why = "" if "{{" in why else why  # facts in prose are filled in later, by those who print it
    into = f" (goes on in {', '.join(closed.into)})" if closed.into else ""
    return f"Closed as {ending}{into}{f': {why}' if why else ''}."


def _unverified(basis: Basis, results: tuple[StageResult, ...]) -> str:
    """What keeps a committed fix from being validated: the environments first."""
    required = {name: basis.environments[name] for name in basis.ledger.required_environments}
    open_ = {name: found for name, found in required.items() if found.state is not EnvironmentStatus.PROVEN}
    if not open_:
        missing = next(result.missing[0].do for result in results if not result.reached)
        proven = f"proven in {joined(required)}; " if required else "not verified: "
        return f"{proven}still to do: {missing}"
    no_run = [name for name, found in open_.items() if found.summary == NO_RUN]
    reasons = [f"{name}: {found.summary}" for name, found in open_.items() if name not in no_run]
    if no_run:
        reasons.insert(0, f"no run in {joined(no_run, 'or')}")
    return f"not verified: {'; '.join(reasons)}"


def _in_state(basis: Basis, state: EnvironmentStatus) -> list[str]:
    return [name for name, found in basis.environments.items() if found.state is state]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
