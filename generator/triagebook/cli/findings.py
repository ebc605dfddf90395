"""Collects all findings of a book, and decides which of them make a command fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import click
from msgspec import Struct, convert, to_builtins

from triagebook.book import natural
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import Finding, Level
from triagebook.output import text
from triagebook.rules import EVERYTHING, Choice, check
from triagebook.store.cache import remembered
from triagebook.store.files import MAX_BYTES
from triagebook.store.load import Loaded

from .common import on_terminal


def all_findings(
    loaded: Loaded,
    inquiry: Inquiry,
    *,
    choice: Choice = EVERYTHING,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """All findings with their lines, in the order of the issues; `only` limits them to some issues."""
    weights = choice.within(loaded.book.catalog)
    read = (weights.weigh(found) for found in loaded.findings if weights.wants_code(found.code))
    of_files = [found for found in read if only is None or found.file.partition("/")[0] in only]
    findings = loaded.placed([*of_files, *check(inquiry, choice, only)])
    return sorted(findings, key=lambda finding: natural(finding.file))


class Checked(Struct, frozen=True):
    """The findings of a check, and how much of the book it covered."""

    findings: list[Finding]
    issues: int
    unread: int
    source: str  # the source code that the book was compared with
    only: int | None = None  # the number of issues checked; None for the whole book


def last_or(check: Callable[[], Checked], root: Path, day: date, choice: Choice, code: list[str]) -> Checked:
    """The cached result of the last whole-book check, if neither the records nor the source code changed since."""
    question = ["check", day.isoformat(), choice.select, choice.ignore, code]
    return convert(remembered(root, question, lambda: to_builtins(check(), enc_hook=str)), Checked)


def failing(*, strict: bool) -> frozenset[Level]:
    """The severities that make a command fail."""
    return frozenset({Level.ERROR, Level.WARNING} if strict else {Level.ERROR})


def fail(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether findings make a command fail: errors do, and warnings under `--strict`; accepted ones do not."""
    return any(finding.severity in failing(strict=strict) and not finding.accepted for finding in findings)


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
