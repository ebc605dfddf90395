"""The index that the search of the site uses, made by Pagefind.

A name such as `app/chat/consumers.py` can be found by any of its parts: it is split at punctuation here, and so is the
query in `search.js`, which joins the parts again to show them. Two characters of Markdown mark the joints; they are
removed from the text first, and Pagefind ignores them.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pagefind.service import get_executable

from triagebook.errors import TriagebookError
from triagebook.reports import KINDS

from .paths import report_path
from .reports import title_of
from .search_entries import SearchEntry

INDEX = "assets/triagebook/search"  # where `search.js` looks for the index
SPLIT, END = "`", "*"  # after a part of a name; after a text
KNOWN = "known.json"  # beside the index: what `search.js` must know of it
PATIENCE = 20_000_000  # pages times matches that Pagefind goes through in 0.2 s
UNUSED = re.compile(r"-ui\.|-highlight\.")  # Pagefind's own interfaces; the site has one already
LONGEST = 200  # bytes of a file's name

_INSIDE = re.compile(r"(?<=\w)([!-&(-/:-@\[-^`{-~]+)(?=\w)")  # ASCII punctuation but `'` and `_`
_APOSTROPHE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_NAME = re.compile(r"\w+")
_PART = re.compile(r"[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[A-Z][^\W\d_A-Z]+|\d+")  # of snake_case and CamelCase
_MARKS = re.compile(f"[{SPLIT}{END}]+")


class SearchError(TriagebookError):
    """There is no index, because Pagefind is missing or failed."""


def report_addresses(*, as_folders: bool) -> dict[str, str]:
    """The addresses of an issue's reports, relative to its page, by title."""
    ending = "/" if as_folders else ".html"
    return {title_of(kind): PurePosixPath(report_path("", kind)).stem + ending for kind in KINDS}


def write_index(
    found: Sequence[tuple[str, SearchEntry]], folder: Path, reports: Mapping[str, str], language: str
) -> None:
    """Write the index of entries, each with its address on the site, into a folder of its own."""
    pages_with: Counter[str] = Counter()
    with TemporaryDirectory() as pages:
        for number, (address, entry) in enumerate(found):
            meta, content = _meta(entry), _content(entry)
            pages_with.update(_words([*meta.values(), content]))
            path = Path(pages, _file_of(address, entry.anchor, number))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_page(meta, content, language), encoding="utf-8", errors="replace")
        folders = any(address.endswith("/") for address, _ in found)
        _run_pagefind(Path(pages), folder, "--force-language", language, *([] if folders else ["--keep-index-url"]))
    for path in folder.iterdir():
        if UNUSED.search(path.name):
            path.unlink()
    starts, words = _frequent(pages_with, len(found))
    known = {"reports": reports, "frequent": {"starts": starts, "words": words}}
    (folder / KNOWN).write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8", errors="replace")


def _run_pagefind(pages: Path, folder: Path, *options: str) -> None:
    """Index a folder of pages with Pagefind's command: its Python client takes 0.1 s for each record."""
    executable = get_executable()
    if executable is None:
        raise SearchError("Pagefind is not installed", "install `pagefind[extended]`")
    command = [str(executable), "--site", str(pages), "--output-path", str(folder.absolute()), "--quiet", *options]
    try:
        # Pagefind reads settings from the folder it runs in; there are none among the pages.
        done = subprocess.run(command, cwd=pages, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise SearchError(f"{executable} cannot be run: {error.strerror}", "reinstall `pagefind[extended]`") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise SearchError(f"{executable} failed: {said}", "reinstall `pagefind[extended]`")


def _file_of(address: str, anchor: str, number: int) -> str:
    """The file whose path Pagefind takes for the address. `search.js` removes the ending behind an anchor."""
    if not anchor:
        return f"{address}index.html" if address.endswith("/") or not address else address
    if len(anchor.encode()) > LONGEST:
        anchor = str(number)  # leads to the top of the page
    return f"{address}#{anchor}.html"


def _page(meta: Mapping[str, str], content: str, language: str) -> str:
    """An entry as a page for Pagefind."""
    metas = "".join(
        f'<meta data-pagefind-meta="{name}[content]" content="{escape(value)}">' for name, value in meta.items()
    )
    return f'<html lang="{language}"><head>{metas}</head><body data-pagefind-body>{escape(content)}</body></html>'


def _meta(entry: SearchEntry) -> Mapping[str, str]:
    """What is shown of an entry. The kind is no filter: the order of filters differs from run to run."""
    return {
        "title": split_names(entry.title),
        "id": split_names(entry.id),
        "key": "id" + "".join(_NAME.findall(entry.id)),  # a word of its own: many pages may have the number
        "kind": entry.kind,
        "note": entry.note,
    }


def _content(entry: SearchEntry) -> str:
    return f"{END} ".join(filter(None, map(split_names, entry.texts))) or split_names(entry.title)


def split_names(text: str) -> str:
    """A text on one line, its names split at their punctuation."""
    return _INSIDE.sub(rf"\1{SPLIT} ", " ".join(_MARKS.sub(" ", text).split()))


# ── frequent words ───────────────────────────────────────────────────────────────────────────────────


def _frequent(pages_with: Mapping[str, int], pages: int) -> tuple[list[str], list[str]]:
    """The beginnings of words, and the words, that are on so many pages that a search for them takes too long.

    Pagefind checks each page it finds against all matches: with 10,000 issues that takes seconds for a word that all of
    them have, and the result is of no use. Of the beginnings only the longest are named.
    """
    matches: Counter[str] = Counter()
    for word, number in pages_with.items():
        matches.update({word[:length]: number for length in range(1, len(word) + 1)})
    starts = {start for start, number in matches.items() if min(number, pages) * number > PATIENCE}
    longest = starts - {start[:-1] for start in starts}
    return sorted(longest), sorted(word for word, number in pages_with.items() if number * number > PATIENCE)


def _words(texts: Sequence[str]) -> frozenset[str]:
    """The words of an entry as Pagefind knows them: names whole and in parts."""
    names = set(_NAME.findall(_APOSTROPHE.sub("", " ".join(texts))))
    parts = (part for name in names for part in _PART.findall(name) if len(part) > 1)
    return frozenset(map(str.lower, (*names, *parts)))
