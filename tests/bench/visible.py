"""How long somebody waits for a page: `python -m tests.bench.visible first|edit TRIAGEBOOK FOLDER ISSUE`.

`first` is from the command to the first page, `edit` from a change of a record until its page shows it. The number of
seconds is printed last.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from .place import retitle

LOOK_EVERY = 0.01
_TITLE = re.compile(r"^title: (.*)$", re.MULTILINE)


def main(what: str, command: str, folder: str, issue: str) -> None:
    record = Path(folder, "issues", issue, "issue.yaml")
    began = time.perf_counter()
    with _served(command, folder) as address:
        page = f"{address}/issues/{issue}/index.html"
        _wait(page, "</html>")
        if what == "edit":
            retitle(record)
            began = time.perf_counter()
            found = _TITLE.search(record.read_text(encoding="utf-8"))
            assert found, record
            _wait(page, re.split("`|'", found[1])[-1])
        print(time.perf_counter() - began)  # noqa: T201


@contextmanager
def _served(command: str, folder: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen([command, "serve", "--address", address], cwd=folder)
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


def _wait(page: str, words: str) -> None:
    while True:
        try:
            with urlopen(page) as answer:  # noqa: S310  (our own server)
                if words in answer.read().decode():
                    return
        except OSError:  # not yet
            pass
        time.sleep(LOOK_EVERY)


if __name__ == "__main__":
    main(*sys.argv[1:])
