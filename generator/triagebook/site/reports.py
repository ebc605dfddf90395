"""The reports on an issue as pages, and as files to take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triagebook.facts.case import Case

from .page import Page


def kinds_of_reports() -> Mapping[str, tuple[str, str]]:
    """The kinds there are: title, and what each says."""
    return {}


def report_pages(case: Case, kinds: Mapping[str, tuple[str, str]]) -> Iterator[Page]:
    yield from ()
