"""`triagebook tests` and `plan`: write planned tests as files to complete, and add marked tests to the plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from triagebook.code.checkouts import Checkouts
from triagebook.errors import TriagebookError
from triagebook.playbooks import kind_of, playbook, to_record
from triagebook.reports.skeletons import skeletons
from triagebook.scan.marked_tests import differences, marked_tests
from triagebook.scan.source_folder import folder_at
from triagebook.store.emit import Writer
from triagebook.store.write import edit
from triagebook.text import counted, on_one_line

from .common import misspelt, open_issue, print_notes
from .options import book_option, in_option, issue_argument, name_option, subcommand


@subcommand("tests")
@issue_argument
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@name_option("--suite", "suite")
@book_option
def command(issue_id: str, out: Path, suite: tuple[str, ...], book: Path | None) -> None:
    loaded, entry = open_issue(book, issue_id)
    kind = kind_of(entry.issue)
    suites = entry.issue.suites or playbook(kind, entry.id, loaded.book).suites
    if unknown := [name for name in suite if name not in suites]:
        raise misspelt(
            f"there is no suite `{unknown[0]}`", unknown[0], list(suites), f"use one of: {', '.join(suites)}"
        )
    chosen = {name: each for name, each in suites.items() if name in (suite or suites)}
    made = skeletons(entry.id, chosen, loaded.book.catalog.runner)
    if not made.files:
        raise TriagebookError(
            f"issue {issue_id} plans no tests", f"add them to `suites.NAME.tests` in {issue_id}/issue.yaml"
        )
    kept = _write(out, made.files)
    if "conftest.py" in kept and made.markers:
        print_notes(f"register these markers in your pytest configuration: {', '.join(made.markers)}")
    if not entry.issue.suites:
        click.echo(
            f"note: these tests are proposed; to plan and record them, add to {issue_id}/issue.yaml:\n", err=True
        )
        click.echo(Writer().document({"suites": to_record(kind, entry.id, loaded.book)["suites"]}), err=True)
    tests = [test for each in chosen.values() for test in each.tests.values()]
    open_ = sum(not (test.code and entry.issue.suites) for test in tests)  # proposed code fails until it is completed
    left = f"; {counted(open_, 'test')} without code, to be written: each fails until then" if open_ else ""
    click.echo(f"{counted(len(made.files) - len(kept), 'file')} in {out.as_posix()}{left}")


def _write(out: Path, files: Mapping[str, str]) -> set[str]:
    """Write the files that do not exist yet; return the names of the others."""
    out.mkdir(parents=True, exist_ok=True)
    root, kept = out.resolve(), set()
    for name, text in files.items():
        path = out / name
        if not path.parent.resolve().is_relative_to(root):
            raise TriagebookError(
                f"{path.as_posix()} is outside {out.as_posix()}", "remove the symbolic link that leads there"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            kept.add(name)
            click.echo(f"kept {path.as_posix()}", err=True)
        else:
            click.echo(f"wrote {path.as_posix()}", err=True)
    return kept


@subcommand("plan")
@issue_argument
@click.option("--dry-run", is_flag=True)
@in_option
@book_option
def plan(issue_id: str, dry_run: bool, folder: Path | None, book: Path | None) -> None:
    loaded, entry = open_issue(book, issue_id)
    source = folder_at(Checkouts(loaded.root, loaded.book, folder).of(entry), loaded.root)
    marked = marked_tests(source, issue_id)
    left, changed = list(marked), 0
    while found := next(iter(differences(loaded.book, entry, left)), None):
        test = f"{found.test.path}:{found.test.line} {found.test.name}"
        click.echo(f"{'would plan' if dry_run else 'planned'}  {on_one_line(test)}: it {on_one_line(found.why)}")
        changed += 1
        if dry_run:
            left.remove(found.test)
        else:
            edit(loaded.root, [found.edit])
            loaded, entry = open_issue(book, issue_id)
    click.echo(f"{counted(len(marked), 'marked test')}; {counted(changed, 'change')} to the plan")
    if not marked:
        click.echo(f'next: mark a test: @pytest.mark.issue("{issue_id}", before="fail: the error")', err=True)
