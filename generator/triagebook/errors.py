"""Every error a person can meet: one line says what, one says what to do."""

from __future__ import annotations


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
