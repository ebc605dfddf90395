"""`triagebook check`: reports what is wrong with the records, and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

import click
from msgspec.structs import replace

from triagebook.code.checkout import changed_since, checkout_at
from triagebook.code.objects import Objects
from triagebook.errors import TriagebookError
from triagebook.findings import Finding
from triagebook.inquire import fingerprints, inquire, today
from triagebook.output import text
from triagebook.output.check_result import CheckResult
from triagebook.output.json import Baseline
from triagebook.rules import RULES, Choice
from triagebook.store.load import Loaded, load
from triagebook.text import counted, on_one_line

from .common import book_root, print_source, print_utf8, refuse_unknown
from .findings import Checked, all_findings, fail, failing, last_or, print_findings
from .main import FINDINGS
from .options import complete_issue, examples, source_options
from .rules import codes_in, complete_rule

FORMATS = ("json", "github", "sarif", "junit")  # modules of `output`
_FROM_REPOSITORY_ROOT = {"github", "sarif"}  # these services identify a file by its path in the repository


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise click.BadParameter(f"`{value}` is not a date; write it as 2026-05-01")


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
    help="Text for people, JSON for programs, GitHub annotations, SARIF for code scanning, or JUnit XML.",
)  # fmt: skip
@click.option(
    "--select", metavar="CODE", multiple=True, shell_complete=complete_rule,
    help="Run only these rules: codes, names or families such as TB3, separated by commas. Includes quiet rules, which "
    "run only on request.",
)  # fmt: skip
@click.option("--ignore", metavar="CODE", multiple=True, shell_complete=complete_rule, help="Skip these rules.")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option(
    "--as-of", metavar="DATE", callback=_day, help="Check as of this day, written as 2026-05-01. Default: today."
)
@click.option(
    "--baseline", metavar="FILE", type=click.Path(path_type=Path),
    help="The JSON of an earlier check. Findings it contains are counted, not listed.",
)  # fmt: skip
@click.option(
    "--changed-since", "revision", metavar="REV",
    help="Check only issues whose files differ from this commit, branch or tag.",
)  # fmt: skip
@click.option(
    "--no-cache", is_flag=True,
    help="Check everything again, even if nothing has changed since the last check.",
)  # fmt: skip
@source_options
@click.pass_context
def command(
    ctx: click.Context, issue_ids: tuple[str, ...], form: str, select: tuple[str, ...], ignore: tuple[str, ...],
    strict: bool, as_of: date | None, baseline: Path | None, revision: str | None, folder: Path | None, no_source: bool,
    no_cache: bool, book: Path | None,
) -> None:  # fmt: skip
    """Check that the records are valid and consistent.

    Use it after every edit and in CI. Each finding says where it is, what is wrong and what to do. The check never
    writes to the book. It exits with 1 if there are errors; warnings and notes alone exit with 0. With IDs it checks
    only these issues.

    The catalog sets the severity of a rule in this book: `rules: {TB423: off, TB305: error}`. A finding that
    `waivers` in a record accepts is shown, and does not fail the check.

    The result for a whole book is cached until a record changes. TRIAGEBOOK_CACHE names the cache folder.
    """
    choice = Choice(codes_in(select, RULES), codes_in(ignore, RULES))
    known_before = read_baseline(baseline) if baseline else None
    root, day = book_root(book), as_of or today()

    def check() -> Checked:
        loaded = load(root)
        only = _only(loaded, issue_ids, revision)
        inquiry = inquire(loaded, folder, no_source=no_source, day=day, issues=only)
        findings = all_findings(loaded, inquiry, choice=choice, only=only)
        issues, unread = len(loaded.book.names("issue")), len(loaded.book.unread)
        return Checked(findings, issues, unread, inquiry.source, None if only is None else len(only))

    if no_cache or issue_ids or revision is not None or folder is not None:
        checked = check()
    else:
        code = ["--no-source"] if no_source else fingerprints(root)
        checked = last_or(check, root, day, choice, code)
    new, known = known_before.split(checked.findings) if known_before else (checked.findings, None)
    if form == "text":
        print_findings(new, root)
        click.echo(_summary(new, known, checked, strict=strict))
        print_source(checked.source)
    else:
        rules = [rule.note() for rule in RULES]
        print_result(form, CheckResult(new, root, rules, known, failing(strict=strict), checked.source))
    if fail(new, strict=strict):
        ctx.exit(FINDINGS)


def print_result(form: str, result: CheckResult) -> None:
    """Print findings for programs; `form` is one of FORMATS."""
    root = _from_the_top(result.root) if form in _FROM_REPOSITORY_ROOT else result.root
    print_utf8(import_module(f"triagebook.output.{form}").render(replace(result, root=root)))  # a run needs one of them


def read_baseline(path: Path) -> Baseline:
    try:
        return Baseline.read(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        what = f"{path} is not the JSON output of a check"
        raise TriagebookError(what, f"create it: triagebook check --format json > {path}") from None


# ── choosing issues ──────────────────────────────────────────────────────────────────────────────────


def _only(loaded: Loaded, issue_ids: Sequence[str], revision: str | None) -> frozenset[str] | None:
    """The issues to check; None for the whole book."""
    refuse_unknown(loaded.book, issue_ids)
    named = frozenset(issue_ids) if issue_ids else None
    changed = None if revision is None else _changed(loaded, revision)
    return named & changed if named is not None and changed is not None else named or changed


def _changed(loaded: Loaded, revision: str) -> frozenset[str] | None:
    """The issues whose files changed; None if something changed that any issue may depend on."""
    names = {name.partition("/")[0] for name in files_changed(loaded.root, revision)}
    issues = names.intersection(loaded.book.names("issue"))
    beside = {name for name in names - issues if not name.startswith(".") and not name.endswith(".md")}
    return None if beside else frozenset(issues)  # beside: the catalog, patterns, or a deleted issue


def files_changed(root: Path, revision: str) -> frozenset[str]:
    """The files below a folder that changed, or why nobody knows."""
    if _top(root) is None:
        what = f"{root} is not in a git repository, so changes since `{revision}` are unknown"
        raise TriagebookError(what, "remove --changed-since, or run it in a git checkout")
    if Objects(root).commit(revision) is None:
        what = f"this clone has no commit, branch or tag named `{on_one_line(revision)}`"
        if checkout_at(root).shallow:
            do = "fetch its history: `git fetch --unshallow`, `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab"
            raise TriagebookError(f"{what}; it is shallow, so older commits are missing", do)
        raise TriagebookError(what, "list them with `git branch --all`; update them with `git fetch`")
    return changed_since(root, revision)


def _top(root: Path) -> Path | None:
    """The root of the checkout that contains a folder."""
    place = root.resolve()
    return next((above for above in (place, *place.parents) if (above / ".git").exists()), None)


def _from_the_top(root: Path) -> Path:
    top = _top(root)
    return root.resolve().relative_to(top) if top else root


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────


def _summary(new: Sequence[Finding], known: Sequence[Finding] | None, checked: Checked, *, strict: bool) -> str:
    """How much was found and checked, and what the findings do not show: known ones and unreadable records."""
    passes = "green" if all(finding.accepted for finding in new) else "yellow"
    issues = counted(checked.issues, "issue")
    extent = issues if checked.only is None else f"{checked.only} of {issues}"
    colour = "red" if fail(new, strict=strict) else passes
    more = f"; {len(known):,} more in the baseline" if known else ""
    more += f"; {counted(checked.unread, 'record')} can't be read" if checked.unread else ""
    return click.style(f"{text.tally(new)} in {extent}", fg=colour, bold=True) + more
