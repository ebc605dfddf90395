"""The MkDocs plugin, which adds the pages of a book to a site.

To MkDocs a generated page is like any other: links to it are checked, other plugins get its events, the site map lists
it. Only its HTML comes from the book and bypasses Python-Markdown, which would take longer than everything else. A
hand-written page with the same path takes precedence.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue, Optional, Type
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.utils import nest_paths
from mkdocs.utils.templates import TemplateContext

from triagebook.checking import BookCheck
from triagebook.code.git import GitError, ask
from triagebook.errors import TriagebookError
from triagebook.facts.inquiry import Inquiry
from triagebook.inquire import inquire
from triagebook.render import bytecode_cache, own_templates, templates
from triagebook.similar import SimilarIssues
from triagebook.site.changes import RecordChanges, recent_changes
from triagebook.site.content import ContentLoader, SiteContent
from triagebook.site.paths import HOME
from triagebook.site.sections import navigation
from triagebook.store.book_folder import book_at
from triagebook.store.load import Loaded, load

from .cache import SiteMemo, drop_aside, put_aside, put_back
from .files import SiteFiles
from .inputs import SiteInputs, is_only_plugin, other_inputs, watched_paths
from .preview import Preview, show
from .writer import PageWriter, Progress

_EDIT = re.compile(r"(?:-/)?edit/[^/]+")  # how the setting `edit_uri` begins at code hosts
_INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)
ASSETS = "assets/triagebook"  # the styles and scripts of the site's pages

log = get_plugin_logger("triagebook")


class Options(Config):  # type: ignore[no-untyped-call]  # MkDocs' own
    """The options of the plugin in `mkdocs.yml`."""

    book = Optional(Type(str))  # the folder of the book, relative to mkdocs.yml; default: the book found there
    since = Optional(Type(str))  # the revision to list changes since; default: before the last commit to the records


class TriagebookPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Adds the pages of a book to the site."""

    def __init__(self) -> None:
        self.loaded: Loaded | None = None  # the book, if it is loaded already
        self.check: BookCheck | None = None  # of the book, if there is one already
        self.ask: Callable[[Loaded], Inquiry] = inquire  # where no inquiry is given, and after each change
        self.progress: Progress = lambda _made, _of: None
        self.serving = False
        self.preview: Preview | None = None
        self.last: Path | None = None  # the site whose last build was moved aside

    def folder(self, config: MkDocsConfig) -> Path:
        """The book's folder."""
        place = Path(config.config_file_path).parent
        try:
            return book_at(place / self.config.book if self.config.book else place)
        except TriagebookError as error:
            raise PluginError(f"{error.what}: {error.do}") from error

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(templates() / "theme"))
        config.theme.get_env = partial(_environment, config.theme.get_env)  # type: ignore[method-assign]
        for asset in reversed(_own_assets()):
            place = f"{ASSETS}/{asset.name}"
            if asset.suffix == ".css":
                config.extra_css.insert(0, place)
            else:
                config.extra_javascript.insert(0, _deferred(place))
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        self.preview = None
        if not self.serving:  # serve makes nothing to reuse
            self.last = Path(config.site_dir)
            put_aside(self.last)

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002
        if self.last:
            drop_aside(self.last)

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        since, folder = self.config.since, self.folder(config)
        if config.nav is None:
            own = [file.src_uri for file in files.documentation_pages() if file.src_uri != HOME]
            config.nav = navigation(nest_paths(own))  # type: ignore[no-untyped-call]  # MkDocs' own
        try:
            changes = recent_changes(folder, since)
        except GitError as error:
            named = TriagebookError(f"`since: {since}`: {error.what.removeprefix('error: ')}", error.do)
            raise PluginError(f"{named.what}; {named.do}") from named
        self.source = self.check or BookCheck(folder) if not self.serving and not self.loaded else None
        if self.source:
            content = _content_of(self.source, changes)
        else:
            self.current = ContentLoader(self.loaded or load(folder), since, None, self.ask)
            content = self.current.content()
        content.edit_at = _edit_address(config, folder)
        searches = not {"search", "material/search"} & set(config.plugins)
        self.files = SiteFiles(files, content, config, dict(_titles(config.nav)), searches=searches)
        for path in _own_assets():
            self.files.append(File.generated(config, f"{ASSETS}/{path.name}", abs_src_path=str(path)))
        return self.files

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        self.nav = nav
        return nav

    @event_priority(-100)  # after other plugins have prepared the environment
    def on_env(self, env: Environment, /, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        if is_only_plugin(config):  # to compile the templates of the theme takes as long as to make a small site
            env.bytecode_cache = bytecode_cache("theme")
        writer = PageWriter(self.files, self.nav, env, config)
        if self.serving and is_only_plugin(config):
            places = watched_paths(config, self.folder(config))
            self.preview = Preview(writer, self.folder(config), places, self.current.renewed)
            return env
        if self.last:
            put_back(self.last)
        rest = other_inputs(config, self.nav, self.files, self.files.content.own)
        by_hand = [file.page.content or "" for file in self.files.documentation_pages() if file.page]
        inputs = SiteInputs(self.files.content, self.source, rest, by_hand)
        memo = SiteMemo(Path(config.site_dir), inputs.memo, self.files.content, self.files.exists)
        writer.run(inputs, memo, self.progress)
        memo.sweep()
        return env

    def on_template_context(
        self, context: TemplateContext, /, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        if template_name == "sitemap.xml" and config.site_url and not self.serving:
            generated = (file for file in self.files.generated() if file.page)
            context["pages"] = chain(context["pages"], generated)  # type: ignore[typeddict-item]  # an iterable is enough
        return context

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:  # noqa: ARG002
        server.watch(str(self.folder(config)))
        for path in watched_paths(config, self.folder(config)):
            server.watch(str(path))
        show(server, lambda: self.preview)
        return server


def _content_of(check: BookCheck, changes: RecordChanges) -> SiteContent:
    """The content of the site of a checked book, with no issue in full."""
    (loaded, inquiry), findings = check.inquiry(()), check.findings()
    similar = partial(SimilarIssues.of, check.survey)
    own = own_templates(check.root)
    content = SiteContent(loaded.book, findings, inquiry.state, changes, own, None, check.day, similar)
    content.source = check.source()
    return content


def _edit_address(config: MkDocsConfig, book: Path) -> str:
    """The address below which the book's files are edited at the host of the repository; empty if it is unknown."""
    known = _EDIT.match(config.edit_uri or "") if config.repo_url else None
    prefix = ask(book, "rev-parse", "--show-prefix") if known else None
    return f"{str(config.repo_url).rstrip('/')}/{known[0]}/{prefix.strip().rstrip('/')}" if known and prefix else ""


def _own_assets() -> list[Path]:
    return sorted((templates() / "assets").iterdir())


def _deferred(path: str) -> ExtraScriptValue:
    """A script that runs after the page is parsed."""
    script = ExtraScriptValue(path)
    script.defer = True
    return script


def _titles(nav: object) -> Iterator[tuple[str, str]]:
    """The titles of pages in the navigation, by path. MkDocs ignores them for pages that exist."""
    if isinstance(nav, list):
        for item in nav:
            yield from _titles(item)
    elif isinstance(nav, dict):
        for title, below in nav.items():
            if isinstance(below, str):
                yield below, str(title)
            yield from _titles(below)


class _ThemeFiles(FileSystemLoader):
    """Reads templates without their indentation, which every page would have.

    It lists no hidden folders: MkDocs copies nothing from them, and Material keeps 14,000 icons in one.
    """

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        text, place, is_current = super().get_source(environment, template)
        return _INDENTED.sub("", text), place, is_current

    def list_templates(self) -> list[str]:
        found: set[str] = set()
        for root in self.searchpath:
            for folder, folders, files in os.walk(root):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found.update(Path(folder, name).relative_to(root).as_posix() for name in files)
        return sorted(found)


def _environment(get_env: Callable[[], Environment]) -> Environment:
    """The environment of the theme, whose files are listed in each build. Its pages go without blank lines."""
    env = get_env()
    env.trim_blocks = env.lstrip_blocks = True
    if isinstance(env.loader, FileSystemLoader):
        env.loader = _ThemeFiles(env.loader.searchpath)
    return env
