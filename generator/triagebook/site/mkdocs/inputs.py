"""The inputs of pages other than records: settings, navigation, templates and our own code."""

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


def is_only_plugin(config: MkDocsConfig) -> bool:
    """Whether no other plugin is used, which might change pages or need to see all of them."""
    return set(config.plugins) == {"triagebook"}


def watched_paths(config: MkDocsConfig, book: Path) -> list[Path]:
    """The paths of these inputs, to watch for changes."""
    own, theirs = own_templates(book), config.theme.custom_dir
    places = [config.docs_dir, config.config_file_path, templates(), own, theirs, *config.watch]
    return [Path(place) for place in places if place]


def other_inputs(config: MkDocsConfig, nav: Navigation, files: SiteFiles) -> Json | None:
    """Everything that affects how a page looks, or None if something unknown may affect it."""
    code = tools()
    if code is None or not is_only_plugin(config) or config.theme.name != "material" or config.theme.custom_dir:
        return None
    folders = [templates(), *([files.content.own] if files.content.own else [])]
    written = sorted(file.src_uri for file in files)
    return [code, plain(_settings(config)), list(map(_content, folders)), list(_navigation(nav.items)), written]


def _settings(config: MkDocsConfig) -> Mapping[str, object]:
    """The settings that pages show. Pages and plugins are compared elsewhere."""
    elsewhere = {"plugins", "hooks", "exclude_docs", "draft_docs", "not_in_nav"}
    return {name: value for name, value in config.items() if name not in elsewhere}


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
