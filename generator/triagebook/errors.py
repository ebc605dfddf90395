"""Every error a person can meet: one line says what, one says what to do."""

from __future__ import annotations

from collections.abc import Iterable


class TriagebookError(Exception):
    """What could not be done, and what the person at the keyboard can do about it."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what = what
        self.do = do


class NoBookError(TriagebookError):
    """There is no book where one was looked for."""


class InvalidEditError(TriagebookError):
    """A change that would not leave the file as plain, readable YAML; the file stays as it was."""


class BusyError(TriagebookError):
    """Another process is writing to the book."""


class TakenError(TriagebookError):
    """A new file can't have its name: it is taken."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant by one that nobody knows."""
    from difflib import get_close_matches  # noqa: PLC0415  (only who errs waits for it)

    by_form = {each.lower(): each for each in sorted(known)}
    close = get_close_matches(name.lower(), by_form, n=1)
    partly = [form for form in by_form if name.lower() in form] if len(name) > 2 else []
    return next((by_form[form] for form in [*close, *partly]), None)
