"""`triagebook rules`: lists and explains the rules, and resolves their names."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from triagebook.errors import NoBookError
from triagebook.findings import Level
from triagebook.rules import RULES, Choice, Rule
from triagebook.store.book_folder import CATALOG
from triagebook.store.load import load_about
from triagebook.text import counted, on_one_line

from .common import book_root, misspelt, on_terminal, print_columns, print_json
from .options import book_option, examples, format_option

BY_CODE: Mapping[str, type[Rule]] = {rule.code: rule for rule in RULES}
BY_NAME: Mapping[str, type[Rule]] = {rule.name: rule for rule in RULES}
FAMILIES: Mapping[str, str] = {
    "TB1": "form",
    "TB2": "references",
    "TB3": "numbers and claims",
    "TB4": "evidence and lifecycle",
    "TB5": "drift from the source code",
    "TB6": "relations and duplicates",
    "TB7": "prose",
}
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan", "off": "dim"}
_WIDTH = 100


# ── names ────────────────────────────────────────────────────────────────────────────────────────────


def code_of(name: str) -> str:
    """The code for a code, a name or a family; for a family, the prefix of its codes."""
    rule = BY_NAME.get(name.lower())
    code = rule.code if rule else name.upper()
    families = {code[:3] for code in BY_CODE}
    if code in BY_CODE or re.sub(r"X+$", "", code) in {*families, "TB"}:
        return code if code in BY_CODE else code.rstrip("X")
    what = f"there is no rule or family of rules named `{on_one_line(name)}`"
    known = [*BY_CODE, *BY_NAME, *(f"{family}xx" for family in families)]
    raise misspelt(what, name, known, "list them: triagebook rules")


def codes_in(lists: Iterable[str]) -> tuple[str, ...]:
    """The codes for several lists of names separated by commas."""
    names = (name.strip() for names in lists for name in names.split(","))
    return tuple(code_of(name) for name in names if name)


def complete_rule(_: click.Context, __: click.Parameter, start: str) -> list[str]:
    """Tab completion for rules."""
    return [name for name in (*BY_CODE, *BY_NAME) if name.lower().startswith(start.lower())]


# ── the command ──────────────────────────────────────────────────────────────────────────────────────


@click.command(
    "rules",
    epilog=examples(
        "triagebook rules",
        "triagebook rules TB305",
        "triagebook rules TB3 --format json",
    ),
)
@click.argument("name", metavar="[CODE|NAME|FAMILY]", required=False, shell_complete=complete_rule)
@format_option
@book_option
def command(name: str | None, form: str, book: Path | None) -> None:
    """List and explain the rules of the check.

    Use it when you do not understand a finding. With a CODE or NAME it explains one rule: what it finds, why that
    matters, a bad and a good example, and the remedy. Otherwise it lists all rules, or a family such as TB3, with
    their severities in this book.
    """
    severities = _severities(book)
    code = code_of(name) if name else ""
    if code in BY_CODE:
        rule = BY_CODE[code]
        if form == "json":
            print_json(_as_data(rule, severities))
        else:
            click.echo("\n".join(_page(rule, severities)))
        return
    rules = [rule for rule in RULES if rule.code.startswith(code)]
    if form == "json":
        print_json({"rules": [_as_data(rule, severities) for rule in rules]})
    elif on_terminal():
        _print_table(rules, severities)
    else:
        print_columns([[rule.code, _severity(rule, severities), rule.name, rule.summary()] for rule in rules])


# ── severities ───────────────────────────────────────────────────────────────────────────────────────


def _severities(folder: Path | None) -> Mapping[str, Level | None]:
    """The severities that the catalog sets. Rules can be listed without a book."""
    try:
        root = book_root(folder)
    except NoBookError:
        if folder is not None:
            raise
        return {}
    book = load_about(root, []).book
    if CATALOG in book.unread:
        click.echo(f"note: {(root / CATALOG).as_posix()} can't be read; see: triagebook check", err=True)
    return Choice().within(book.catalog).severities


def _severity(rule: type[Rule], severities: Mapping[str, Level | None]) -> str:
    return str(severities.get(rule.code, rule.severity) or "off")


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────


def _print_table(rules: Sequence[type[Rule]], severities: Mapping[str, Level | None]) -> None:
    """A table, grouped by family."""
    from rich.console import Console  # noqa: PLC0415  (other commands need only the names)
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=sys.stdout, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for column in ("code", "severity", "name", "summary"):
        table.add_column(column, no_wrap=column != "summary", overflow="fold")
    for family, of_family in groupby(rules, key=lambda rule: rule.code[:3]):
        table.add_row(Text(f"{family}xx", "bold"), "", Text(FAMILIES.get(family, ""), "bold"), "")
        for rule in of_family:
            severity = _severity(rule, severities)
            table.add_row(rule.code, Text(severity, _COLOURS[severity]), rule.name, rule.summary())
    console.print(table)
    console.print(Text(f"{counted(len(rules), 'rule')}; to explain one: triagebook rules {rules[0].code}", "dim"))


def _as_data(rule: type[Rule], severities: Mapping[str, Level | None]) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": _severity(rule, severities),
        "quiet": rule.quiet,
        "finds": rule.summary(),
        "why": rule.why,
        "remedy": rule.remedy,
        "bad": rule.bad.strip("\n"),
        "good": rule.good.strip("\n"),
        "kinds": [kind.value for kind in rule.kinds],
        "requires": list(rule.requires),
    }


# ── one rule ─────────────────────────────────────────────────────────────────────────────────────────


def _page(rule: type[Rule], severities: Mapping[str, Level | None]) -> Iterator[str]:
    """The explanation of a rule."""
    severity = _severity(rule, severities)
    set_here = f", set in {CATALOG}" if rule.code in severities else ""
    yield click.style(f"{rule.code} {rule.name}", bold=True) + f" ({severity}{set_here})"
    yield from _folded(rule.summary())
    yield from _section("Why", _folded(rule.why))
    yield from _section("Bad", rule.bad.strip("\n").split("\n"), "red")
    yield from _section("Good", rule.good.strip("\n").split("\n"), "green")
    yield from _section("Remedy", _folded(rule.remedy))
    if rule.quiet:
        yield from _section("Quiet", [f"It runs only on request: triagebook check --select {rule.code}"])
    if rule.kinds:
        kinds = ", ".join(kind.value for kind in rule.kinds)
        words = f"A disputed claim of one of these kinds settles it, in the fields that the claim `shows`: {kinds}"
        yield from _section("Kinds", _folded(words))
    if rule.requires:
        required = ", ".join(f"{code} ({BY_CODE[code].name})" for code in rule.requires)
        yield from _section("Requires", [f"It is skipped where one of these rules finds something: {required}"])


def _folded(words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, break_on_hyphens=False, break_long_words=False)


def _section(title: str, lines: Iterable[str], colour: str | None = None) -> Iterator[str]:
    yield ""
    yield click.style(title, bold=True, fg=colour)
    yield from (f"  {line}".rstrip() for line in lines)
