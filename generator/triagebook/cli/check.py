"""`triagebook check`: what is wrong with the records, and what to do about it."""

from __future__ import annotations

import gc
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triagebook.code.checkout import changed_since, checkout_at
from triagebook.code.commits import commit_of
from triagebook.code.state import UNKNOWN, Sources
from triagebook.errors import TriagebookError
from triagebook.output import github, json, junit, sarif, text
from triagebook.output.baseline import Baseline
from triagebook.output.check_result import CheckResult
from triagebook.rules import RULES, Choice
from triagebook.store.load import load
from triagebook.text import counted, on_one_line

from .common import book_option, book_root, complete_issue, examples, on_terminal, print_utf8, refuse_unknown
from .findings import Checked, all_findings, fail, failing, last_or, lines_in
from .main import FINDINGS
from .rules import codes_in, complete_rule

if TYPE_CHECKING:
    from triagebook.findings import Finding
    from triagebook.store.load import Loaded

FORMATS: dict[str, Callable[[CheckResult], str]] = {
    "json": json.render,
    "github": github.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
_SEEN_FROM_THE_TOP = {"github", "sarif"}  # these services know a file by its path in the repository


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise click.BadParameter(f"`{value}` is not a day: write it as 2026-05-01")


@click.command(
    "check",
    epilog=examples(
        "triagebook check",
        "triagebook check 1184 --select TB3,TB4 --strict",
        "triagebook check --format json > baseline.json",
        "triagebook check --baseline baseline.json --changed-since origin/main",
    ),
)
@click.argument("issue_ids", metavar="[ID]...", nargs=-1, shell_complete=complete_issue)
@click.option(
    "--format", "form", type=click.Choice(["text", *FORMATS]), default="text", show_default=True,
    help="For people, programs, annotations of GitHub Actions, code scanning or test reports.",
)  # fmt: skip
@click.option(
    "--select", metavar="CODE", multiple=True, shell_complete=complete_rule,
    help="Only these rules: codes, names or families such as TB3, parted by commas; quiet ones too.",
)  # fmt: skip
@click.option(
    "--ignore", metavar="CODE", multiple=True, shell_complete=complete_rule, help="All rules but these, named alike."
)
@click.option("--strict", is_flag=True, help="A warning makes the check fail too.")
@click.option(
    "--as-of", metavar="DATE", callback=_day, help="The day on which to check, as 2026-05-01. Default: today."
)
@click.option(
    "--baseline", metavar="FILE", type=click.Path(path_type=Path),
    help="JSON of an earlier check: what it found is only counted.",
)  # fmt: skip
@click.option(
    "--changed-since", "revision", metavar="REV",
    help="Only issues whose files differ from this commit, branch or tag of git.",
)  # fmt: skip
@click.option(
    "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
    help="A checkout of the source code: what drifted from it is found too.",
)  # fmt: skip
@click.option(
    "--no-cache", "anew", is_flag=True,
    help="Look at everything anew, even if nothing has changed since the last check.",
)  # fmt: skip
@book_option
@click.pass_context
def command(
    ctx: click.Context, issue_ids: tuple[str, ...], form: str, select: tuple[str, ...], ignore: tuple[str, ...],
    strict: bool, as_of: date | None, baseline: Path | None, revision: str | None, folder: Path | None, anew: bool,
    book: Path | None,
) -> None:  # fmt: skip
    """Check that the records hold together.

    Every finding says where it is, what is wrong and what to do. Nothing is written to the book. The exit code is 1
    if there is an error; warnings and notes leave it at 0. With IDs, only these issues are looked at.

    What a check of the whole book found is kept in your cache, or in the folder that TRIAGEBOOK_CACHE names, and told
    again as long as no record has changed.

    The catalog says how much the findings of a rule matter in this book: `rules: {TB423: off, TB305: error}`. What a
    waiver in a record accepts is shown and does not fail.
    """
    choice = Choice(codes_in(select), codes_in(ignore))
    known_before = _baseline(baseline) if baseline else None
    root, day = book_root(book), as_of or _today()

    def check() -> Checked:
        with _no_search_for_garbage():
            loaded = load(root)
            only = _only(loaded, issue_ids, revision)
            source = _source(loaded, only, folder)
            findings = all_findings(loaded, as_of=day, choice=choice, only=only, source=source)
        return Checked(
            findings, len(loaded.book.names("issue")), len(loaded.book.unread), None if only is None else len(only)
        )

    in_part = bool(issue_ids) or revision is not None or folder is not None
    checked = check() if in_part or anew else last_or(check, root, day, choice)
    new, known = known_before.split(checked.findings) if known_before else (checked.findings, None)
    if form == "text":
        _print_text(new, root)
        words = f"{text.tally(new)} in {_extent(checked)}"
        click.echo(click.style(words, fg=_colour(new, strict=strict), bold=True) + _beside(known, checked))
    else:
        root = _from_the_top(root) if form in _SEEN_FROM_THE_TOP else root
        rules = [rule.note() for rule in RULES]
        print_utf8(FORMATS[form](CheckResult(new, root, rules, known, failing(strict=strict))))
    if fail(new, strict=strict):
        ctx.exit(FINDINGS)


def _source(loaded: Loaded, only: frozenset[str] | None, folder: Path | None) -> Sources:
    """What a checkout says, and how far the records drifted from it."""
    if folder is None:
        return UNKNOWN
    from triagebook.code.states import states_for  # noqa: PLC0415  (few ask for it)
    from triagebook.scan.drift import drifts_in  # noqa: PLC0415

    entries = [entry for entry in loaded.book.issues.values() if only is None or entry.id in only]
    states = states_for(loaded.book, loaded.root, entries, folder, partial(drifts_in, loaded.book, loaded.root))
    for issue_id, state in states.items():
        if issue_id not in state.drift:
            click.echo(f"note: {issue_id}: {state.why_unknown}", err=True)
    return states


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """A book lives to the end, and nothing in it refers back: to look for garbage there takes a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _today() -> date:
    return datetime.now().astimezone().date()


def _baseline(path: Path) -> Baseline:
    try:
        return Baseline.read(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        what = f"{path} is not the JSON of a check"
        raise TriagebookError(what, f"write it: triagebook check --format json > {path}") from None


# ── which issues ─────────────────────────────────────────────────────────────────────────────────────


def _only(loaded: Loaded, issue_ids: Sequence[str], revision: str | None) -> frozenset[str] | None:
    """The issues to look at; None for all of the book, and the book itself."""
    refuse_unknown(loaded.book, issue_ids)
    named = frozenset(issue_ids) if issue_ids else None
    changed = None if revision is None else _changed(loaded, revision)
    return named & changed if named is not None and changed is not None else named or changed


def _changed(loaded: Loaded, revision: str) -> frozenset[str] | None:
    """The issues whose files changed; None where something changed on which all of them may rest."""
    names = {name.partition("/")[0] for name in _files_changed(loaded.root, revision)}
    issues = names.intersection(loaded.book.names("issue"))
    beside = {name for name in names - issues if not name.startswith(".") and not name.endswith(".md")}
    return None if beside else frozenset(issues)  # beside: the catalog, patterns, or a gone issue that others may name


def _files_changed(root: Path, revision: str) -> frozenset[str]:
    if _top(root) is None:
        what = f"{root} is in no git repository, so nobody knows what changed since `{revision}`"
        raise TriagebookError(what, "leave --changed-since out")
    if commit_of(root, revision) is None:
        what = f"this clone has no commit, branch or tag `{on_one_line(revision)}`"
        if checkout_at(root).shallow:
            do = "fetch its history: `git fetch --unshallow`, `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab"
            raise TriagebookError(f"{what}; it is shallow, so older commits are missing", do)
        raise TriagebookError(what, "see: git branch --all; `git fetch` gets what is new")
    return changed_since(root, revision)


def _top(root: Path) -> Path | None:
    """The top of the checkout that a folder is in."""
    place = root.resolve()
    return next((above for above in (place, *place.parents) if (above / ".git").exists()), None)


def _from_the_top(root: Path) -> Path:
    top = _top(root)
    return root.resolve().relative_to(top) if top else root


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────


def _print_text(findings: Sequence[Finding], root: Path) -> None:
    width = min(shutil.get_terminal_size().columns, text.WIDTH) if on_terminal() else text.WIDTH
    for line in text.render_with_lines(findings, root, lines_in(root), width):
        click.echo(line)


def _extent(checked: Checked) -> str:
    """How much was looked at."""
    issues = counted(checked.issues, "issue")
    return issues if checked.only is None else f"{checked.only} of {issues}"


def _colour(findings: Sequence[Finding], *, strict: bool) -> str:
    if fail(findings, strict=strict):
        return "red"
    return "green" if all(finding.accepted for finding in findings) else "yellow"


def _beside(known: Sequence[Finding] | None, checked: Checked) -> str:
    """What the findings do not say: how many are known, and how much could not be looked into."""
    words = [f"; {len(known):,} more in the baseline"] if known else []
    if checked.unread:
        words.append(f"; {counted(checked.unread, 'record')} can't be read")
    return "".join(words)
