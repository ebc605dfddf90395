"""The plugin for MkDocs: adds the pages of a book to a site. The only module that knows MkDocs.

A generated page is a page like any other to MkDocs: the navigation and hand-written pages link to it and the links are
checked, other plugins hear of it, the site map names it. Only its text comes from the book, and never meets
Python-Markdown, which would take longer than all the rest. A file of the same path among the site's sources goes first.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from mkdocs.commands.build import build
from mkdocs.commands.serve import serve
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue, Optional, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils import get_relative_url

from triagebook.errors import TriagebookError
from triagebook.findings import Finding
from triagebook.markdown import without_figures
from triagebook.markup import Heading, to_html
from triagebook.recording.sight import sources_of
from triagebook.render import render, templates
from triagebook.rules import EVERYTHING, check
from triagebook.source import NoHistoryError
from triagebook.store.find import book_at
from triagebook.store.load import Loaded, load

from .data import assets
from .history import recent_changes
from .layout import arranged
from .page import Asset, Page
from .pages import pages
from .plain import Own, own_templates
from .reports import with_figures
from .shelf import Shelf

ASSETS = "assets/triagebook"  # the styles and scripts of the site's pages
MANY = 30  # headings beside a page; where there are more, only the upper ones stand there

Progress = Callable[[int, int], None]  # how many pages are made, of how many


class Options(Config):  # type: ignore[no-untyped-call]  # MkDocs' own
    """What `mkdocs.yml` can say of the plugin."""

    book = Optional(Type(str))  # the book's folder, from that of mkdocs.yml; else the book found there
    since = Optional(Type(str))  # the revision that changes are told from; else the commit before the newest one


class GeneratedPage(MkDocsPage):
    """A page made from the book, in the hands of MkDocs."""

    def __init__(self, page: Page, title: str, file: File, config: MkDocsConfig, own: Path | None) -> None:
        super().__init__(escape(title), file, config)
        self.made_of = page
        self.own = own
        self.when_made: Callable[[], None] = lambda: None
        self.hidden = ["navigation"] if "navigation.tabs" in (config.theme.get("features") or []) else []
        if page.wide:
            self.hidden.append("toc")

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002  (MkDocs' signature)
        # Plugins that change Markdown see none here: a record's text is data, and no template of theirs.
        self.markdown = ""
        # The theme prints this title as it is; the other one it would unescape.
        self.meta = {"title": escape(self.made_of.title), "hide": self.hidden}

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002  (MkDocs' signature)
        page = self.made_of
        markdown = render(page.template, page.view(), page.lookup, own=self.own, about=page.title)
        html = to_html(markdown, lambda address: _on_site(address, self.file, files))
        if len(html.headings) < 2:  # nothing to put beside the page, so it takes the room
            self.meta["hide"] = [*self.hidden, "toc"]
        self.content = f'<div class="book">{arranged(with_figures(html.body))}</div>'
        self.toc = _contents(html.headings)
        self.present_anchor_ids = {heading.anchor for heading in html.headings}
        self.when_made()


class DataFile(File):
    """A file beside the pages, whose content is made when it is written."""

    made_of: Asset

    def is_documentation_page(self) -> bool:
        return False

    def copy_file(self, dirty: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  (MkDocs' signature)
        target = Path(self.abs_dest_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.made_of.content().encode(errors="replace"))


class TriagebookPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Adds the pages of a book to the site."""

    def __init__(self) -> None:
        self.loaded: Loaded | None = None  # what to show, where that is known already
        self.findings: Sequence[Finding] | None = None
        self.progress: Progress = lambda _made, _of: None
        self.generated: list[GeneratedPage] = []
        self.own: Path | None = None  # templates of one's own

    def folder(self, config: MkDocsConfig) -> Path:
        """The book's folder."""
        place = Path(config.config_file_path).parent
        try:
            return book_at(place / self.config.book if self.config.book else place)
        except TriagebookError as error:
            raise PluginError(f"{error.what}: {error.do}") from None

    def shelf(self, config: MkDocsConfig) -> Shelf:
        """The book as it is now, checked."""
        loaded = self.loaded or load(self.folder(config))
        findings = self.findings
        if findings is None:
            chosen = EVERYTHING.within(loaded.book.catalog)
            read = (chosen.weigh(found) for found in loaded.findings if chosen.wants_code(found.code))
            findings = loaded.placed([*read, *check(loaded.book)])
        self.own = own_templates(loaded.root)
        try:
            changes = recent_changes(loaded.root, self.config.since)
        except NoHistoryError as error:
            raise PluginError(f"`since: {self.config.since}`: {error.what}; {error.do}") from None
        return Shelf(loaded.book, findings, sources_of(loaded.root, loaded.book), changes=changes)

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        for asset in reversed(_own_assets()):
            place = f"{ASSETS}/{asset.name}"
            if asset.suffix == ".css":
                config.extra_css.insert(0, place)
            else:
                config.extra_javascript.insert(0, _deferred(place))
        return config

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        shelf = self.shelf(config)
        titles = dict(_titles(config.nav))
        self.generated = []
        for page in pages(shelf.book, shelf=shelf):
            if files.get_file_from_path(page.path) is None:
                file = File.generated(config, page.path, content="", inclusion=InclusionLevel.NOT_IN_NAV)
                files.append(file)
                self.generated.append(GeneratedPage(page, titles.get(page.path, page.title), file, config, self.own))
        for path in _own_assets():
            files.append(File.generated(config, f"{ASSETS}/{path.name}", abs_src_path=str(path)))
        for asset in assets(shelf, lambda path: _address(path, files, config), self.own):
            if files.get_file_from_path(asset.path) is None:
                data = DataFile.generated(config, asset.path, content="")
                assert isinstance(data, DataFile)  # noqa: S101  (MkDocs makes one of the class that is asked)
                data.made_of = asset
                files.append(data)
        for number, made in enumerate(self.generated, start=1):
            made.when_made = partial(self.progress, number, len(self.generated))
        return files

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        in_nav = {page.file.src_uri: page for page in nav.pages}
        known = {**{page.file.src_uri: page for page in self.generated}, **in_nav}
        for page in self.generated:
            if page.file.src_uri not in in_nav and page.made_of.section != page.made_of.path:
                page.parent = known.get(page.made_of.section)  # type: ignore[assignment]  # any item can be one
        return nav

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:  # noqa: ARG002
        server.watch(str(self.folder(config)))
        server.watch(str(templates()))
        if self.own:
            server.watch(str(self.own))
        return server


