"""Whose code is at work while a command runs: `python -m tests.bench.where FILE triagebook ARGUMENTS`.

Looks again and again at what the process does, and counts what it sees for the innermost part that has a name here; so
a filter that a template calls counts as the template. The shares go to the file, as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import FrameType

EVERY = 0.001  # seconds of the processor
PARTS = {  # by what is in the path of a file; what stands first decides
    "/pydantic/": "pydantic: classes and schemas of records",
    "/material/": "the theme of MkDocs",
    "/templates/reports/": "templates of reports",
    "/templates/": "templates of pages, and macros",
    "/triagebook/markup.py": "HTML from Markdown",
    "/triagebook/markdown.py": "HTML from Markdown",
    "/site/layout.py": "HTML from Markdown",
    "/reports/data.py": "JSON",
    "/site/data.py": "JSON",
    "/triagebook/store/": "reading the records",
    "/triagebook/model/": "reading the records",
    "/triagebook/rules/": "checking them",
    "/triagebook/facts/": "facts and views",
    "/triagebook/reports/": "facts and views",
    "/triagebook/site/search_index.py": "the index of the search",
    "/triagebook/site/": "pages and files of the site",
    "/mkdocs/": "MkDocs",
    "/triagebook/cli/": "the command line",
    "importlib": "importing modules",
}
REST = "Python"


def part_of(frame: FrameType | None) -> str:
    """The innermost part at work."""
    files = takewhile(lambda file: file != __file__, _files(frame))
    return next((PARTS[key] for file in files for key in PARTS if key in file), REST)


def _files(frame: FrameType | None) -> Iterator[str]:
    while frame:
        yield frame.f_code.co_filename
        frame = frame.f_back


def main(out: str, *arguments: str) -> None:
    seen: Counter[str] = Counter()
    signal.signal(signal.SIGPROF, lambda _, frame: seen.update([part_of(frame)]))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])  # on one processor, all is done by this process
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    from triagebook.cli.main import outcome  # noqa: PLC0415  (that is a part of what it takes)

    gc.set_threshold(250_000)  # as the command has it
    code = outcome(list(arguments))
    signal.setitimer(signal.ITIMER_PROF, 0)
    total = sum(seen.values())
    shares = {part: count / total for part, count in seen.most_common()}
    Path(out).write_text(json.dumps(shares), encoding="utf-8")
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
