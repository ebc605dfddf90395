"""What a scan makes of the record: found, moved, edited, fixed, new, back; and that nothing people wrote is lost."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.hypotheses import examples
from triagebook.facts.inquiry import Inquiry
from triagebook.rules import check
from triagebook.store.load import load
from triagebook.store.write import edit

from .project import CATALOG, DETECTOR, Project

CHAT = """\
import shop


async def connect(user):
    manager = await get_manager(user)
    other = await get_manager(
        user,
    )
    return await get_manager()
"""


def test_the_first_scan_writes_the_locations(project: Project) -> None:
    """An entry for each file and text, at the commit."""
    commit = project.commit(
        {"app/chat.py": CHAT + "again = await get_manager()\n", "tests/a.py": "await get_manager()\n"}
    )
    project.scan()
    assert project.locations == [
        "app/chat.py:5 open await get_manager(user)",
        "app/chat.py:6 open await get_manager( user, )",
        "app/chat.py:9,10 open await get_manager()",
        "tests/a.py:1 open await get_manager()",
    ]
    affected = project.load().book.issues["1"].affected
    assert affected is not None
    assert affected.scan is not None
    assert (str(affected.source.repository), affected.source.commit) == ("shop", commit)
    assert (str(affected.scan.on), affected.scan.files) == ("2025-09-20", 2)
    assert affected.scan.detector == project.load().book.issues["1"].issue.detector
    assert str(affected.scan.by).startswith("triagebook ")


def test_what_a_scan_writes_passes_the_check(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    loaded = project.load()
    assert not loaded.findings
    assert not [f for f in check(Inquiry(loaded.book)) if f.file.endswith("affected.yaml")]


def test_a_scan_that_finds_nothing_is_recorded(project: Project) -> None:
    """A list without an entry says that it was searched."""
    project.commit({"app/chat.py": "pass\n"})
    project.scan()
    affected = project.load().book.issues["1"].affected
    assert affected is not None
    assert not affected.locations


def test_moved_lines_are_updated(project: Project) -> None:
    """With all that people wrote beside them, comments too; nothing counts as new or fixed."""
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.affected(
        project.record.replace(
            "text: await get_manager()\n",
            "text: await get_manager()\n    note: The worst   # look here\n    priority: 1\n    from: https://example.org/a\n",
        ).replace("locations:", "# the list\nlocations:")
    )
    project.commit({"app/chat.py": CHAT.replace("import shop\n", "import shop\nimport log\n\n")})
    outcome = project.scan()
    assert outcome.counts == {"moved": 3}
    assert project.locations == [
        "app/chat.py:7 open await get_manager(user)",
        "app/chat.py:8 open await get_manager( user, )",
        "app/chat.py:11 open await get_manager() The worst",
    ]
    assert "note: The worst   # look here\n" in project.record
    assert "# the list\nlocations:" in project.record


def test_a_missing_location_is_fixed_by_the_commit_that_removed_it(project: Project) -> None:
    """Also where the line was deleted with others, or with its file."""
    project.commit({"app/chat.py": CHAT, "app/old.py": "await get_manager()\n"})
    project.scan()
    one = project.commit({"app/chat.py": CHAT.replace("await get_manager(user)", "get_manager(user)")})
    (project.root / "app/old.py").unlink()
    two = project.commit()
    project.scan()
    assert project.locations == [
        f"app/chat.py:5 fixed await get_manager(user) {one[:9]}",
        "app/chat.py:6 open await get_manager( user, )",
        "app/chat.py:9 open await get_manager()",
        f"app/old.py:1 fixed await get_manager() {two[:9]}",
    ]


def test_a_new_location_is_marked_as_new(project: Project) -> None:
    """And stays so until a person says otherwise."""
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.commit({"app/talk.py": "await get_manager()\n"})
    project.scan()
    project.commit({"app/other.py": "pass\n"})
    project.scan()
    assert project.locations[-1] == "app/talk.py:1 new await get_manager()"


def test_a_line_that_was_edited_is_the_same_location(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.commit({"app/chat.py": CHAT.replace("await get_manager(user)", "await get_manager(user, log)")})
    outcome = project.scan()
    assert outcome.counts == {"edited": 1}
    assert project.locations[0] == "app/chat.py:5 open await get_manager(user, log)"


def test_a_fixed_location_can_come_back(project: Project) -> None:
    """Then it counts as new, and no commit has fixed it."""
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.affected(
        project.record.replace("text: await get_manager(user)\n", "text: await get_manager(user)\n    note: Mine\n")
    )
    project.commit({"app/chat.py": CHAT.replace("await get_manager(user)", "get_manager(user)")})
    project.scan()
    assert "fixed" in project.locations[0]
    project.commit({"app/chat.py": "\n" + CHAT})
    outcome = project.scan()
    assert outcome.counts == {"back": 1, "moved": 2}
    assert project.locations[0] == "app/chat.py:6 new await get_manager(user) Mine"


def test_an_entry_whose_lines_fare_differently_is_split(project: Project) -> None:
    """What people wrote about the whole is kept for each part."""
    text = "await get_manager()\nx = 1\nawait get_manager()\n"
    project.commit({"app/chat.py": text})
    project.scan()
    project.affected(
        project.record.replace("text: await get_manager()\n", "text: await get_manager()\n    note: Mine\n")
    )
    fix = project.commit({"app/chat.py": "get_manager()\nx = 1\ny = 2\nawait get_manager()\n"})
    project.scan()
    assert project.locations == [
        "app/chat.py:4 open await get_manager() Mine",
        f"app/chat.py:1 fixed await get_manager() Mine {fix[:9]}",
    ]


def test_a_renamed_file_takes_its_locations_along(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.git("mv", "app/chat.py", "app/talk.py")
    project.commit({"app/talk.py": "import more\n" + CHAT})
    assert project.scan().counts == {"moved": 3}
    assert project.locations[0] == "app/talk.py:6 open await get_manager(user)"


def test_a_list_written_by_hand_is_updated(project: Project) -> None:
    """Short forms, lines in one entry, a file without lines: the first gets its new lines, the last learns them."""
    commit = project.commit({"app/chat.py": CHAT, "app/talk.py": "await get_manager()\n"})
    project.affected(
        f"source: {{repository: shop, commit: {commit[:9]}}}\n"
        "locations:\n  # product\n  - app/chat.py:5,6,9   # three\n  - {at: app/talk.py, note: all of it}\n"
    )
    project.commit({"app/chat.py": "\n" + CHAT})
    project.scan()
    assert "  # product\n  - app/chat.py:6,7,10   # three\n  - {at: " in project.record
    assert ", note: all of it}\n" in project.record
    assert [one.partition(" open")[0] for one in project.locations] == ["app/chat.py:6,7,10", "app/talk.py:1"]


def test_exclusions_move_and_stay(project: Project) -> None:
    """They hide what they name, wherever it goes. Without a match they stay as written, and hide nothing else."""
    text = "await get_manager('a')\nawait get_manager('b')\n"
    commit = project.commit({"app/chat.py": text, "app/all.py": text})
    project.affected(
        f"source: {{repository: shop, commit: {commit}}}\n"
        "excluded: [{at: 'app/chat.py:2', why: a test}, {at: 'app/chat.py:1', why: b}, {at: app/all.py, why: c}]\n"
    )
    project.commit({"app/chat.py": "\n\n\n" + text.replace("await get_manager('a')\n", "")})
    assert project.scan().counts == {"void": 1}
    assert excluded(project) == ["app/chat.py:4 a test", "app/chat.py:1 b", "app/all.py c"]
    project.commit({"app/chat.py": "await get_manager('new')\n\n\nawait get_manager('b')\n"})
    assert project.scan().counts == {"new": 1}
    assert excluded(project) == ["app/chat.py:4 a test", "app/chat.py:1 b", "app/all.py c"]
    assert project.locations == ["app/chat.py:1 new await get_manager('new')"]


def test_an_exclusion_keeps_a_line_whose_match_is_gone(project: Project) -> None:
    commit = project.commit({"app/chat.py": "await get_manager('a')\nawait get_manager('b')\n"})
    head = f"source: {{repository: shop, commit: {commit}}}\n"
    project.affected(f"{head}excluded: [{{at: 'app/chat.py:1,2', why: a test}}]\n")
    project.commit({"app/chat.py": "\n\n\nawait get_manager('a')\nget_manager('b')\n"})
    project.scan()
    assert excluded(project) == ["app/chat.py:2,4 a test"]


def excluded(project: Project) -> list[str]:
    affected = project.load().book.issues["1"].affected
    return [f"{one.at} {one.why}" for one in affected.excluded] if affected else []


def test_the_fix_gets_its_commit(project: Project) -> None:
    """A change that names no commit gets the one that removed the locations in its file, where it is the only one."""
    project.issue(DETECTOR + "fix: {changes: [{path: app/chat.py, what: Fixed}, {path: app/two.py, what: Both}]}\n")
    project.commit({"app/chat.py": CHAT, "app/two.py": "await get_manager('a')\nawait get_manager('b')\n"})
    project.scan()
    fix = project.commit({"app/chat.py": "pass\n", "app/two.py": "await get_manager('b')\n"})
    project.commit({"app/two.py": "pass\n"})
    outcome = project.scan()
    assert outcome.fix_commits == {0: fix}
    edit(project.book, outcome.fix_edits())
    issue = project.load().book.issues["1"].issue
    assert issue.fix is not None
    assert [change.commit for change in issue.fix.changes] == [fix, None]
    assert project.look().fix_edits() == []


# ── what is not known is not said ────────────────────────────────────────────────────────────────────


def test_what_the_detector_never_saw_stays_open(project: Project) -> None:
    """A line that people recorded, and that the detector did not find then, is not fixed for not being found."""
    commit = project.commit({"app/chat.py": "a()\nb()\n", "docs/a.md": "await get_manager()\n", "app/x.py": "c()\n"})
    project.affected(
        f"source: {{repository: shop, commit: {commit}}}\nlocations: ['app/chat.py:1', 'app/x.py:1', 'docs/a.md:1']\n"
    )
    project.commit({"app/chat.py": "A()\nb()\n", "docs/a.md": "get_manager()\n"})
    outcome = project.scan()
    assert [one.split()[1] for one in project.locations] == ["open"] * 3
    assert {(one.path, one.why.partition(":")[0]) for one in outcome.left} == {
        ("app/chat.py", "it was not found at the record's own commit either"),
        ("app/x.py", "it was not found at the record's own commit either"),
        ("docs/a.md", "docs/a.md is not searched"),
    }


def test_a_narrower_detector_fixes_nothing(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.issue("detector: {regex: 'await get_manager\\(user\\)'}\n")
    project.commit()
    project.scan()
    assert not [one for one in project.locations if " fixed " in one]


def test_a_file_that_can_not_be_searched_fixes_nothing(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.commit({"app/chat.py": CHAT.encode() + b"\0"})
    outcome = project.scan()
    assert not [one for one in project.locations if " fixed " in one]
    assert {one.why for one in outcome.left} == {"app/chat.py is not searched: binary"}


def test_without_the_history_lines_are_told_by_their_text(project: Project) -> None:
    """The commit of the record is not at hand, in a shallow clone say: what the tool found and is gone is fixed."""
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.affected(re.sub(r"commit: \w+", "commit: " + "0" * 40, project.record))
    project.commit({"app/chat.py": "\n" + CHAT.replace("await get_manager(user)", "get_manager(user)")})
    outcome = project.scan()
    assert outcome.counts == {"fixed": 1, "moved": 2}
    assert "000000000 is not a commit of this repository" in outcome.comparison.why_no_diff
    assert project.locations[0] == "app/chat.py:5 fixed await get_manager(user)"


def test_a_shallow_clone_says_so(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    project.commit({"app/chat.py": "\n" + CHAT})
    project.git("clone", "--quiet", "--depth=1", f"file://{project.root}", str(project.root / "../shallow"))
    outcome = project.look(project.root / "../shallow")
    assert "is not in this shallow clone; fetch the history: git fetch --unshallow" in outcome.comparison.why_no_diff
    assert outcome.counts == {"moved": 3}


def test_lists_by_hand_without_history_stay_open(project: Project) -> None:
    """It is unknown whether such a line was ever found."""
    project.affected(f"source: {{repository: shop, commit: {'0' * 40}}}\nlocations: ['app/chat.py:1,2']\n")
    project.commit({"app/chat.py": "a()\nb()\n"})
    project.scan()
    assert [one.split()[1] for one in project.locations] == ["open"]


# ── what must always hold ────────────────────────────────────────────────────────────────────────────

CALLS = st.sampled_from([f"await get_manager({arguments})" for arguments in ("", "a", "b", "a, b")])
LINES = st.lists(
    st.one_of(CALLS, st.sampled_from(["x = 1", "", "log()", "get_manager(a)", "# await get_manager()"])), max_size=8
)
FILES = st.fixed_dictionaries({"app/a.py": LINES, "app/b.py": LINES})


@pytest.fixture(scope="module")
def one_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("scans") / "shop")


def _commit(project: Project, files: dict[str, list[str]]) -> None:
    project.commit({name: "".join(f"{line}\n" for line in lines) for name, lines in files.items()})


def _found(project: Project) -> set[tuple[str, int]]:
    """What the detector finds now, whatever the record says."""
    return {(path, line) for path, lines in project.look().comparison.matches.found.items() for line in lines}


def _open(project: Project) -> list[tuple[str, int]]:
    affected = project.load().book.issues["1"].affected
    assert affected is not None
    return [(one.at.path, line) for one in affected.locations if one.state != "fixed" for line in one.at.lines]


@given(states=st.lists(FILES, min_size=1, max_size=4), at_once=st.booleans())
@examples(15)
def test_repeated_scans_follow_the_code(
    one_project: Project, states: list[dict[str, list[str]]], *, at_once: bool
) -> None:
    """After each scan the open locations are what is found, each once; a second scan changes nothing."""
    project = one_project
    (project.book / "1/affected.yaml").unlink(missing_ok=True)
    for state in states:
        _commit(project, state)
        project.scan(comments=not at_once)
        assert sorted(_open(project)) == sorted(_found(project))
        assert len(set(_open(project))) == len(_open(project))
        record = project.record
        project.scan(comments=not at_once)
        assert project.record == record
        assert not project.load().findings


@given(first=FILES, second=FILES, data=st.data())
@examples(15)
def test_no_scan_loses_what_people_wrote(one_project: Project, first: dict, second: dict, data: st.DataObject) -> None:
    """Every note, priority, change and comment in the record is there after a scan of changed code."""
    project = one_project
    (project.book / "1/affected.yaml").unlink(missing_ok=True)
    _commit(project, first)
    project.scan()
    lines, notes = [], []
    for number, line in enumerate(project.record.splitlines()):
        lines.append(line)
        if line.startswith("    text: ") and data.draw(st.booleans(), label="note"):
            notes.append(f"note {number}, of a person")
            lines += [
                f"    note: {notes[-1]}",
                f"    priority: {number}   # comment {number}",
                "    change: >-\n      Take it",
                "      away",
            ]
    project.affected("\n".join(lines) + "\n")
    _commit(project, second)
    project.scan()
    affected = project.load().book.issues["1"].affected
    assert affected is not None
    for note in notes:
        (kept, *_) = [one for one in affected.locations if one.note == note]
        assert (str(kept.priority), kept.change) == (note.split()[1].rstrip(","), "Take it away")
        assert f"# comment {kept.priority}" in project.record


def test_the_list_is_rewritten_only_if_it_has_no_comments(project: Project) -> None:
    """It says the same, entry by entry or at once."""
    project.commit({f"app/{n}.py": "await get_manager()\n" * 2 for n in range(70)})
    project.scan()
    before = project.record
    project.commit({f"app/{n}.py": "\nawait get_manager()\n" for n in range(70)})
    outcome = project.look()
    assert len(outcome.edits(comments=True)) > len(outcome.edits(comments=False))
    project.scan(comments=True)
    one_by_one = project.locations
    project.affected(before)
    project.scan(comments=False)
    assert sorted(project.locations) == sorted(one_by_one)


def test_the_catalog_stays_as_it_is(project: Project) -> None:
    project.commit({"app/chat.py": CHAT})
    project.scan()
    assert (project.book / "catalog.yaml").read_text() == CATALOG
    assert (project.book / "1/issue.yaml").read_text().endswith(DETECTOR)
    assert not load(project.book).findings


def test_many_fixed_lines_cost_no_more_processes(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan far behind asks for all lines and commits together."""
    lines = [f"await get_manager({number})\n" for number in range(120)]
    project.commit({f"app/m{number}.py": "".join(lines[10 * number : 10 * number + 10]) for number in range(12)})
    project.scan()
    fixes = [
        project.commit({f"app/m{number}.py": "".join(lines[10 * number + 5 : 10 * number + 10])})
        for number in range(12)
    ]
    log, wrapper = tmp_path / "git.log", tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{shutil.which("git")}" "$@"\n')
    wrapper.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
        changes = project.scan().changes
    assert {change.commit for change in changes if change.what == "fixed"} == set(fixes)
    assert sum(change.what == "fixed" for change in changes) == 60
    assert len(log.read_text().splitlines()) <= 12
