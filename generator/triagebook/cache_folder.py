"""Finds the cache folder: the one that the environment names, or the user's."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "TRIAGEBOOK_CACHE"


def cache_folder() -> Path | None:
    """The folder for caches; None for a user without a home."""
    named = os.environ.get(VARIABLE)
    if not named:
        from platformdirs import user_cache_path  # noqa: PLC0415  (slow to import)

    folder = Path(named).absolute() if named else user_cache_path("triagebook")
    return folder if folder.is_absolute() else None
