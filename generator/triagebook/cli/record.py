"""`triagebook record`: records test results, output, measured values and observations as evidence."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
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
from triagebook.recording.counting import lines_of_counting
from triagebook.recording.evidence_data import Setting
from triagebook.recording.evidence_file import EvidenceDraft, EvidenceFile
from triagebook.recording.input_files import expanded, read_all, take
from triagebook.recording.other_evidence import TypedEvidence, drafts_of
from triagebook.recording.record import Prepared, RecordingContext, prepare, provisional, recorded_as, write
from triagebook.recording.secrets import masked_record
from triagebook.recording.timestamps import given
from triagebook.store.book_folder import CATALOG
from triagebook.store.load import Loaded
from triagebook.text import on_one_line

from .common import misspelt, open_issue, print_json, unknown
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
    help="Where it ran or was observed. With ID=FILE, repeated, each FILE of a matrix is recorded for its environment.",
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
@format_option
@book_option
def command(
    issue_id: str, files: tuple[str, ...], folder: Path | None, build: str | None, environments: tuple[str, ...],
    phase: str | None, commit: str | None, suite: str | None, by: str | None, at: str | None, note: str | None,
    command_line: str | None, exit_code: int | None, values: tuple[str, ...], observe: str | None, error: str | None,
    count: int | None, attach: tuple[str, ...], input_format: str | None, keep: bool, dry_run: bool, form: str,
    book: Path | None,
) -> None:  # fmt: skip
    """Record test results, command output, values or observations.

    Use it after a test run, in CI or by hand. FILE holds test results: JUnit XML or the format of another runner,
    which is detected from the content. It may be a folder, a pattern as `'**/*.xml'`, a .gz or a .zip. Each result file
    becomes one piece of evidence with its results, what was expected of them, the commit, and digests of the code.
    Evidence is never edited. Several files are recorded together; one that can't be read is named and left out, and the
    exit code is 1. Those of a matrix are given with --environment ID=FILE for each.

    --command, --value and --observe record other evidence. With --by a person vouches for what is not read from FILE.
    `-` reads standard input.
    """
    as_json = form == "json"
    now = datetime.now(UTC)
    environment, legs = _environments(environments, files)
    files = (*files, *legs)
    setting = Setting(environment, Phase(phase) if phase else None, build, by, note, given(at, now) if at else None)
    suites = [suite] if suite else []
    apart = [path for file in files for path, _ in expanded(file)]
    context = context_of(book, issue_id, setting, folder, commit=commit, apart=apart, suites=suites, now=now)
    _refuse_conflicts(command_line, values, observe, error=error, count=count, attach=attach, exit_code=exit_code)
    if command_line or values or observe:
        if legs:
            raise TriagebookError("--environment ID=FILE is for result files", "give one environment: --environment ID")
        source = take(_single(files), sys.stdin.buffer) if files and not observe else None
        attached = {taken.name: taken.data for taken in (take(path, sys.stdin.buffer) for path in attach)}
        evidence = TypedEvidence(command_line, exit_code, values, observe, error, count, source, attached)
        if observe and files:
            raise TriagebookError("--observe takes no result file", f"keep it with: --attach {files[0]}")
        drafts, notes = drafts_of(evidence, context, keep=keep)
        _record_others(context, drafts, notes, dry_run=dry_run, as_json=as_json)
    else:
        for name in legs.values():
            refuse_unknown_environment(context.loaded, name)
        options = _FileOptions(input_format, suite, keep, dry_run, as_json)
        if not _record_files(context, files, legs, options):
            click.get_current_context().exit(FINDINGS)


def context_of(
    book: Path | None, issue_id: str, setting: Setting, folder: Path | None, *,
    commit: str | None = None, apart: Sequence[str] = (), suites: Sequence[str] = (), now: datetime,
) -> RecordingContext:  # fmt: skip
    """The issue, its code and its setting. Refuse names that are not in the book."""
    loaded, entry = open_issue(book, issue_id)
    if setting.environment is not None:
        refuse_unknown_environment(loaded, setting.environment)
    if setting.by is not None and setting.by not in (known := loaded.book.names("person")):
        raise unknown("person", setting.by, known, f"add it to `people` in {loaded.root / CATALOG}")
    for suite in suites:
        if suite not in entry.issue.suites:
            add_suite = f"add it to `suites` in {loaded.root / issue_id}/issue.yaml"
            what = f"issue {issue_id} has no suite `{on_one_line(suite)}`"
            raise misspelt(what, suite, entry.issue.suites, add_suite)
    results = [Path(file) for file in apart if file != "-"]
    found = Checkouts(loaded.root, loaded.book, folder, results).of(entry)
    return RecordingContext(loaded, entry, setting, found, now, folder, commit, deployed=setting.build is not None)


def refuse_unknown_environment(loaded: Loaded, name: str) -> None:
    if name not in (known := loaded.book.names("environment")):
        raise unknown("environment", name, known, f"add it to `environments` in {loaded.root / CATALOG}")


def _environments(given: tuple[str, ...], files: tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    """The one environment, or that of each file of a matrix."""
    legs = {file: name for name, equals, file in (text.partition("=") for text in given) if equals}
    plain = [text for text in given if "=" not in text]
    if len(plain) > 1:
        what = f"{' and '.join(plain)} are different environments"
        raise TriagebookError(what, f"say which file ran where: --environment {plain[0]}=FILE")
    if legs and files and not plain:
        raise TriagebookError(f"the environment of {files[0]} is missing", "add --environment ID=FILE for it")
    if sum("=" in text for text in given) > len(legs):
        raise TriagebookError("one file is given for two environments", "give each file once")
    return (plain[0] if plain else None), legs


def _refuse_conflicts(
    command_line: str | None, values: tuple[str, ...], observe: str | None, *,
    error: str | None, count: int | None, attach: tuple[str, ...], exit_code: int | None,
) -> None:  # fmt: skip
    """Refuse options that do not fit together."""
    kinds = TypedEvidence(command_line, values=values, says=observe).kinds
    if len(kinds) > 1:
        raise TriagebookError(f"{' and '.join(kinds)} are different kinds of evidence", "record them one at a time")
    if not observe and (error or count is not None or attach):
        raise TriagebookError("--error, --count and --attach belong to an observation", "add: --observe '...'")
    if not command_line and exit_code is not None:
        raise TriagebookError("--exit-code belongs to a command", "add: --command '...'")


def _single(files: tuple[str, ...]) -> str:
    if len(files) > 1:
        what = f"--command and --value take one FILE, not {len(files)}"
        raise TriagebookError(what, "name the file that contains the output or value")
    return files[0]


class _FileOptions(Struct, frozen=True):
    input_format: str | None
    suite: str | None
    keep: bool
    dry_run: bool
    as_json: bool


def _record_files(
    context: RecordingContext, files: tuple[str, ...], legs: Mapping[str, str], options: _FileOptions
) -> bool:
    """Record result files, those of all environments together or none; return whether every file could be read."""
    if not files:
        raise TriagebookError(
            "there is nothing to record", "name a result file, or add --command, --value or --observe"
        )
    by_environment: dict[str | None, list[str]] = {}
    for file in dict.fromkeys(files):
        by_environment.setdefault(legs.get(file, context.setting.environment), []).append(file)
    contexts = [
        replace(context, setting=replace(context.setting, environment=environment)) for environment in by_environment
    ]
    if not options.dry_run:
        for own in contexts:
            refuse_missing(own)
    found = [read_all(paths, options.input_format, sys.stdin.buffer) for paths in by_environment.values()]
    prepared = [
        prepare(own, one.readings, options.suite, keep=options.keep) for own, one in zip(contexts, found, strict=True)
    ]
    unread = [f"{problem.what}; {problem.do}" for one in found for problem in one.problems]
    drafts = [draft for one in prepared for draft in one.drafts]
    digests = [run.source.sha256 for one in prepared for run in one.runs if run.source]
    known = {digest: recorded_as(context.loaded.root, context.entry.id, digest) for digest in digests}
    if len(known) < len(digests):
        raise TriagebookError("two of the files have the same content", "give each file once")
    done = [] if options.dry_run else write(context, drafts, digests)
    if options.as_json:
        _print_data(context, prepared, known, done, unread)
        return not unread
    for own, one in zip(contexts, prepared, strict=True):
        click.echo("\n".join(summary.lines_of(one, own.setting.phase, own.entry.issue)))
    for line in lines_of_counting(context, done or provisional(context, drafts)):
        click.echo(line)
    sources = [run.source for one in prepared for run in one.runs if run.source]
    for source, name in ((source, known[source.sha256]) for source in sources if known[source.sha256]):
        click.echo(f"note: {on_one_line(source.path)} is already recorded as {name}")
    _print_recorded(context, done)
    for text in unread:
        click.echo(f"note: skipped {on_one_line(text)}", err=True)
    return not unread


def _print_data(
    context: RecordingContext,
    prepared: Sequence[Prepared],
    known: Mapping[str, str | None],
    done: Sequence[EvidenceFile],
    unread: Sequence[str],
) -> None:
    """One document; that of a matrix has one for each environment."""
    places, start, documents = places_of(context, done), 0, []
    for one in prepared:
        names = [known[run.source.sha256] if run.source else None for run in one.runs]
        own = places[start : start + len(one.drafts)]
        documents.append(summary.as_data(one, context.setting.phase, context.entry.issue, names, own))
        documents[-1]["unread"] = list(unread)
        start += len(one.drafts)
    print_json(documents[0] if len(documents) == 1 else {"environments": documents, "evidence": places})


def refuse_missing(context: RecordingContext) -> None:
    """A result counts for one environment and one phase."""
    missing = {"--phase": context.setting.phase, "--environment": context.setting.environment}
    flags = [flag for flag, value in missing.items() if not value]
    if flags:
        known = (
            ", ".join(context.loaded.book.names("environment"))
            or f"none yet, add one to {context.loaded.root / CATALOG}"
        )
        verb = "is" if len(flags) == 1 else "are"
        do = f"add --phase before or after; environments are: {known}"
        raise TriagebookError(f"{' and '.join(flags)} {verb} missing", do)


def _record_others(
    context: RecordingContext, drafts: list[EvidenceDraft], notes: list[str], *, dry_run: bool, as_json: bool
) -> None:
    done = [] if dry_run else write(context, drafts)
    if as_json:
        print_json(
            {
                "evidence": places_of(context, done),
                "notes": notes,
                "records": [masked_record(draft.plain)[0] for draft in drafts],
            }
        )
        return
    for note in notes:
        click.echo(f"note: {on_one_line(note)}", err=True)
    for line in lines_of_counting(context, done or provisional(context, drafts)):
        click.echo(line)
    _print_recorded(context, done)


def _print_recorded(context: RecordingContext, done: Sequence[EvidenceFile]) -> None:
    for place in places_of(context, done):
        click.echo(f"recorded {place}")
    if not done:
        click.echo("nothing was written")


def places_of(context: RecordingContext, done: Sequence[EvidenceFile]) -> list[str]:
    return [(context.loaded.root / next(iter(one.files))).as_posix() for one in done]
