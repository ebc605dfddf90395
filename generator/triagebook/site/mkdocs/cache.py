"""Reuses the output of the last build if nothing that it depends on has changed.

Dependencies are recorded while pages are made: the other issues and pages that an issue's pages look up. So a template
that shows more of other issues is tracked without a change here. Pages about all issues depend on all of them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import Any, TypeAlias

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Link, Navigation
from mkdocs.structure.pages import Page
from msgspec import Struct
from msgspec.structs import asdict, replace
from pydantic import BaseModel

from triagebook.book import Entry
from triagebook.cache_folder import cache_folder
from triagebook.checking import BookCheck
from triagebook.code.state import of_issue
from triagebook.model.base import Scalar
from triagebook.render import own_templates, templates
from triagebook.site.changes import RecordChanges
from triagebook.site.content import ALL, Lookups, SiteContent
from triagebook.site.issues import similar_to
from triagebook.site.sections import REFERENCE_SECTIONS
from triagebook.store.contents import digests
from triagebook.store.memo import Memo, key_of, tools

from .files import OutputHead

Json: TypeAlias = Any  # plain data
ASIDE = ".before"  # within the site, so that files are moved fast; MkDocs ignores hidden folders
_SHARED = ("catalog.yaml", "patterns/")  # records that any page may show
NOTHING = Lookups()
_FROM_CODE = tuple(f"/{section.path.partition('/')[0]}/" for section in REFERENCE_SECTIONS)  # and from no record


def put_aside(site: Path) -> None:
    """Move the output of the last build aside."""
    drop_aside(site)
    with suppress(OSError):  # there is no last build, or it cannot be moved
        made = [path for path in site.iterdir() if not path.name.startswith(".")]
        (site / ASIDE).mkdir()
        for path in made:
            path.rename(site / ASIDE / path.name)


def drop_aside(site: Path) -> None:
    shutil.rmtree(site / ASIDE, ignore_errors=True)


class WholeSite(Struct, frozen=True):
    """All generated files of a site: with their digests, and as MkDocs knows them."""

    files: Mapping[str, bytes]
    heads: Mapping[str, OutputHead]


class LastBuild:
    """The last build as a whole: if nothing at all has changed, no record is read to build the site again."""

    def __init__(self, config: MkDocsConfig, check: BookCheck, changes: RecordChanges) -> None:
        self._site, memo = Path(config.site_dir), check.memo
        own = own_templates(check.root)
        folders = {"docs": config.docs_dir, "templates": str(templates()), **({"own": str(own)} if own else {})}
        known = digests(memo, "input", {name: os.fsencode(path) for name, path in folders.items()})
        settings = settings_of(config)
        inputs = check.everything, *known.values(), settings
        self._memo, self._key = memo, key_of(*inputs, digest(plain(changes)), tools()) if all(inputs) else None
        self.kept = self._memo.recall("whole site", {"": self._key}, WholeSite).get("")
        if self.kept and self.kept.files != self._found(self.kept.files, ASIDE):
            self.kept = None

    def _found(self, files: Iterable[str], below: str = "") -> Mapping[str, bytes | None]:
        """The digests of files as they are."""
        return digests(self._memo, "site", {path: os.fsencode(self._site / below / path) for path in files})

    def restore(self) -> None:
        """Move everything back into place; MkDocs writes its own files again."""
        for path in (self._site / ASIDE).iterdir():
            path.rename(self._site / path.name)

    def keep(self, files: Mapping[str, bytes | None], heads: Mapping[str, OutputHead]) -> None:
        known = {**files, **self._found(path for path, digest in files.items() if not digest)}
        if all(known.values()):
            self._memo.keep("whole site", {"": self._key}, {"": WholeSite(known, heads)})  # type: ignore[arg-type]


class CachedOutput(Struct, frozen=True):
    """The files of an issue or a page, and what they depend on."""

    own: str  # the digest of its own inputs
    others: Mapping[str, str]  # the digests of the issues that were looked up
    pages: Mapping[str, bool]  # the pages that were looked up, and whether they exist
    files: Mapping[str, bytes | None]  # by path on the site, with the digest of each


class BuildCache:
    """The outputs of each issue and page, of the last build and of this one."""

    def __init__(self, site: Path, content: SiteContent, pages: Collection[str], rest: Json) -> None:
        """`pages` are those of the whole book; `rest` is everything else that affects how a page looks."""
        self._site = site
        self._pages = pages
        self._known = _digests(content)
        self._of_book = digest(plain([self._known[ALL], content.findings, content.changes, sorted(pages), content.day]))
        shared = sorted(each for each in content.digests.items() if each[0].startswith(_SHARED))
        self._key = digest([rest, shared, sorted(content.book.unread)]).encode()
        self._memo = Memo(cache_folder())
        self._last = self._memo.recall("site", {"": self._key}, dict[str, CachedOutput]).get("", {})
        aside = (path for made in self._last.values() for path in made.files)
        self._aside = digests(self._memo, "site", {path: os.fsencode(site / ASIDE / path) for path in aside})
        self._made: dict[str, CachedOutput] = {}

    def take(self, name: str) -> bool:
        """Move the last output into place if it is intact and its inputs are unchanged."""
        made, aside = self._last.get(name), self._site / ASIDE
        if made is None or made != self._as_now(name, made):
            return False
        if any(digest is None or digest != self._aside[path] for path, digest in made.files.items()):
            return False
        try:
            for path in made.files:
                target = self._site / path
                target.parent.mkdir(parents=True, exist_ok=True)
                (aside / path).replace(target)
        except OSError:
            return False
        self._made[name] = made
        return True

    def note(self, name: str, lookups: Lookups, files: Iterable[str]) -> None:
        """Record the output of an issue or a page."""
        others, pages = dict.fromkeys(lookups.issues - {name}, ""), dict.fromkeys(lookups.pages, False)
        self._made[name] = self._as_now(name, CachedOutput("", others, pages, dict.fromkeys(files)))

    def write(self) -> Mapping[str, bytes | None]:
        """Keep what was recorded, and return all files with their digests."""
        new = [path for made in self._made.values() for path, digest in made.files.items() if digest is None]
        now = digests(self._memo, "site", {path: os.fsencode(self._site / path) for path in new})
        made = {
            name: replace(one, files={path: own or now[path] for path, own in one.files.items()})
            for name, one in self._made.items()
        }
        self._memo.keep("site", {"": self._key}, {"": made})
        return {path: digest for one in made.values() for path, digest in one.files.items()}

    def _as_now(self, name: str, made: CachedOutput) -> CachedOutput:
        """The same files with their present inputs."""
        follows_from_code = name.startswith(_FROM_CODE)
        own = "code" if follows_from_code else self._known.get(name, self._of_book)
        others = {other: self._known.get(other, "") for other in made.others}
        return CachedOutput(own, others, {page: page in self._pages for page in made.pages}, made.files)


def digest(plain: Json) -> str:
    return sha256(os.fsencode(json.dumps(plain, sort_keys=True))).hexdigest()


# ── the inputs of an issue ───────────────────────────────────────────────────────────────────────────


def _digests(content: SiteContent) -> dict[str, str]:
    """The digests of the inputs of each issue (records, findings, relations, source code), and of all together."""
    files: dict[str, list[tuple[str, str]]] = {}
    for file, sha256_of in content.digests.items():
        files.setdefault(file.partition("/")[0], []).append((file, sha256_of))
    known = {name: _digest(content, entry, sorted(files[name])) for name, entry in content.book.issues.items()}
    return {**known, ALL: digest(known)}


def _digest(content: SiteContent, entry: Entry, files: list[tuple[str, str]]) -> str:
    source = of_issue(content.inquiry.state, entry.id)
    similar = [(one.issue, one.reasons()) for one in similar_to(content, content.cases[entry.id])]
    return digest(plain([files, content.findings_in(entry.id), content.book.named_by(entry.id), source, similar]))


def plain(value: Any) -> Json:  # noqa: ANN401  (any input of a view)
    """A value as plain data that is the same in every process."""
    match value:
        case BaseModel():
            return plain(dict(value))
        case Mapping():
            return sorted(([plain(key), plain(item)] for key, item in value.items()), key=repr)
        case set() | frozenset():
            return sorted(map(plain, value), key=repr)
        case list() | tuple():
            return [plain(item) for item in value]
        case Scalar():
            return str(value)
        case Struct():
            return [[name, plain(part)] for name, part in asdict(value).items()]
        case None | bool() | int() | float():
            return value
        case FunctionType():
            return [value.__module__, value.__qualname__]
        case _:
            return str(value)


# ── the other inputs: settings, navigation, templates and our own code ───────────────────────────────


def is_only_plugin(config: MkDocsConfig) -> bool:
    """Whether no other plugin is used, which might change pages or need to see all of them."""
    return set(config.plugins) == {"triagebook"}


def watched_paths(config: MkDocsConfig, book: Path) -> list[Path]:
    """The paths of these inputs, to watch for changes."""
    own, theirs = own_templates(book), config.theme.custom_dir
    places = [config.docs_dir, config.config_file_path, templates(), own, theirs, *config.watch]
    return [Path(place) for place in places if place]


def settings_of(config: MkDocsConfig) -> str:
    """The settings that affect how a page looks; empty if something unknown may affect it."""
    if not is_only_plugin(config) or config.theme.name != "material" or config.theme.custom_dir:
        return ""
    elsewhere = {"plugins", "hooks", "exclude_docs", "draft_docs", "not_in_nav"}  # compared elsewhere, or shown nowhere
    settings = {name: value for name, value in config.items() if name not in elsewhere}
    place = str(Path(config.config_file_path).parent)  # a restored site may lie elsewhere
    return json.dumps(plain(settings)).replace(place, "")


def other_inputs(config: MkDocsConfig, nav: Navigation, files: Files, own: Path | None) -> Json | None:
    """Everything that affects how a page looks, or None if something unknown may affect it."""
    if not (settings := settings_of(config)):
        return None
    folders = [templates(), *([own] if own else [])]
    written = sorted(file.src_uri for file in files)
    return [tools(), settings, list(map(_content, folders)), list(_navigation(nav.items)), written]


def _content(folder: Path) -> Json:
    """The digests of all files in a folder."""
    return [
        [path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest()]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def _navigation(items: Iterable[StructureItem]) -> Iterator[Json]:
    """The navigation that every page shows."""
    for item in items:
        leads = [item.url] if isinstance(item, Page | Link) else []
        about = [plain(item.meta)] if isinstance(item, Page) else []
        yield [item.title, leads, about, list(_navigation(getattr(item, "children", None) or ()))]
