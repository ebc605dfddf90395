"""`triagebook comment`: says what a pull request changes, in one comment that is kept up to date."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from triagebook.book import natural
from triagebook.code.checkouts import places_that_count
from triagebook.errors import TriagebookError
from triagebook.facts.case import Case
from triagebook.facts.inquiry import Inquiry
from triagebook.findings import EVERYTHING, Finding, Level
from triagebook.inquire import inquire, today
from triagebook.markdown import code, inline
from triagebook.store.load import Loaded
from triagebook.text import counted

from .audit import checkout_around, documents_in, findings_in
from .check import files_changed
from .common import open_book, print_utf8
from .findings import all_findings, top_of
from .options import examples, source_options
from .report import book_at

_MARKER = "<!-- triagebook -->"  # our comment among those of a pull request
_MOST = 5  # findings that are listed of an issue or a document
_TIMEOUT = 20  # seconds
_NO_RIGHT = {401, 403, 404}  # what the host says to a fork's token


@click.command(
    "comment",
    epilog=examples(
        "triagebook comment origin/main",
        "triagebook comment origin/main --post --documents 'docs/**/*-report.md'",
    ),
)
@click.argument("revision", metavar="REV")
@click.option("--documents", metavar="FILE|DIR", multiple=True, help="Audit these documents, if they changed.")
@click.option("--post", is_flag=True, help="Post it to the pull request of this GitHub job, or update it there.")
@source_options
def command(
    revision: str, documents: tuple[str, ...], post: bool, folder: Path | None, no_source: bool, book: Path | None
) -> None:
    """Say what a pull request changes.

    For each issue that differs from REV, in its record or in the code it is about: its bottom line, what the change
    proves or breaks, and the findings on its record; then the findings on changed documents. With --post the text
    becomes one comment, which later runs update, and the summary of the job. Where the token may not write, as in a
    fork, the summary alone is written.
    """
    loaded = open_book(book)
    text = "\n".join([_MARKER, *_lines(loaded, revision, documents, folder, no_source=no_source)]) + "\n"
    if not post:
        print_utf8(text)
        return
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text)
    click.echo(_post(text))


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────


def _lines(
    loaded: Loaded, revision: str, documents: tuple[str, ...], folder: Path | None, *, no_source: bool
) -> Iterator[str]:
    changed = _changed(loaded, revision)
    inquiry = inquire(loaded, folder, no_source=no_source, issues=changed)
    earlier = Inquiry(book_at(loaded.root, revision), {}, today())
    findings = all_findings(loaded, inquiry, only=frozenset(changed)) if changed else []
    yield "### What this change does to the issues" if changed else "No issue is touched by this change."
    for issue_id in sorted(changed, key=natural):
        case = inquiry.case(issue_id)
        then = earlier.book.issues.get(issue_id)
        before = Inquiry(earlier.book, case.source, case.as_of).cases.get(issue_id) if then else None
        yield ""
        head = f"**{inline(issue_id)} {inline(case.issue.title)}** ({case.issue.severity.value})"
        yield f"{head}: {inline(case.verdict.bottom_line)}"
        yield ""
        yield from _differences(before, case)
        yield from _listed([one for one in findings if one.file.startswith(f"{issue_id}/")], loaded.root)
    for file, found in _audited(documents, revision):
        yield ""
        yield f"**{code(file)}**: {counted(len(found), 'finding')} of the audit"
        yield ""
        yield from _listed(found, Path())
    yield ""
    yield f"<sub>{inline(inquiry.source)}, since {code(revision)}</sub>"


def _changed(loaded: Loaded, revision: str) -> set[str]:
    """The issues whose records changed, and those whose code did."""
    records = {name.partition("/")[0] for name in files_changed(loaded.root, revision)}
    top = top_of(loaded.root)
    files = files_changed(top, revision) if top else frozenset()
    issues = loaded.book.issues
    return {name for name, entry in issues.items() if name in records or files & places_that_count(entry)}


def _differences(before: Case | None, now: Case) -> Iterator[str]:
    """What the change proves or breaks."""
    if before is None:
        yield "- new in this change"
        return
    if before.verdict.stage is not now.verdict.stage:
        forward = before.verdict.has_reached(now.verdict.stage)
        mark = "falls back" if forward else "moves on"
        yield f"- {mark} from *{before.verdict.stage.value}* to *{now.verdict.stage.value}*"
    for name, found in now.verdict.environments.items():
        was = before.verdict.environments.get(name)
        if was is None or was.state is not found.state:
            yield f"- {inline(name)}: {was.state.value if was else 'nothing'} before, *{found.state.value}* now"
    for name in now.entry.evidence.keys() - before.entry.evidence.keys():
        yield f"- new evidence: {code(name)}"
    if not before.issue.closed and now.issue.closed:
        yield f"- closed as *{now.issue.closed.as_.value}*"


def _listed(findings: list[Finding], root: Path) -> Iterator[str]:
    worst = [one for one in findings if one.severity is not Level.NOTE and not one.accepted]
    for one in worst[:_MOST]:
        place = f"{(root / one.file).as_posix()}:{one.line}"
        yield f"- {one.severity.value} {one.code} at {code(place)}: {inline(one.says)}"
    if len(worst) > _MOST:
        yield f"- and {counted(len(worst) - _MOST, 'more finding')}"


def _audited(documents: tuple[str, ...], revision: str) -> Iterator[tuple[str, list[Finding]]]:
    if not documents:
        return
    changed = files_changed(Path(), revision)
    files = [file for place in documents for file in documents_in(place)]
    for file in dict.fromkeys(file for file in files if Path(os.path.relpath(file)).as_posix() in changed):
        checkout = checkout_around(file.resolve().parent, asked=False)
        yield file.as_posix(), list(findings_in([file], None, checkout, None, EVERYTHING))


# ── the comment ──────────────────────────────────────────────────────────────────────────────────────


class _Api(Struct, frozen=True):
    """The host's interface for one pull request."""

    comments: str
    one: str
    token: str

    def ask(self, method: str, url: str, body: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401  (JSON)
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json"}
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310  (the host's own address)
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            return json.load(answer)


def _post(text: str) -> str:
    """Update our comment, or write it; return what was done."""
    api = _api()
    try:
        for page in range(1, 100):
            found = api.ask("GET", f"{api.comments}?per_page=100&page={page}")
            for comment in found:
                if str(comment.get("body", "")).startswith(_MARKER):
                    if comment["body"] == text:
                        return "the comment is up to date"
                    api.ask("PATCH", f"{api.one}/{comment['id']}", {"body": text})
                    return "updated the comment"
            if len(found) < 100:
                break
        api.ask("POST", api.comments, {"body": text})
    except urllib.error.HTTPError as error:
        if error.code in _NO_RIGHT:
            return f"note: the token of this job may not comment ({error.code}), as in a fork; see the job's summary"
        raise TriagebookError(f"the host answered {error.code} {error.reason}", "run the job again later") from None
    except (OSError, ValueError) as error:
        raise TriagebookError(f"the host can't be reached: {error}", "run the job again later") from None
    return "wrote the comment"


def _api() -> _Api:
    names = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_EVENT_PATH", "GITHUB_TOKEN")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise TriagebookError(f"{', '.join(missing)} is not set", "run it in a job for a pull request, with a token")
    host, repository, event, token = (os.environ[name] for name in names)
    number = (json.loads(Path(event).read_text(encoding="utf-8")).get("pull_request") or {}).get("number")
    if number is None:
        raise TriagebookError("this job is not for a pull request", "run it `on: pull_request`")
    issues = f"{host}/repos/{repository}/issues"
    return _Api(f"{issues}/{number}/comments", f"{issues}/comments", token)
