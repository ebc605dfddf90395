"""Caches the pages of each issue and of the whole book until something they depend on changes.

What it rests on beside its own data is recorded while it is made: the issues and the pages that it looks up. So a
template that shows more of other issues needs no change here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path, PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from triagebook.site.content import ALL, SiteContent
from triagebook.site.listed import ListedIssue, SearchEntry
from triagebook.store.contents import digests
from triagebook.store.memo import Memo, key_of

ASIDE = ".before"  # within the site, from which MkDocs removes all but hidden folders


def put_aside(site: Path) -> None:
    """Move the output of the last build aside."""
    drop_aside(site)
    with suppress(OSError):  # there is no last build, or it cannot be moved
        made = [path for path in site.iterdir() if not path.name.startswith(".")]
        (site / ASIDE).mkdir()
        for path in made:
            path.rename(site / ASIDE / path.name)


def put_back(site: Path) -> None:
    """Move it back."""
    with suppress(OSError):
        for path in (site / ASIDE).iterdir():
            path.rename(site / path.name)
    drop_aside(site)


def drop_aside(site: Path) -> None:
    shutil.rmtree(site / ASIDE, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class MadeOutput(Struct, frozen=True):
    """What was made of an issue, or for a page of the whole book, with what it looked up."""

    places: dict[str, bytes | None]  # of files, and of folders that hold nothing else, with the digest of each
    others: dict[str, bytes] = {}  # the issues that were looked up
    pages: dict[str, bool] = {}  # the pages that were looked up, and whether they exist
    listed: ListedIssue | None = None
    found: SearchEntry | None = None  # by the search


class SiteMemo:
    """What was made by the last build, which lies where it was."""

    def __init__(self, site: Path, memo: Memo, content: SiteContent, exists: Callable[[str], bool]) -> None:
        self._site, self._memo, self._content = site, memo, content
        self._exists = cache(exists)
        self._outline = cache(self._outline_of)
        self._stay: set[str] = set()  # the places of this build

    def take(self, keys: Mapping[str, bytes | None]) -> dict[str, MadeOutput]:
        """What was made from the same, if its files are as they were."""
        known = self._memo.recall("site", keys, MadeOutput)
        known = {name: made for name, made in known.items() if made == self._as_now(made)}
        there = self._digests(known)
        intact = {name: made for name, made in known.items() if made.places.items() <= there.items()}
        self._stay.update(place for made in intact.values() for place in made.places)
        return intact

    def make_room(self, places: Iterable[str]) -> None:
        """Remove what lies at places where something new will be."""
        for place in places:
            self._stay.add(place)
            _remove(self._site / place)

    def keep(self, keys: Mapping[str, bytes | None], made: Mapping[str, MadeOutput]) -> None:
        """Keep what was made now."""
        there = self._digests(made)
        whole = {
            name: replace(self._as_now(one), places={place: there[place] for place in one.places})
            for name, one in made.items()
        }
        self._memo.keep("site", keys, {name: one for name, one in whole.items() if all(one.places.values())})

    def sweep(self) -> None:
        """Remove what is not of this build."""
        above = {str(parent) for place in self._stay for parent in PurePosixPath(place).parents}
        for path in self._strange(self._site, "", above):
            _remove(path)

    def _strange(self, folder: Path, name: str, above: Collection[str]) -> Iterator[Path]:
        for path in list(folder.iterdir()) if folder.is_dir() else ():
            place = f"{name}{path.name}"
            if place in above:
                yield from self._strange(path, f"{place}/", above)
            elif place not in self._stay and (name or not place.startswith(".")):
                yield path

    def _digests(self, made: Mapping[str, MadeOutput]) -> dict[str, bytes | None]:
        places = {place for one in made.values() for place in one.places}
        return digests(self._memo, "site", {place: os.fsencode(self._site / place) for place in places})

    def _as_now(self, made: MadeOutput) -> MadeOutput:
        """The same with what it looked up as it is now."""
        others = {other: self._outline(other) for other in made.others}
        return replace(made, others=others, pages={page: self._exists(page) for page in made.pages})

    def _outline_of(self, name: str) -> bytes:
        outlines = self._content.untracked
        if name == ALL:
            return key_of(*map(self._outline, outlines))
        return key_of(outlines[name]) if name in outlines else b""
