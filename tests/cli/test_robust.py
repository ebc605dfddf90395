"""No command shows a traceback or a library's warning, however it is used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triagebook.cli.main import COMMANDS

PLACE = "--phase after --environment staging"
# One line for each correct way to use a command; FILES names what they read.
RIGHT = """
init other
new --title Crash --severity low --summary It --error KeyError:
import github tickets.json
import sarif lint.sarif --issue 10 --dry-run --commit 1234567
list --format json
show 10
show 10 --format json
facts
facts 10 --format json
check
check --format json
check --format sarif
check --format junit
check --format github
gate
gate 10 --format json
fix --dry-run
rules
rules TB305 --format json
claims
claims --format json
record 10 junit.xml --dry-run
record 10 --value cart.speed=3.5ms --phase after --environment staging --by backend
record 10 --observe Again --environment staging --by backend
report 10 summary
report 10 all --format json --out reports
report 10 all --format html --out reports
pages --out pages
schema
schema issue
status
status --json
search cart
set 10 severity low
set 10 labels [one]
plan 10 --in folder
"""
# One line per wrong use: an error in two lines and exit code 2, or findings.
WRONG = """
prove 999 --yes
withdraw 10 nothing --by backend --why mistake
show
show 10 9
show ../10
show 999
list --severity worst
list --owner nobody
list --book file.txt
list --book nowhere
new 10 --title A --severity low --summary B
new a/b --title A --severity low --summary B
new catalog.yaml --title A --severity low --summary B
new --title A --severity low --summary B --opened yesterday
new --title A --severity low --summary B --link nonsense
new --title A --severity low --summary B --pattern nothing
init file.txt
init issues
import github binary
import github folder
import github empty
import github nowhere.json
import github junit.xml
import github lint.sarif
import github tickets.json --rule X
import sarif tickets.json --issue 9
import sarif binary --issue 9
import sarif folder --issue 9
import sarif lint.sarif
import sarif lint.sarif --issue 9
import sarif lint.sarif --issue 9 --commit zzz
facts 999
facts 10 --name tests.passd
facts 10 --name =
audit nowhere.md
audit folder
check 999
check --as-of 2025-02-30
check --as-of tomorrow
check --select TB999
check --baseline binary
check --baseline folder
check --baseline nowhere
check --changed-since main
check --in nowhere
fix 999
gate 999
gate --stage never
fix --book nowhere
rules TB999
claims 999
claims --state perhaps
record 999 junit.xml
record 10
record 10 nowhere.xml
record 10 binary --dry-run
record 10 folder --dry-run
record 10 empty --dry-run
record 10 tickets.json --dry-run
record 10 junit.xml
record 10 junit.xml --phase after --environment moon
record 10 junit.xml --phase after --environment staging --commit zzz
record 10 junit.xml --phase after --environment staging --at 2025-02-30
record 10 junit.xml --phase after --environment staging --at 2999-01-01
record 10 junit.xml --dry-run --input-format trx
record 10 --value nonsense --by backend
record 10 --value a.b=fast --by backend
record 10 --observe Again --by nobody
record 10 --observe Again --attach folder --by backend
run 10 --phase after --environment staging
run 10 --phase after --environment staging --suite nothing
prove 10 --environment staging
prove 999
run 999 --phase after --environment staging
scan 10
scan 10 --in nowhere
scan 10 --in folder
scan
report 999 summary
report 10 novel
report 10 all
report 10 summary --out file.txt/summary.md
report 10 summary --since v1
report 10 summary --in nowhere
tests 999 --out tests
pages --out file.txt
build
serve --address nonsense
schema nothing
match nowhere.log
set 999 severity low
set 10 severity worst
set 10 status done
set 10
edit 999
close 999 --as fixed
close 10 --as wrong
plan 999
collect nowhere
comment --post
comment no-such-revision
search - --book nowhere
mcp --book nowhere
"""


@pytest.fixture
def files(book: Path, here: Path) -> Path:
    """Files of several kinds beside the book."""
    (here / "file.txt").write_text("text")
    (here / "folder").mkdir()
    (here / "empty").write_bytes(b"")
    (here / "binary").write_bytes(bytes(range(256)) * 4)
    (here / "junit.xml").write_text('<testsuite><testcase classname="test_a" name="test_b"/></testsuite>')
    ticket = '{"number": 77, "title": "It fails", "body": "KeyError: 1", "url": "https://github.com/a/b/issues/77"}'
    (here / "tickets.json").write_text(ticket)
    result = '{"message": {"text": "x"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}}}]}'
    (here / "lint.sarif").write_text(f'{{"version": "2.1.0", "runs": [{{"results": [{result}]}}]}}')
    return book


def lines(table: str) -> list[str]:
    return table.strip().splitlines()


@pytest.mark.usefixtures("files")
def test_valid_commands_raise_no_warning(run: Callable[..., Any]) -> None:
    """Warnings are errors here, so each would end in a traceback."""
    for line in lines(RIGHT):
        ran = run(*line.split())
        assert ran.code in {0, 1}, (line, ran.err)
        strange = [
            said for said in ran.err.splitlines() if not re.match(r"note: |next: |wrote |likely |possibly ", said)
        ]
        assert strange == [], line


def test_every_command_is_in_the_tables_above() -> None:
    used = {line.split()[0] for line in lines(RIGHT) + lines(WRONG)}
    assert used == set(COMMANDS)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("line", lines(WRONG))
def test_invalid_commands_are_explained_in_two_lines(line: str, run: Callable[..., Any]) -> None:
    ran = run(*line.split())
    assert ran.code == 2, ran.out + ran.err
    what, do = ran.err.splitlines()[-2:]
    assert what.startswith("error: ")
    assert re.match(r"  \S", do)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("line", ["report 10 summary --format json", "check", "show 10 --format json"])
def test_the_installed_command_prints_no_warning(line: str, run_installed: Callable[..., Any]) -> None:
    recorded = run_installed("record", "10", "--value", "cart.speed=3.5 ms", *PLACE.split(), "--by", "backend")
    assert recorded.code in {0, 1}
    ran = run_installed(*line.split(), PYTHONWARNINGS="error")
    assert (ran.code in {0, 1}, ran.err) == (True, "")


@pytest.mark.usefixtures("files")
def test_commands_work_without_git(run_installed: Callable[..., Any], here: Path) -> None:
    """Without git a book can be read and checked; an error explains what needs git."""
    for line in ("list", "check", "show 10", "facts 10", "report 10 summary"):
        ran = run_installed(*line.split(), PATH=str(here / "folder"))
        assert (ran.code in {0, 1}, "Traceback" in ran.err) == (True, False), (line, ran.err)
    changed = run_installed("check", "--changed-since", "main", PATH=str(here / "folder"))
    assert (changed.code, len(changed.err.splitlines())) == (2, 2)
