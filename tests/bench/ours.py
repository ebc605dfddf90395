"""What is measured of triagebook, and the floor: what a computer must do for it at least."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import make_code
from .make_book import make
from .measure import FLOOR, TRIAGEBOOK, Measure, environment, nothing
from .place import Place, gone, kilobytes, retitle
from .timing import run

TABLE_OPENS = "browser, the table of all issues opens"
FILTERS = "browser, the table shows what fits"
SEARCHES = "browser, the search finds an error"
SCAN_NEAR, SCAN_FAR = "scan, at the newest commit", "scan, 1,000 commits later"
# What people do all day, in the words of a user.
DAILY = {
    "check, cold": "Check the book for the first time",
    "check, warm": "Check it again",
    "check, one record changed": "Check it after an edit",
    "check, 30 records changed": "Check it after a pull of 30 records",
    "check, code committed that no issue names": "Check it after a commit to the code that touches no issue",
    "check, one issue": "Check one issue",
    "show": "Show an issue",
    "list": "List the issues",
    "status": "See where they stand",
    "search, first": "Search for the first time",
    "search, again": "Search",
    "report": "Make a report",
    "site, one record changed": "Build the site after an edit",
    "serve, one record changed": "See an edit in the preview",
    "site, cold": "Build the site for the first time",
}
COMMAND = str(Path(sys.executable).with_name("triagebook"))
OWN_BOOK = Path(__file__).parents[2] / "issues"

_SETTINGS = """\
site_name: A book to measure with
docs_dir: site
site_dir: build/site
use_directory_urls: false
theme: {name: material, font: false}
plugins: [triagebook]
"""
_READ = "import pathlib, sys; print(sum(len(p.read_bytes()) for p in pathlib.Path(sys.argv[1]).rglob('*.yaml')))"


def prepare(place: Place) -> None:
    """A repository with a book of that size and the settings of its site."""
    make(place.book, place.issues)
    (place.project / "mkdocs.yml").write_text(_SETTINGS, encoding="utf-8")
    (place.project / "site").mkdir()
    (place.project / ".gitignore").write_text("build/\n.cache/\n", encoding="utf-8")
    keep_in_git(place.project)


def keep_in_git(folder: Path) -> None:
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "A book to measure with"]):
        subprocess.run([*git, *words], cwd=folder, check=True, capture_output=True)


def commit_to(path: Path) -> None:
    """Commit a change of one file, and nothing else."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("a = 1\n")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
    for words in (["add", str(path)], ["commit", "--quiet", "--message", "Other code", "--", str(path)]):
        subprocess.run([*git, *words], cwd=path.parent, check=True, capture_output=True)


def on_a_book(place: Place, cache: Path) -> list[Measure]:
    """What people wait for, in the order in which they would meet it."""
    records = kilobytes(place.book, "*.yaml")
    record = place.book / str(place.one) / "issue.yaml"

    def of(what: str, *words: str, before: Callable[[], object] = nothing, needs: str = "") -> Measure:
        return Measure(TRIAGEBOOK, what, (COMMAND, *words), place.project, before, needs, records)

    def of_preview(what: str, which: str) -> Measure:
        words = (sys.executable, "-m", "tests.bench.visible", which, COMMAND, str(place.project), str(place.one))
        return Measure(TRIAGEBOOK, what, words, OWN_BOOK.parent, kilobytes=records, told=True)

    def of_browser(what: str, which: str) -> Measure:
        words = (sys.executable, "-m", "tests.bench.in_browser", which, str(place.site), str(place.one))
        return Measure(TRIAGEBOOK, what, words, OWN_BOOK.parent, needs="site, cold", told=True)

    some = [place.book / str(number) / "issue.yaml" for number in range(1, min(30, place.issues) + 1)]
    code = place.project / "app" / "other.py"  # no issue names it

    return [
        Measure(FLOOR, "read the records", (sys.executable, "-c", _READ, "issues"), place.project, kilobytes=records),
        of("check, cold", "check", before=partial(gone, cache)),
        of("check, warm", "check", needs="check, cold"),
        of("check, one record changed", "check", before=partial(retitle, record), needs="check, cold"),
        of("check, 30 records changed", "check", before=lambda: [*map(retitle, some)], needs="check, cold"),
        of("check, code committed that no issue names", "check", before=partial(commit_to, code), needs="check, cold"),
        of("check, one issue", "check", str(place.one), needs="check, cold"),
        of("show", "show", str(place.one), needs="check, cold"),
        of("list", "list", needs="check, cold"),
        of("status", "status", needs="check, cold"),
        of("search, first", "search", "awaitable", needs="check, cold"),  # it reads every record
        of("search, again", "search", "awaitable", needs="search, first"),
        of("facts", "facts"),
        of("report", "report", str(place.one), "validation-report"),
        of("site, cold", "build", before=partial(gone, cache, place.project / "build")),
        of("site, unchanged", "build", needs="site, cold"),
        of("site, one record changed", "build", before=partial(retitle, record), needs="site, cold"),
        of_browser(TABLE_OPENS, "table"),
        of_browser(FILTERS, "filter"),
        of_browser(SEARCHES, "search"),
        of_preview("serve, first page", "first"),
        of_preview("serve, one record changed", "edit"),
        Measure(
            FLOOR,
            "copy the site",
            ("cp", "-r", str(place.site), "copy"),
            place.root,
            partial(gone, place.root / "copy"),
        ),
    ]


def where_time_goes(place: Place, cache: Path) -> dict[str, dict[str, float]]:
    """Of what takes long on a book: what share of its time each part takes."""
    found, out, log = {}, place.root / "where.json", place.root / "log.txt"
    commands = {
        f"A cold check of {place.issues:,} issues": ("check",),
        f"A cold site of {place.issues:,} issues": ("build",),
        "One report of a small book": ("report", "1231", "validation-report", "--book", str(OWN_BOOK)),
    }
    for name, words in commands.items():
        gone(cache, place.project / "build")
        command = (sys.executable, "-m", "tests.bench.where", str(out), *words)
        run(command, place.project, environment(cache.parent, PYTHONPATH=str(OWN_BOOK.parent)), math.inf, log)
        found[name] = json.loads(out.read_text(encoding="utf-8"))
    return found


def scans(work: Path, ast_grep: Path) -> list[Measure]:
    """A search of a repository for one issue, recorded at its newest commit and at one a thousand commits older."""
    folder = work / "code"
    gone(folder)
    make_code.make(folder)
    grep = ("git", "grep", "--line-number", "await get_manager(")
    structural = (str(ast_grep), "run", "--pattern", make_code.PATTERN, "--lang", "python", "app")
    return [
        Measure(FLOOR, "scan, git grep", grep, folder),
        Measure("ast-grep", "scan, the same pattern", structural, folder),
        Measure(TRIAGEBOOK, SCAN_NEAR, (COMMAND, "scan", "near", "--dry-run"), folder),
        Measure(TRIAGEBOOK, SCAN_FAR, (COMMAND, "scan", "far", "--dry-run"), folder),
    ]


def at_the_prompt() -> list[Measure]:
    """What takes no book, or a small one: how soon a command answers, and what Python alone takes for as much."""
    here = OWN_BOOK.parent
    return [
        Measure(FLOOR, "import argparse", (sys.executable, "-c", "import argparse"), here),
        Measure(TRIAGEBOOK, "--help", (COMMAND, "--help"), here),
        Measure(FLOOR, "import pydantic, jinja2", (sys.executable, "-c", "import pydantic, jinja2"), here),
        Measure(TRIAGEBOOK, "report of a small book", (COMMAND, "report", "1231", "validation-report"), here),
    ]
