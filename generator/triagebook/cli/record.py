"""`triagebook record`: records test results, output, measured values and observations as evidence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from triagebook.code.checkouts import Checkouts
from triagebook.errors import TriagebookError
from triagebook.intake.tests import FORMATS
from triagebook.model.evidence import Phase
from triagebook.recording import summary
from triagebook.recording.counting import Counting
from triagebook.recording.evidence_data import Setting
from triagebook.recording.evidence_file import EvidenceDraft, EvidenceFile
from triagebook.recording.input_files import ResultFile, expanded, read_all, take
from triagebook.recording.observed_code import ObservedCode
from triagebook.recording.other_evidence import TypedEvidence, drafts_of
from triagebook.recording.record import Prepared, RecordingContext, prepare, provisional, recorded_as, write
from triagebook.recording.secrets import masked_record
from triagebook.recording.timestamps import given
from triagebook.store.book_folder import CATALOG
from triagebook.text import on_one_line

from .common import misspelt, open_issue, print_json, refuse_unknown
from .main import FINDINGS
from .options import F, book_option, complete_issue, complete_name, examples, format_option, in_option, name_option


def setting_options(command: F) -> F:
    """Add the options for environment, phase, build and checkout."""
    environment = name_option("--environment", "environment", "Where it ran or was observed.", multiple=False)
    return _setting_options(environment(command))


def _setting_options(command: F) -> F:
    for option in (
        in_option("The checkout that was tested."),
        click.option("--build", metavar="NAME", help="The deployed build that was tested."),
        click.option("--phase", type=click.Choice([side.value for side in Phase]), help="Before or after the fix."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(
    "record",
    epilog=examples(
        "triagebook record 1184 junit.xml --phase before --environment local",
        "triagebook record 1184 results/*.xml --dry-run --format json",
        "triagebook record 1184 out.txt --command 'grep -rn \"await get\" app' --exit-code 1 --in .",
        "triagebook record 1184 --value chat.connected='97.2 %' --phase after --environment staging --by backend",
        "triagebook record 1184 --observe 'It fails again' --error 'TypeError: ...' --environment staging --by backend",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path())
@_setting_options
@click.option(
    "--environment", "environments", metavar="ID[=FILE]", multiple=True, shell_complete=complete_name("environment"),
    help="Where it ran or was observed. With ID=FILE, repeated, each FILE of a matrix is recorded for its environment. "
    "Default: the environment that FILE names.",
)  # fmt: skip
@click.option("--commit", metavar="SHA", help="The commit that was tested. Default: that of the checkout.")
@name_option("--suite", "suite", "The suite that ran. Default: the one that all results belong to.", multiple=False)
@name_option("--by", "person", "Who observed it and vouches for it.", multiple=False)
@click.option("--at", metavar="TIME", help="When it ran or was observed. Default: the time in the file, or now.")
@click.option("--note", metavar="MARKDOWN", help="A remark to keep with the evidence.")
@click.option("--command", "command_line", metavar="LINE", help="A command that was run. FILE holds its output.")
@click.option("--exit-code", type=click.IntRange(0, 255), metavar="CODE", help="The exit code of that command.")
@click.option("--value", "values", metavar="NAME=VALUE", multiple=True, help="A measured value, as NAME='97.2 %'.")
@click.option("--observe", metavar="MARKDOWN", help="What a person observed.")
@click.option("--error", metavar="TEXT", help="The error text, if the error occurred again.")
@click.option("--count", type=click.IntRange(0), metavar="NUMBER", help="How many times it was observed.")
@click.option("--attach", metavar="FILE", multiple=True, type=click.Path(), help="A file to keep with the observation.")
@click.option(
    "--input-format", "input_format", metavar="NAME", type=click.Choice(FORMATS),
    help=f"The format of the result files, if it is not detected: {', '.join(FORMATS)}.",
)  # fmt: skip
@click.option("--keep", is_flag=True, help="Keep a compressed copy of the file beside the evidence.")
@click.option("--dry-run", is_flag=True, help="Show what would be recorded, and write nothing.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if a result is not as expected.")
@format_option
@book_option
def command(
    issue_id: str, files: tuple[str, ...], folder: Path | None, build: str | None, environments: tuple[str, ...],
    phase: str | None, commit: str | None, suite: str | None, by: str | None, at: str | None, note: str | None,
    command_line: str | None, exit_code: int | None, values: tuple[str, ...], observe: str | None, error: str | None,
    count: int | None, attach: tuple[str, ...], input_format: str | None, keep: bool, dry_run: bool, exit_zero: bool,
    form: str, book: Path | None,
) -> None:  # fmt: skip
    """Record test results, command output, values or observations.

    Use it after a test run, in CI or by hand. FILE holds test results: JUnit XML or the format of another runner,
    which is detected from the content. It may be a folder, a pattern as `'**/*.xml'`, a .gz or a .zip. Each result file
    becomes one piece of evidence with its results, what was expected of them, the commit, and digests of the code.
    Evidence is never edited. Several files are recorded together; one that can't be read is named and left out. Those
    of a matrix are given with --environment ID=FILE for each, unless each file names its environment itself, as a
    property `environment` or the name of the machine.

    --command, --value and --observe record other evidence. With --by a person vouches for what is not read from FILE.
    `-` reads standard input.

    The exit code is 1 if something expected is missing or failed, if a file can't be read, or if the evidence proves
    nothing. --exit-zero is for jobs that only collect.
    """
    now = datetime.now(UTC)
    environment, legs = _environments(environments)
    files = (*files, *legs)
    setting = Setting(environment, Phase(phase) if phase else None, build, by, note, given(at, now) if at else None)
    suites = [suite] if suite else []
    apart = [path for file in files for path, _ in expanded(file)]
    context = context_of(book, issue_id, setting, folder, commit=commit, apart=apart, suites=suites, now=now)
    typed = TypedEvidence(command_line, exit_code, values, observe, error, count)
    _refuse_conflicts(typed, attach, files)
    recorder = Recorder(context, suite, keep=keep, dry_run=dry_run, as_json=form == "json")
    if typed.kinds:
        if legs:
            raise TriagebookError("--environment ID=FILE is for result files", "give one environment: --environment ID")
        attached = {taken.name: taken.data for taken in (take(path, sys.stdin.buffer) for path in attach)}
        source = take(files[0], sys.stdin.buffer) if files else None
        problems = recorder.typed(replace(typed, source=source, attached=attached))
    else:
        refuse_unknown(context.loaded, "environment", legs.values())
        by_leg: dict[str | None, list[str]] = {}
        for file in dict.fromkeys(files):
            by_leg.setdefault(legs.get(file), []).append(file)
        found = {leg: read_all(paths, input_format, sys.stdin.buffer) for leg, paths in by_leg.items()}
        unread = [f"skipped {problem.what}; {problem.do}" for one in found.values() for problem in one.problems]
        problems = recorder.files([(leg, one) for leg, read in found.items() for one in read.readings], unread)
    raise click.exceptions.Exit(FINDINGS if problems and not exit_zero else 0)


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


def _environments(given: tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    """The one environment, and that of each file of a matrix."""
    legs = {file: name for name, equals, file in (text.partition("=") for text in given) if equals}
    plain = [text for text in given if "=" not in text]
    if len(plain) > 1:
        what = f"{' and '.join(plain)} are different environments"
        raise TriagebookError(what, f"say which file ran where: --environment {plain[0]}=FILE")
    if len(given) > len(legs) + len(plain):
        raise TriagebookError("one file is given for two environments", "give each file once")
    return (plain[0] if plain else None), legs


def _refuse_conflicts(typed: TypedEvidence, attach: tuple[str, ...], files: Sequence[str]) -> None:
    """Refuse options that do not fit together."""
    if len(typed.kinds) > 1:
        what = f"{' and '.join(typed.kinds)} are different kinds of evidence"
        raise TriagebookError(what, "record them one at a time")
    if not typed.says and (typed.error or typed.count is not None or attach):
        raise TriagebookError("--error, --count and --attach belong to an observation", "add: --observe '...'")
    if not typed.command and typed.exit_code is not None:
        raise TriagebookError("--exit-code belongs to a command", "add: --command '...'")
    if typed.says and files:
        raise TriagebookError("--observe takes no result file", f"keep it with: --attach {files[0]}")
    if typed.kinds and len(files) > 1:
        what = f"--command and --value take one FILE, not {len(files)}"
        raise TriagebookError(what, "name the file that contains the output or value")
    if not typed.kinds and not files:
        raise TriagebookError(
            "there is nothing to record", "name a result file, or add --command, --value or --observe"
        )


def refuse_missing(context: RecordingContext, file: str = "") -> None:
    """A result counts for one environment and one phase."""
    missing = {"--phase": context.setting.phase, "--environment": context.setting.environment}
    flags = [flag for flag, value in missing.items() if not value]
    if flags:
        known = context.loaded.book.names("environment")
        advice = {
            "--phase": "add --phase before or after",
            "--environment": f"add --environment {' or '.join(known)}"
            if known
            else f"the catalog has no environments yet; add one to {context.loaded.root / CATALOG}",
        }
        what = f"{' and '.join(flags)} {'is' if len(flags) == 1 else 'are'} missing{f' for {file}' if file else ''}"
        raise TriagebookError(what, "; ".join(advice[flag] for flag in flags))


# ── recording ────────────────────────────────────────────────────────────────────────────────────────


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

    def _prepared(self, environment: str | None, readings: Sequence[ResultFile]) -> Prepared:
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
        files: Sequence[EvidenceFile] = provisional(self.context, drafts)
        counting = Counting(self.context, files)
        counting.refuse_wrong_phases()
        places = [] if self.dry_run else places_of(self.context, write(self.context, files, drafts, digests))
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


def places_of(context: RecordingContext, done: Sequence[EvidenceFile]) -> list[str]:
    return [(context.loaded.root / next(iter(one.files))).as_posix() for one in done]
