"""`triagebook audit`: finds claims in documents that do not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from glob import glob, has_magic
from pathlib import Path

import click

from triagebook.audit import DOCUMENT_RULES, Known, MarkdownDocument, audit
from triagebook.code.checkout import Checkout, checkout_at, known_commit
from triagebook.code.checkouts import Checkouts
from triagebook.code.git import GitError
from triagebook.code.tree import SourceTree
from triagebook.errors import TriagebookError
from triagebook.facts.case import Case
from triagebook.findings import Choice, Finding
from triagebook.inquire import inquire
from triagebook.recording.claims_draft import drafts, written
from triagebook.store.files import decode
from triagebook.store.write import create
from triagebook.store.write import write as write_file
from triagebook.text import counted, on_one_line, seen_from, today

from .check import files_changed
from .common import open_issue
from .findings import FindingList, listing_options
from .options import complete_issue, source_options, subcommand

SUFFIXES = (".md", ".markdown")
FEW = 5  # documents: so many are named one by one, and belong together


@subcommand("audit")
@click.argument("places", metavar="FILE|DIR...", nargs=-1, required=True)
@click.option("--issue", "issue_id", metavar="ID", shell_complete=complete_issue)
@click.option("--commit", metavar="COMMIT")
@listing_options(lambda: DOCUMENT_RULES)
@click.option("--write", is_flag=True)
@source_options
def command(
    places: tuple[str, ...], issue_id: str | None, commit: str | None, listing: FindingList,
    revision: str | None, write: bool, folder: Path | None, no_source: bool, book: Path | None,
) -> None:  # fmt: skip
    files = list(dict.fromkeys(file for place in places for file in documents_in(place)))
    if revision is not None:
        changed = files_changed(Path(), revision)
        files = [file for file in files if seen_from(Path(), file) in changed]
    loaded, case, checkout, choice = None, None, None, listing.choice
    if issue_id:
        loaded, entry = open_issue(book, issue_id)
        choice = choice.within(loaded.book.catalog.rules)
        case = inquire(loaded, folder, no_source=no_source, issues={issue_id}).case(issue_id)
        checkout = None if no_source else Checkouts(loaded.root, loaded.book, folder).of(entry).checkout
    elif not no_source:
        checkout = checkout_around(folder or (files[0].resolve().parent if files else Path()), asked=folder is not None)
    if commit and checkout is None:
        raise TriagebookError(f"there is no source code to look up `{commit}`", "name a checkout: --in DIR")
    findings = sorted(
        findings_in(files, case, checkout, commit, choice), key=lambda one: (one.file, one.line, one.code)
    )
    if write and (case is None or loaded is None):
        raise TriagebookError("--write needs an issue", "name it with --issue ID")
    if write and case and loaded:
        _write(loaded.root, files, findings, case, checkout, commit)
    listing.show(findings, Path(), counted(len(files), "document"), _compared(case, checkout))


def _write(
    root: Path, files: Sequence[Path], findings: Sequence[Finding], case: Case, checkout: Checkout | None,
    commit: str | None,
) -> None:  # fmt: skip
    """Draft or update the claims file of each document."""
    for file in files:
        document = MarkdownDocument(file.as_posix(), _text(file))
        about = _commit(checkout, commit or document.commit, asked=False) if checkout else None
        own = [finding for finding in findings if finding.file == document.path]
        made = drafts(document, own, case, checkout.tree(about) if checkout else None)
        new = written(root, case, document, _place(file, checkout), made)
        if new.text != new.before:
            (write_file if new.before else create)(root, new.name, new.text)
        for note in (
            f"{(root / new.name).as_posix()}: {new.notes[0]}",
            *(f"  {on_one_line(one)}" for one in new.notes[1:]),
        ):
            click.echo(note, err=True)


def _place(file: Path, checkout: Checkout | None) -> str:
    """The path of a document in the source code; empty if it is outside."""
    place = file.resolve()
    return place.relative_to(checkout.root).as_posix() if checkout and place.is_relative_to(checkout.root) else ""


def documents_in(place: str) -> list[Path]:
    """The file that a place names, the Markdown files of a folder, or the files that match a pattern."""
    path = Path(place)
    if path.is_dir():
        below = [(file, file.relative_to(path).parts[:-1]) for suffix in SUFFIXES for file in path.rglob(f"*{suffix}")]
        # In these folders no document was written by hand.
        apart = [file for file, above in below if "node_modules" in above or any(part[0] == "." for part in above)]
        found = sorted({file for file, _ in below}.difference(apart))
        what = f"the folder {place} contains no Markdown file"
    elif has_magic(place) and not path.exists():
        matches = sorted(glob(place, recursive=True))  # noqa: PTH207  (a pattern may begin at the root)
        found = [file for file in map(Path, matches) if file.is_file()]
        what = f"no file matches `{place}`"
    else:
        return [path]
    if not found:
        raise TriagebookError(on_one_line(what), "name a Markdown file, a folder, or a pattern such as 'docs/**/*.md'")
    return found


def findings_in(
    files: Sequence[Path], case: Case | None, checkout: Checkout | None, commit: str | None, choice: Choice
) -> Iterator[Finding]:
    trees: dict[str | None, SourceTree] = {}
    others: tuple[MarkdownDocument, ...] = ()
    for file in files:
        document = MarkdownDocument(file.as_posix(), _text(file))
        tree, made, added = None, None, None
        if checkout is not None:
            about = _commit(checkout, commit or document.commit, asked=commit is not None)
            tree = trees.setdefault(about, checkout.tree(about))
            made = checkout.objects.made(about).date() if about else None
            added = partial(checkout.added_after, commit=about or "HEAD")
        alike = tuple(one for one in others if case or len(files) <= FEW or one.issues & document.issues)
        known = Known(case, today(), tree, made, _place(file, checkout), alike, added)
        yield from (choice.weigh(found) for found in audit(document, known) if choice.wants(found.code))
        others = (*others, document)


def _text(file: Path) -> str:
    if file.exists() and not file.is_file():  # a pipe would be waited for
        raise TriagebookError(f"{file.as_posix()} is not a file", "name a Markdown file")
    try:
        return decode(file.read_bytes())[0].replace("\r\n", "\n")
    except ValueError as error:
        raise TriagebookError(f"{file.as_posix()} is not a text file", "name a Markdown file in UTF-8") from error


def checkout_around(folder: Path, *, asked: bool) -> Checkout | None:
    try:
        return checkout_at(folder)
    except GitError:
        if asked:
            raise
        return None


def _commit(checkout: Checkout, name: str, *, asked: bool) -> str | None:
    """The commit that a document is about; None for the code as it is now."""
    if asked:
        return known_commit(checkout.root, name)
    return checkout.objects.commit(name) if name else None


def _compared(case: Case | None, checkout: Checkout | None) -> str:
    """What the documents were compared with."""
    if case is None:
        return f"compared with {checkout.root.name}" if checkout else "without the source code"
    beside = f" and {checkout.root.name}" if checkout else ", without the source code"
    return f"compared with issue {case.entry.id}{beside}"
