"""`triagebook plan`: adds the tests that are marked in the source code to an issue's plan."""

from __future__ import annotations

from pathlib import Path

import click

from triagebook.code.checkouts import Checkouts
from triagebook.scan.marked_tests import differences, marked_tests
from triagebook.scan.source_folder import folder_at
from triagebook.store.write import edit
from triagebook.text import counted, on_one_line

from .common import open_issue
from .options import book_option, complete_issue, examples, in_option


@click.command("plan", epilog=examples("triagebook plan 1231", "triagebook plan 1231 --dry-run"))
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@click.option("--dry-run", is_flag=True, help="Show what would be planned, and write nothing.")
@in_option("The checkout with the tests.")
@book_option
def command(issue_id: str, dry_run: bool, folder: Path | None, book: Path | None) -> None:
    """Add the tests that are marked in the source code to an issue's plan.

    The mark on a test says what it proves, and how it ends before the fix:
    `@pytest.mark.issue("1231", proves="A user connects", before="fail: can't be used")`.

    The test is added to the suite of its file; a file without a suite gets one. If the plan says something else about
    the test, the mark replaces it. Other tests in the plan stay.
    """
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
