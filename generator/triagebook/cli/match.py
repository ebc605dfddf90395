"""`triagebook match`: matches the failures in a log, a trace or a result file with known issues."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote

import click
from msgspec import Struct

from triagebook.book import Book, Entry, natural
from triagebook.facts.ledger.planned_tests import agree, split_name
from triagebook.failures.likeness import KnownFailures, failures_of, fingerprint
from triagebook.failures.traces import Failure, failures
from triagebook.intake.input_text import UnknownFormatError, UnreadableError, shown
from triagebook.intake.tests import read
from triagebook.model.defect import Certainty
from triagebook.outline import Outline
from triagebook.recording.input_files import STDIN, InputFile, expanded, take, unpacked
from triagebook.similar import Profile, SimilarIssues, matching_patterns, traits_in
from triagebook.store.survey import Survey
from triagebook.text import counted, listed, on_one_line

from .common import print_json, print_table, surveyed
from .main import FINDINGS
from .options import book_option, format_option, subcommand

_OF_RESULTS = (b"<", b"{", b"[")  # a file that begins so, and can't be read, is no log
_NAMES_OF_RESULTS = (".json", ".xml", ".trx")
_MOST_FOUND = 10  # by `search`
_STYLES = {"new": "bold red", "back": "red", "known": "green"}


class SeenFailure(Struct, frozen=True):
    """A failure that was seen, and the test that shows it, if it comes from a result file."""

    failure: Failure
    test: str | None = None


class RecognisedFailure(Struct, frozen=True):
    """A failure with the issues that it may be, the surest first, each with the reason."""

    seen: SeenFailure
    state: str
    issues: dict[str, str]
    patterns: list[str]


@subcommand("match")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@format_option
@book_option
def command(files: tuple[str, ...], form: str, book: Path | None) -> None:
    survey = surveyed(book)
    found = recognised(survey, files)
    if form == "json":
        print_json({"failures": [_as_data(one) for one in found]})
    else:
        print_table([row_of(survey.outlines, one) for one in found], _STYLES)
        _advise(found)
    if any(one.state != "known" for one in found):
        raise click.exceptions.Exit(FINDINGS)


def recognised(survey: Survey, files: Iterable[str]) -> list[RecognisedFailure]:
    """The failures in some files, each with the issues that it may be."""
    named = [path for file in files for path, _ in expanded(file)]
    sources = [source for path in named for source, _ in unpacked(take(path, sys.stdin.buffer))]
    return list(_recognise(survey, _distinct([one for source in sources for one in _failures_in(source)])))


# ── failures ─────────────────────────────────────────────────────────────────────────────────────────


def _failures_in(source: InputFile) -> Iterator[SeenFailure]:
    try:
        results = read(source.data, None)
    except UnreadableError as error:
        found = failures(shown(source.data))
        is_log = isinstance(error, UnknownFormatError) and (found or not str(source.path).endswith(_NAMES_OF_RESULTS))
        if source.data.lstrip().startswith(_OF_RESULTS) and not is_log:
            raise UnreadableError(f"{source.path}: {error.what}", error.do) from None
        yield from map(SeenFailure, found)
        return
    for case in results.cases:
        if case.failed:
            yield from (SeenFailure(one, case.name) for one in failures_of(case.error or f"{case.name} failed"))
    for problem in results.problems:
        if not problem.skipped:
            yield from (SeenFailure(one, problem.name) for one in failures_of(problem.says))


def _distinct(seen: list[SeenFailure]) -> list[SeenFailure]:
    """Each failure once, although a log may repeat it with other numbers."""
    found: dict[object, SeenFailure] = {}
    for one in seen:
        same = fingerprint(one.failure)
        found.setdefault((same.kind, same.says, same.frames, one.test), one)
    return list(found.values())


# ── known issues ─────────────────────────────────────────────────────────────────────────────────────


class PlannedPlaces(Struct, frozen=True):
    """Where the planned tests of an issue are: file, class and function of each."""

    places: tuple[tuple[str | None, str | None, str], ...]


def _recognise(survey: Survey, seen: list[SeenFailure]) -> Iterator[RecognisedFailure]:
    if not seen:
        return
    outlines, book = survey.outlines, survey.load(()).book
    known = KnownFailures({name: one.failures for name, one in traits_in(survey).items()})
    planned = survey.each("planned", PlannedPlaces, _places) if any(one.test for one in seen) else {}
    for one in seen:
        patterns = [match.pattern for match in matching_patterns(book, [one.failure.error])]
        why = known.like(fingerprint(one.failure)) | _planned_in(planned, one.test) | _caused_by(outlines, patterns)
        order = sorted(why, key=lambda name: (_is_fixed(outlines[name]), natural(name)))
        state = "new" if not order else "back" if _is_fixed(outlines[order[0]]) else "known"
        yield RecognisedFailure(one, state, {name: why[name] for name in order}, patterns)


def _places(entry: Entry, _: Book) -> PlannedPlaces:
    from triagebook.facts.ledger.listed_tests import tests_of  # noqa: PLC0415  (what is kept already needs no plans)

    return PlannedPlaces(tuple(test.place for test in tests_of(entry.issue, ())))


def _planned_in(planned: Mapping[str, PlannedPlaces], test: str | None) -> dict[str, str]:
    """The issues whose plan has this test."""
    if test is None:
        return {}
    place = split_name(test)
    return {
        name: "its plan has this test" for name, own in planned.items() if any(agree(at, place) for at in own.places)
    }


def _caused_by(outlines: Mapping[str, Outline], patterns: list[str]) -> dict[str, str]:
    """The open issues with one of these patterns as their cause."""
    return {
        name: f"its pattern `{pattern}` matches"
        for name, outline in outlines.items()
        for _, pattern, how in outline.causes
        if pattern in patterns and how != Certainty.RULED_OUT and outline.row["closed"] is None
    }


def _is_fixed(outline: Outline) -> bool:
    return bool(outline.row["state"] == "closed as fixed")


# ── output ───────────────────────────────────────────────────────────────────────────────────────────


def row_of(outlines: Mapping[str, Outline], one: RecognisedFailure) -> list[str]:
    """Whether a failure is known, as which issue, why, and what failed."""
    first, why = next(iter(one.issues.items()), ("-", ""))
    notes = [why] if why else []
    if one.state == "back":
        notes.append(f"closed as fixed on {outlines[first].row['closed']}")
    if others := list(one.issues)[1:]:
        notes.append(f"or {listed(others)}")
    if one.patterns and not one.issues:
        notes.append(f"likely pattern: {listed(one.patterns)}")
    error = on_one_line(one.seen.failure.error)
    return [one.state, first, "; ".join(notes) or "-", f"{one.seen.test}: {error}" if one.seen.test else error]


def tally(found: Sequence[RecognisedFailure]) -> str:
    states = Counter(one.state for one in found)
    each = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    return f"{counted(len(found), 'failure')}: {each}" if found else "no failures found"


def _advise(found: list[RecognisedFailure]) -> None:
    click.echo(tally(found), err=True)
    if new := next((one for one in found if one.state == "new"), None):
        click.echo(f"next: record it: triagebook new --error {quote(on_one_line(new.seen.failure.error))}", err=True)


def _as_data(one: RecognisedFailure) -> dict[str, object]:
    issues = [{"issue": name, "why": why} for name, why in one.issues.items()]
    shown = {"error": one.seen.failure.error, "test": one.seen.test}
    return {**shown, "state": one.state, "issues": issues, "patterns": one.patterns}


# ── search ───────────────────────────────────────────────────────────────────────────────────────────


@subcommand("search")
@click.argument("words", metavar="WORDS...", nargs=-1, required=True)
@format_option
@book_option
def search(words: tuple[str, ...], form: str, book: Path | None) -> None:
    survey = surveyed(book)
    pasted = shown(take(STDIN, sys.stdin.buffer).data) if words == (STDIN,) else " ".join(words)
    rows_of = {name: outline.row for name, outline in survey.outlines.items()}
    named = [rows_of[word] for word in words if word in rows_of]
    similar = SimilarIssues(traits_in(survey))
    rows = [(row["id"], row["title"], "its id") for row in named]
    rows += [
        (match.issue, match.title, match.reasons())
        for match in similar.to(Profile(pasted, pasted), most=_MOST_FOUND, least=0.01)
        if match.issue not in words
    ]
    others = [name for name in similar.with_all_words(pasted) if name not in {row[0] for row in rows}]
    rows += [(name, rows_of[name]["title"], "all the words") for name in others[: max(0, _MOST_FOUND - len(rows))]]
    if form == "json":
        print_json({"issues": [dict(zip(("id", "title", "why"), row, strict=True)) for row in rows]})
    else:
        print_table([[name, rows_of[name]["state"], on_one_line(title), on_one_line(why)] for name, title, why in rows])
    if not rows:
        click.echo("nothing found", err=True)
        raise click.exceptions.Exit(FINDINGS)
