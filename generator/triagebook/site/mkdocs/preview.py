"""The site for `serve`: each page is made from the current records when it is requested.

Nobody waits for pages that nobody reads, and after an edit only the edited records are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from posixpath import normpath
from stat import S_ISDIR
from threading import Lock
from typing import TypeAlias
from wsgiref.types import StartResponse, WSGIEnvironment

from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger

from triagebook.errors import TriagebookError
from triagebook.site.content import SiteContent

from .files import issue_of
from .writer import PageWriter

log = get_plugin_logger("triagebook")

Renewed: TypeAlias = Callable[[frozenset[str]], SiteContent]  # the issues whose folders changed -> the present content
State: TypeAlias = tuple[object, ...]  # of a path in the file system: every write changes it


class Preview:
    """Makes what is requested, once until a record changes."""

    def __init__(self, writer: PageWriter, book: Path, beside: Iterable[Path], renewed: Renewed) -> None:
        """`beside` are the paths of other inputs than records."""
        self._writer = writer
        self._book = book.resolve()
        self._beside = [path.resolve() for path in (*beside, book / "catalog.yaml", book / "patterns")]
        self._renewed = renewed
        self._issues, self._others = self._states()
        self._made: set[Path] = set()
        self._is_over = False  # a change needs a build
        self._lock = Lock()

    def make(self, address: str) -> None:
        """Make the file at an address of the site, if it is a generated one."""
        with self._lock:
            if issue := issue_of(address):
                self._renew_one(issue)
            with self._writer.files.forgetting():
                file = self._writer.files.at(address)
                if file and Path(file.abs_dest_path) not in self._made:
                    self._writer.write(file)
                    self._made.add(Path(file.abs_dest_path))

    def renew(self) -> bool:
        """Switch to the present records; false if other inputs changed, so that a build is needed."""
        with self._lock:
            issues, others = self._states()
            before, self._issues = self._issues, issues
            changed = {name for name in before.keys() | issues if before.get(name) != issues.get(name)}
            self._is_over = self._is_over or others != self._others
            self._switch_to(frozenset(changed))
            return not self._is_over

    def _renew_one(self, issue: str) -> None:
        """Check one issue now; the server checks all inputs only from time to time."""
        now = _state(self._book / issue)
        if self._issues.get(issue, ()) != now:
            self._issues[issue] = now
            self._switch_to(frozenset({issue}))

    def _switch_to(self, changed: frozenset[str]) -> None:
        """Switch to the present records of these issues."""
        if self._is_over or not changed:
            return
        self._is_over = True  # also after an error, which a build reports
        self._is_over = not self._writer.files.switch_to(self._renewed(changed))
        for path in self._made:
            path.unlink(missing_ok=True)
        self._made.clear()

    def _states(self) -> tuple[dict[str, State], State]:
        """The state of each issue, and that of everything else that pages are made from."""
        issues = {path.name: _state(path) for path in self._book.iterdir() if path not in self._beside}
        return issues, tuple(map(_state, self._beside))


def show(server: LiveReloadServer, preview: Callable[[], Preview | None]) -> None:
    """Let a server make pages on request, and build only where needed."""
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
        if not S_ISDIR(about.st_mode) or path.is_symlink():  # a linked folder may contain itself
            return about.st_ino, about.st_mtime_ns, about.st_size
        return tuple((inside.name, _state(inside)) for inside in sorted(path.iterdir()))
    except OSError:
        return ()
