"""Chooses the detector of an issue: its own, or that of its pattern."""

from __future__ import annotations

from triagebook.book import Book, Entry
from triagebook.model.building_blocks import Detector
from triagebook.model.defect import Certainty


def detector_of(book: Book, entry: Entry) -> Detector | None:
    """The detector that the issue names, else that of the pattern of its surest cause that has one."""
    if entry.issue.detector is not None:
        return entry.issue.detector
    causes = [cause for cause in entry.issue.causes if cause.pattern and cause.state is not Certainty.RULED_OUT]
    causes.sort(key=lambda cause: cause.state is not Certainty.CONFIRMED)
    patterns = (book.patterns.get(str(cause.pattern)) for cause in causes)
    return next((pattern.detector for pattern in patterns if pattern and pattern.detector), None)
