"""Records evidence for a command or for pytest, and says what it counts for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from triagebook.code.checkouts import Checkouts
from triagebook.errors import TriagebookError
from triagebook.recording import summary
from triagebook.recording.counting import Counting
from triagebook.recording.evidence_data import Setting
from triagebook.recording.evidence_file import EvidenceDraft
from triagebook.recording.input_files import ResultFile
from triagebook.recording.observed_code import ObservedCode
from triagebook.recording.other_evidence import TypedEvidence, drafts_of
from triagebook.recording.record import PreparedRuns, RecordingContext, prepare, provisional, recorded_as, write
from triagebook.recording.secrets import masked_record
from triagebook.store.book_folder import CATALOG
from triagebook.text import joined, on_one_line

from .common import misspelt, open_issue, print_json, refuse_unknown


def context_of(
    book: Path | None, issue_id: str, setting: Setting, folder: Path | None, *,
    commit: str | None = None, apart: Sequence[str] = (), suites: Sequence[str] = (), now: datetime,
) -> RecordingContext:  # fmt: skip
    """The issue, its code and its setting. Refuse names that are not in the book."""
    loaded, entry = open_issue(book, issue_id)
    refuse_unknown(loaded, "environment", [setting.environment] if setting.environment is not None else [])
    refuse_unknown(loaded, "person", [setting.by] if setting.by is not None else [])
    for suite in suites:
        if suite not in entry.issue.suites:
            add_suite = f"add it to `suites` in {loaded.root / issue_id}/issue.yaml"
            what = f"issue {issue_id} has no suite `{on_one_line(suite)}`"
            raise misspelt(what, suite, entry.issue.suites, add_suite)
    results = [Path(file) for file in apart if file != "-"]
    found = Checkouts(loaded.root, loaded.book, folder, results).of(entry)
    return RecordingContext(loaded, entry, setting, found, now, folder, commit, deployed=setting.build is not None)


def refuse_missing(context: RecordingContext, file: str = "") -> None:
    """A result counts for one environment and one phase."""
    missing = {"--phase": context.setting.phase, "--environment": context.setting.environment}
    flags = [flag for flag, value in missing.items() if not value]
    if flags:
        known = context.loaded.book.names("environment")
        advice = {
            "--phase": "add --phase before or after",
            "--environment": f"add --environment {joined(known, 'or')}"
            if known
            else f"the catalog has no environments yet; add one to {context.loaded.root / CATALOG}",
        }
        what = f"{' and '.join(flags)} {'is' if len(flags) == 1 else 'are'} missing{f' for {file}' if file else ''}"
        raise TriagebookError(what, "; ".join(advice[flag] for flag in flags))


class Recorder(Struct, frozen=True):
    """Records what was read, and says what it counts for. Each way to record returns the problems."""

    context: RecordingContext
    suite: str | None = None
    keep: bool = False
    dry_run: bool = False
    as_json: bool = False
    before: ObservedCode | None = None  # the code at the start, if the run was watched

    def files(self, readings: Sequence[tuple[str | None, ResultFile]], unread: Sequence[str]) -> list[str]:
        """Record result files, each with its leg of a matrix: those of all environments together or none."""
        by_environment: dict[str | None, list[ResultFile]] = {}
        notes: list[str] = []
        readings = self._once(readings, notes)
        for leg, one in readings:
            path, said = one.source.path, self._said_by(one)
            environment = leg or self.context.setting.environment or said
            by_environment.setdefault(environment, []).append(one)
            if said not in {None, environment}:
                notes.append(f"{path} says that it ran in {said}, and is recorded for {environment}")
        prepared = [self._prepared(environment, own) for environment, own in by_environment.items()]
        digests = [one.source.sha256 for _, one in readings]
        notes += [note for one in prepared for note in one.notes]
        lines = [line for one in prepared for line in summary.lines_of(one)]
        early = [*unread, *(problem for one in prepared for problem in summary.problems_of(one))]
        drafts = [draft for one in prepared for draft in one.drafts]

        def data(counting: Counting) -> dict[str, object]:
            judged = (counting.judgements(one.name) for one in counting.files)
            documents = [summary.as_data(one, self.context.setting.phase, judged) for one in prepared]
            return documents[0] if len(documents) == 1 else {"environments": documents}

        return self._write(drafts, digests, lines, early, notes, data)

    def _once(
        self, readings: Sequence[tuple[str | None, ResultFile]], notes: list[str]
    ) -> Sequence[tuple[str | None, ResultFile]]:
        """Leave out files that are recorded already or given twice, unless nothing else is left: a run counts once."""
        new: dict[str, tuple[str | None, ResultFile]] = {}
        known: list[tuple[str | None, ResultFile]] = []
        says = []
        for leg, one in readings:
            path, digest = one.source.path, one.source.sha256
            if name := recorded_as(self.context.loaded.root, self.context.entry.id, digest):
                known.append((leg, one))
                says.append(f"{path} is already recorded as {name}")
                continue
            first_leg, first = new.setdefault(digest, (leg, one))
            if first_leg != leg:
                what = f"{first.source.path} and {path} have the same content, but are for different environments"
                raise TriagebookError(what, "give each file once")
            if first is not one:
                says.append(f"{path} has the same content as {first.source.path}")
        notes += [f"{what}, so it was left out" if new else what for what in says]
        return list(new.values()) or known

    def _said_by(self, one: ResultFile) -> str | None:
        """The environment of the catalog that a file names for itself."""
        known = self.context.loaded.book.names("environment")
        return next((name for name in one.results.environments if name in known), None)

    def _prepared(self, environment: str | None, readings: Sequence[ResultFile]) -> PreparedRuns:
        context = replace(self.context, setting=replace(self.context.setting, environment=environment))
        if not self.dry_run:
            refuse_missing(context, readings[0].source.path)
        return prepare(context, readings, self.suite, keep=self.keep, before=self.before)

    def typed(self, typed: TypedEvidence) -> list[str]:
        """Record what is described on the command line."""
        drafts, notes = drafts_of(typed, self.context, keep=self.keep)
        records = [masked_record(draft.plain)[0] for draft in drafts]
        return self._write(drafts, [], [], [], notes, lambda _: {"records": records})

    def _write(
        self, drafts: Sequence[EvidenceDraft], digests: Sequence[str], lines: Sequence[str], early: Sequence[str],
        notes: Sequence[str], data: Callable[[Counting], dict[str, object]],
    ) -> list[str]:  # fmt: skip
        counting = Counting(self.context, provisional(self.context, drafts))
        for one in counting.files:
            counting.refuse_wrong_phase(one.record.commit, one.record.phase)
        places = [] if self.dry_run else write(self.context, counting.files, drafts, digests)
        problems = [*early, *counting.problems()]
        if self.as_json:
            found = {"counts_for": list(counting.lines()), "problems": problems, "notes": notes}
            print_json(data(counting) | found | {"evidence": places})
            return problems
        for line in (*lines, *counting.lines()):
            click.echo(line)
        for note in notes:
            click.echo(f"note: {on_one_line(note)}", err=not lines)
        for problem in problems:
            click.echo(f"problem: {on_one_line(problem)}", err=problem.startswith("skipped "))
        for place in places:
            click.echo(f"recorded {place}")
        if not places:
            click.echo("nothing was written")
        return problems
