"""`triagebook fix`: fixes findings that have a single correct fix, after showing the difference."""

from __future__ import annotations

from collections import Counter
from difflib import unified_diff
from pathlib import Path

import click

from triagebook.autofix import FixPlan, apply_fixes, plan_fixes
from triagebook.findings import Finding
from triagebook.inquire import inquire
from triagebook.store.load import Loaded
from triagebook.text import counted, visible

from .common import book_root, confirmed, refuse_unknown
from .findings import all_findings
from .main import FINDINGS
from .options import book_option, issues_argument, subcommand

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@subcommand("fix")
@issues_argument
@click.option("--yes", "-y", is_flag=True)
@click.option("--dry-run", is_flag=True)
@book_option
def command(issue_ids: tuple[str, ...], yes: bool, dry_run: bool, book: Path | None) -> None:
    root = book_root(book)
    plan = plan_fixes(root, lambda loaded: _findings_of(loaded, issue_ids))
    if not plan.texts:
        click.echo(f"nothing to fix{_left(plan)}")
        return
    for name, (old, new) in sorted(plan.texts.items()):
        place = (root / name).as_posix()
        click.echo("".join(map(_coloured, unified_diff(_lines(old), _lines(new), place, place))), nl=False)
    if dry_run:
        click.echo(f"would fix {_tally(plan)}{_left(plan)}")
        raise click.exceptions.Exit(FINDINGS)
    if not yes and not confirmed(f"Fix {_tally(plan)}?", "add --yes to write the changes, or --dry-run to see them"):
        click.echo("nothing was written")
        raise click.exceptions.Exit(FINDINGS)
    files = apply_fixes(root, plan)
    click.echo(f"fixed {_tally(plan)} in {counted(len(files), 'file')}{_left(plan)}")


def _findings_of(loaded: Loaded, issue_ids: tuple[str, ...]) -> list[Finding]:
    refuse_unknown(loaded, "issue", issue_ids)
    found = all_findings(loaded, inquire(loaded))
    return [finding for finding in found if finding.file.partition("/")[0] in issue_ids] if issue_ids else found


def _tally(plan: FixPlan) -> str:
    """The fixed findings and their codes: `3 findings (TB112, TB601)`."""
    codes = Counter(finding.code for finding in plan.fixed)
    return f"{counted(len(plan.fixed), 'finding')} ({', '.join(sorted(codes))})"


def _left(plan: FixPlan) -> str:
    if not plan.left:
        return ""
    need = "needs" if plan.left == 1 else "need"
    return f"; {counted(plan.left, 'finding')} {need} a manual fix; see: triagebook check"


def _lines(text: str) -> list[str]:
    """The lines of a file. A missing newline at the end is marked, as in any diff."""
    lines = [f"{line.removesuffix(chr(13))}\n" for line in text.split("\n")]
    return lines[:-1] if text.endswith("\n") else [*lines[:-1], f"{lines[-1]}\\ no newline at end of file\n"]


def _coloured(line: str) -> str:
    shown = visible(line).removesuffix("\n")
    heading = line.startswith(("--- ", "+++ "))
    return click.style(shown, fg=None if heading else _COLOURS.get(line[0]), bold=heading or None) + "\n"
