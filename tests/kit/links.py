"""A checker for a built site: every link and anchor leads somewhere, nothing comes from elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("source", "srcset")}
LINKS_THAT_FETCH = {"stylesheet", "icon", "preload", "preconnect", "prefetch", "manifest", "dns-prefetch"}


@dataclass
class Page:
    """What a page offers and what it asks for."""

    path: str
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.page.tags.append((tag, attributes))
        if anchor := attributes.get("id"):
            self.page.anchors.add(anchor)
        if tag == "link" and LINKS_THAT_FETCH & set((attributes.get("rel") or "").split()):
            self.page.fetched.append(attributes.get("href") or "")
        for name, value in attrs:
            if (tag, name) in FETCHED:
                self.page.fetched.append(value or "")
            elif tag == "a" and name == "href":
                self.page.links.append(value or "")


def read_site(folder: Path) -> dict[str, Page]:
    """Every page of a site, by its path."""
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        page = Page(path.relative_to(folder).as_posix())
        reader = _Reader(page)
        reader.feed(path.read_text(encoding="utf-8"))
        reader.close()
        pages[page.path] = page
    return pages


def problems(folder: Path, *, but: frozenset[str] = frozenset({"404.html"})) -> Iterator[str]:
    """What leads nowhere, and what would be fetched from elsewhere. The page for errors has addresses from the root."""
    pages = read_site(folder)
    for page in pages.values():
        for address in [*page.links, *page.fetched] if page.path not in but else ():
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if address in page.fetched:
                    yield f"{page.path} fetches {address}"
                continue
            if address.startswith("/"):
                yield f"{page.path} leads to {address}, which is not below the site's own path"
                continue
            folder_of_page = posixpath.dirname(page.path)
            target = (
                posixpath.normpath(posixpath.join(folder_of_page, unquote(parts.path))) if parts.path else page.path
            )
            if target == ".." or target.startswith("../") or not (folder / target).is_file():
                yield f"{page.path} leads to {address}, which is not there"
            elif parts.fragment and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{page.path} leads to {address}, which has no such anchor"
