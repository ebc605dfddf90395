"""Parses source code. The parsers come with the extra `scan`, because they are larger than all the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triagebook.errors import TriagebookError

if TYPE_CHECKING:
    from ast_grep_py import SgNode


class NoParsersError(TriagebookError):
    """The parsers are not installed."""


def parsed(code: str, language: str) -> SgNode:
    """The root of the syntax tree of a piece of code."""
    try:
        from ast_grep_py import SgRoot  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        do = "install them: pip install 'triagebook[scan]'"
        raise NoParsersError("the parsers for source code are not installed", do) from None
    return SgRoot(code, language).root()
