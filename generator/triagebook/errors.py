"""The errors that are shown to a user: each says what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class TriagebookError(Exception):
    """What could not be done, and what the user can do about it."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what = what
        self.do = do


class NoBookError(TriagebookError):
    """No book was found."""


class InvalidEditError(TriagebookError):
    """An edit that would not leave the file as plain YAML; the file is unchanged."""


class BusyError(TriagebookError):
    """Another process is writing to the book."""


class TakenError(TriagebookError):
    """A new file can't be created because its name is taken."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most similar to an unknown one."""
    from difflib import get_close_matches  # noqa: PLC0415  (only needed after a mistake)

    by_form = {each.lower(): each for each in sorted(known)}
    close = get_close_matches(name.lower(), by_form, n=1)
    partly = [form for form in by_form if name.lower() in form] if len(name) > 2 else []
    return next((by_form[form] for form in [*close, *partly]), None)
