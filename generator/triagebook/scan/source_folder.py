"""The folder with the source code of an issue, and which of its files can be searched."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path, PurePosixPath

from msgspec import Struct

from triagebook.book import Book, Entry
from triagebook.code.checkout import Checkout, list_files_without_git
from triagebook.code.checkouts import FoundCheckout
from triagebook.code.git import NOT_INSTALLED, GitMissingError
from triagebook.errors import TriagebookError

NAME_FOLDER = "name the folder of the source code: --in DIR; the catalog can keep it as `checkout`"


class SourceFolder(Struct, frozen=True, dict=True):
    """A folder of source code, as it is now."""

    folder: Path
    checkout: Checkout | None  # None: the folder is not in git, so nothing is known of commits
    book_root: Path  # the book quotes the defect, so its own files are left out

    @cached_property
    def files(self) -> list[str]:
        """Every file that may be searched, sorted."""
        names = self.checkout.files if self.checkout else list_files_without_git(self.folder)
        root, book = self.folder.resolve(), self.book_root.resolve()
        if book == root:
            records = {"catalog.yaml", "patterns", *(path.parent.name for path in root.glob("*/issue.yaml"))}
            return sorted(name for name in names if name.partition("/")[0] not in records)
        own = f"{book.relative_to(root).as_posix()}/" if book.is_relative_to(root) else None
        return sorted(name for name in names if own is None or not name.startswith(own))

    @cached_property
    def present(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder with a file in it."""
        return frozenset(str(above) for path in self.files for above in PurePosixPath(path).parents)


def folder_at(found: FoundCheckout, book_root: Path) -> SourceFolder:
    """The source code in a checkout that was found, or in a folder that is not in git."""
    if found.checkout is not None:
        return SourceFolder(found.checkout.root, found.checkout, book_root)
    if found.folder is not None:
        return SourceFolder(found.folder, None, book_root)
    if found.why == NOT_INSTALLED[0]:
        raise GitMissingError(found.why, "install git; it lists the files to search")
    raise TriagebookError(found.why, NAME_FOLDER)


def repository_of(book: Book, entry: Entry) -> str:
    """The repository that an issue is about, by its id in the catalog."""
    named = [source.repository for source in (entry.affected and entry.affected.source, entry.issue.source) if source]
    components = (book.catalog.components.get(name) for name in entry.issue.components)
    named += [component.repository for component in components if component and component.repository]
    known = book.catalog.repositories
    if name := next((str(name) for name in named if name in known), None):
        return name
    if len(known) == 1:
        return next(iter(known))
    do = f"name it in {entry.id}/issue.yaml: `source: {{repository: ..., commit: ...}}`, with an id from the catalog"
    if not known:
        do = "add it to the catalog, as `repositories: {app: https://example.org/team/app}`, or `{app: {title: App}}`"
    raise TriagebookError(f"the record does not say which repository issue {entry.id} is about", do)
