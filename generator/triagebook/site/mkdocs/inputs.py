"""What pages are made of beside the records: settings, navigation, templates, and our own code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Link, Navigation
from mkdocs.structure.pages import Page

from triagebook.render import own_templates, templates
from triagebook.store.cache import Json, tools

from .cache import plain
from .files import SiteFiles


def is_alone(config: MkDocsConfig) -> bool:
    """Whether no other plugin has a say in how pages look, or wants to see all of them."""
    return set(config.plugins) == {"triagebook"}


def beside(config: MkDocsConfig, book: Path) -> list[Path]:
    """The places of all of it, for who watches them."""
    own, theirs = own_templates(book), config.theme.custom_dir
    places = [config.docs_dir, config.config_file_path, templates(), own, theirs, *config.watch]
    return [Path(place) for place in places if place]


def around(config: MkDocsConfig, nav: Navigation, files: SiteFiles) -> Json | None:
    """All that decides how a page looks; None where something has a say that we don't know."""
    code = tools()
    if code is None or not is_alone(config) or config.theme.name != "material" or config.theme.custom_dir:
        return None
    folders = [templates(), *([files.content.own] if files.content.own else [])]
    written = sorted(file.src_uri for file in files)
    return [code, plain(_settings(config)), list(map(_content, folders)), list(_told(nav.items)), written]


def _settings(config: MkDocsConfig) -> Mapping[str, object]:
    """The settings that pages show. Which files are pages, and which plugins there are, is told elsewhere."""
    elsewhere = {"plugins", "hooks", "exclude_docs", "draft_docs", "not_in_nav"}
    return {name: value for name, value in config.items() if name not in elsewhere}


def _content(folder: Path) -> Json:
    """All that lies in a folder, as digests."""
    return [
        [path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest()]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def _told(items: Iterable[StructureItem]) -> Iterator[Json]:
    """The navigation, as every page shows it."""
    for item in items:
        leads = [item.url] if isinstance(item, Page | Link) else []
        about = [plain(item.meta)] if isinstance(item, Page) else []
        yield [item.title, leads, about, list(_told(getattr(item, "children", None) or ()))]
