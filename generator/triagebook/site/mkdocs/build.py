"""The operations that commands need: build the site, serve it, or find its hand-written pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.commands.serve import serve
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException

from triagebook.checking import BookCheck
from triagebook.errors import TriagebookError
from triagebook.facts.inquiry import Inquiry
from triagebook.inquire import inquire
from triagebook.site.plain_site import HandWritten
from triagebook.store.load import Loaded

from .plugin import TriagebookPlugin
from .writer import Progress


def build_site(
    config_file: Path,
    *,
    strict: bool,
    loaded: Loaded | None = None,
    check: BookCheck | None = None,
    since: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Build the site and return its folder. A book that is loaded, or checked, already is not read again."""
    with _our_errors():
        config = load_config(str(config_file), strict=True) if strict else load_config(str(config_file))
        plugin = _plugin(config, config_file)
        if root := loaded.root if loaded else check.root if check else None:
            if plugin.folder(config).resolve() != root.resolve():
                raise TriagebookError(
                    f"{config_file} builds the site of another book, {plugin.folder(config)}",
                    "name that book, or set the option `book` of the plugin `triagebook`",
                )
            plugin.loaded, plugin.check = loaded, check
        plugin.config.since = since or plugin.config.since
        plugin.progress = progress or plugin.progress
        config.plugins.on_startup(command="build", dirty=False)
        logger = logging.getLogger("mkdocs.commands.build")
        logger.addFilter(_no_error)
        try:
            build(config)
        finally:
            logger.removeFilter(_no_error)
            config.plugins.on_shutdown()
            plugin.loaded = plugin.check = None  # MkDocs reuses a plugin for the next site
    return Path(config.site_dir)


def serve_site(
    config_file: Path, address: str, ask: Callable[[Loaded], Inquiry] = inquire, *, open_browser: bool
) -> None:
    """Serve the site on this machine, and rebuild it when a record, a template or a page changes."""
    with _our_errors():
        _plugin(load_config(str(config_file)), config_file).ask = ask  # MkDocs loads it again, with the same plugin
        serve(str(config_file), dev_addr=address, open_in_browser=open_browser)


def own_pages(config_file: Path | None) -> HandWritten:
    """The hand-written pages of a site, with its name and navigation."""
    if config_file is None:
        return HandWritten()
    with _our_errors():
        config = load_config(str(config_file))
    return HandWritten(Path(config.docs_dir), config.site_name, tuple(config.nav or ()))


def _plugin(config: MkDocsConfig, config_file: Path) -> TriagebookPlugin:
    plugin = config.plugins.get("triagebook")
    if not isinstance(plugin, TriagebookPlugin):
        raise TriagebookError(f"{config_file} does not use the plugin `triagebook`", "add it to the list of plugins")
    return plugin


@contextmanager
def _our_errors() -> Iterator[None]:
    """Errors of MkDocs as ours. It aborts without the reason, which is the error before; that may be one of ours."""
    try:
        yield
    except MkDocsException as error:
        before = error.__context__ if isinstance(error, Abort) else None
        reason = before if isinstance(before, MkDocsException) else error
        if isinstance(reason.__cause__, TriagebookError):
            raise reason.__cause__ from None
        raise TriagebookError(f"the site could not be built: {reason}", "fix this, then build again") from None


def _no_error(record: logging.LogRecord) -> bool:
    """MkDocs logs the reason before it aborts; here it is reported once, as our error."""
    return record.levelno < logging.ERROR
