"""`triagebook search`: finds issues by words, a pasted error or a trace."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from triagebook.recording.input_files import STDIN, take
from triagebook.similar import Profile, SimilarIssues, traits_in
from triagebook.text import on_one_line

from .common import print_json, print_table, surveyed
from .main import FINDINGS
from .options import book_option, examples, format_option

_MOST = 10


@click.command(
    "search",
    epilog=examples(
        "triagebook search websocket manager",
        "triagebook search \"TypeError: object Manager can't be used in 'await' expression\"",
        "triagebook search - < trace.txt",
    ),
)
@click.argument("words", metavar="WORDS...", nargs=-1, required=True)
@format_option
@book_option
@click.pass_context
def command(ctx: click.Context, words: tuple[str, ...], form: str, book: Path | None) -> None:
    """Find issues by words, an error or a stack trace.

    The best match comes first, with the words or errors it shares. `-` reads a log or a trace from standard input.
    Word endings are ignored: `connecting` finds `connection`. It exits with 1 if nothing is found.
    """
    survey = surveyed(book)
    pasted = take(STDIN, sys.stdin.buffer).data.decode(errors="replace") if words == (STDIN,) else " ".join(words)
    rows_of = {name: outline.row for name, outline in survey.outlines.items()}
    named = [rows_of[word] for word in words if word in rows_of]
    found = SimilarIssues(traits_in(survey)).to(Profile(pasted, pasted), most=_MOST, least=0.01)
    rows = [(row["id"], row["title"], "its id") for row in named]
    rows += [(match.issue, match.title, match.reasons()) for match in found if match.issue not in words]
    if form == "json":
        print_json({"issues": [dict(zip(("id", "title", "why"), row, strict=True)) for row in rows]})
    else:
        print_table([[name, rows_of[name]["state"], on_one_line(title), on_one_line(why)] for name, title, why in rows])
    if not rows:
        click.echo("nothing found", err=True)
        ctx.exit(FINDINGS)
