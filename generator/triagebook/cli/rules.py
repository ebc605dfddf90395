"""`triagebook rules`: lists and explains the rules, and resolves their names."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

import click

from triagebook.errors import NoBookError
from triagebook.findings import Choice, Level, RuleDescription
from triagebook.rules import FAMILIES, RULES
from triagebook.store.book_folder import CATALOG
from triagebook.store.load import load
from triagebook.text import counted, on_one_line

from .common import book_root, misspelt, on_terminal, print_json, print_notes, print_table
from .options import book_option, format_option, subcommand

Rules: TypeAlias = Sequence[type[RuleDescription]]
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan", "off": "dim"}
_WIDTH = 100


def all_rules() -> Rules:
    """The rules for records, and those for documents."""
    from triagebook.audit import DOCUMENT_RULES  # noqa: PLC0415  (a check needs only the others)

    return (*RULES, *DOCUMENT_RULES)


def code_of(name: str, rules: Rules) -> str:
    """The code for a code, a name or a family of these rules; for a family, the prefix of its codes."""
    codes, names = [rule.code for rule in rules], [rule.name for rule in rules]
    code = codes[names.index(name.lower())] if name.lower() in names else name.upper()
    families = {code[:3] for code in codes}
    if code in codes or re.sub(r"X+$", "", code) in {*families, "TB"}:
        return code if code in codes else code.rstrip("X")
    what = f"there is no rule or family of rules named `{on_one_line(name)}`"
    known = [*codes, *names, *(f"{family}xx" for family in families)]
    raise misspelt(what, name, known, "list them: triagebook rules")


def codes_in(lists: Iterable[str], rules: Rules) -> tuple[str, ...]:
    """The codes for several lists of names separated by commas."""
    names = (name.strip() for names in lists for name in names.split(","))
    return tuple(code_of(name, rules) for name in names if name)


def complete_rule(_: click.Context, __: click.Parameter, start: str) -> list[str]:
    return [name for rule in all_rules() for name in (rule.code, rule.name) if name.lower().startswith(start.lower())]


@subcommand("rules")
@click.argument("name", metavar="[CODE|NAME|FAMILY]", required=False, shell_complete=complete_rule)
@format_option
@book_option
def command(name: str | None, form: str, book: Path | None) -> None:
    severities, rules = _severities(book), all_rules()
    code = code_of(name, rules) if name else ""
    if rule := next((rule for rule in rules if rule.code == code), None):
        if form == "json":
            print_json(_as_data(rule, severities))
        else:
            click.echo("\n".join(_page(rule, severities)))
        return
    rules = [rule for rule in rules if rule.code.startswith(code)]
    if form == "json":
        print_json({"rules": [_as_data(rule, severities) for rule in rules]})
        return
    rows = []
    for family, of_family in groupby(rules, key=lambda rule: rule.code[:3]):
        rows += [(f"{family}xx", "", FAMILIES[family], "")] if on_terminal() else []
        rows += [(rule.code, _severity(rule, severities), rule.name, rule.summary()) for rule in of_family]
    print_table(rows, _COLOURS | dict.fromkeys(FAMILIES.values(), "bold"))
    if on_terminal():
        click.echo(f"{counted(len(rules), 'rule')}; to explain one: triagebook rules {rules[0].code}")


def _severities(folder: Path | None) -> Mapping[str, Level | None]:
    """The severities that the catalog sets. Rules can be listed without a book."""
    try:
        root = book_root(folder)
    except NoBookError:
        if folder is not None:
            raise
        return {}
    book = load(root, ()).book
    if CATALOG in book.unread:
        print_notes(f"{(root / CATALOG).as_posix()} can't be read; see: triagebook check")
    return Choice().within(book.catalog.rules).severities


def _severity(rule: type[RuleDescription], severities: Mapping[str, Level | None]) -> str:
    return str(severities.get(rule.code, rule.severity) or "off")


def _as_data(rule: type[RuleDescription], severities: Mapping[str, Level | None]) -> dict[str, Any]:
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
        "kinds": list(rule.kinds),
        "requires": list(rule.requires),
    }


def _page(rule: type[RuleDescription], severities: Mapping[str, Level | None]) -> Iterator[str]:
    set_here = f", set in {CATALOG}" if rule.code in severities else ""
    yield click.style(f"{rule.code} {rule.name}", bold=True) + f" ({_severity(rule, severities)}{set_here})"
    yield from _folded(rule.summary())
    quiet = f"It runs only on request: triagebook check --select {rule.code}" if rule.quiet else ""
    kinds, required = (
        ", ".join(rule.kinds),
        ", ".join(f"{one.code} ({one.name})" for one in RULES if one.code in rule.requires),
    )
    sections = {
        "Why": _folded(rule.why),
        "Bad": rule.bad.strip("\n").split("\n"),
        "Good": rule.good.strip("\n").split("\n"),
        "Remedy": _folded(rule.remedy),
        "Quiet": _folded(quiet),
        "Kinds": _folded(kinds and f"A disputed claim of one of these kinds settles it, where it `shows`: {kinds}"),
        "Requires": _folded(required and f"It is skipped if one of these rules finds something: {required}"),
    }
    for title, lines in sections.items():
        if lines:
            yield ""
            yield click.style(title, bold=True, fg={"Bad": "red", "Good": "green"}.get(title))
            yield from (f"  {line}".rstrip() for line in lines)


def _folded(words: str) -> list[str]:
    return textwrap.wrap(words, _WIDTH, break_on_hyphens=False, break_long_words=False)
