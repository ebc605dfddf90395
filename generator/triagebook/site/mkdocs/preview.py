"""The site on this machine: each page is made when somebody asks for it, of the records as they are then.

So nobody waits for pages that nobody reads, and after an edit only the records that were edited are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from posixpath import normpath
from stat import S_ISDIR
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger
from msgspec import Struct
from msgspec.structs import replace

from triagebook.errors import TriagebookError
from triagebook.site.content import SiteContent
from triagebook.site.search_index import INDEX

from .files import issue_of
from .writer import PageWriter

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = get_plugin_logger("triagebook")

Renewed: TypeAlias = Callable[
    [frozenset[str]], SiteContent
]  # the issues whose folders changed -> the book as it is now
State: TypeAlias = tuple[object, ...]  # what the file system says of something: it is another after every write


class FileStates(Struct, frozen=True):
    """All that pages are made of, as it was found."""

    issues: Mapping[str, State]
    beside: State


class Preview:
    """Makes what is asked for, once; until a record changes."""

    def __init__(
        self, press: PageWriter, book: Path, beside: Iterable[Path], renewed: Renewed, index: Callable[[], object]
    ) -> None:
        """`beside` are the places of what pages are made of beside records; `index` makes the site searchable."""
        self._press = press
        self._index = index
        self._book = book.resolve()
        self._beside = [path.resolve() for path in (*beside, book / "catalog.yaml", book / "patterns")]
        self._renewed = renewed
        self._seen = self._look()
        self._made: set[Path] = set()
        self._searchable = False
        self._is_over = False  # something changed that only a build can show
        self._turn = Lock()

    def make(self, address: str) -> None:
        """Linker to it that there is what lies at an address of the site, if it is made of the book."""
        with self._turn:
            if issue := issue_of(address):
                self._renew_one(issue)
            if address.startswith(INDEX) and not self._searchable:
                self._index()
                self._searchable = True
            with self._press.files.forgetting():
                file = self._press.files.at(address)
                if file and Path(file.abs_dest_path) not in self._made:
                    self._press.print(file)
                    self._made.add(Path(file.abs_dest_path))

    def renew(self) -> bool:
        """Turn to the records as they are now. Where more than records of issues changed, that can't be done here."""
        with self._turn:
            self._renew()
            return not self._is_over

    def _renew_one(self, issue: str) -> None:
        """Only what is asked for. The server finds out too, and of all else, but looks only now and then."""
        now = _state(self._book / issue)
        if self._seen.issues.get(issue, ()) != now:
            self._seen = replace(self._seen, issues={**self._seen.issues, issue: now})
            self._turn_to(frozenset({issue}))

    def _renew(self) -> None:
        before, self._seen = self._seen, self._look()
        names = before.issues.keys() | self._seen.issues.keys()
        changed = frozenset(name for name in names if before.issues.get(name) != self._seen.issues.get(name))
        self._is_over = self._is_over or self._seen.beside != before.beside
        self._turn_to(changed)

    def _turn_to(self, changed: frozenset[str]) -> None:
        """Show the records of these issues as they are now."""
        if self._is_over or not changed:
            return
        self._is_over = True  # also where something goes wrong: a build says what
        self._is_over = not self._press.files.turn_to(self._renewed(changed))
        for path in self._made:
            path.unlink(missing_ok=True)
        self._made.clear()
        self._searchable = False

    def _look(self) -> FileStates:
        issues = {path.name: _state(path) for path in self._book.iterdir() if path not in self._beside}
        return FileStates(issues, tuple(map(_state, self._beside)))


def show(server: LiveReloadServer, preview: Callable[[], Preview | None]) -> None:
    """Let a server make what it is asked for, and build anew only what it must."""
    build, answer = server.builder, server.serve_request

    def build_if_need_be() -> None:
        here = preview()
        if here is None or not here.renew():
            build()

    def make_and_answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="ignore").removeprefix(server.mount_path)
        try:
            if here := preview():
                here.make(normpath(f"/{path}index.html" if path.endswith("/") or not path else f"/{path}").lstrip("/"))
        except TriagebookError as error:
            log.warning("%s: %s; %s", path, error.what, error.do)
            start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
            return [f"{error.what}\n{error.do}\n".encode()]
        return answer(environ, start_response)

    server.builder = build_if_need_be
    server.set_app(make_and_answer)


def _state(path: Path) -> State:
    try:
        about = path.stat()
        if not S_ISDIR(about.st_mode) or path.is_symlink():  # a linked folder may hold the one it is in
            return about.st_ino, about.st_mtime_ns, about.st_size
        return tuple((inside.name, _state(inside)) for inside in sorted(path.iterdir()))
    except OSError:
        return ()
