"""Finds the cache folder: the one that the environment names, or the user's."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

VARIABLE = "TRIAGEBOOK_CACHE"


def cache_folder() -> Path | None:
    """The folder for caches; None for a user without a home."""
    named = os.environ.get(VARIABLE)
    folder = Path(named).absolute() if named else user_cache_path("triagebook")
    return folder if folder.is_absolute() else None
