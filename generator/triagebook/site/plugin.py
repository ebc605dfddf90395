"""The plugin for MkDocs: adds the pages of a book to a site. The only module that knows MkDocs.

A generated page is a page like any other to MkDocs: the navigation and hand-written pages link to it and the links are
checked, other plugins hear of it, the site map names it. Only its text comes from the book, and never meets
Python-Markdown, which would take longer than all the rest. A file of the same path among the site's sources goes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from jinja2 import Environment
from mkdocs.commands.build import build
from mkdocs.commands.serve import serve
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue, Optional, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.utils.templates import TemplateContext

from triagebook.errors import TriagebookError
from triagebook.findings import Finding
from triagebook.recording.sight import sources_of
from triagebook.render import own_templates, templates
from triagebook.rules import EVERYTHING, check
from triagebook.source import NoHistoryError
from triagebook.store.find import book_at
from triagebook.store.load import Loaded, load

from .history import recent_changes
from .plain import Own
from .press import MadeFile, Press, Progress, SiteFiles
from .search import Entry, SearchError, entries, report_addresses, write_index, written
from .shelf import Shelf

ASSETS = "assets/triagebook"  # the styles and scripts of the site's pages
INDEX = f"{ASSETS}/search"  # where `search.js` looks for the index

log = get_plugin_logger("triagebook")


class Options(Config):  # type: ignore[no-untyped-call]  # MkDocs' own
    """What `mkdocs.yml` can say of the plugin."""

    book = Optional(Type(str))  # the book's folder, from that of mkdocs.yml; else the book found there
    since = Optional(Type(str))  # the revision that changes are told from; else the commit before the newest one


class TriagebookPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Adds the pages of a book to the site."""

    def __init__(self) -> None:
        self.loaded: Loaded | None = None  # what to show, where that is known already
        self.findings: Sequence[Finding] | None = None
        self.progress: Progress = lambda _made, _of: None
        self.beside = ThreadPoolExecutor(1)  # makes the index of the search while pages are written
        self.index: Future[None] | None = None
        self.serving = False

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
        try:
            changes = recent_changes(loaded.root, self.config.since)
        except NoHistoryError as error:
            raise PluginError(f"`since: {self.config.since}`: {error.what}; {error.do}") from None
        return Shelf(loaded.book, findings, sources_of(loaded.root, loaded.book), changes, own_templates(loaded.root))

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self.have_index()  # that of the last build, before its folder is emptied
        for asset in reversed(_own_assets()):
            place = f"{ASSETS}/{asset.name}"
            if asset.suffix == ".css":
                config.extra_css.insert(0, place)
            else:
                config.extra_javascript.insert(0, _deferred(place))
        return config

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        shelf = self.shelf(config)
        self.files = SiteFiles(files, shelf, config, dict(_titles(config.nav)))
        for path in _own_assets():
            self.files.append(File.generated(config, f"{ASSETS}/{path.name}", abs_src_path=str(path)))
        return self.files

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        self.nav = nav
        return nav

    @event_priority(-100)  # when other plugins have given the environment all that a page needs
    def on_env(self, env: Environment, /, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        Press(self.files, self.nav, env, config).run(self.progress)
        if "search" not in config.plugins and "material/search" not in config.plugins:
            folder, language = Path(config.site_dir, INDEX), str(config.theme.get("language") or "en")
            found, reports = list(_found(self.files)), report_addresses(as_folders=config.use_directory_urls)
            self.index = self.beside.submit(write_index, found, folder, reports, language)
        return env

    def on_template_context(
        self, context: TemplateContext, /, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        if template_name == "sitemap.xml" and config.site_url:
            context["pages"] = [*context["pages"], *(file for file in self.files.generated() if file.page)]
        return context

    def on_post_build(self, *, config: MkDocsConfig) -> None:  # noqa: ARG002
        if not self.serving:  # there the page is shown first
            self.have_index()

    def on_shutdown(self) -> None:
        self.have_index()

    def have_index(self) -> None:
        """Wait until the index is written. A site without one is worth a warning; `--strict` makes it an error."""
        index, self.index = self.index, None
        try:
            if index:
                index.result()
        except SearchError as error:
            log.warning("the site has no search: %s; %s", error.what, error.do)

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:  # noqa: ARG002
        server.watch(str(self.folder(config)))
        server.watch(str(templates()))
        if own := own_templates(self.folder(config)):
            server.watch(str(own))
        return server


def _found(files: SiteFiles) -> Iterator[tuple[str, Entry]]:
    """What the search finds, with its address: in the book, and on hand-written pages."""
    with files.forgetting():
        for entry in entries(files.shelf):
            file = files.get_file_from_path(entry.path)
            if isinstance(file, MadeFile):
                yield file.url, entry
    for file in files.documentation_pages():
        if file.page:
            for entry in written(file.src_uri, str(file.page.title), file.page.content or ""):
                yield file.url, entry


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


def own_pages(config_file: Path | None) -> Own:
    """The pages of one's own that a site has beside those of the book, with its name and navigation."""
    if config_file is None:
        return Own()
    try:
        config = load_config(str(config_file))
    except (ConfigurationError, MkDocsException, Abort) as error:
        raise _failed(error) from None
    return Own(Path(config.docs_dir), config.site_name, tuple(config.nav or ()))


def _plugin(config: MkDocsConfig, config_file: Path) -> TriagebookPlugin:
    plugin = config.plugins.get("triagebook")
    if not isinstance(plugin, TriagebookPlugin):
        raise TriagebookError(f"{config_file} does not use the plugin `triagebook`", "add it to the list of plugins")
    return plugin


def _failed(error: MkDocsException) -> TriagebookError:
    return TriagebookError(f"the site could not be built: {error}", "mend what is said above, then build again")
