"""What a user would have else. Each knows how to keep the same issues in a form of its own, and what to run on it."""

from __future__ import annotations

from . import doorstop, engines, sphinx_needs, strictdoc
from .rival import Rival

RIVALS: tuple[Rival, ...] = (
    engines.MKDOCS_MATERIAL,
    engines.ZENSICAL,
    doorstop.DOORSTOP,
    strictdoc.STRICTDOC,
    sphinx_needs.SPHINX_NEEDS,
)
