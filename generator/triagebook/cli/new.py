"""`triagebook new`: creates an issue from options and prompts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from msgspec.structs import replace

from triagebook.book import Book
from triagebook.errors import TriagebookError
from triagebook.failures.traces import failures
from triagebook.findings import Plain
from triagebook.model.defect import IssueKind, Severity
from triagebook.model.issue import Issue
from triagebook.playbooks import kind_in
from triagebook.recording.new_issue import left_open, playbook_of, with_playbook, with_suites_placed, written
from triagebook.similar import Match, Profile, SimilarIssues, matching_patterns, traits_in
from triagebook.store.book_folder import CATALOG
from triagebook.store.files import name_problem
from triagebook.store.load import Loaded
from triagebook.store.schema_errors import first_problem
from triagebook.store.write import create
from triagebook.store.yaml import read_plain
from triagebook.text import joined, on_one_line, today

from .common import print_notes, refuse_unknown, surveyed
from .options import book_option, name_option, subcommand

SEVERITIES = [severity.value for severity in Severity]
# The options whose names differ from those of the record's fields.
FLAGS = {"components": "component", "labels": "label", "links": "link", "environments": "seen", "symptoms": "error"}


@subcommand("new")
@click.argument("issue_id", metavar="[ID]", required=False)
@click.option("--title", metavar="WORDS")
@click.option("--severity", type=click.Choice(SEVERITIES))
@click.option("--summary", metavar="MARKDOWN")
@click.option("--kind", type=click.Choice([kind.value for kind in IssueKind]))
@click.option("--opened", metavar="DATE")
@name_option("--owner", "person", multiple=False)
@name_option("--component", "component")
@name_option("--seen", "environment")
@click.option("--error", metavar="TEXT", multiple=True)
@name_option("--pattern", "pattern")
@click.option("--label", metavar="WORDS", multiple=True)
@click.option("--link", metavar="URL", multiple=True)
@book_option
def command(
    issue_id: str | None, title: str | None, severity: str | None, summary: str | None,
    kind: str | None, opened: str | None, owner: str | None, component: tuple[str, ...], seen: tuple[str, ...],
    error: tuple[str, ...], pattern: tuple[str, ...], label: tuple[str, ...], link: tuple[str, ...],
    book: Path | None,
) -> None:  # fmt: skip
    survey = surveyed(book)
    loaded = survey.load(())
    names = {"person": (owner,) if owner else (), "component": component, "environment": seen, "pattern": pattern}
    for sort, given in names.items():
        refuse_unknown(loaded, sort, given)
    if issue_id is not None:
        _refuse_unfit(issue_id, loaded)
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    if not asks:
        _refuse_missing(title=title, severity=severity, summary=summary)
    draft_id = issue_id or (_ask_id(loaded) if asks else None)
    title = title or _ask("Title, in one line", _words)
    severity = severity or click.prompt("Severity", type=click.Choice(SEVERITIES, case_sensitive=False), err=True)
    summary = summary or _ask("Summary: what happens, to whom, since when", _words)
    matches = suggest(loaded.book, SimilarIssues(traits_in(survey)), Profile(title, summary, error, patterns=pattern))
    same_cause = _agreed(matches, asks=asks)
    fields: dict[str, Plain] = {
        "title": title,
        "severity": severity,
        "opened": opened or today().isoformat(),
        "summary": summary,
        "kind": kind or kind_in(title, summary, *error),
        "owner": owner or "",
        "components": component,
        "labels": label,
        "links": link,
        "relations": [{"to": other, "kind": "same-cause"} for other in same_cause],
        "environments": {"seen": seen} if seen else {},
        "symptoms": [{"error": text} for text in error],
        "causes": [{"pattern": name, "state": "suspected"} for name in pattern],
    }
    number = draft_id or _free_number(loaded.root)
    playbook = with_suites_placed(playbook_of(loaded.root, pattern), number, loaded.book)
    text = with_playbook(written(fields, loaded.book, number), playbook)
    _refuse_invalid(text)
    click.echo((loaded.root / _created(loaded.root, draft_id, text)).as_posix())
    if not kind:
        print_notes(f"kind `{fields['kind']}` was guessed from the text; --kind changes it")
    print_notes(*left_open(loaded.book, Issue.model_validate(read_plain(text))))
    click.echo("next: add more details to this file, then run: triagebook check", err=True)


def _created(root: Path, issue_id: str | None, text: str) -> str:
    """Create the file and return its path. Another process may take the free number first."""
    while True:
        file = f"{issue_id or _free_number(root)}/issue.yaml"
        try:
            create(root, file, text)
        except TriagebookError:
            if issue_id or not (root / file).exists():
                raise
        else:
            return file


def _agreed(matches: list[Match], *, asks: bool) -> tuple[str, ...]:
    """The issues that a person says have the same cause; a relation is never written without being asked for."""
    if not asks:
        for match in matches[:1]:
            relation = f"relations: [{{to: {match.issue}, kind: same-cause}}]"
            print_notes(f"if the cause is that of {match.issue}, add to the new record: {relation}")
        return ()
    return tuple(match.issue for match in matches if click.confirm(f"Is the cause that of {match.issue}?", err=True))


# ── invalid input ────────────────────────────────────────────────────────────────────────────────────


def _refuse_unfit(issue_id: str, loaded: Loaded) -> None:
    if not issue_id.strip():
        raise TriagebookError("the id is empty", "leave it out for the next free number")
    if problem := name_problem(issue_id, (path.name for path in loaded.root.iterdir())):
        says, do = problem
        do = f"{do}; the title goes with --title" if " " in issue_id.strip() else do
        raise TriagebookError(f"`{issue_id}` {says}", do)
    if issue_id in {"patterns", CATALOG}:
        raise TriagebookError(f"`{issue_id}` is a reserved name, so it can't be the id of an issue", "choose another")
    folder = loaded.root / issue_id
    if (folder / "issue.yaml").exists() or folder.is_file():
        free = _free_number(loaded.root)
        what = f"issue `{issue_id}` already exists: {folder}"
        raise TriagebookError(what, f"edit it, or choose another id; the next free number is {free}")


def _refuse_missing(**given: str | None) -> None:
    """Without a terminal the command cannot ask."""
    missing = [name for name, value in given.items() if not value]
    if missing:
        examples = {"title": '"What is wrong, in one line"', "severity": "high", "summary": '"What happens, to whom"'}
        flags = " ".join(f"--{name} {examples[name]}" for name in missing)
        names = joined([f"--{name}" for name in missing])
        raise TriagebookError(f"{names} {'is' if len(missing) == 1 else 'are'} missing", f"add: {flags}")


def _refuse_invalid(text: str) -> None:
    """Validate the record before writing it, and name the option that holds an invalid value."""
    if wrong := first_problem(read_plain(text), Issue):
        flag = f"--{FLAGS.get(key := str(wrong.field[0]), key)}"
        if wrong.says.endswith(" is empty"):
            raise TriagebookError(f"{flag} is empty", "write a few words, or leave it out")
        raise TriagebookError(f"{flag}: {wrong.says}", wrong.do)


# ── prompts ──────────────────────────────────────────────────────────────────────────────────────────


def _free_number(root: Path) -> str:
    taken = [int(path.name) for path in root.iterdir() if path.name.isdecimal()]
    return str(max(taken, default=0) + 1)


def _ask_id(loaded: Loaded) -> str:
    def fit(answer: str) -> str:
        try:
            _refuse_unfit(answer, loaded)
        except TriagebookError as error:
            raise click.UsageError(f"{error.what}; {error.do}") from None
        return answer

    return _ask("ID", fit, default=_free_number(loaded.root))


def _ask(question: str, form: Callable[[str], str], default: str | None = None) -> str:
    """Ask on standard error, because standard output gets the path of the new file."""
    answer: str = click.prompt(question, default=default, value_proc=form, err=True)
    return answer


def _words(answer: str) -> str:
    if not answer.strip():
        raise click.UsageError("write a few words")
    return answer.strip()


def suggest(book: Book, similar: SimilarIssues, report: Profile, excluding: str | None = None) -> list[Match]:
    """Print the patterns that match but were not chosen, and the issues that may have the same cause."""
    fitting = matching_patterns(book, [*report.errors, *(one.error for one in failures(report.text))])
    for fit in fitting:
        if fit.pattern not in report.patterns:
            _say(f"likely pattern: {fit.pattern} ({fit.title}): `{fit.expression}` matches `{fit.error}`")
    patterns = dict.fromkeys([*report.patterns, *(fit.pattern for fit in fitting)])
    matches = similar.to(replace(report, patterns=tuple(patterns)), excluding)
    telling = [match for match in matches if match.is_telling]
    for match in telling:
        _say(f"possibly the same cause as {match.issue} ({match.title}): {match.reasons()}")
    return telling


def _say(words: str) -> None:
    click.echo(on_one_line(words), err=True)
