"""Suggestions for a new issue: the patterns that its errors match, and similar issues."""

from __future__ import annotations

import click
from msgspec.structs import replace

from triagebook.book import Book
from triagebook.failures.traces import failures
from triagebook.similar import Match, Profile, SimilarIssues, matching_patterns
from triagebook.text import on_one_line


def suggest(book: Book, similar: SimilarIssues, report: Profile, excluding: str | None = None) -> list[Match]:
    """Print the patterns that match but were not chosen, and the issues that may have the same cause."""
    fitting = matching_patterns(book, [*report.errors, *(one.error for one in failures(report.text))])
    for fit in fitting:
        if fit.pattern not in report.patterns:
            _say(f"likely pattern: {fit.pattern} ({fit.title}): `{fit.expression}` matches `{fit.error}`")
    patterns = dict.fromkeys([*report.patterns, *(fit.pattern for fit in fitting)])
    matches = similar.to(replace(report, patterns=tuple(patterns)), excluding)
    telling = [match for match in matches if match.is_telling]
    for match in telling:
        _say(f"possibly the same cause as {match.issue} ({match.title}): {match.reasons()}")
    return telling


def _say(words: str) -> None:
    click.echo(on_one_line(words), err=True)
