"""What `check` and `audit` share: options, collecting and printing findings, and which of them make a command fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from triagebook.code.git import top_of
from triagebook.errors import TriagebookError
from triagebook.findings import EVERYTHING, Choice, Finding
from triagebook.output import text
from triagebook.output.check_result import CheckResult, fails
from triagebook.output.json import known_findings, split
from triagebook.text import natural

from .common import on_terminal, print_source, print_utf8
from .main import FINDINGS
from .options import json_flag, together

if TYPE_CHECKING:  # a check that finds everything in the memo needs no rule and no record
    from triagebook.facts.inquiry import Inquiry
    from triagebook.store.load import Loaded

    from .rules import Rules

FORMATS = ("json", "github", "sarif", "junit")  # modules of `output`
_FROM_REPOSITORY_ROOT = {"github", "sarif"}  # these services identify a file by its path in the repository


def all_findings(
    loaded: Loaded,
    inquiry: Inquiry,
    *,
    choice: Choice = EVERYTHING,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """All findings with their lines, in the order of the issues; `only` limits them to some issues."""
    from triagebook.rules import check  # noqa: PLC0415

    weights = choice.within(loaded.book.catalog.rules)
    read = (weights.weigh(found) for found in loaded.findings if weights.wants(found.code))
    of_files = [found for found in read if only is None or found.file.partition("/")[0] in only]
    findings = loaded.placed([*of_files, *check(inquiry, choice, only)])
    return sorted(findings, key=lambda finding: natural(finding.file))


# ── options and output ───────────────────────────────────────────────────────────────────────────────


class FindingList(Struct, frozen=True):
    """Which findings a command lists, in which form, and when they make it fail."""

    rules: Callable[[], Rules]
    choice: Choice
    form: str
    strict: bool
    baseline: Mapping[Any, int] | None

    def show(self, findings: list[Finding], root: Path, extent: str, source: str) -> None:
        """Print the findings, and fail if one of the new ones does; `extent` says in words what was looked at."""
        new, known = (findings, None) if self.baseline is None else split(findings, self.baseline)
        if self.form == "text":
            print_findings(new, root)
            passes = "green" if all(finding.accepted for finding in new) else "yellow"
            colour = "red" if fails(new, strict=self.strict) else passes
            tally, _, more = f"{text.tally(new)} in {extent}".partition(";")
            beside = f"; {len(known):,} more in the baseline" if known else ""
            click.echo(click.style(tally, fg=colour, bold=True) + beside + (f";{more}" if more else ""))
            print_source(source)
        else:
            top = top_of(root) if self.form in _FROM_REPOSITORY_ROOT else None
            place = root.resolve().relative_to(top) if top else root
            result = CheckResult(new, place, self.rules(), known, self.strict, source)
            print_utf8(import_module(f"triagebook.output.{self.form}").render(result))  # a run needs one of them
        if fails(new, strict=self.strict):
            raise click.exceptions.Exit(FINDINGS)


def listing_options(rules: Callable[[], Rules]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options that choose findings and their form; the command gets them as one `listing`."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @together(
            click.option("--format", "form", type=click.Choice(["text", *FORMATS]), default="text", show_default=True),
            click.option("--select", metavar="CODE", multiple=True, shell_complete=_complete_rule),
            click.option("--ignore", metavar="CODE", multiple=True, shell_complete=_complete_rule),
            click.option("--strict", is_flag=True),
            click.option("--baseline", metavar="FILE", type=click.Path(path_type=Path)),
            click.option("--changed-since", "revision", metavar="REV"),
            json_flag("text"),
        )
        @wraps(command)
        def called(
            *, form: str, select: tuple[str, ...], ignore: tuple[str, ...], strict: bool, baseline: Path | None,
            **others: Any,  # noqa: ANN401  (the command's own options)
        ) -> None:  # fmt: skip
            choice = Choice()
            if select or ignore:
                from .rules import codes_in  # noqa: PLC0415

                choice = Choice(codes_in(select, rules()), codes_in(ignore, rules()))
            known = _known_in(baseline) if baseline else None
            command(listing=FindingList(rules, choice, form, strict, known), **others)

        return called

    return add


def _complete_rule(ctx: click.Context, option: click.Parameter, start: str) -> list[str]:
    from .rules import complete_rule  # noqa: PLC0415

    return complete_rule(ctx, option, start)


def _known_in(path: Path) -> Mapping[Any, int]:
    try:
        return known_findings(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        what = f"{path} is not the JSON output of a check"
        raise TriagebookError(what, "create one: triagebook check --format json > baseline.json") from None


def print_findings(findings: Iterable[Finding], root: Path) -> None:
    """Print findings with their source lines; `root` is the book's folder."""
    width = min(shutil.get_terminal_size().columns, text.WIDTH) if on_terminal() else text.WIDTH
    for line in text.render_with_lines(tuple(findings), root, _lines_in(root), width):
        click.echo(line)


def _lines_in(root: Path) -> Callable[[Finding], str | None]:
    """A function that returns the source line of a finding, or None."""
    inside = root.resolve()

    @lru_cache(maxsize=1)  # findings are sorted by file
    def lines(name: str) -> list[str]:
        from triagebook.store.files import MAX_BYTES  # noqa: PLC0415  (not needed if nothing was found)

        path = root / name
        try:
            if not path.resolve().is_relative_to(inside) or not path.is_file() or path.stat().st_size > MAX_BYTES:
                return []
            content = path.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff")
        except (OSError, ValueError, RuntimeError):  # an invalid file name, or a link to itself
            return []
        return re.split(r"\r\n?|\n", content)

    def line_of(finding: Finding) -> str | None:
        of_file = lines(finding.file)
        line = of_file[finding.line - 1] if finding.line <= len(of_file) else ""
        return line if line.strip() else None

    return line_of