def _own_assets() -> list[Path]:
    return sorted((templates() / "assets").iterdir())


def _deferred(path: str) -> ExtraScriptValue:
    """A script that runs when the page is read."""
    script = ExtraScriptValue(path)
    script.defer = True
    return script


def _titles(nav: object) -> Iterator[tuple[str, str]]:
    """What the navigation calls its pages, by path. MkDocs forgets it where a page is there already."""
    if isinstance(nav, list):
        for item in nav:
            yield from _titles(item)
    elif isinstance(nav, dict):
        for title, below in nav.items():
            if isinstance(below, str):
                yield below, str(title)
            yield from _titles(below)


def _contents(headings: Sequence[Heading]) -> TableOfContents:
    """The headings as the tree that a theme shows beside the page."""
    top: list[AnchorLink] = []
    above: list[AnchorLink] = []
    deepest = 2 if len(headings) > MANY else 3
    for heading in (each for each in headings if each.level <= deepest):
        link = AnchorLink(without_figures(heading.words), heading.anchor, heading.level)
        while above and above[-1].level >= link.level:
            above.pop()
        (above[-1].children if above else top).append(link)
        above.append(link)
    return TableOfContents(top)


def _on_site(address: str, here: File, files: Files) -> str | None:
    """Where an address in a page's Markdown leads on the site: sources become pages, the unknown leads nowhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or not (parts.netloc or parts.path):
        return address
    target = files.get_file_from_path(
        posixpath.normpath(posixpath.join(posixpath.dirname(here.src_uri), unquote(parts.path)))
    )
    if parts.netloc or target is None:
        return None
    return get_relative_url(target.url, here.url) + (f"#{parts.fragment}" if parts.fragment else "")


def _address(path: str, files: Files, config: MkDocsConfig) -> str:
    """Where a page lies, from the root of the site; the whole address where that is known."""
    file = files.get_file_from_path(path)
    url = file.url if file else path
    return urljoin(config.site_url, url) if config.site_url else url


# ── for the commands ─────────────────────────────────────────────────────────────────────────────────


def build_site(
    config_file: Path,
    *,
    strict: bool,
    loaded: Loaded | None = None,
    findings: Sequence[Finding] | None = None,
    since: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Build the site, and say where it is. What is loaded already is not loaded again."""
    try:
        config = load_config(str(config_file), strict=True) if strict else load_config(str(config_file))
        plugin = _plugin(config, config_file)
        if loaded is not None:
            if plugin.folder(config).resolve() != loaded.root.resolve():
                raise TriagebookError(
                    f"{config_file} is for the site of another book, {plugin.folder(config)}",
                    "name that book, or set `book` below `triagebook` in the list of plugins",
                )
            plugin.loaded, plugin.findings = loaded, findings
        plugin.config.since = since or plugin.config.since
        plugin.progress = progress or plugin.progress
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build(config)
        finally:
            config.plugins.on_shutdown()
    except (ConfigurationError, MkDocsException, Abort) as error:
        raise _failed(error) from None
    return Path(config.site_dir)


def serve_site(config_file: Path, address: str, *, open_browser: bool) -> None:
    """Show the site on this machine, and build it anew whenever a record, a template or a page changes."""
    try:
        _plugin(load_config(str(config_file)), config_file)
        serve(str(config_file), dev_addr=address, open_in_browser=open_browser)
    except (ConfigurationError, MkDocsException, Abort) as error:
        raise _failed(error) from None


def own_pages(config_file: Path | None, root: Path) -> Own:
    """The pages of one's own that a site has beside those of the book, with its name and navigation."""
    if config_file is None:
        return Own(templates=own_templates(root))
    try:
        config = load_config(str(config_file))
    except (ConfigurationError, MkDocsException, Abort) as error:
        raise _failed(error) from None
    return Own(Path(config.docs_dir), config.site_name, tuple(config.nav or ()), own_templates(root))


def _plugin(config: MkDocsConfig, config_file: Path) -> TriagebookPlugin:
    plugin = config.plugins.get("triagebook")
    if not isinstance(plugin, TriagebookPlugin):
        raise TriagebookError(f"{config_file} does not use the plugin `triagebook`", "add it to the list of plugins")
    return plugin


def _failed(error: MkDocsException) -> TriagebookError:
    return TriagebookError(f"the site could not be built: {error}", "mend what is said above, then build again")
