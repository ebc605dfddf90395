"""`triagebook init` and `schema`: create a book, keep existing files, and write its schemas."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

from triagebook.code import git
from triagebook.errors import TriagebookError
from triagebook.findings import Edit
from triagebook.model.schema import KINDS
from triagebook.playbooks.runners import PYTEST, runner_in
from triagebook.render import templates
from triagebook.store.book_folder import CATALOG, FOLDER
from triagebook.store.edit import apply
from triagebook.store.schemas import FOLDER as SCHEMAS
from triagebook.store.schemas import stale
from triagebook.store.schemas import text as schema_text
from triagebook.store.schemas import write as write_schemas
from triagebook.store.write import create
from triagebook.text import counted, on_one_line, visible

from .common import book_root, misspelt, print_notes, print_utf8
from .main import FINDINGS
from .options import book_option, subcommand

SITE, AGENTS = "mkdocs.yml", "AGENTS.md"
BUILT = "/build/"  # for .gitignore
_PACKAGED = (
    "pyproject.toml", "setup.py", "package.json", "Cargo.toml", "go.mod", "pom.xml", "build.gradle*", "*.gemspec",
    "composer.json", "*.csproj", "*.sln", "CMakeLists.txt",
)  # fmt: skip
_DEPLOYED = (
    "*Dockerfile*", "Containerfile", "*compose*.y*ml", "Procfile", "app.y*ml", "fly.toml", "vercel.json",
    "netlify.toml", "serverless.y*ml", "manage.py", "*.tf", "k8s", "kubernetes", "helm", "charts", "deploy*",
    "terraform",
)  # fmt: skip
_OF_A_LIBRARY = (
    Edit(CATALOG, ("environments",), "set", {"local": "Local or CI"}),
    Edit(CATALOG, ("required",), "set", ["local"]),
)
_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]+@)?(?P<host>[\w.-]+)(?::\d+)?/|(?:[^@/]+@)?(?P<scp>[\w.-]+):)"
    r"(?P<path>(?:[\w.~-]+/)*)(?P<name>[\w.-]+?)(?:\.git)?/?"
)


@subcommand("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option("--title", metavar="WORDS", default="Issues", show_default=True)
@click.option("--agents", is_flag=True)
@book_option
def command(folder: Path | None, title: str, agents: bool, book: Path | None) -> None:
    if folder and book:
        raise click.UsageError("--book and DIR mean the same; give one of them")
    root = folder or book or Path()
    _refuse_unfit(root, title)
    root.mkdir(parents=True, exist_ok=True)
    has_site = (root / SITE).exists()
    library = _has(root, _PACKAGED) and not _has(root, _DEPLOYED)  # a package, and nothing to deploy it with
    runner = runner_in(root)
    edits = [*(_OF_A_LIBRARY if library else ()), *_repository(root)]
    if runner != PYTEST:
        edits.append(Edit(CATALOG, ("runner",), "set", runner))
    for name, text in _starter(title, edits).items():
        if (root / name).exists():
            _say("kept", root / name)
        elif not has_site or not name.startswith("site/"):  # an existing site has its own pages
            create(root, name, text)
            _say("created", root / name)
    _say("created" if write_schemas(root / FOLDER) else "kept", root / FOLDER / SCHEMAS)
    _say(_updated(root / ".gitignore", ignoring), root / ".gitignore")
    if library:
        why = "this looks like a library, so a fix must be proven in `local` alone"
        print_notes(f"{why}; change it in {(root / FOLDER / CATALOG).as_posix()}")
    if runner != PYTEST:
        print_notes(f"tests are proposed for `{runner}`; the `runner` in the catalog says so")
    if agents:
        _say(_updated(root / AGENTS, _telling), root / AGENTS)
    click.echo(f"next: {''.join(f'{step}, then: ' for step in _steps(root))}triagebook new", err=True)


def _repository(root: Path) -> Iterator[Edit]:
    """What git knows of the repository around a folder, for the catalog: its name and address, without a password."""
    top = git.top_of(root)
    remote = (git.ask(root, "remote", "get-url", "origin") or "").strip()
    found = _REMOTE.fullmatch(remote)
    title = found["name"] if found else top.name if top else ""
    if title:
        address = f"https://{found['host'] or found['scp']}/{found['path']}{title}" if found else {"title": title}
        name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "app"
        yield Edit(CATALOG, ("repositories",), "set", {name: address})


def _starter(title: str, edits: Sequence[Edit]) -> dict[str, str]:
    """The files of a new book, by path. Their comments tell people what to write next."""
    catalog, site, about = (
        (templates() / "new-book" / name).read_text(encoding="utf-8") for name in (CATALOG, SITE, "about.md")
    )
    return {
        f"{FOLDER}/{CATALOG}": apply(catalog, [Edit(CATALOG, ("title",), "set", title), *edits]),
        f"{FOLDER}/.gitattributes": "*.yaml text eol=lf\n",  # git on Windows would change the ends of lines
        SITE: apply(site, [Edit(SITE, ("site_name",), "set", title)]),
        "site/about.md": about,
    }


def _has(root: Path, names: Iterable[str]) -> bool:
    return any(next(iter(root.glob(name)), None) for name in names)


def _steps(root: Path) -> Iterator[str]:
    """The steps before the first issue."""
    if root != Path():
        place = root.as_posix()
        yield f"cd {shlex.quote(f'./{place}' if place.startswith('-') else place)}"
    if "triagebook" not in (root / SITE).read_text(encoding="utf-8", errors="replace"):
        yield f"add `triagebook` to `plugins` in {SITE}"


def _refuse_unfit(root: Path, title: str) -> None:
    if not title.strip() or len(title.splitlines()) > 1:
        raise TriagebookError("--title must be one line of text", "write a few words, or leave it out")
    if (root / CATALOG).is_file():
        raise TriagebookError(
            f"`{root}` is already a book", f"name the folder above it, or use this one: --book {root}"
        )
    for path in (root / FOLDER, root, *root.parents):
        if path.is_file():
            raise TriagebookError(f"`{path}` is a file, so it can't contain a book", "name another folder")


def _updated(path: Path, change: Callable[[str], str]) -> str:
    """Change the text of a file; return what was done."""
    old = path.read_bytes().decode(errors="surrogateescape") if path.exists() else ""
    new = change(old)
    if new == old:
        return "kept"
    path.write_bytes(new.encode(errors="surrogateescape"))
    return "updated" if old else "created"


def _telling(text: str) -> str:
    """Add what an assistant must know to the text of AGENTS.md, unless it is there."""
    section = (templates() / "new-book" / "agents.md").read_text(encoding="utf-8")
    if section.splitlines()[0] in text:
        return text
    return f"{text.rstrip()}\n\n{section}" if text.strip() else section


def ignoring(text: str) -> str:
    """Add the build folder to the text of a .gitignore, unless it is already there."""
    if any(line.strip().strip("/") == BUILT.strip("/") for line in text.splitlines()):
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else newline
    return f"{text}{gap}{BUILT}{newline}"


def _say(what: str, path: Path) -> None:
    click.echo(f"{what:<8}  {visible(path.as_posix())}")


# ── schema ───────────────────────────────────────────────────────────────────────────────────────────


def _complete_kind(_: click.Context, __: click.Parameter, start: str) -> list[str]:
    return [kind for kind in KINDS if kind.startswith(start)]


@subcommand("schema")
@click.argument("kind", required=False, shell_complete=_complete_kind)
@click.option("--check", is_flag=True)
@book_option
def schema(kind: str | None, check: bool, book: Path | None) -> None:
    if kind is not None:
        if check:
            raise click.UsageError("--check compares all schemas; leave KIND out")
        if kind not in KINDS:
            what = f"there is no schema named `{on_one_line(kind)}`"
            raise misspelt(what, kind, KINDS, f"use one of: {', '.join(KINDS)}")
        print_utf8(schema_text(kind))
        return
    root = book_root(book)
    changed = stale(root) if check else write_schemas(root)
    for name in changed:
        place = (root / name).as_posix()
        click.echo(f"{place}: outdated" if check else f"wrote {place}")
    if not changed:
        click.echo(f"{counted(len(KINDS), 'schema')} in {(root / SCHEMAS).as_posix()}: all up to date")
    elif check:
        click.echo("  to update them, run: triagebook schema")
        raise click.exceptions.Exit(FINDINGS)
