"""`triagebook report`: writes reports about an issue."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from triagebook.book import Book
from triagebook.code import git
from triagebook.code.checkout import known_commit
from triagebook.errors import NoBookError
from triagebook.facts.inquiry import Inquiry
from triagebook.inquire import inquire
from triagebook.render import own_templates
from triagebook.reports import APPENDICES, KINDS, Report, ReportKind, make
from triagebook.reports.since import EarlierState
from triagebook.site.report_document import ReportDocument
from triagebook.site.report_kinds import kinds_in
from triagebook.store.load import load
from triagebook.text import seen_from

from .common import book_root, misspelt, open_issue, print_json, print_source, print_utf8
from .options import issue_argument, json_flag, source_options, subcommand

ALL = "all"
FORMS = ("md", "html", "json")


def _complete_kind(ctx: click.Context, _: click.Parameter, start: str) -> list[str]:
    return [kind for kind in (*_kinds(ctx.params.get("book")), ALL) if kind.startswith(start)]


def _kinds(book: Path | None) -> Mapping[str, ReportKind]:
    """The kinds of reports: those of the book too, if there is one."""
    try:
        return kinds_in(own_templates(book_root(book)))
    except NoBookError:
        return KINDS


def _print_schema(ctx: click.Context, _: click.Parameter, kind: str | None) -> None:
    if kind is None or ctx.resilient_parsing:
        return
    from triagebook.reports.data import schema  # noqa: PLC0415  (few ask for it)

    print_json(schema(_known(_kinds(ctx.params.get("book")), kind)))
    ctx.exit()


@subcommand("report")
@issue_argument
@click.argument("kind", metavar="[KIND|all]", default="summary", shell_complete=_complete_kind)
@click.option("--format", "form", type=click.Choice(FORMS), default="md", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH")
@click.option("--since", metavar="REV")
@click.option("--with", "names", metavar="NAME,...", help=f"Add appendices: {', '.join(APPENDICES)}.")
@click.option("--full", is_flag=True)
@click.option("--schema", metavar="KIND", is_eager=True, expose_value=False, callback=_print_schema)
@source_options
@json_flag("md")
def command(
    issue_id: str, kind: str, form: str, out: Path | None, since: str | None, names: str | None, full: bool,
    folder: Path | None, no_source: bool, book: Path | None,
) -> None:  # fmt: skip
    known = _kinds(book)
    kinds = list(known.values()) if kind == ALL else [_known(known, kind)]
    if kind == ALL and out is None:
        raise click.UsageError("`all` writes several files: name a folder with --out DIR")
    if since and kind not in {"summary", ALL}:
        raise click.UsageError("--since works only with the kind `summary`")
    appendices = tuple(APPENDICES) if full else _appendices(names, kinds)
    loaded, entry = open_issue(book, issue_id)
    inquiry = inquire(loaded, folder, no_source=no_source, issues={issue_id})
    case = inquiry.case(entry.id)
    for each in kinds:
        path = out / f"{issue_id}-{each.id}.{form}" if out and (kind == ALL or out.is_dir()) else out
        earlier = None
        if since and each.id == "summary":
            before = Inquiry(book_at(loaded.root, since), case.source, case.as_of).cases.get(issue_id)
            earlier = EarlierState(since, before)
        report = make(each, case, earlier, appendices)
        _write(document(report, form, loaded.root, path.parent if path else Path()), path)
    print_source(inquiry.source)


def _known(kinds: Mapping[str, ReportKind], kind: str) -> ReportKind:
    if kind in kinds:
        return kinds[kind]
    raise misspelt(f"there is no report kind `{kind}`", kind, [*kinds, ALL], f"use one of: {', '.join(kinds)}")


def _appendices(names: str | None, kinds: Sequence[ReportKind]) -> tuple[str, ...]:
    """The appendices that were asked for by name, each of which one of the kinds must have."""
    known = [name for name in APPENDICES if any(name in kind.appendices for kind in kinds)]
    wanted = [name.strip() for name in names.split(",")] if names else []
    for name in wanted:
        if name not in known:
            raise misspelt(f"these reports have no appendix `{name}`", name, known, f"use one of: {', '.join(known)}")
    return tuple(wanted)


def book_at(root: Path, revision: str) -> Book:
    """The book as a revision has it, from git."""
    archive = git.tell(root, "archive", "--format=tar", known_commit(root, revision), ".")
    stream = io.BytesIO(archive.encode(errors="surrogateescape"))
    with TemporaryDirectory() as folder, tarfile.open(fileobj=stream) as files:
        files.extractall(folder, filter="data")
        return load(Path(folder)).book


def _write(text: str, path: Path | None) -> None:
    if path is None:
        print_utf8(text)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    click.echo(f"wrote {path.as_posix()}", err=True)


def document(report: Report, form: str, root: Path, folder: Path) -> str:
    """A report in one format. Links to the book's files are relative to the folder."""
    return ReportDocument(report, own_templates(root)).document(form, lambda file: seen_from(folder, root / file))
