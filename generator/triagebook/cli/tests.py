"""`triagebook tests`: the tests of a plan as pytest files, to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triagebook.errors import TriagebookError
from triagebook.reports.skeletons import skeletons
from triagebook.text import counted

from .common import book_option, complete_issue, examples, open_issue

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(
    "tests",
    epilog=examples(
        "triagebook tests 1184 --out build/tests",
        "pytest --collect-only build/tests",
    ),
)
@click.argument("issue_id", metavar="ID", shell_complete=complete_issue)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="The folder to write to; a file that is there stays as it is.",
)
@book_option
def command(issue_id: str, out: Path, book: Path | None) -> None:
    """Write the tests of a plan as pytest files.

    Each test has its name, its markers, what it proves, and the code that the record holds of it. One without code
    fails, and says that it is not written yet. Nothing is ever overwritten.
    """
    _, entry = open_issue(book, issue_id)
    made = skeletons(entry.id, dict(entry.issue.suites))
    if not made.files:
        raise TriagebookError(
            f"no suite of issue {issue_id} names a test", f"name some: `suites.NAME.tests` in {issue_id}/issue.yaml"
        )
    kept = _write(out, made.files)
    if "conftest.py" in kept and made.markers:
        click.echo(f"note: register these markers where pytest finds them: {', '.join(made.markers)}", err=True)
    click.echo(f"{counted(len(made.files) - len(kept), 'file')} in {out.as_posix()}; pytest --collect-only lists them")


def _write(out: Path, files: Mapping[str, str]) -> set[str]:
    """Writes what is not there yet; says which were."""
    out.mkdir(parents=True, exist_ok=True)
    root, kept = out.resolve(), set()
    for name, text in files.items():
        path = out / name
        if not path.parent.resolve().is_relative_to(root):
            raise TriagebookError(
                f"{path.as_posix()} lies outside {out.as_posix()}", "remove the link that leads there"
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
