"""What each output of the site depends on, besides the issues and the pages that it looks up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Link, Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from msgspec import msgpack
from pydantic import BaseModel

from triagebook.checking import BookCheck
from triagebook.parallel import spread
from triagebook.render import own_templates, templates
from triagebook.site.content import SiteContent
from triagebook.site.page import Asset, Page
from triagebook.site.sections import REFERENCE_SECTIONS
from triagebook.store.memo import Memo, key_of, tools

Json: TypeAlias = Any  # plain data
T = TypeVar("T")
Use: TypeAlias = Callable[[SiteContent, Sequence[str]], Mapping[str, T]]
AT_ONCE = 64  # issues that a process has in full
_FROM_CODE = tuple(section.path.rpartition("/")[0] + "/" for section in REFERENCE_SECTIONS)  # and from the catalog


class SiteInputs:
    """The book, as checked or as loaded, with the digests of what outputs rest on; None where that is unknown."""

    def __init__(
        self, content: SiteContent, check: BookCheck | None, rest: bytes | None, by_hand: Sequence[str]
    ) -> None:
        """`rest` is the digest of all that affects how a page looks, and `by_hand` what is on hand-written pages."""
        self.content, self._check, self._rest = content, check, rest
        self.memo = check.memo if check else Memo(None)
        known = check.keys() if check and rest else dict.fromkeys(content.untracked)
        self._shared = check.survey.shared_key if check else None
        self.issues = {name: self._of_issue(name, key) for name, key in sorted(known.items())}
        of_book = content.findings, content.changes.since, content.day, content.source, by_hand
        self._every = self._key(*self.issues.values(), *of_book) if all(self.issues.values()) else None

    def _key(self, *parts: object) -> bytes | None:
        """The digest of these, and of what all outputs rest on."""
        every = self._rest, self._shared, sorted(self.content.book.unread_issues), self.content.edit_at
        return key_of(*every, *parts) if self._rest and self._shared else None

    def _of_issue(self, name: str, key: bytes | None) -> bytes | None:
        content = self.content
        if not key:
            return None
        return self._key(key, content.findings_in(name), content.book.named_by(name), content.similar.basis(name))

    def of_book(self, output: Page | Asset) -> bytes | None:
        """What an output of the whole book rests on: for a page that is what its template sees."""
        if isinstance(output, Asset):
            return self._every and self._key(self._every, output.path)
        if output.path.startswith(_FROM_CODE):
            return self._key(output.path)
        return self._key(output.path, output.title, output.template, _VIEW.encode(output.view()))

    def over(self, names: Sequence[str], use: Use[T], *, alone: bool) -> dict[str, T]:
        """What follows from issues in full, some at a time; by several processes unless `alone`."""
        most = max(1, len(names)) if alone else AT_ONCE
        if self._check:
            return self._check.over(names, lambda inquiry, some: use(self.content.within(inquiry), some), most)
        found: dict[str, T] = {}
        parts = [names[at : at + most] for at in range(0, len(names), most)]
        for made in spread(lambda some: use(self.content, some), parts, share=1, least=1):
            found |= made
        return found


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, BaseModel) else [type(value).__name__, str(value)]


_VIEW = msgpack.Encoder(enc_hook=_plain)


# ── the other inputs: settings, navigation, templates and our own code ───────────────────────────────


def is_only_plugin(config: MkDocsConfig) -> bool:
    """Whether no other plugin is used, which might change pages or need to see all of them."""
    return set(config.plugins) == {"triagebook"}


def watched_paths(config: MkDocsConfig, book: Path) -> list[Path]:
    """The paths of these inputs, to watch for changes."""
    own, theirs = own_templates(book), config.theme.custom_dir
    places = [config.docs_dir, config.config_file_path, templates(), own, theirs, *config.watch]
    return [Path(place) for place in places if place]


def other_inputs(config: MkDocsConfig, nav: Navigation, files: Files, own: Path | None) -> bytes | None:
    """The digest of everything else that affects how a page looks; None if something unknown may affect it."""
    if not is_only_plugin(config) or config.theme.name != "material" or config.theme.custom_dir:
        return None
    elsewhere = {"plugins", "hooks", "exclude_docs", "draft_docs", "not_in_nav"}  # compared elsewhere, or shown nowhere
    settings = {name: value for name, value in config.items() if name not in elsewhere}
    place = str(Path(config.config_file_path).parent)  # a restored site may lie elsewhere
    set_ = json.dumps(settings, sort_keys=True, default=_named).replace(place, "")
    folders = [templates(), *([own] if own else [])]
    written = sorted(file.src_uri for file in files)
    return key_of(tools(), set_, list(map(_content, folders)), list(_navigation(nav.items)), written)


def _named(value: Any) -> Json:  # noqa: ANN401  (any setting)
    """A setting that JSON has no form for, the same in every process."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items()}
    return [value.__module__, value.__qualname__] if hasattr(value, "__qualname__") else str(value)


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
        leads = [item.url] if isinstance(item, MkDocsPage | Link) else []
        about = [sorted(map(str, item.meta.items()))] if isinstance(item, MkDocsPage) else []
        yield [item.title, leads, about, list(_navigation(getattr(item, "children", None) or ()))]
