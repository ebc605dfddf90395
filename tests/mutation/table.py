"""The table: of each kind and each rule how many corruptions were tried, found, and found at the right line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from triagebook.findings import Finding
from triagebook.model.document import Contradiction
from triagebook.rules import RULES

from .corruption import Beyond
from .honest import HONEST
from .kinds import NOT_IN_A_RECORD, READER_ONLY
from .trial import TODAY, Trial

WIDTH = 34


@dataclass(frozen=True, slots=True)
class Score:
    """What became of all corruptions, and what honest changes raised an alarm."""

    trials: Sequence[Trial]
    false_alarms: Mapping[str, Sequence[Finding]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one kind, one rule, or all."""

    name: str
    tried: int
    found: int
    at_the_right_line: int
    nothing_else: int


def by_kind(trials: Sequence[Trial]) -> list[Row]:
    """The kinds of DESIGN first, in its order, then the others; those that a record can't show are left out."""
    kinds = [kind for kind in (*Contradiction, *Beyond) if kind not in NOT_IN_A_RECORD]
    return [_row(kind, [trial for trial in trials if trial.corruption.kind is kind]) for kind in kinds]


def by_rule(trials: Sequence[Trial]) -> list[Row]:
    """A rule's own findings: what else a corruption must be found by counts for the other rules."""
    rows = []
    for rule in RULES:
        of_it = [trial for trial in trials if rule.code in trial.corruption.codes]
        if of_it:
            found = [trial for trial in of_it if rule.code in trial.codes]
            in_place = [trial for trial in found if not trial.misses(rule.code)]
            alone = [trial for trial in of_it if trial.alone]
            rows.append(Row(f"{rule.code} {rule.name}", len(of_it), len(found), len(in_place), len(alone)))
    return rows


def total(trials: Sequence[Trial]) -> Row:
    return _row("all", trials)


def _row(name: str, trials: Sequence[Trial]) -> Row:
    return Row(
        str(name),
        len(trials),
        sum(trial.found for trial in trials),
        sum(trial.found and trial.in_place for trial in trials),
        sum(trial.alone for trial in trials),
    )


# ── for people ───────────────────────────────────────────────────────────────────────────────────────


def as_text(score: Score) -> str:
    quiet = len(HONEST) - len(score.false_alarms)
    return "\n".join(
        [
            *_lines("kind", [*by_kind(score.trials), total(score.trials)]),
            "",
            *_lines("rule", by_rule(score.trials)),
            "",
            f"honest changes: {len(HONEST)} tried, {quiet} without a finding",
            "",
            "in no record by itself, and tested beside it:",
            *(f"  {kind}: {why}" for kind, why in NOT_IN_A_RECORD.items()),
            "seen by a reader only:",
            *(f"  {kind}: {what}" for kind, what in READER_ONLY.items()),
            *_open(score),
            "",
        ]
    )


def _lines(heading: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"{heading:<{WIDTH}} tried  found  at the right line  nothing else"
    for row in rows:
        numbers = f"{row.tried:>5}  {row.found:>5}  {row.at_the_right_line:>17}  {row.nothing_else:>12}"
        yield f"{row.name:<{WIDTH}} {numbers}"


def _open(score: Score) -> Iterator[str]:
    wrong = [trial for trial in score.trials if not trial.right]
    if wrong or score.false_alarms:
        yield ""
        yield "not as it should be:"
    for trial in wrong:
        yield f"  {trial.corruption.says}"
        yield from (f"    missed {spot}" for spot in trial.missed)
        yield from map(_besides, trial.besides)
    for says, findings in score.false_alarms.items():
        yield f"  {says}"
        yield from map(_besides, findings)


def _besides(finding: Finding) -> str:
    return f"    besides {finding.code} at {finding.file}:{finding.line}: {finding.says}"


# ── for programs ─────────────────────────────────────────────────────────────────────────────────────


def as_data(score: Score) -> dict[str, Any]:
    """The table and every corruption in it, as the site shows them."""
    return {
        "as_of": TODAY.isoformat(),
        "total": asdict(total(score.trials)),
        "kinds": [asdict(row) for row in by_kind(score.trials)],
        "rules": [asdict(row) for row in by_rule(score.trials)],
        "honest": {"tried": len(HONEST), "nothing_found": len(HONEST) - len(score.false_alarms)},
        "not_in_a_record": {kind.value: why for kind, why in NOT_IN_A_RECORD.items()},
        "reader_only": {kind.value: what for kind, what in READER_ONLY.items()},
        "corruptions": [_corruption(trial) for trial in score.trials],
    }


def _corruption(trial: Trial) -> dict[str, Any]:
    return {
        "kind": trial.corruption.kind.value,
        "says": trial.corruption.says,
        "codes": list(trial.corruption.codes),
        "places": [f"{spot.file}:{spot.line}" for spot in trial.wanted],
        "found": trial.found,
        "at_the_right_line": trial.found and trial.in_place,
        "nothing_else": trial.alone,
    }
